import Agents
import Market

extension Intervention {
  /// Makes a scenario say what it says after the intervention: of agents, instruments and processes.
  ///
  /// Differences of one fork build on each other by it; what changes a state alone (a shock, a seed, a rule for
  /// commands) leaves the scenario as it is, and so does what names nothing that is there.
  /// - Complexity: O(agents + instruments + processes).
  public func apply(to scenario: inout Scenario) {
    switch self {
    case .addAgent(let agent): scenario.agents.append(scenario.grouped(agent))
    case .setParameters(let name, let parameters):
      guard let index = Self.place(of: name, in: scenario) else { break }
      scenario.agents[index].parameters = parameters
    case .changeAgent(let agent):
      guard let index = Self.place(of: agent.account.name, in: scenario) else { break }
      scenario.agents[index] = agent
    case .loadPolicy(let name, let policy):
      guard let index = Self.place(of: name, in: scenario) else { break }
      scenario.agents[index].policy = policy
    case .changeInstrument(let rules):
      guard let index = scenario.instruments.firstIndex(where: { $0.name == rules.name }) else {
        break
      }
      scenario.instruments[index] = rules
    case .changeProcess(let process):
      guard let index = scenario.processes.firstIndex(where: { $0.name == process.name }) else {
        break
      }
      scenario.processes[index] = process
    case .silence, .reseed, .shock, .insert, .rule: break
    }
  }

  private static func place(of name: String, in scenario: Scenario) -> Int? {
    scenario.agents.firstIndex { $0.account.name == name }
  }
}

extension Scenario {
  /// An agent that joins, as it will be: one whose group is -1 is in one of its own, which has its name.
  mutating func grouped(_ agent: AgentDescription) -> AgentDescription {
    var agent = agent
    if agent.account.group < 0 {
      let name = agent.account.name
      if !groups.contains(name) { groups.append(name) }
      agent.account.group = Int32(groups.firstIndex(of: name) ?? 0)
    }
    return agent
  }
}
