public import Agents
import Market
public import MarketModel
import MatchingEngine

/// What interventions do to the state.
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
    case .addAgent(let agent): try join(agent)
    case .setParameters(let name, let parameters):
      let agent = try index(of: name)
      try reseat(agent, parameters, shared.agents[agent].policy)
      shared.scenario.agents[agent].parameters = parameters
    case .changeAgent(let agent): try change(agent)
    case .changeInstrument(let rules): shared.change(rules)
    case .changeProcess(let process): shared.change(process)
    case .shock(let name, let change): shared.shock(name, by: change)
    case .rule(let rule): shared.add(rule, intervention: body.ordinal)
    case .insert: break  // the session submits it, as an event of its own
    case .loadPolicy(let name, let policy):
      shared.agents[try index(of: name)].policy = policy
    }
  }

  private mutating func join(_ agent: AgentDescription) throws(ReductionError) {
    let agent = shared.scenario.grouped(agent)
    do {
      try append(agent, names: scenario.agents.map { $0.account.name } + [agent.account.name])
    } catch {
      throw .contradiction("\(error.path): expected \(error.expected)")
    }
  }

  private func index(of name: String) throws(ReductionError) -> Int {
    guard let agent = agentIndex(named: name) else {
      throw .contradiction("no agent is called \(name)")
    }
    return Int(agent)
  }

  // MARK: Other strategies

  private mutating func change(_ agent: AgentDescription) throws(ReductionError) {
    let index = try index(of: agent.account.name)
    let old = scenario.agents[index]
    if agent.type != old.type {
      try replace(index, agent.type, agent.parameters, agent.policy)
    } else if agent.parameters != old.parameters {
      try reseat(index, agent.parameters, agent.policy)
    }
    shared.change(index, to: agent)
  }

  /// Puts another strategy in an agent's place, which takes over its account.
  private mutating func replace(
    _ agent: Int, _ type: String, _ parameters: Parameters, _ policy: [UInt8]
  ) throws(ReductionError) {
    seats[agent] = try seat(agent, type, parameters, policy)
    shared.agents[agent].isSeated = seats[agent] != nil
    memoryDigests[agent] = nil
    seats[agent]?.remember(.tookOver(shared.knownAccount(of: AgentIndex(agent))))
  }

  /// Gives an agent other parameters; it keeps its memory where that is of use with them.
  private mutating func reseat(
    _ agent: Int, _ parameters: Parameters, _ policy: [UInt8]
  ) throws(ReductionError) {
    guard let old = seats[agent] else { return }
    let (type, before) = (scenario.agents[agent].type, scenario.agents[agent].parameters)
    if !Roster.keepsMemory(type: type, before, parameters) {
      return try replace(agent, type, parameters, policy)
    }
    var writer = ByteWriter()
    old.encodeMemory(into: &writer)
    var reader = ByteReader(writer.bytes)
    var seat = try seat(agent, type, parameters, policy)
    do {
      try seat?.decodeMemory(from: &reader)
    } catch {
      throw .invalidMemory(AgentIndex(agent))
    }
    seats[agent] = seat
  }

  private func seat(
    _ agent: Int, _ type: String, _ parameters: Parameters, _ policy: [UInt8]
  ) throws(ReductionError) -> Roster? {
    do {
      return try Roster.make(
        type: type, parameters: parameters,
        setting: scenario.setting(of: AgentIndex(agent), policy: policy))
    } catch {
      throw .contradiction("\(error.name): expected \(error.expected)")
    }
  }

  /// What an agent's owner may know of its account now.
  ///
  /// - Complexity: O(open orders of all agents).
  public func knownAccount(of agent: AgentIndex) -> KnownAccount {
    shared.knownAccount(of: agent)
  }
}

extension SharedState {
  mutating func add(_ rule: CommandRule, intervention: UInt32) {
    // A condition that is none was found by `fault`.
    guard let active = try? ActiveRule(rule, intervention: intervention, scenario) else { return }
    rules.append(active)
  }

  mutating func change(_ agent: Int, to description: AgentDescription) {
    // A policy that it got since stays, unless the difference is about policies.
    if description.policy != scenario.agents[agent].policy {
      agents[agent].policy = description.policy
    }
    scenario.agents[agent] = description
    agents[agent].commandLatency = description.commandLatency
    agents[agent].reportLatency = description.reportLatency
    market.changeLimits(of: AgentIndex(agent), description.account)
  }

  mutating func change(_ rules: InstrumentRules) {
    guard let index = scenario.instruments.firstIndex(where: { $0.name == rules.name }) else {
      return
    }
    scenario.instruments[index] = rules
    market.change(InstrumentIndex(index), to: rules)
  }

  mutating func change(_ process: ProcessDescription) {
    guard let index = scenario.processes.firstIndex(where: { $0.name == process.name }) else {
      return
    }
    scenario.processes[index] = process
  }

  mutating func shock(_ name: String, by change: PriceThousandths) {
    guard let index = scenario.processes.firstIndex(where: { $0.name == name }) else { return }
    setValue(shocked(index, by: change), of: index)
  }

  /// The value of a process after a jump: it stays a price.
  func shocked(_ process: Int, by change: PriceThousandths) -> PriceThousandths {
    let highest = 1000 * Limits.maximumPrice
    // Cannot overflow: both lie within 2^52.
    return min(max(processes[process].value + change, 1000), highest)
  }

  /// What an agent's owner may know of its account now: what the exchange has, less what is still
  /// on its way to the agent.
  func knownAccount(of agent: AgentIndex) -> KnownAccount {
    var known = KnownAccount(
      positions: scenario.instruments.indices.map {
        market.position(agent, InstrumentIndex($0))
      }, orders: [])
    for instrument in scenario.instruments.indices {
      for side in [Side.buy, .sell] {
        for level in market.book.levels(InstrumentIndex(instrument), side) {
          for order in market.book.queue(level) where order.key.agent == agent {
            known.add(order.key, order.instrument, order.side, order.price, order.quantity)
          }
        }
      }
    }
    for entry in commands.entries where entry.command.key.agent == agent {
      guard case .place(let terms) = entry.command.body else { continue }
      known.add(entry.command.key, terms.instrument, terms.side, terms.price, terms.quantity)
    }
    var late: [Report] = []
    for entry in reports.entries where entry.recipient == agent {
      late += [entry.report] + (entry.counterpart.map { [$0] } ?? [])
    }
    // Trades first: they tell of orders that a cancellation only counts lots of.
    for report in late where report.isFill { known.takeBack(report) }
    for report in late where !report.isFill { known.takeBack(report) }
    known.orders.sort { ($0.key.tick, $0.key.ordinal) < ($1.key.tick, $1.key.ordinal) }
    return known
  }
}
