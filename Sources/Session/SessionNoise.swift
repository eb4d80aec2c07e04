public import Agents
import Determinism
import Market
public import MarketModel

/// The keys from which everything random in a session is drawn.
///
/// Each is made from the seed, the name of one entity and a purpose, so that no draw depends on
/// who else exists.
@usableFromInline
struct SessionNoise: Sendable {
  private(set) var seed: UInt64
  private var agents: [AgentKeys] = []
  private var processes: [NoiseKey] = []
  private var processTies: [NoiseKey] = []

  struct AgentKeys: Sendable {
    let decision: NoiseKey
    let command: NoiseKey
    let report: NoiseKey
    let message: NoiseKey
    let tie: NoiseKey
    let hash: UInt32
  }

  init(_ scenario: Scenario) {
    seed = scenario.seed
    for process in scenario.processes {
      processes.append(NoiseKey(seed: seed, entity: process.name, purpose: "step"))
      processTies.append(NoiseKey(seed: seed, entity: process.name, purpose: "tie"))
    }
    for agent in scenario.agents { append(agent.account.name) }
  }

  private mutating func append(_ name: String) {
    var hasher = DigestHasher(domain: 20)
    hasher.combine(name)
    agents.append(
      AgentKeys(
        decision: NoiseKey(seed: seed, entity: name, purpose: "decision"),
        command: NoiseKey(seed: seed, entity: name, purpose: "command latency"),
        report: NoiseKey(seed: seed, entity: name, purpose: "report latency"),
        message: NoiseKey(seed: seed, entity: name, purpose: "message latency"),
        tie: NoiseKey(seed: seed, entity: name, purpose: "tie"),
        hash: UInt32(truncatingIfNeeded: hasher.finalize())))
  }

  @usableFromInline
  func decision(of agent: AgentIndex, tick: Tick, ordinal: UInt32) -> DecisionNoise {
    DecisionNoise(key: agents[Int(agent)].decision, tick: tick, slot: ordinal)
  }

  /// The latency of a command on its way to the exchange.
  @inline(__always)
  func commandLatency(_ latency: Latency, _ key: CommandKey) -> Nanoseconds {
    if case .fixed(let span) = latency { return span }
    return latency.draw(
      agents[Int(key.agent)].command, tick: key.tick, slot: key.ordinal, draw: 0)
  }

  /// The latency of a report, drawn from the outcome it tells of.
  @inline(__always)
  func reportLatency(_ latency: Latency, _ outcome: OutcomeKey, isMaker: Bool) -> Nanoseconds {
    if case .fixed(let span) = latency { return span }
    let key = outcome.command
    return latency.draw(
      agents[Int(key.agent)].report, tick: key.tick, slot: key.ordinal,
      draw: outcome.number << 1 | (isMaker ? 1 : 0))
  }

  /// The latency of a message, drawn from its key and the name of its recipient.
  func messageLatency(
    _ latency: Latency, _ key: CommandKey, to recipient: AgentIndex
  ) -> Nanoseconds {
    if case .fixed(let span) = latency { return span }
    return latency.draw(
      agents[Int(key.agent)].message, tick: key.tick, slot: key.ordinal,
      draw: agents[Int(recipient)].hash)
  }

  func step(_ process: ProcessIndex, tick: Tick, ordinal: UInt32) -> Double {
    processes[Int(process)].normal(tick: tick, slot: ordinal, draw: 0)
  }

  /// Breaks ties between senders whose items fall due in one nanosecond and phase.
  func tie(_ sender: Due.Sender, at time: Nanoseconds, phase: UInt8) -> UInt64 {
    let key =
      switch sender {
      case .agent(let agent): agents[Int(agent)].tie
      case .process(let process): processTies[Int(process)]
      }
    return key.bits(tick: time, slot: UInt32(phase), draw: 0)
  }
}
