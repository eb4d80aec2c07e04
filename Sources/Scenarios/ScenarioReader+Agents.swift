import Agents
import Market
import MarketModel
import Session

/// Agents, their latencies and their parameters.
extension ScenarioReader {
  static let agentKeys = [
    "name", "type", "group", "cash", "positions", "maximum_position", "maximum_open_orders",
    "first_wake", "wake_every", "listens", "latency", "parameters",
  ]
  static let processKeys = ["command", "timeout", "on_fault"]

  mutating func readAgents(_ sections: [Section]) throws(Misfit) {
    let limit = Limits.maximumPositions / max(scenario.instruments.count, 1)
    guard sections.count <= limit else {
      throw Misfit(
        Place.root.key("agents"),
        expected: "at most \(limit) agents with \(scenario.instruments.count) instruments",
        found: "\(sections.count)")
    }
    var seen: Set<String> = []
    for section in sections {
      let isProcess = section["type"] == .text(ProcessSettings.typeName)
      try section.allow(
        Self.agentKeys + (isProcess ? Self.processKeys : [])
          + (usesPolicy(section["type"]) ? ["policy"] : []))
      let name = try section.name("name")
      try Self.unused(name, in: section, seen: &seen)
      scenario.agents.append(try agent(section, name: name))
    }
  }

  mutating func agent(
    _ section: Section, name: String
  ) throws(Misfit) -> AgentDescription {
    let account = try account(section, name: name)
    var agent = AgentDescription(account: account, type: try section.name("type"))
    agent.policy = try policy(section)
    (agent.revision, agent.parameters) = try parameters(
      section, type: agent.type, base: Self.trading(agent))
    try expectPolicy(agent, section)
    agent.firstWake = try firstInstant(section, "first_wake")
    let interval = try interval(section, "wake_every")
    agent.wakeInterval = agent.firstWake < 0 ? 0 : interval
    agent.subscriptions = try subscriptions(section)
    let latency = try section.section("latency")
    try latency.allow(["command", "report", "message", "data"])
    agent.commandLatency = try Self.latency(latency, "command")
    agent.reportLatency = try Self.latency(latency, "report")
    agent.messageLatency = try Self.latency(latency, "message")
    agent.dataLatency = try latency.duration("data", default: 0, in: 0...Limits.maximumDelay)
    return agent
  }

  /// How the policy of an agent says that it trades; nothing where it does not, or there is none.
  static func trading(_ agent: AgentDescription) -> Parameters {
    guard agent.type == PolicyTrader.typeName, !agent.policy.isEmpty else { return Parameters() }
    return (try? TradingPolicy(bytes: agent.policy))?.wholeTrading ?? Parameters()
  }

  /// Whether agents of a type do what a policy says.
  func usesPolicy(_ type: Node?) -> Bool {
    roster.contains { $0.usesPolicy && type == .text($0.typeName) }
  }

  /// The bytes of the policy file that is named; none where none is.
  func policy(_ section: Section) throws(Misfit) -> [UInt8] {
    if section["policy"] == nil { return [] }
    let path = try section.name("policy")
    guard let bytes = policies.read(path), !bytes.isEmpty else {
      throw Misfit(
        section.place.key("policy"), expected: "a policy file that can be read",
        found: Node.quoted(path))
    }
    return bytes
  }

  /// An agent that does what a policy says has one: else it would idle unnoticed.
  func expectPolicy(_ agent: AgentDescription, _ section: Section) throws(Misfit) {
    if usesPolicy(.text(agent.type)), agent.policy.isEmpty {
      throw Misfit(
        section.place.key("policy"), expected: "a policy file, as `tapedeck train` writes it",
        found: "nothing")
    }
  }

  private mutating func account(
    _ section: Section, name: String
  ) throws(Misfit) -> AccountRules {
    let decimals = Int(scenario.currencyDecimals)
    return AccountRules(
      name: name, group: group(try section.name("group", default: name)),
      openingCash: try section.scaled(
        "cash", places: decimals, default: 0, in: -(1 << 60)...1 << 60,
        "an amount with at most \(decimals) decimals, within 2^60 minor units"),
      openingPositions: try positions(section),
      maximumPosition: try section.integer(
        "maximum_position", default: 0, in: 0...Limits.maximumBalance),
      maximumOpenOrders: try section.integer(
        "maximum_open_orders", default: 0, in: 0...Limits.maximumBalance))
  }

  /// Positions by instrument; zeros at the end are left out, so that there is one form of each.
  private func positions(_ section: Section) throws(Misfit) -> [Lots] {
    let written = try section.section("positions")
    try written.allow(scenario.instruments.map { $0.name })
    var positions = [Lots](repeating: 0, count: scenario.instruments.count)
    for entry in written.entries {
      guard let index = instruments[entry.key] else { continue }
      positions[index] = try written.integer(entry.key, default: 0, in: -(1 << 60)...1 << 60)
    }
    let used = positions.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
    return Array(positions.prefix(used))
  }

  private func subscriptions(_ section: Section) throws(Misfit) -> [Int32] {
    var subscriptions: [Int32] = []
    for name in try section.names("listens", limit: Limits.maximumProcesses) {
      guard let index = topics[name] else {
        throw Misfit(
          section.place.key("listens").word(name), word: name, among: scenario.topics)
      }
      subscriptions.append(Int32(index))
    }
    return subscriptions.sorted()
  }

  // MARK: Parameters

