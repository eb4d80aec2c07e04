import Agents
import Filters
import Market
import MarketModel

/// Which interventions are impossible.
extension SessionState {
  /// Why an intervention is impossible in this state, or nil.
  public func fault(of intervention: Intervention) -> String? {
    switch intervention {
    case .reseed: return nil
    case .silence(let name):
      return agentIndex(named: name) == nil ? "no agent is called \(name)" : nil
    case .loadPolicy(let name, let policy):
      guard let index = agentIndex(named: name) else { return "no agent is called \(name)" }
      let agent = scenario.agents[Int(index)]
      return fault(of: agent.type, agent.parameters, policy, Int(index))
    case .setParameters(let name, let parameters):
      guard let index = agentIndex(named: name) else { return "no agent is called \(name)" }
      let type = scenario.agents[Int(index)].type
      return fault(of: type, parameters, agents[Int(index)].policy, Int(index))
    case .addAgent(let agent): return fault(joining: agent)
    case .changeAgent(let agent): return fault(changing: agent)
    case .changeInstrument(let rules): return fault(changing: rules)
    case .changeProcess(let process): return fault(changing: process)
    case .shock(let name, let change):
      guard let index = scenario.processes.firstIndex(where: { $0.name == name }) else {
        return "no process is called \(name)"
      }
      guard case .walk = scenario.processes[index].motion else { return "\(name) is a feed" }
      let limit = 1000 * Limits.maximumPrice
      return (-limit...limit).contains(change) ? nil : "a shock of \(name) beyond 2^40 increments"
    case .rule(let rule): return fault(of: rule)
    case .insert(let name, let command): return fault(inserting: command, for: name)
    }
  }

  private func fault(joining agent: AgentDescription) -> String? {
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
    return Self.fault { () throws(ScenarioError) in try joined.check(trial) }
  }

  private func fault(changing agent: AgentDescription) -> String? {
    let name = agent.account.name
    guard let index = agentIndex(named: name) else { return "no agent is called \(name)" }
    // What may not change is what it is now.
    var same = agent
    let old = scenario.agents[Int(index)]
    same.type = old.type
    same.revision = old.revision
    same.parameters = old.parameters
    same.policy = old.policy
    same.wakeInterval = old.wakeInterval
    same.commandLatency = old.commandLatency
    same.reportLatency = old.reportLatency
    same.messageLatency = old.messageLatency
    same.account.maximumPosition = old.account.maximumPosition
    same.account.maximumOpenOrders = old.account.maximumOpenOrders
    if same != old {
      return
        "of \(name) only strategy, parameters, policy, wake_every, limits and the latencies of commands, "
        + "reports and messages can change"
    }
    if agent.type != old.type, seats[Int(index)] == nil {
      return "\(name) is foreign: nobody else can decide for it"
    }
    if agent.parameters != old.parameters, seats[Int(index)] == nil {
      return "\(name) is foreign: whoever decides for it was told its parameters already"
    }
    if let fault = Self.fault({ () throws(ScenarioError) in try scenario.check(agent) }) {
      return fault
    }
    return fault(of: agent.type, agent.parameters, agent.policy, Int(index))
  }

  /// Why an agent cannot be of a type with these parameters and this policy, or nil.
  private func fault(
    of type: String, _ parameters: Parameters, _ policy: [UInt8], _ agent: Int
  ) -> String? {
    do {
      let seat = try Roster.make(
        type: type, parameters: parameters,
        setting: scenario.setting(of: AgentIndex(agent), policy: policy))
      if seat == nil, seats[agent] != nil {
        return "this build knows no agents of the type \(type)"
      }
    } catch {
      return "\(error.name): expected \(error.expected)"
    }
    return nil
  }

  private func fault(changing rules: InstrumentRules) -> String? {
    guard let old = scenario.instruments.first(where: { $0.name == rules.name }) else {
      return "no instrument is called \(rules.name)"
    }
    if scenario.provenance == .imported {
      return "the rules of an imported market cannot change: what was recorded came under them"
    }
    var same = rules
    same.priceBand = old.priceBand
    same.makerFeeMillionths = old.makerFeeMillionths
    same.takerFeeMillionths = old.takerFeeMillionths
    if same != old { return "of \(rules.name) only fees and the price band can change" }
    return Self.fault { () throws(ScenarioError) in try scenario.check(rules) }
  }

  private func fault(changing process: ProcessDescription) -> String? {
    guard let old = scenario.processes.first(where: { $0.name == process.name }) else {
      return "no process is called \(process.name)"
    }
    guard case .walk(let start, _, _) = old.motion, case .walk(let newStart, _, _) = process.motion
    else { return "\(process.name) is a feed" }
    if start != newStart || process.firstStep != old.firstStep
      || process.instrument != old.instrument
    {
      return "of \(process.name) only deviation, reversion and interval can change"
    }
    return Self.fault { () throws(ScenarioError) in try scenario.check(process) }
  }

  private func fault(inserting command: InsertedCommand, for name: String) -> String? {
    guard agentIndex(named: name) != nil else { return "no agent is called \(name)" }
    switch command {
    case .place(let instrument, _):
      return scenario.instruments.contains { $0.name == instrument }
        ? nil : "no instrument is called \(instrument)"
    case .cancel(let tick, _, _):
      return tick >= 0 && tick <= self.tick ? nil : "no order of tick \(tick) was placed yet"
    case .message(let recipient, _):
      return agentIndex(named: recipient) == nil ? "no agent is called \(recipient)" : nil
    case .publish(let topic, _):
      return scenario.topics.contains(topic) ? nil : "no topic is called \(topic)"
    }
  }

  private func fault(of rule: CommandRule) -> String? {
    if let name = rule.agent {
      guard let index = agentIndex(named: name) else { return "no agent is called \(name)" }
      if seats[Int(index)] == nil { return "\(name) is foreign: its commands are inputs" }
    }
    if rule.from < 0 || rule.until <= rule.from { return "the rule has no ticks" }
    switch rule.action {
    case .withhold: break
    case .delay(let delay):
      if !(1...Limits.maximumDelay).contains(delay) { return "a delay of \(delay) ns" }
    case .change(let change):
      let quantities = 1...Limits.maximumQuantity
      if let price = change.price, !(1...Limits.maximumPrice).contains(price) {
        return "a price of \(price) increments"
      }
      if let quantity = change.quantity, !quantities.contains(quantity) {
        return "a quantity of \(quantity) lots"
      }
      if let factor = change.factor, !quantities.contains(factor) {
        return "a factor of \(factor) thousandths"
      }
    case .forge(let payload):
      if payload.count > Limits.maximumInlinePayload { return "a message of over 32 KiB" }
    }
    do {
      _ = try ActiveRule(rule, intervention: 0, scenario)
      return nil
    } catch {
      return "the condition of a rule: \(error.fault.words.what), at byte \(error.range.lowerBound)"
    }
  }

  private static func fault(_ check: () throws(ScenarioError) -> Void) -> String? {
    do {
      try check()
      return nil
    } catch {
      return "\(error.path): expected \(error.expected)"
    }
  }
}
