import Agents
import Market
import MarketModel
import Session

/// Makes interventions out of the tree of an intervention file.
///
/// Each is made from what those before it leave.
struct InterventionReader {
  private var base: ScenarioReader
  private let time: Nanoseconds
  private var list: [Intervention] = []
  private var scenario: Scenario { base.scenario }

  init(
    _ scenario: Scenario, at time: Nanoseconds, roster: [RosterEntry], policies: PolicyReader
  ) {
    base = ScenarioReader(changing: scenario, roster: roster, policies: policies)
    self.time = time
  }

  mutating func read(_ root: Node) throws(Misfit) -> [Intervention] {
    let top = try Section(root, at: .root)
    try top.allow(["reseed", "silence", "agents", "instruments", "processes", "insert", "commands"])
    if top["reseed"] != nil {
      add(.reseed(UInt64(try top.integer("reseed", default: nil, in: 0...Int64.max))))
    }
    for name in try top.names("silence", limit: Limits.maximumAgents) {
      _ = try agent(name, top.place.key("silence").word(name))
      add(.silence(agent: name))
    }
    for section in try top.sections("agents", limit: Limits.maximumAgents) {
      add(try agent(section))
    }
    for section in try top.sections("instruments", limit: Limits.maximumInstruments) {
      add(.changeInstrument(try instrument(section)))
    }
    for section in try top.sections("processes", limit: Limits.maximumProcesses) {
      for intervention in try process(section) { add(intervention) }
    }
    for section in try top.sections("insert", limit: 65_536) { add(try insertion(section)) }
    let now = scenario.clock.tick(at: time)
    for section in try top.sections("commands", limit: 65_536) {
      add(.rule(try RuleReader(scenario, now: now).rule(section)))
    }
    return list
  }

  private mutating func add(_ intervention: Intervention) {
    list.append(intervention)
    intervention.apply(to: &base.scenario)
  }

  private func agent(_ name: String, _ place: Place) throws(Misfit) -> AgentDescription {
    guard let agent = scenario.agents.first(where: { $0.account.name == name }) else {
      throw Misfit(place, word: name, among: scenario.agents.map { $0.account.name })
    }
    return agent
  }

  // MARK: Agents

  private mutating func agent(_ section: Section) throws(Misfit) -> Intervention {
    let name = try section.name("name")
    if let old = scenario.agents.first(where: { $0.account.name == name }) {
      if section["like"] != nil {
        throw Misfit(
          section.place.key("like"), expected: "a new name for an agent that is like another",
          found: Node.quoted(name))
      }
      return .changeAgent(try changed(old, section))
    }
    guard section["like"] != nil else {
      var agent = try base.agent(section, name: name)
      if section["first_wake"] == nil { agent.firstWake = time }
      agent.account.group = -1
      return .addAgent(agent)
    }
    var twin = try agent(try section.name("like"), section.place.key("like"))
    twin.account = AccountRules(
      name: name, group: -1, maximumPosition: twin.account.maximumPosition,
      maximumOpenOrders: twin.account.maximumOpenOrders)
    if twin.firstWake >= 0 { twin.firstWake = nextWake(of: twin) }
    return .addAgent(try changed(twin, section, alsoAllowing: ["like"]))
  }

  /// The first instant of an agent's rhythm at the fork or after it.
  private func nextWake(of agent: AgentDescription) -> Nanoseconds {
    if agent.wakeInterval == 0 || agent.firstWake >= time { return max(agent.firstWake, time) }
    let late = (time - agent.firstWake) % agent.wakeInterval
    return late == 0 ? time : time + agent.wakeInterval - late
  }

  private func changed(
    _ old: AgentDescription, _ section: Section, alsoAllowing keys: [String] = []
  ) throws(Misfit) -> AgentDescription {
    try section.allow(
      [
        "name", "type", "parameters", "wake_every", "maximum_position", "maximum_open_orders",
        "latency", "policy",
      ] + keys)
    var agent = old
    if section["type"] != nil { agent.type = try section.name("type") }
    if agent.type != old.type { agent.policy = [] }
    if section["policy"] != nil {
      guard base.usesPolicy(.text(agent.type)) else {
        throw Misfit(
          section.place.key("policy"), expected: "an agent of the type policy",
          found: Node.quoted(agent.type))
      }
      agent.policy = try base.policy(section)
    }
    try base.expectPolicy(agent, section)
    var kept = section["policy"] != nil ? ScenarioReader.trading(agent) : Parameters()
    if agent.type == old.type { kept.fill(from: old.parameters) }
    if agent.type != old.type || section["parameters"] != nil || section["policy"] != nil {
      (agent.revision, agent.parameters) = try base.parameters(
        section, type: agent.type, base: kept)
    }
    if section["wake_every"] != nil {
      agent.wakeInterval = try base.interval(section, "wake_every")
    }
    let amounts = 0...Limits.maximumBalance
    agent.account.maximumPosition = try section.integer(
      "maximum_position", default: old.account.maximumPosition, in: amounts)
    agent.account.maximumOpenOrders = try section.integer(
      "maximum_open_orders", default: old.account.maximumOpenOrders, in: amounts)
    let latency = try section.section("latency")
    try latency.allow(["command", "report", "message"])
    agent.commandLatency = try ScenarioReader.latency(
      latency, "command", default: old.commandLatency)
    agent.reportLatency = try ScenarioReader.latency(
      latency, "report", default: old.reportLatency)
    agent.messageLatency = try ScenarioReader.latency(
      latency, "message", default: old.messageLatency)
    return agent
  }

