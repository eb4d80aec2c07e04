/// Mutations of text: of its lines and the fields in them, beside libFuzzer's own.
enum TextMutation {
  private static let numbers = [
    "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "4611686018427387904", "1e308",
    "nan", "-0.0", "0.000000001", "99999999999999999999", "", "\"", "[]", "{}", "'''", "\"\"\"",
  ]

  static func mutate(_ input: [UInt8], _ random: inout Numbers, _ capacity: Int) -> [UInt8] {
    if input.isEmpty || random.once(in: 2) { return random.bytes(input, capacity) }
    var lines = input.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
    let line = random.below(lines.count)
    switch random.below(6) {
    case 0: lines.remove(at: line)
    case 1: lines.insert(lines[line], at: random.below(lines.count))
    case 2: lines.swapAt(line, random.below(lines.count))
    case 3: lines[line] = random.bytes(lines[line], lines[line].count + 32)
    default: lines[line] = withOtherField(lines[line], &random, lines)
    }
    return Array(lines.joined(separator: [10]))
  }

  /// Replaces one field, as `,`, `=`, `:` and brackets divide them.
  private static func withOtherField(
    _ line: [UInt8], _ random: inout Numbers, _ lines: [[UInt8]]
  ) -> [UInt8] {
    let borders = line.indices.filter { ",=:[]{}".utf8.contains(line[$0]) } + [line.count]
    let index = random.below(borders.count)
    let start = index == 0 ? 0 : borders[index - 1] + 1
    var field = Array(random.pick(numbers).utf8)
    if random.once(in: 3) {
      let fields = random.pick(lines).split { ",=:[]{}".utf8.contains($0) }
      if let other = fields.isEmpty ? nil : random.pick(fields) { field = Array(other) }
    }
    return line[..<start] + field + line[borders[index]...]
  }
}
