public import Agents
import Market
public import MarketModel
public import Session

/// What a fork differs in, written down: TOML with the words of a scenario file.
///
/// Each entry is made from what those before it leave, in the order of the tables below.
///
/// | key | meaning |
/// | --- | --- |
/// | `reseed` | draw noise with another seed from the tick on |
/// | `silence` | names of agents that decide nothing any more |
///
/// | `[[agents]]` | meaning |
/// | --- | --- |
/// | `name` | of an agent that is there: the other keys change it; of a new one: it joins |
/// | `like` | for a new agent: the agent that it is described like, but for what is written |
/// | `type`, `parameters`, `policy`, `wake_every` | the strategy; another type starts with a memory and the default parameters of its own, or those that its policy brings; so does another policy |
/// | `maximum_position`, `maximum_open_orders` | its limits |
/// | `latency.command`, `.report`, `.message` | how long things take |
///
/// A new agent without `like` takes all keys of a scenario file; it starts with nothing, and wakes
/// first at the fork's tick unless `first_wake` says otherwise.
///
/// | `[[instruments]]` | meaning |
/// | --- | --- |
/// | `name` | of an instrument that is there |
/// | `maker_fee_millionths`, `taker_fee_millionths`, `price_band` | its rules from there on |
///
/// | `[[processes]]` | meaning |
/// | --- | --- |
/// | `name` | of a random walk that is there |
/// | `shock` | currency units by which it jumps at the tick |
/// | `deviation`, `reversion`, `every` | how it moves from there on |
///
/// | `[[insert]]` | a command that an agent gives at the tick, whatever its decider does |
/// | --- | --- |
/// | `agent` | who |
/// | `command` | `buy`, `sell`, `cancel` or `message` |
/// | `instrument`, `quantity`, `price`, `time_in_force`, `post_only` | of an order; a market order without `price` |
/// | `tick`, `ordinal`, `quantity` | of the own order to cancel; all of it without `quantity` |
/// | `to` or `topic`, `text` | of a message |
///
/// | `[[commands]]` | what becomes of commands between decision and submission |
/// | --- | --- |
/// | `agent` | whose; everybody's without it |
/// | `from`, `until` | the first tick, and the tick before which it ends; else the fork's and the last |
/// | `where` | a filter expression about the command's event, as `cat --where` has it |
/// | `drop = true` | it is not given; it keeps its number |
/// | `delay` | it takes longer |
/// | `side`, `price`, `quantity`, `quantity_factor` | an order has other terms |
/// | `text` | a message says that instead |
public enum InterventionFile {
  /// Reads interventions on a session that is described by `scenario` at instant `time`.
  ///
  /// - Throws: `ScenarioFileError` for the first thing that is wrong.
  public static func read(
    text: String, file: String, scenario: Scenario, at time: Nanoseconds, roster: [RosterEntry],
    policies: PolicyReader = .none
  ) throws(ScenarioFileError) -> [Intervention] {
    let root = try Document.parse(text, file: file)
    do {
      var reader = InterventionReader(
        scenario, at: time, roster: roster, policies: policies)
      return try reader.read(root)
    } catch {
      throw error.located(in: file, by: SourceMap(text))
    }
  }

  /// Reads short forms, `agents.MM_01.latency.command=5ms`: a path of an intervention file and a
  /// value; those of one agent, instrument or process become one intervention.
  ///
  /// - Throws: `ScenarioFileError`, the text taking the place of the file.
  public static func read(
    changes: [String], scenario: Scenario, at time: Nanoseconds, roster: [RosterEntry],
    policies: PolicyReader = .none
  ) throws(ScenarioFileError) -> [Intervention] {
    var root = Node.table([])
    var paths: [String] = []
    for text in changes {
      let path = String(text.prefix { $0 != "=" })
      // One of two values, or of a value and a part of it, would silently count for nothing.
      if let other = paths.first(where: {
        $0 == path || $0.hasPrefix(path + ".") || path.hasPrefix($0 + ".")
      }) {
        throw ScenarioFileError(
          file: text, line: 0, column: 0, path: path, expected: "each path changed only once",
          found: "a change of \(other) before it")
      }
      paths.append(path)
      try add(text, to: &root, scenario)
    }
    do {
      var reader = InterventionReader(
        scenario, at: time, roster: roster, policies: policies)
      return try reader.read(root)
    } catch {
      let text = changes.first { $0.hasPrefix(error.place.path + "=") } ?? "--change"
      throw ScenarioFileError(
        file: text, line: 0, column: 0, path: error.place.path, expected: error.expected,
        found: error.found, suggestion: error.suggestion)
    }
  }

