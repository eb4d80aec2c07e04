import Agents
import Filters
import Market
import MarketModel
public import Session

/// The paths of a session's state.
public struct StatePaths: Sendable {
  /// How many agents, instruments and processes at most are looked at for what may have been meant.
  private static let suggested = 64

  private let agents: [String]
  private let agentTypes: [String]
  private let instruments: [InstrumentRules]
  private let processes: [String]
  private let currencyDecimals: Int

  /// The paths of a session; `agents` are all that there are or will be, by index.
  public init(_ scenario: Scenario, agents: [String]) {
    self.agents = agents
    var types: [String] = []
    for agent in scenario.agents where !types.contains(agent.type) { types.append(agent.type) }
    agentTypes = types
    instruments = scenario.instruments
    processes = scenario.processes.map { $0.name }
    currencyDecimals = Int(scenario.currencyDecimals)
  }

  /// The value at a path.
  ///
  /// `agents.NAME.inventory` is the one there is, where there is one instrument;
  /// `agents.NAME.positions.INSTRUMENT` is another name of `inventory.INSTRUMENT`.
  /// - Throws: `StatePathError` where there is none.
  public func path(_ text: String) throws(StatePathError) -> StatePath {
    let values = try self.values(text)
    if values.count == 1 { return values[0] }
    throw StatePathError(path: text, nearest: nil, known: values.map { $0.text })
  }

  /// The value at a path, or the values of a level.
  ///
  /// - Throws: `StatePathError` where there is neither.
  /// - Complexity: O(agents + instruments + processes).
  public func values(_ text: String) throws(StatePathError) -> [StatePath] {
    if let own = ofSession.first(where: { $0.text == text }) { return [own] }
    if let (agent, rest) = Self.entity(text, "agents.", agents) {
      if let path = ofAgent(agent, rest) { return [path] }
    }
    if let (book, rest) = Self.entity(text, "books.", instruments.map { $0.name }) {
      if let path = ofBook(book).first(where: { $0.text == text }) { return [path] }
      let levels = level(book, rest)
      if !levels.isEmpty { return levels }
    }
    if let (process, _) = Self.entity(text, "processes.", processes) {
      if let path = ofProcess(process).first(where: { $0.text == text }) { return [path] }
    }
    throw unknown(text)
  }

  /// The position of the entity that a path is about, and what follows its name.
  private static func entity(
    _ text: String, _ prefix: String, _ names: [String]
  ) -> (Int, String)? {
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    let rest = Array(text.utf8.dropFirst(prefix.utf8.count))
    for (index, name) in names.enumerated() {
      let count = name.utf8.count
      guard rest.count > count + 1, rest[count] == UInt8(ascii: "."),
        rest.starts(with: name.utf8)
      else { continue }
      return (index, String(decoding: rest[(count + 1)...], as: UTF8.self))
    }
    return nil
  }

  // MARK: What there is

  private var ofSession: [StatePath] {
    var list = [
      StatePath(text: "time", type: .duration, place: .time),
      StatePath(text: "tick", type: .number(decimals: 0), place: .tick),
      StatePath(
        text: "exchange.fees", type: .number(decimals: currencyDecimals), place: .fees),
      StatePath(
        text: "in_flight.commands", type: .number(decimals: 0), place: .commandsInFlight),
      StatePath(
        text: "in_flight.reports", type: .number(decimals: 0), place: .reportsInFlight),
      StatePath(
        text: "in_flight.messages", type: .number(decimals: 0), place: .messagesInFlight),
    ]
    for (index, name) in SessionDigests.componentNames.enumerated() {
      list.append(StatePath(text: "digests.\(name)", type: .digest, place: .digest(index)))
    }
    return list + [StatePath(text: "digests.root", type: .digest, place: .digestRoot)]
  }

  private func ofAgent(_ agent: Int, _ rest: String) -> StatePath? {
    let name = agents[agent]
    var rest = rest
    if instruments.count == 1, rest == "inventory" || rest == "positions" {
      rest = "inventory.\(instruments[0].name)"
    } else if rest.utf8.starts(with: "positions.".utf8) {
      rest = "inventory." + String(decoding: rest.utf8.dropFirst(10), as: UTF8.self)
    }
    return ofAgent(agent).first { $0.text == "agents.\(name).\(rest)" }
  }

