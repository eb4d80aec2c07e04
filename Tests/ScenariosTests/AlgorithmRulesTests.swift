import Scenarios
import Testing

@Suite struct AlgorithmRulesTests {
  private func rules(_ text: String) throws -> AlgorithmRules {
    try AlgorithmRules(text: text, file: "rules.toml", algorithms: ["ppo", "sac"])
  }

  @Test func `the first class that fits counts`() throws {
    let rules = try rules(
      """
      [[classes]]
      name = "fast"
      instruments = ["A", "B"]
      wakes_within = "5ms"
      algorithm = "ppo"
      [[classes]]
      name = "B"
      instruments = ["B"]
      algorithm = "sac"
      [[classes]]
      name = "slow"
      wakes_within = "1s"
      algorithm = "ppo"
      """)
    #expect(rules.first(for: "A", wakesEvery: 5_000_000)?.name == "fast")
    #expect(rules.first(for: "B", wakesEvery: 5_000_001)?.algorithm == "sac")
    #expect(rules.first(for: "C", wakesEvery: 1_000_000_000)?.name == "slow")
    #expect(rules.first(for: "A", wakesEvery: 1_000_000_001) == nil)
  }

  @Test(arguments: [
    ("", "[[classes]]", 0),
    ("[[classes]]\nname = \"x\"", "one of: ppo, sac", 0),
    ("[[classes]]\nname = \"x\"\nalgorithm = \"pp\"", "ppo, sac", 3),
    ("[[classes]]\nname = 3\nalgorithm = \"ppo\"", "a name in quotes", 2),
    ("[[classes]]\nname = \"x\"\nalgorithm = \"ppo\"\ninstrument = \"A\"", "", 4),
    ("[[classes]]\nname = \"x\"\nalgorithm = \"ppo\"\nwakes_within = \"never\"", "", 4),
    ("[[rules]]\nname = \"x\"", "", 1),
  ])
  func `what is wrong is said, with its place`(text: String, expected: String, line: Int) {
    #expect {
      try rules(text)
    } throws: { error in
      guard let error = error as? ScenarioFileError else { return false }
      return error.expected.contains(expected) && (line == 0 || error.line == line)
    }
  }
}