  /// The revision and the parameters of a type; what is not written is as `base` has it.
  func parameters(
    _ section: Section, type: String, base: Parameters = Parameters()
  ) throws(Misfit) -> (UInt32, Parameters) {
    let written = try section.section("parameters")
    if type == ProcessSettings.typeName { return (0, try process(section, written, base)) }
    if type == AgentDescription.foreignType {
      try written.allow([])
      return (0, Parameters())
    }
    guard let entry = roster.first(where: { $0.typeName == type }) else {
      let types =
        roster.map { $0.typeName } + [AgentDescription.foreignType, ProcessSettings.typeName]
      throw Misfit(section.place.key("type"), word: type, among: types)
    }
    try written.allow(entry.parameters.map { $0.name })
    var parameters = base
    for item in written.entries {
      parameters.set(item.key, try Self.parameter(item.value, at: written.place.key(item.key)))
    }
    do {
      return (entry.revision, try parameters.resolved(by: entry.parameters))
    } catch {
      throw Misfit(
        written.place.key(error.name), expected: error.expected,
        found: written[error.name]?.described ?? "nothing")
    }
  }

  /// The parameters of an agent that a program decides for; `written` are those it is handed.
  private func process(
    _ section: Section, _ written: Section, _ base: Parameters
  ) throws(Misfit) -> Parameters {
    let old = try? ProcessSettings(base)
    var settings = old ?? ProcessSettings(command: [])
    if section["command"] != nil || old == nil {
      settings.command = try command(section)
    }
    settings.timeout = try section.duration(
      "timeout", default: settings.timeout, in: ProcessSettings.timeouts)
    let rules = ProcessSettings.FaultRule.allCases.map { $0.rawValue }
    let rule = try section.word("on_fault", default: settings.onFault.rawValue, among: rules)
    settings.onFault = ProcessSettings.FaultRule(rawValue: rule) ?? settings.onFault
    for item in written.entries {
      settings.parameters.set(
        item.key, try Self.parameter(item.value, at: written.place.key(item.key)))
    }
    return settings.encoded
  }

  private func command(_ section: Section) throws(Misfit) -> [String] {
    let place = section.place.key("command")
    let expected = "a program and its arguments: [\"python3\", \"strategy.py\"]"
    guard case .list(let nodes)? = section["command"] else {
      throw Misfit(place, expected: expected, found: section["command"]?.described ?? "nothing")
    }
    var words: [String] = []
    for node in nodes {
      guard case .text(let word) = node, word.utf8.count <= Limits.maximumTextSize else {
        throw Misfit(place, expected: expected, found: node.described)
      }
      words.append(word)
    }
    guard ProcessSettings.isSound(words) else {
      throw Misfit(place, expected: expected, found: "\(words.count) words")
    }
    return words
  }

  private static func parameter(
    _ node: Node, at place: Place
  ) throws(Misfit) -> ParameterValue {
    switch node {
    case .integer(let value): return .integer(value)
    case .number(let value) where Section.isSound(value): return .number(value)
    case .number(let value):
      throw Misfit(place, expected: "a finite number other than -0", found: "\(value)")
    case .text(let text) where text.utf8.count <= Limits.maximumTextSize: return .text(text)
    case .text: throw Misfit(place, expected: "at most 65,536 bytes", found: node.described)
    case .flag(let value): return .flag(value)
    case .list, .table, .other:
      throw Misfit(
        place, expected: "a number, a text, true or false", found: node.described)
    }
  }

  // MARK: Latencies

  private static let latencyExpected =
    "a duration, { uniform = [LOW, HIGH] } or { exponential = { minimum = MIN, mean = MEAN } }"

  static func latency(
    _ section: Section, _ key: String, default: Latency = .none
  ) throws(Misfit) -> Latency {
    guard let node = section[key] else { return `default` }
    let range = 0...Limits.maximumDelay
    guard case .table = node else {
      switch node {
      case .integer, .text:
        return .fixed(try Section.duration(node, at: section.place.key(key), in: range))
      default:
        throw Misfit(
          section.place.key(key), expected: latencyExpected, found: node.described)
      }
    }
    let inner = try Section(node, at: section.place.key(key))
    try inner.allow(["uniform", "exponential"])
    guard inner.entries.count == 1 else {
      throw Misfit(
        inner.place, expected: latencyExpected,
        found: inner.entries.isEmpty ? "an empty table" : "both")
    }
    if let bounds = inner["uniform"] { return try uniform(bounds, at: inner.place.key("uniform")) }
    let exponential = try inner.section("exponential")
    try exponential.allow(["minimum", "mean"])
    return .exponential(
      minimum: try exponential.duration("minimum", default: 0, in: range),
      mean: try exponential.duration("mean", default: nil, in: range))
  }

  private static func uniform(_ node: Node, at place: Place) throws(Misfit) -> Latency {
    let range = 0...Limits.maximumDelay
    guard case .list(let bounds) = node, bounds.count == 2 else {
      throw Misfit(place, expected: "[LOW, HIGH], two durations", found: node.described)
    }
    let low = try Section.duration(bounds[0], at: place, in: range)
    let high = try Section.duration(bounds[1], at: place, in: range)
    guard low <= high else {
      throw Misfit(
        place, expected: "[LOW, HIGH] with LOW <= HIGH",
        found: "[\(bounds[0].described), \(bounds[1].described)]")
    }
    return .uniform(low, high)
  }
}
