import Agents
import Market
import MarketModel
import Session

/// Builds a scenario out of the tree of a scenario file, from the top down.
struct ScenarioReader {
  /// The types of agents that are known.
  let roster: [RosterEntry]
  /// Reads the policy files that it names.
  let policies: PolicyReader
  /// The part that is finished.
  var scenario: Scenario
  /// The tapes that it refers to.
  var flows: [FlowReference] = []
  /// Positions by name; for lookup only.
  private(set) var instruments: [String: Int] = [:]
  private(set) var topics: [String: Int] = [:]
  private var groups: [String: Int] = [:]

  /// Reads a whole file; `stem` is its name without directory and ending.
  init(
    _ root: Node, stem: String, seed: UInt64?, roster: [RosterEntry], policies: PolicyReader
  ) throws(Misfit) {
    self.roster = roster
    self.policies = policies
    let top = try Section(root, at: .root)
    try top.allow(Self.keys)
    let name = try top.name("name", default: stem)
    scenario = Scenario(name: name, seed: try Self.seed(top, argument: seed))
    try readTime(top)
    try readSettings(top)
    try readInstruments(top)
    let agents = try top.sections("agents", limit: Limits.maximumAgents)
    try readAgents(agents)
    try readProcesses(top)
  }

  /// Goes on from a scenario that is there already, to read what differs from it.
  init(changing scenario: Scenario, roster: [RosterEntry], policies: PolicyReader) {
    self.roster = roster
    self.policies = policies
    self.scenario = scenario
    for (index, instrument) in scenario.instruments.enumerated() {
      instruments[instrument.name] = index
    }
    for (index, topic) in scenario.topics.enumerated() { topics[topic] = index }
    for (index, group) in scenario.groups.enumerated() { groups[group] = index }
  }

  private static let keys = [
    "name", "seed", "ticks", "tick", "start", "currency_decimals", "digest_interval", "self_trade",
    "provenance", "topics", "instruments", "processes", "agents",
  ]

  /// The argument, else the key; there is no default.
  private static func seed(_ top: Section, argument: UInt64?) throws(Misfit) -> UInt64 {
    guard let node = top["seed"] else {
      if let argument { return argument }
      throw Misfit(
        top.place.key("seed"),
        expected: "a seed: there is no default, every run names its own", found: "nothing",
        suggestion: "--seed 7")
    }
    let written: UInt64? =
      switch node {
      case .integer(let value): UInt64(exactly: value)
      case .text(let text) where !text.hasPrefix("+") && !text.hasPrefix("-"): UInt64(text)
      default: nil
      }
    guard let written else {
      throw Misfit(
        top.place.key("seed"), expected: "a seed, 0 to 2^64 - 1, in quotes from 2^63",
        found: node.described)
    }
    return argument ?? written
  }

  private mutating func readTime(_ top: Section) throws(Misfit) {
    let ticks = try top.integer("ticks", default: nil, in: 1...Limits.maximumTime)
    let tick = try top.duration("tick", default: 1_000_000_000, in: 1...Limits.maximumDelay)
    let start = try top.duration("start", default: 0, in: 0...Limits.maximumTime - 1)
    scenario.clock = TickClock(start: start, tickLength: tick)
    scenario.horizon = ticks
    guard scenario.end < Limits.maximumTime else {
      throw Misfit(
        top.place.key("ticks"), expected: "an end before 2^62 ns, about 146 years",
        found: "\(ticks) ticks of \(DurationText.text(tick))")
    }
  }

  private mutating func readSettings(_ top: Section) throws(Misfit) {
    scenario.currencyDecimals = UInt8(
      try top.integer("currency_decimals", default: 2, in: 0...9))
    scenario.digestInterval = UInt32(
      try top.integer("digest_interval", default: 1024, in: 0...Int64(UInt32.max)))
    let preventions: [(String, SelfTradePrevention)] = [
      ("cancel-resting", .cancelResting), ("cancel-taking", .cancelTaking),
      ("cancel-both", .cancelBoth), ("allow", .allow),
    ]
    let prevention = try top.word(
      "self_trade", default: "cancel-resting", among: preventions.map { $0.0 })
    scenario.selfTradePrevention =
      preventions.first { $0.0 == prevention }?.1 ?? .cancelResting
    if case .text("imported")? = top["provenance"] {
      throw Misfit(
        top.place.key("provenance"),
        expected: "simulated, synthetic or trained: only an importer makes imported tapes",
        found: "\"imported\"")
    }
    let provenances: [(String, Provenance)] = [
      ("simulated", .simulated), ("synthetic", .synthetic), ("trained", .trained),
    ]
    let provenance = try top.word(
      "provenance", default: "simulated", among: provenances.map { $0.0 })
    scenario.provenance = provenances.first { $0.0 == provenance }?.1 ?? .simulated
    scenario.topics = try top.names("topics", limit: Limits.maximumProcesses)
    for (index, topic) in scenario.topics.enumerated() { topics[topic] = index }
  }

  /// The position of a group in the table, which it joins where it is new.
  mutating func group(_ name: String) -> Int32 {
    if let index = groups[name] { return Int32(index) }
    groups[name] = scenario.groups.count
    scenario.groups.append(name)
    return Int32(scenario.groups.count - 1)
  }

  /// Notes an instrument.
  mutating func append(_ instrument: InstrumentRules) {
    instruments[instrument.name] = scenario.instruments.count
    scenario.instruments.append(instrument)
  }

  /// The position of the instrument that a key names; the first where it is not written.
  func instrument(_ section: Section) throws(Misfit) -> Int {
    let names = scenario.instruments.map { $0.name }
    guard section["instrument"] != nil else { return 0 }
    let name = try section.name("instrument")
    guard let index = instruments[name] else {
      throw Misfit(section.place.key("instrument"), word: name, among: names)
    }
    return index
  }

  /// Refuses a name that was used before.
  static func unused(
    _ name: String, in section: Section, seen: inout Set<String>
  ) throws(Misfit) {
    if !seen.insert(name).inserted {
      throw Misfit(
        section.place.key("name"), expected: "a name used only once",
        found: Node.quoted(name))
    }
  }
}
