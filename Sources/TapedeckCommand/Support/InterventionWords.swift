import Journal
import Market
import MarketModel
import Replay
import Scenarios
import Session

extension ForkOrigin {
  /// The interventions in words.
  var words: [String] {
    interventions.map { record in
      guard
        let intervention = try? Intervention(code: record.code, payload: record.payload)
      else { return "\(record.code)" }
      return intervention.words
    }
  }

  /// The interventions in words, by what they change of a scenario, as a scenario file has it; the
  /// scenario becomes the one after them.
  func words(changing scenario: inout Scenario) -> [String] {
    interventions.map { record in
      guard
        let intervention = try? Intervention(code: record.code, payload: record.payload)
      else { return "\(record.code)" }
      let before = scenario
      intervention.apply(to: &scenario)
      return intervention.words(before, scenario)
    }
  }
}

extension OpenedTape {
  /// What the last fork differs in, in words: what changed, as a scenario file has it.
  var interventionWords: [String] {
    var scenario = lineage.scenario
    var words: [String] = []
    for fork in lineage.forks { words = fork.words(changing: &scenario) }
    return words
  }
}

extension Intervention {
  /// The intervention in words, given the scenario before and after it.
  fileprivate func words(_ before: Scenario, _ after: Scenario) -> String {
    let name: String
    switch self {
    case .setParameters(let agent, _): name = agent
    case .changeAgent(let agent): name = agent.account.name
    case .changeInstrument(let rules): name = rules.name
    case .changeProcess(let process): name = process.name
    case .shock(let process, let change): return before.words(shock: change, of: process) ?? words
    default: return words
    }
    let lines = [before, after].map { ScenarioText($0).text.split(separator: "\n") }
    let difference = lines[1].difference(from: lines[0])
    var changes: [String] = []
    for case .insert(_, let line, _) in difference.insertions { changes.append(String(line)) }
    let key = { (line: String) in line.split(separator: " = ").first.map(String.init) ?? line }
    let changed = changes.map(key)
    // What another strategy has no name for is not worth a word.
    if !changed.contains("type") {
      for case .remove(_, let line, _) in difference.removals
      where !changed.contains(key(String(line))) { changes.append("without \(key(String(line)))") }
    }
    return changes.isEmpty ? words : "change \(name): " + changes.joined(separator: ", ")
  }

  /// The intervention in words.
  var words: String {
    switch self {
    case .silence(let agent): "silence \(agent)"
    case .addAgent(let agent): "add \(agent.account.name) (\(agent.type))"
    case .setParameters(let agent, _): "set parameters of \(agent)"
    case .reseed(let seed): "reseed with \(seed)"
    case .changeAgent(let agent): "change \(agent.account.name) (\(agent.type))"
    case .changeInstrument(let rules): "change the rules of \(rules.name)"
    case .changeProcess(let process): "change how \(process.name) moves"
    case .shock(let process, let change):
      "shock \(process) by \(ExactDecimal.text(Int128(change), decimals: 3)) increments"
    case .insert(let agent, let command): "insert \(command.words) of \(agent)"
    case .loadPolicy(let agent, let policy): "load a policy of \(policy.count) bytes into \(agent)"
    case .rule(let rule): rule.words
    }
  }
}

extension Scenario {
  /// A shock in thousandths of an increment, in words, at its price; nil where it has no such process.
  fileprivate func words(shock change: Int64, of name: String) -> String? {
    guard let process = processes.first(where: { $0.name == name }) else { return nil }
    let decimals = Int(instruments[Int(process.instrument)].priceDecimals) + 3
    return "shock \(name) by \(ExactDecimal.text(Int128(change), decimals: decimals))"
  }
}

extension InsertedCommand {
  /// The command in words.
  var words: String {
    switch self {
    case .place(let instrument, let terms):
      "\(terms.type) order to \(terms.side) \(terms.quantity) \(instrument)"
    case .cancel(let tick, let ordinal, _): "cancel of order \(ordinal) of tick \(tick)"
    case .message(let recipient, _): "message to \(recipient)"
    case .publish(let topic, _): "message on \(topic)"
    }
  }
}

extension CommandRule {
  /// The rule in words.
  var words: String {
    var text =
      switch action {
      case .withhold: "drop commands"
      case .delay(let delay): "delay commands by \(DurationText.text(delay))"
      case .change(let change): "change orders (\(change.words))"
      case .forge(let payload): "change messages to \(payload.count) bytes"
      }
    if let agent { text += " of \(agent)" }
    text += " in ticks \(from) to \(until - 1)"
    return condition.isEmpty ? text : text + " where " + condition
  }
}

extension CommandRule.OrderChange {
  fileprivate var words: String {
    var list: [String] = []
    if let side { list.append("\(side)") }
    if let price { list.append("price \(price) increments") }
    if let quantity { list.append("quantity \(quantity)") }
    if let factor { list.append("quantity times \(factor)/1000") }
    return list.joined(separator: ", ")
  }
}