  private func ofAgent(_ agent: Int) -> [StatePath] {
    let path = "agents.\(agents[agent])"
    let whole = FilterType.number(decimals: 0)
    let flag = FilterType.word(FilterWords.flags(["false", "true", "no", "yes"]))
    var list = [
      StatePath(
        text: "\(path).type", type: .word(FilterWords("a type of agent", agentTypes)),
        place: .agentType(agent)),
      StatePath(
        text: "\(path).cash", type: .number(decimals: currencyDecimals), place: .cash(agent)),
    ]
    for (index, rules) in instruments.enumerated() {
      list.append(
        StatePath(
          text: "\(path).inventory.\(rules.name)", type: whole, place: .position(agent, index)))
    }
    return list + [
      StatePath(text: "\(path).next_wake", type: .duration, place: .nextWake(agent)),
      StatePath(text: "\(path).silenced", type: flag, place: .silenced(agent)),
      StatePath(text: "\(path).policy_bytes", type: whole, place: .policyBytes(agent)),
      StatePath(text: "\(path).memory.bytes", type: whole, place: .memoryBytes(agent)),
      StatePath(text: "\(path).memory.digest", type: .digest, place: .memoryDigest(agent)),
    ]
  }

  private func ofBook(_ book: Int) -> [StatePath] {
    let rules = instruments[book]
    let path = "books.\(rules.name)"
    // In the order of `TradingStatus`.
    let status = FilterWords("a trading status", ["halted", "quoting", "trading"])
    return [
      StatePath(text: "\(path).status", type: .word(status), place: .status(book)),
      StatePath(
        text: "\(path).last_price", type: .number(decimals: Int(rules.priceDecimals)),
        place: .lastPrice(book)),
      StatePath(text: "\(path).volume", type: .number(decimals: 0), place: .volume(book)),
    ]
  }

  /// `bids.0`, or one part of it.
  private func level(_ book: Int, _ rest: String) -> [StatePath] {
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), let side = ["bids", "asks"].firstIndex(of: parts[0]),
      let depth = Int(parts[1]), depth >= 0, "\(depth)" == parts[1]
    else { return [] }
    let wanted = StatePath.LevelPart.allCases.filter {
      parts.count == 2 || $0.rawValue == parts[2]
    }
    let rules = instruments[book]
    return wanted.map { part in
      StatePath(
        text: "books.\(rules.name).\(parts[0]).\(depth).\(part.rawValue)",
        type: .number(decimals: part == .price ? Int(rules.priceDecimals) : 0),
        place: .level(book, side == 0 ? .buy : .sell, depth: depth, part))
    }
  }

  private func ofProcess(_ process: Int) -> [StatePath] {
    let path = "processes.\(processes[process])"
    return [
      StatePath(
        text: "\(path).value", type: .number(decimals: 3), place: .processValue(process)),
      StatePath(text: "\(path).next_step", type: .duration, place: .nextStep(process)),
    ]
  }

  // MARK: What may have been meant

  private func unknown(_ text: String) -> StatePathError {
    var all = ofSession.map { $0.text }
    for agent in agents.indices.prefix(Self.suggested) {
      all += ofAgent(agent).map { $0.text }
      if instruments.count == 1 { all.append("agents.\(agents[agent]).inventory") }
    }
    for book in instruments.indices.prefix(Self.suggested) {
      all += ofBook(book).map { $0.text }
      all += (level(book, "bids.0") + level(book, "asks.0")).map { $0.text }
    }
    for process in processes.indices.prefix(Self.suggested) {
      all += ofProcess(process).map { $0.text }
    }
    let prefix = Array(text.utf8) + [UInt8(ascii: ".")]
    let below = all.filter { $0.utf8.starts(with: prefix) }
    if !below.isEmpty { return StatePathError(path: text, nearest: nil, known: below) }
    return StatePathError(
      path: text, nearest: Spelling.nearest(to: text, among: all), known: all)
  }
}
