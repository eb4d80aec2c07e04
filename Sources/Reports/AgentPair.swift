/// An agent as it did in the parent and in the fork; either may lack it.
struct AgentPair: Sendable {
  var name: String
  var parent: AgentSeries?
  var fork: AgentSeries?

  var foreign: Bool { parent?.foreign == true || fork?.foreign == true }

  /// Returns the parent's agents in their order, then those that only the fork has.
  ///
  /// Agents of the same name are paired in the order in which they are listed.
  static func pairs(of parent: RunSeries, and fork: RunSeries?) -> [Self] {
    var unmatched = fork?.agents ?? []
    var pairs: [Self] = []
    for agent in parent.agents {
      let index = unmatched.firstIndex { $0.name == agent.name }
      let match = index.map { unmatched.remove(at: $0) }
      pairs.append(Self(name: agent.name, parent: agent, fork: match))
    }
    return pairs + unmatched.map { Self(name: $0.name, parent: nil, fork: $0) }
  }

  /// The name, or words in its place.
  var printedName: String { name.isEmpty ? "(no name)" : name }
}
