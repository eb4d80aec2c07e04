import Market
import MarketModel
import Session

/// Instruments, processes and feeds.
extension ScenarioReader {
  private static let instrumentKeys = [
    "name", "price_increment", "increment_value", "start_price", "price_step", "lot_step",
    "price_band", "maker_fee_millionths", "taker_fee_millionths",
  ]

  mutating func readInstruments(_ top: Section) throws(Misfit) {
    let sections = try top.sections("instruments", limit: Limits.maximumInstruments)
    guard !sections.isEmpty else {
      throw Misfit(
        top.place.key("instruments"), expected: "at least one, headed [[instruments]]",
        found: "nothing")
    }
    var seen: Set<String> = []
    for section in sections {
      try section.allow(Self.instrumentKeys)
      let name = try section.name("name")
      try Self.unused(name, in: section, seen: &seen)
      append(try Self.instrument(section, name: name))
    }
  }

  private static func instrument(
    _ section: Section, name: String
  ) throws(Misfit) -> InstrumentRules {
    let decimals = try priceDecimals(section)
    let increment = decimals == 0 ? "1" : "0.\(String(repeating: "0", count: decimals - 1))1"
    let prices = 1...Limits.maximumPrice
    let price = "a multiple of the price increment \(increment), at most 2^40 of it"
    let fees: ClosedRange<Int64> = -1_000_000...1_000_000
    return InstrumentRules(
      name: name, priceDecimals: UInt8(decimals),
      incrementValue: try section.integer("increment_value", default: 1, in: 1...1 << 30),
      referencePrice: try section.scaled(
        "start_price", places: decimals, default: nil, in: prices, "a price above 0, \(price)"),
      priceStep: try section.scaled(
        "price_step", places: decimals, default: 1, in: prices, "a step above 0, \(price)"),
      lotStep: try section.integer("lot_step", default: 1, in: prices),
      priceBand: try section.scaled(
        "price_band", places: decimals, default: 0, in: 0...Limits.maximumPrice,
        "a distance, \(price)"),
      makerFeeMillionths: try section.integer("maker_fee_millionths", default: 0, in: fees),
      takerFeeMillionths: try section.integer("taker_fee_millionths", default: 0, in: fees))
  }

  /// How many decimals the price increment has.
  private static func priceDecimals(_ section: Section) throws(Misfit) -> Int {
    guard let node = section["price_increment"] else { return 2 }
    let expected = "a power of ten from \"1\" to \"0.000000001\""
    let decimal = try section.decimal("price_increment", expected)
    guard decimal.significand == 1, decimal.decimals <= 9 else {
      throw Misfit(
        section.place.key("price_increment"), expected: expected, found: node.described)
    }
    return decimal.decimals
  }

  // MARK: Processes

  mutating func readProcesses(_ top: Section) throws(Misfit) {
    var processes: Set<String> = []
    var agents = Set(scenario.agents.map { $0.account.name })
    for section in try top.sections("processes", limit: Limits.maximumProcesses) {
      let name = try section.name("name")
      try Self.unused(name, in: section, seen: &processes)
      let kind = try section.word("kind", default: nil, among: ["random-walk", "recorded-flow"])
      if kind == "recorded-flow" {
        try readFlow(section, name: name, agents: &agents)
      } else {
        scenario.processes.append(try walk(section, name: name))
      }
    }
  }

  private func walk(_ section: Section, name: String) throws(Misfit) -> ProcessDescription {
    try section.allow([
      "name", "kind", "instrument", "start", "deviation", "reversion", "first", "every",
    ])
    let instrument = try instrument(section)
    let rules = scenario.instruments[instrument]
    let decimals = Int(rules.priceDecimals)
    let start = try section.scaled(
      "start", places: decimals + 3, default: 1000 * rules.referencePrice,
      in: 1...1000 * Limits.maximumPrice,
      "a price above 0, of at most 2^40 price increments, in thousandths of one at the finest")
    let deviationExpected = "a price of 0 to 2^40 price increments"
    let deviation = try section.decimal("deviation", deviationExpected).scaledNumber(decimals)
    guard (0...Double(Limits.maximumPrice)).contains(deviation) else {
      throw Misfit(
        section.place.key("deviation"), expected: deviationExpected,
        found: section["deviation"]?.described ?? "nothing")
    }
    var reversion = 0.0
    if let node = section["reversion"] {
      reversion = try section.decimal("reversion", "a number in 0...1").scaledNumber(0)
      guard (0...1).contains(reversion) else {
        throw Misfit(
          section.place.key("reversion"), expected: "a number in 0...1", found: node.described)
      }
    }
    let first = try firstInstant(section, "first")
    return ProcessDescription(
      name: name, motion: .walk(start: start, deviation: deviation, reversion: reversion),
      instrument: InstrumentIndex(instrument), firstStep: first,
      interval: first < 0 ? 0 : try interval(section, "every"))
  }

  private mutating func readFlow(
    _ section: Section, name: String, agents: inout Set<String>
  ) throws(Misfit) {
    try section.allow(["name", "kind", "tape", "instrument"])
    let expected = "the path of a tape"
    let node = try section.value("tape", expected)
    guard case .text(let tape) = node, !tape.isEmpty else {
      throw Misfit(section.place.key("tape"), expected: expected, found: node.described)
    }
    let instrument = InstrumentIndex(try instrument(section))
    let resting = AgentIndex(scenario.agents.count)
    let group = group(name)
    for role in ["resting", "taking"] {
      let agent = "\(name).\(role)"
      guard Section.isName(agent), agents.insert(agent).inserted else {
        throw Misfit(
          section.place.key("name"),
          expected: "a name that leaves \(Node.quoted(agent)) free for an agent of its own",
          found: Node.quoted(name))
      }
      scenario.agents.append(
        AgentDescription(
          account: AccountRules(name: agent, group: group), type: AgentDescription.foreignType))
    }
    flows.append(FlowReference(process: ProcessIndex(scenario.processes.count), tape: tape))
    scenario.processes.append(
      ProcessDescription(
        name: name,
        motion: .feed(resting: resting, taking: resting + 1), instrument: instrument, firstStep: -1,
        interval: 0))
  }

  // MARK: Instants

  /// An instant, written relative to the session's start; -1 for never.
  func firstInstant(_ section: Section, _ key: String) throws(Misfit) -> Nanoseconds {
    if case .text("never")? = section[key] { return -1 }
    let start = scenario.clock.start
    return start
      + (try section.duration(key, default: 0, in: 0...Limits.maximumTime - start))
  }

  /// A span between two times of doing something; 0 for doing it only once.
  func interval(_ section: Section, _ key: String) throws(Misfit) -> Nanoseconds {
    if case .text("once")? = section[key] { return 0 }
    return try section.duration(
      key, default: scenario.clock.tickLength, in: 1...Limits.maximumDelay)
  }
}