  private static func add(
    _ text: String, to root: inout Node, _ scenario: Scenario
  ) throws(ScenarioFileError) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = sides[0].split(separator: ".", maxSplits: 1).map { String($0) }
    let tables = ["agents", "instruments", "processes"]
    let expected = "agents.NAME.key=value, instruments.NAME.key=value or processes.NAME.key=value"
    func misfit(_ found: String) -> ScenarioFileError {
      ScenarioFileError(
        file: text, line: 0, column: 0, path: "", expected: expected, found: found)
    }
    guard sides.count == 2, path.count == 2, tables.contains(path[0]) else {
      throw misfit(text)
    }
    let names: [String] =
      switch path[0] {
      case "agents": scenario.agents.map { $0.account.name }
      case "instruments": scenario.instruments.map { $0.name }
      default: scenario.processes.map { $0.name }
      }
    if names.contains(path[1]) { throw misfit(text) }
    // Names may have dots: the longest that fits is meant.
    guard
      let name = names.filter({ path[1].hasPrefix($0 + ".") }).max(by: { $0.count < $1.count })
    else {
      let word = String(path[1].prefix { $0 != "." })
      throw ScenarioFileError(
        file: text, line: 0, column: 0, path: path[0],
        expected: "one of: " + names.joined(separator: ", "), found: word,
        suggestion: Spelling.nearest(to: word, among: names))
    }
    let keys = path[1].dropFirst(name.count + 1).split(separator: ".").map { String($0) }
    guard !keys.isEmpty else { throw misfit(text) }
    root.insert(value(String(sides[1])), at: keys, of: name, in: path[0])
  }

  /// A value as TOML has it; what is no TOML stands for itself, so that durations need no quotes.
  private static func value(_ text: String) -> Node {
    guard case .table(let entries)? = try? Document.parse("value = " + text, file: ""),
      entries.count == 1
    else { return .text(text) }
    return entries[0].value
  }
}

extension Node {
  /// Puts a value into the table of that name within an array of tables.
  fileprivate mutating func insert(
    _ value: Node, at keys: [String], of name: String, in array: String
  ) {
    guard case .table(var entries) = self else { return }
    let place = entries.firstIndex { $0.key == array }
    var elements: [Node] = []
    if let place, case .list(let list) = entries[place].value { elements = list }
    let element = elements.firstIndex { $0.entry("name") == .text(name) }
    var table = element.map { elements[$0] } ?? .table([Entry(key: "name", value: .text(name))])
    table.set(value, at: keys[...])
    if let element { elements[element] = table } else { elements.append(table) }
    let entry = Entry(key: array, value: .list(elements))
    if let place { entries[place] = entry } else { entries.append(entry) }
    self = .table(entries)
  }

  private mutating func set(_ value: Node, at keys: ArraySlice<String>) {
    guard case .table(var entries) = self, let key = keys.first else {
      self = value
      return
    }
    let place = entries.firstIndex { $0.key == key }
    var inner = place.map { entries[$0].value } ?? .table([])
    if keys.count == 1 { inner = value } else { inner.set(value, at: keys.dropFirst()) }
    let entry = Entry(key: key, value: inner)
    if let place { entries[place] = entry } else { entries.append(entry) }
    self = .table(entries)
  }

  private func entry(_ key: String) -> Node? {
    guard case .table(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }
}
