import Agents
import Counterfactual
import Journal
import JournalFiles
import Market
import MarketData
import MarketModel
import Replay
import Reports
import Session

/// A fork beside its parent: where they come apart, whom that reaches, and what it comes to.
struct OneDraw {
  let comparison: TapeComparison
  let origin: ForkOrigin
  let course: DrawCourse
  /// The tape of the two that ends before its session does, and in which tick: what the other has after that is
  /// not the difference's doing.
  let unfinished: (path: String, tick: Tick)?
  /// Commands of held agents that only the fork's exchange refused.
  let infeasible: [(SequenceNumber, EventRecord)]
  private let parent: OpenedTape
  private let fork: OpenedTape
  /// The first event that only the fork has, or has otherwise, and its causes, the event first.
  private let causes: [String]
  /// The first difference in words.
  private let firstDifference: [String]
  private let scenario: Scenario

  init<Roster: AgentRoster>(
    _ parent: OpenedTape, _ fork: OpenedTape, _ origin: ForkOrigin, _ roster: Roster.Type
  ) throws {
    self.parent = parent
    self.fork = fork
    self.origin = origin
    comparison = try Diff<Roster>.compare(parent, fork)
    unfinished = try OpenedTape.unfinished([parent, fork])
    firstDifference =
      try comparison.firstDifference.map {
        try Diff<Roster>.describe($0, parent, fork)
      } ?? []
    let text = EventText(names: fork.names, scenario: fork.lineage.scenario)
    var scenario = fork.lineage.scenario
    do throws(ReplayError<FileFailure>) {
      causes =
        try comparison.firstDifference?.second.map { sequence throws(ReplayError<FileFailure>) in
          try fork.lineage.causes(of: sequence).map { text.line($0.0, $0.1) }
        } ?? []
      infeasible = try RecordedRefusals.infeasible(parent.lineage, fork.lineage, origin)
    } catch {
      throw CommandFailure(error, fork.paths)
    }
    do {
      course = try DrawCourse(
        parent: parent.lineage, fork: fork.lineage, from: origin.tick, roster: roster)
    } catch .first(let error) {
      throw CommandFailure(error, parent.paths)
    } catch .second(let error) {
      throw CommandFailure(error, fork.paths)
    }
    for name in fork.names.agents.dropFirst(scenario.agents.count) {
      scenario.agents.append(
        AgentDescription(account: AccountRules(name: name, group: 0), type: ""))
    }
    self.scenario = scenario
  }

  // MARK: For people

  var text: String {
    var text = ""
    for words in fork.interventionWords {
      text += "intervention at tick \(origin.tick): \(words)\n"
    }
    if comparison.isEqual { return text + "the fork equals its parent, event for event\n" }
    if unfinished == nil {
      text +=
        "events: \(comparison.equalCount) equal, \(comparison.changedCount) changed, "
        + "\(comparison.onlyFirstCount) only in the parent, "
        + "\(comparison.onlySecondCount) only in the fork\n"
    }
    if !firstDifference.isEmpty { text += "first difference:\n" }
    for line in firstDifference { text += "  \(line)\n" }
    for (depth, line) in causes.dropFirst().enumerated() {
      text += String(repeating: "  ", count: depth + 1) + "because \(line)\n"
    }
    if let unfinished {
      return text + "\(unfinished.path) is unfinished: it ends at tick \(unfinished.tick), "
        + "and what comes of the difference is not told\n"
    }
    return text + spread + convergence + feasibility
  }

  private var spread: String {
    let agents = reached(comparison.reachedAgents, fork.names.agents)
    let instruments = reached(comparison.reachedInstruments, fork.names.instruments)
    return "reached: \(Self.list(agents, of: fork.names.agents.count, "agents")); "
      + "\(Self.list(instruments, of: fork.names.instruments.count, "instruments"))\n"
  }

  private static func list(_ reached: [(String, Tick)], of count: Int, _ what: String) -> String {
    let shown = reached.prefix(8).map { "\($0.0) t\($0.1)" }.joined(separator: ", ")
    let rest = reached.count > 8 ? ", ..." : ""
    return "\(reached.count) of \(count) \(what)"
      + (reached.isEmpty ? "" : " (\(shown)\(rest))")
  }

