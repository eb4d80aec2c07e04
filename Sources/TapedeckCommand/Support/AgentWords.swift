/// Words of an option that are for one of several agents, `NAME:WORDS`, or for all of them.
enum AgentWords {
  /// What is for an agent: first what is for all, then what is for it alone.
  ///
  /// - Throws: a failure where words are for somebody who is not among the agents.
  static func own(
    _ texts: [String], of agent: String, among agents: [String]
  ) throws(CommandFailure) -> [String] {
    var (common, own): ([String], [String]) = ([], [])
    for text in texts {
      guard let name = addressee(text, agents) else {
        common.append(text)
        continue
      }
      guard agents.contains(name) else {
        throw CommandFailure.unknown("agent", name, among: agents, in: text)
      }
      if name == agent { own.append(String(text.dropFirst(name.count + 1))) }
    }
    return common + own
  }

  /// Whom words are for: the longest of the names that they begin with, or else what stands before the first
  /// colon, where that comes before any `=`.
  private static func addressee(_ text: String, _ agents: [String]) -> String? {
    let known = agents.filter { text.hasPrefix($0 + ":") }.max { $0.count < $1.count }
    if let known { return known }
    guard let end = text.firstIndex(where: { $0 == ":" || $0 == "=" }), text[end] == ":" else {
      return nil
    }
    return String(text[..<end])
  }
}
