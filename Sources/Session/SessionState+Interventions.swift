public import Agents
import Market
public import MarketModel

/// What differs in a fork from its first tick on.
public enum Intervention: Equatable, Sendable {
  /// An agent's decider no longer runs; its resting orders stay.
  case silence(agent: String)
  /// An agent that the parent does not have joins; the group -1 stands for one of its own.
  case addAgent(AgentDescription)
  /// An agent's parameters are replaced; it keeps its memory.
  case setParameters(agent: String, Parameters)
  /// Noise is drawn with another seed from here on.
  case reseed(UInt64)

  /// The kind of intervention.
  public var code: InterventionCode {
    switch self {
    case .silence: .silence
    case .addAgent: .addAgent
    case .setParameters: .setParameters
    case .reseed: .reseed
    }
  }

  /// The particulars, as they stand in an event and in a genesis.
  public var payload: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .silence(let agent): writer.write(agent)
    case .addAgent(let agent): agent.encode(into: &writer)
    case .setParameters(let agent, let parameters):
      writer.write(agent)
      parameters.encode(into: &writer)
    case .reseed(let seed): writer.write(seed)
    }
    return writer.bytes
  }

  /// Reads the particulars.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public init(code: InterventionCode, payload: [UInt8]) throws(ByteError) {
    var reader = ByteReader(payload)
    switch code {
    case .silence: self = .silence(agent: try reader.readText())
    case .addAgent: self = .addAgent(try AgentDescription(from: &reader))
    case .setParameters:
      let agent = try reader.readText()
      self = .setParameters(agent: agent, try Parameters(from: &reader))
    case .reseed: self = .reseed(try reader.readUInt64())
    }
    try reader.expectEnd()
  }
}

extension SessionState {
  @usableFromInline
  mutating func intervene(_ body: InterventionApplied) throws(ReductionError) {
    let intervention: Intervention
    do {
      intervention = try Intervention(code: body.code, payload: body.payload)
    } catch {
      throw .contradiction("the particulars of an intervention cannot be read")
    }
    if let fault = fault(of: intervention) { throw .contradiction(fault) }
    switch intervention {
    case .silence(let name): shared.agents[try index(of: name)].isSilenced = true
    case .reseed(let seed): shared.scenario.seed = seed
    case .addAgent(var agent):
      if agent.account.group < 0 {
        let name = agent.account.name
        if !scenario.groups.contains(name) { shared.scenario.groups.append(name) }
        agent.account.group = Int32(scenario.groups.firstIndex(of: name) ?? 0)
      }
      do {
        try append(agent, names: scenario.agents.map { $0.account.name } + [agent.account.name])
      } catch {
        throw .contradiction("\(error.path): expected \(error.expected)")
      }
    case .setParameters(let name, let parameters):
      let agent = try index(of: name)
      seats[agent] = try reseated(agent, parameters)
      shared.scenario.agents[agent].parameters = parameters
    }
  }

  /// Why an intervention is impossible in this state, or nil.
  public func fault(of intervention: Intervention) -> String? {
    switch intervention {
    case .reseed: return nil
    case .silence(let name), .setParameters(let name, _):
      return agentIndex(named: name) == nil ? "no agent is called \(name)" : nil
    case .addAgent(let agent):
      if agentIndex(named: agent.account.name) != nil {
        return "an agent is called \(agent.account.name) already"
      }
      if agent.firstWake >= 0, agent.firstWake < time {
        return "\(agent.account.name) would wake before it joins"
      }
      if agent.account.openingCash != 0 || !agent.account.openingPositions.isEmpty {
        return "an agent that joins a running session starts with nothing"
      }
      var joined = scenario
      var trial = agent
      if trial.account.group == -1 {
        trial.account.group = Int32(joined.groups.count)
        joined.groups.append(agent.account.name)
      }
      do {
        try joined.check(trial)
      } catch {
        return "\(error.path): expected \(error.expected)"
      }
      return nil
    }
  }

  private func index(of name: String) throws(ReductionError) -> Int {
    guard let agent = agentIndex(named: name) else {
      throw .contradiction("no agent is called \(name)")
    }
    return Int(agent)
  }

  /// The agent with other parameters and the memory that it has.
  private func reseated(_ agent: Int, _ parameters: Parameters) throws(ReductionError) -> Roster? {
    guard let old = seats[agent] else { return nil }
    let setting = AgentSetting(
      agent: AgentIndex(agent), agents: scenario.agents.map { $0.account.name },
      instruments: scenario.instruments.map { $0.name },
      processes: scenario.processes.map { $0.name }, topics: scenario.topics)
    var writer = ByteWriter()
    old.encodeMemory(into: &writer)
    var reader = ByteReader(writer.bytes)
    var seat: Roster?
    do {
      seat = try Roster.make(
        type: scenario.agents[agent].type, parameters: parameters, setting: setting)
    } catch {
      throw .contradiction("\(error.name): expected \(error.expected)")
    }
    do {
      try seat?.decodeMemory(from: &reader)
    } catch {
      throw .invalidMemory(AgentIndex(agent))
    }
    return seat
  }
}