  // MARK: Markets

  private func instrument(_ section: Section) throws(Misfit) -> InstrumentRules {
    try section.allow(["name", "maker_fee_millionths", "taker_fee_millionths", "price_band"])
    let name = try section.name("name")
    guard var rules = scenario.instruments.first(where: { $0.name == name }) else {
      throw Misfit(
        section.place.key("name"), word: name, among: scenario.instruments.map { $0.name })
    }
    let fees: ClosedRange<Int64> = -1_000_000...1_000_000
    rules.makerFeeMillionths = try section.integer(
      "maker_fee_millionths", default: rules.makerFeeMillionths, in: fees)
    rules.takerFeeMillionths = try section.integer(
      "taker_fee_millionths", default: rules.takerFeeMillionths, in: fees)
    rules.priceBand = try section.scaled(
      "price_band", places: Int(rules.priceDecimals), default: rules.priceBand,
      in: 0...Limits.maximumPrice, "a distance, a multiple of the price increment")
    return rules
  }

  private func process(_ section: Section) throws(Misfit) -> [Intervention] {
    try section.allow(["name", "shock", "deviation", "reversion", "every"])
    let name = try section.name("name")
    guard var process = scenario.processes.first(where: { $0.name == name }) else {
      throw Misfit(
        section.place.key("name"), word: name, among: scenario.processes.map { $0.name })
    }
    let decimals = Int(scenario.instruments[Int(process.instrument)].priceDecimals)
    var list: [Intervention] = []
    if section["shock"] != nil {
      let limit = 1000 * Limits.maximumPrice
      let change = try section.scaled(
        "shock", places: decimals + 3, default: nil, in: -limit...limit,
        "a change of price of at most 2^40 price increments, in thousandths of one at the finest")
      list.append(.shock(process: name, change))
    }
    guard case .walk(let start, var deviation, var reversion) = process.motion else {
      throw Misfit(section.place, expected: "a random walk", found: "a recorded flow")
    }
    if section["deviation"] != nil {
      deviation = try section.decimal("deviation", "a price").scaledNumber(decimals)
    }
    if section["reversion"] != nil {
      reversion = try section.decimal("reversion", "a number in 0...1").scaledNumber(0)
    }
    let old = process
    process.motion = .walk(start: start, deviation: deviation, reversion: reversion)
    if section["every"] != nil { process.interval = try base.interval(section, "every") }
    if process != old { list.append(.changeProcess(process)) }
    return list
  }

  // MARK: Commands

  private func insertion(_ section: Section) throws(Misfit) -> Intervention {
    let name = try section.name("agent")
    _ = try agent(name, section.place.key("agent"))
    let word = try section.word(
      "command", default: nil, among: ["buy", "sell", "cancel", "message"])
    let quantities = 1...Limits.maximumQuantity
    switch word {
    case "cancel":
      try section.allow(["agent", "command", "tick", "ordinal", "quantity"])
      return .insert(
        agent: name,
        .cancel(
          tick: try section.integer("tick", default: nil, in: 0...Limits.maximumTime),
          ordinal: UInt32(
            try section.integer("ordinal", default: 0, in: 0...Limits.maximumOrdinal - 1)),
          quantity: try section.integer("quantity", default: 0, in: 0...Limits.maximumQuantity)))
    case "message": return .insert(agent: name, try message(section))
    default:
      try section.allow([
        "agent", "command", "instrument", "quantity", "price", "time_in_force", "post_only",
      ])
      let rules = scenario.instruments[try base.instrument(section)]
      var terms = OrderTerms(
        instrument: 0, side: word == "buy" ? .buy : .sell, price: 0,
        quantity: try section.integer("quantity", default: nil, in: quantities))
      terms.type = section["price"] == nil ? .market : .limit
      terms.timeInForce = try timeInForce(section, terms.type)
      if section["price"] != nil {
        terms.price = try section.scaled(
          "price", places: Int(rules.priceDecimals), default: nil, in: 1...Limits.maximumPrice,
          "a price above 0, a multiple of the price increment")
      }
      if case .flag(let value)? = section["post_only"] { terms.isPostOnly = value }
      return .insert(agent: name, .place(instrument: rules.name, terms))
    }
  }

  private func timeInForce(_ section: Section, _ type: OrderType) throws(Misfit) -> TimeInForce {
    let words: [(String, TimeInForce)] = [
      ("good-till-cancelled", .goodTillCancelled), ("immediate-or-cancel", .immediateOrCancel),
      ("fill-or-kill", .fillOrKill),
    ]
    let usual = type == .market ? "immediate-or-cancel" : "good-till-cancelled"
    let word = try section.word("time_in_force", default: usual, among: words.map { $0.0 })
    return words.first { $0.0 == word }?.1 ?? .goodTillCancelled
  }

  private func message(_ section: Section) throws(Misfit) -> InsertedCommand {
    try section.allow(["agent", "command", "to", "topic", "text"])
    let payload = try RuleReader.text(section)
    if section["topic"] != nil {
      let topic = try section.word("topic", default: nil, among: scenario.topics)
      return .publish(topic: topic, payload: payload)
    }
    let recipient = try section.name("to")
    _ = try agent(recipient, section.place.key("to"))
    return .message(to: recipient, payload: payload)
  }
}
