import ProcessAgents
import TestSupport
import Testing

@Suite struct JsonValueTests {
  /// A value of some depth, keyed by a seed.
  private func value(_ numbers: inout KeyedNumbers, depth: Int) -> JsonValue {
    switch numbers.number(0...(depth > 0 ? 6 : 4)) {
    case 0: return .null
    case 1: return .flag(numbers.once(in: 2))
    case 2: return .integer(numbers.pick([0, -1, .min, .max, numbers.number(.min ... .max)]))
    case 3: return .number(numbers.pick(["0.5", "1e9", "-2.25E-3"]))
    case 4: return .text(numbers.pick(["", "a\"b\\c", "\u{1}\n\t", "Zürich 📈", "\u{7F}"]))
    case 5:
      return .list((0..<numbers.number(0...4)).map { _ in value(&numbers, depth: depth - 1) })
    default:
      return .object(
        (0..<numbers.number(0...4)).map { .init("k\($0)", value(&numbers, depth: depth - 1)) })
    }
  }

  @Test func `what is written is read back`() throws {
    for seed in 0..<2000 as Range<UInt64> {
      var numbers = KeyedNumbers(seed: seed)
      let value = value(&numbers, depth: 4)
      #expect(try JsonValue(line: Array(value.line.utf8)) == value, "seed \(seed)")
      #expect(!value.line.contains("\n"), "seed \(seed)")
    }
  }

  @Test func `nothing that is no JSON gets through or traps`() throws {
    var numbers = KeyedNumbers(seed: 7)
    let line = Array(
      #"{"type":"commands","turn":12,"commands":[{"price":1.5,"side":"b\u00e4\ud83d\ude00"}]}"#.utf8
    )
    _ = try JsonValue(line: line)
    for end in 0..<line.count {
      #expect(throws: JsonError.self) { try JsonValue(line: Array(line[..<end])) }
    }
    for _ in 0..<20_000 {
      var bytes = line
      for _ in 0..<numbers.number(1...3) {
        bytes[numbers.index(below: bytes.count)] = UInt8(numbers.number(0...255))
      }
      _ = try? JsonValue(line: bytes)
    }
  }

  @Test(arguments: [
    ("", 1, "a value"), ("{\"a\":1,\"a\":2}", 11, "each name only once, not a again"),
    ("[1", 3, "a comma or the end of the list"), ("1 2", 3, "the end of the line"),
    ("\"\\ud800x\"", 8, "the second half of a pair"), ("+1", 1, "a value"),
    ("nan", 1, "a value"), ("{1:2}", 2, "a name in quotes"),
  ])
  func `an error says where and what`(line: String, column: Int, expected: String) throws {
    let error = #expect(throws: JsonError.self) { try JsonValue(line: Array(line.utf8)) }
    #expect(error?.column == column)
    #expect(error?.expected == expected)
  }

  @Test func `values are only so deep`() throws {
    let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
    _ = try JsonValue(line: Array(deep.utf8))
    #expect(throws: JsonError.self) { try JsonValue(line: Array(("[" + deep + "]").utf8)) }
    let abyss = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
    #expect(throws: JsonError.self) { try JsonValue(line: abyss) }
  }
}
