import Agents
import Determinism
import Market
import MarketModel
import MatchingEngine

/// The digests of a state, component by component; no history and no sequence number is in them.
public struct SessionDigests: Equatable, Sendable {
  /// The names of the components, in the order of `components`.
  public static let componentNames = [
    "books", "inFlight", "processes", "positions", "cash", "views", "policies",
  ]

  /// One digest for each name in `componentNames`.
  public var components: [UInt64]
  /// The digest of each agent's memory: 0 for an empty one, nil for a foreign one.
  public var memories: [UInt64?]
  /// The hashes of the agents' names.
  public var agentHashes: [UInt64]

  /// One digest over all components but memories.
  public var root: UInt64 {
    var hasher = DigestHasher(domain: 15)
    for component in components { hasher.combine(component) }
    return hasher.finalize()
  }

  /// One digest over all memories, or nil where one of them is foreign.
  public var memoryRoot: UInt64? {
    var total: UInt64 = 0
    for (agent, memory) in memories.enumerated() {
      guard let memory else { return nil }
      if memory == 0 { continue }
      var hasher = DigestHasher(domain: 16)
      hasher.combine(agentHashes[agent])
      hasher.combine(memory)
      total &+= hasher.finalize()
    }
    return total
  }
}

extension SessionState {
  /// The digests of the state.
  ///
  /// - Complexity: O(agents + processes + instruments), and the size of the memories that changed.
  @specialized(where Roster == BuiltInAgents)
  public func digests() -> SessionDigests {
    SessionDigests(
      components: [
        market.booksDigest, shared.flightDigest, shared.processesDigest,
        market.positionsDigest, market.cashDigest, shared.history.digest(market.identities),
        shared.policiesDigest,
      ],
      memories: seats.indices.map { agent in
        if let known = memoryDigests[agent] { return known }
        guard let seat = seats[agent] else { return nil }
        return Self.digest(of: seat)
      },
      agentHashes: market.identities.agents)
  }

}

extension SharedState {
  /// The digest of all that is on its way, and of when agents wake.
  var flightDigest: UInt64 {
    poolDigest &+ commands.digest(market.identities) &+ scheduleDigest
  }

  private var scheduleDigest: UInt64 {
    var total: UInt64 = 0
    for index in agents.indices {
      var hasher = DigestHasher(domain: 17)
      hasher.combine(market.identities.agents[index])
      hasher.combine(agents[index].nextWake)
      hasher.combine(agents[index].wakes.tick)
      hasher.combine(UInt64(agents[index].wakes.count))
      hasher.combine(agents[index].commands.tick)
      hasher.combine(UInt64(agents[index].commands.count))
      hasher.combine(UInt64(agents[index].isSilenced ? 1 : 0))
      total &+= hasher.finalize()
    }
    return total
  }

  var processesDigest: UInt64 {
    var total: UInt64 = 0
    for (index, process) in processes.enumerated() {
      var hasher = DigestHasher(domain: 18)
      hasher.combine(market.identities.processes[index])
      hasher.combine(process.value)
      hasher.combine(process.nextStep)
      hasher.combine(process.steps.tick)
      hasher.combine(UInt64(process.steps.count))
      total &+= hasher.finalize()
    }
    return total
  }

  var policiesDigest: UInt64 {
    var total: UInt64 = 0
    for (index, agent) in agents.enumerated() where !agent.policy.isEmpty {
      var hasher = DigestHasher(domain: 19)
      hasher.combine(market.identities.agents[index])
      hasher.combine(agent.policy)
      total &+= hasher.finalize()
    }
    return total
  }
}
