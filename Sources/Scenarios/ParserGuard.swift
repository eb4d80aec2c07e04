/// Finds what the parser must not see.
///
/// toml++ (3.3 and 3.4) asserts in four places what it should report, so that bad text would end the
/// process: `parse_key`, that a key follows the `[` of a header (`[=]`);
/// `parse_value`, that an element of a list does not begin with `}` (`a = [}`); `parse_time` and
/// the scan of values before it, that digits stand where a date needs them (`a = 1979-05-27x-t:`,
/// `a = 1979-05-27 0`). The first two are errors wherever they stand, and no scenario has dates.
/// The tables of a dotted key lie within each other, and the parser goes through them by recursion:
/// `a.a.a = 1` with some 100,000 parts overflows the stack.
/// Up to its first error the parser and `ValueScanner` agree on where values end.
enum ParserGuard {
  /// A key has fewer parts than this.
  static let maximumParts = 128

  /// What was found.
  struct Fault: Equatable {
    var position: SourceMap.Position
    var expected: String
  }

  /// Returns the first place that the parser must not see.
  static func fault(in text: String) -> Fault? {
    var value = ValueScanner()
    for (index, bytes) in SourceMap.lines(of: text).enumerated() {
      var offset = 0
      if !value.isOpen {
        if let broken = LineScanner.brokenHeader(bytes) {
          return Fault(
            position: SourceMap.position(line: index, offset: broken, in: bytes),
            expected: "the name of a table")
        }
        if let deep = LineScanner.deepKey(bytes) {
          return Fault(
            position: SourceMap.position(line: index, offset: deep, in: bytes),
            expected: "a key of fewer than \(maximumParts) parts")
        }
        guard let found = LineScanner.scan(bytes), found.kind == .key else { continue }
        offset = found.end
      }
      value.scan(bytes, from: offset)
      if let fault = value.fault {
        return Fault(
          position: SourceMap.position(line: index, offset: fault.offset, in: bytes),
          expected: fault.expected)
      }
    }
    return nil
  }
}