  /// What the divergence reached, in the order in which it did.
  private func reached(_ list: [DifferenceReach], _ names: [String]) -> [(String, Tick)] {
    let clock = fork.lineage.scenario.clock
    return list.filter { Int($0.index) < names.count }
      .map { (names[Int($0.index)], clock.tick(at: $0.time)) }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
  }

  private var convergence: String {
    let apart = course.components.filter { $0.isApart }.map { $0.name }
    if apart.isEmpty { return "together again: all of the state\n" }
    if let tick = course.reconvergence {
      return "together again from tick \(tick) on, but for cash\n"
    }
    let again = course.components.filter { !$0.isApart && $0.last != nil }
    var text = "at the end still different: " + apart.joined(separator: ", ")
    if !again.isEmpty {
      text +=
        "; the same again: "
        + again.map { "\($0.name) from tick \(($0.last ?? 0) + 1)" }.joined(separator: ", ")
    }
    return text + "\n"
  }

  private var feasibility: String {
    if origin.held.isEmpty { return "" }
    var text = "infeasible: \(infeasible.count) commands of held agents became impossible\n"
    let line = EventText(names: fork.names, scenario: fork.lineage.scenario)
    for (sequence, record) in infeasible.prefix(5) {
      text += "  " + line.line(sequence, .known(record)) + "\n"
    }
    return infeasible.count > 5 ? text + "  ...\n" : text
  }

  /// What it came to, number by number, of which one draw is no effect.
  var table: String {
    if unfinished != nil { return "" }
    let metrics = OutcomeMetric.all(
      agents: scenario.agents.count, instruments: scenario.instruments.count)
    var rows = [["from tick \(origin.tick) on", "parent", "fork", "change"]]
    for metric in metrics {
      let (before, after) = (metric.value(in: course.parent), metric.value(in: course.fork))
      if before == 0, after == 0 { continue }
      rows.append([
        metric.name(in: scenario), metric.text(before, in: scenario),
        metric.text(after, in: scenario),
        metric.signed(after - before, in: scenario, isMean: false),
      ])
    }
    return "what it came to (\(ForkNote.caption)):\n" + TextTable.text(rows)
  }

  // MARK: For programs

  var object: [String: Any] {
    var object: [String: Any] = [
      "interventions": fork.interventionWords, "tick": origin.tick, "equal": comparison.isEqual,
      "causes": causes, "caption": ForkNote.caption,
    ]
    if !firstDifference.isEmpty { object["first_difference"] = firstDifference }
    if let unfinished {
      object["unfinished"] = OpenedTape.object(unfinished)
    } else {
      object.merge(whole) { one, _ in one }
    }
    return object
  }

  /// What is told of two tapes that both go to the end.
  private var whole: [String: Any] {
    var object: [String: Any] = [
      "events": [
        "equal": comparison.equalCount, "changed": comparison.changedCount,
        "only_parent": comparison.onlyFirstCount, "only_fork": comparison.onlySecondCount,
      ],
      "reached": [
        "agents": Dictionary(
          uniqueKeysWithValues: reached(comparison.reachedAgents, fork.names.agents)),
        "instruments": Dictionary(
          uniqueKeysWithValues: reached(comparison.reachedInstruments, fork.names.instruments)),
      ],
      "components": course.components.map { component in
        var object: [String: Any] = ["name": component.name, "apart_at_end": component.isApart]
        if let first = component.first { object["first_tick"] = first }
        if let last = component.last { object["last_tick"] = last }
        return object
      },
      "infeasible": infeasible.count,
    ]
    if let tick = course.reconvergence { object["reconvergence"] = tick }
    object["outcomes"] = OutcomeMetric.all(
      agents: scenario.agents.count, instruments: scenario.instruments.count
    ).map { metric in
      let scale = metric.unit(in: scenario).scale
      return [
        "name": metric.name(in: scenario), "parent": metric.value(in: course.parent) / scale,
        "fork": metric.value(in: course.fork) / scale,
      ] as [String: Any]
    }
    return object
  }
}
