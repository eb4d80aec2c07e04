public import Agents
public import Journal
import Market
import MarketModel
public import Replay
import Session

extension RecordedSession {
  /// Reads a tape with its ancestors.
  ///
  /// Agents that forks added are in the scenario from the beginning, as they are described at the
  /// end; other interventions are inputs.
  /// - Throws: `ReplayError` where it cannot be read or folded.
  /// - Complexity: O(events), which are all in memory then.
  public init<Roster: AgentRoster, Source: ByteSource>(
    _ lineage: Lineage<Source>, _ roster: Roster.Type
  ) throws(ReplayError<Source.Failure>) {
    var replayer = try Replayer<Roster, Source>(lineage)
    var events: [EventRecord] = []
    while let event = try replayer.step() {
      // An inert event of an unknown kind has its place, so that causes are found.
      let none = EventRecord(
        time: event.time, cause: nil, event: .noteAdded(NoteAdded(payload: [])))
      if case .known(let record) = event { events.append(record) } else { events.append(none) }
    }
    var scenario = lineage.scenario
    let end = replayer.state.scenario
    scenario.agents += end.agents.dropFirst(scenario.agents.count)
    scenario.groups = end.groups
    self.init(scenario: scenario, events: events)
  }
}

extension Scenario {
  /// Makes it one that a scenario file can say: what is no longer what was imported is synthetic,
  /// every feed has two agents, behind all others, and groups stand in the order of their use.
  mutating func makeWritable() {
    if provenance == .imported { provenance = .synthetic }
    for index in processes.indices {
      guard case .feed(let resting, let taking) = processes[index].motion, resting < 0, taking < 0
      else { continue }
      let name = processes[index].name
      let group = Int32(groups.count)
      groups.append(name)
      for role in ["resting", "taking"] {
        agents.append(
          AgentDescription(
            account: AccountRules(name: "\(name).\(role)", group: group),
            type: AgentDescription.foreignType))
      }
      let count = AgentIndex(agents.count)
      processes[index].motion = .feed(resting: count - 2, taking: count - 1)
      (processes[index].firstStep, processes[index].interval) = (-1, 0)
    }
    tidyGroups()
  }

  /// Leaves the groups that someone is in, in the order in which agents name them first.
  mutating func tidyGroups() {
    let old = groups
    groups = []
    for index in agents.indices {
      let name = old[Int(agents[index].account.group)]
      if !groups.contains(name) { groups.append(name) }
      agents[index].account.group = Int32(groups.firstIndex(of: name) ?? 0)
    }
  }
}
