import Testing

@testable import Scenarios

@Suite struct SourceMapTests {
  private let map = SourceMap(
    """
    ticks = 10   # [[agents]] in a comment
    "quoted key" = \"""
    [[agents]]
    name = 1
    \"""
    list = [
      [ "a = 1" ],
      "deep",  # ]
    ]
      [[agents]]
    name = "é"
    latency.command = { uniform = [1, 2] }
    [agents.parameters]
    skew = '[' # (
    [[agents]]
    positions = { ÄÖ = 1, STOCK = 2 }
    parameters.skew = 1
    """)

  private func position(_ steps: String...) -> SourceMap.Position? { map.position(of: steps) }

  private typealias Position = SourceMap.Position

  @Test func `keys and headers are found`() {
    #expect(position("ticks") == Position(line: 1, column: 1))
    #expect(position("quoted key") == Position(line: 2, column: 1))
    #expect(position("list") == Position(line: 6, column: 1))
    #expect(position("agents", "[0]") == Position(line: 10, column: 3))
    #expect(position("agents", "[0]", "name") == Position(line: 11, column: 1))
    #expect(position("agents", "[0]", "latency") == Position(line: 12, column: 1))
    #expect(position("agents", "[0]", "latency", "command") == Position(line: 12, column: 1))
    #expect(position("agents", "[0]", "parameters", "skew") == Position(line: 14, column: 1))
    #expect(position("agents", "[1]", "parameters", "skew") == Position(line: 17, column: 1))
  }

  @Test func `words within a value are found`() {
    #expect(
      position("agents", "[0]", "latency", "command", "uniform")
        == Position(line: 12, column: 21))
    #expect(position("agents", "[1]", "positions", "STOCK") == Position(line: 16, column: 23))
    #expect(position("list", "[1]", "deep") == Position(line: 8, column: 4))
  }

  @Test func `what is missing is found at its table`() {
    #expect(position("agents", "[1]", "cash") == Position(line: 15, column: 1))
    #expect(position("agents", "[0]", "parameters", "none") == Position(line: 13, column: 1))
    #expect(position("agents", "[7]") == Position(line: 10, column: 3))
    #expect(position("nothing") == nil)
  }
}
