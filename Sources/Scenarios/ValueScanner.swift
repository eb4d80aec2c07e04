/// Tells whether a value goes on in the next line: a list, an inline table or a long text.
struct ValueScanner {
  /// What the parser must not see, and its offset in the line.
  struct Fault: Equatable {
    var offset: Int
    var expected: String
  }

  /// The closing brackets that are due, innermost last.
  private var closing: [UInt8] = []
  /// The quotes that end the text which is open; empty where none is.
  private var delimiter: [UInt8] = []
  /// Whether a key of an inline table comes next.
  private var isKey = false
  /// The dots in that key.
  private var keyDots = 0
  /// The first fault so far; `ParserGuard` says why.
  private(set) var fault: Fault?

  /// Whether a bracket, a brace or a text of several lines is open.
  var isOpen: Bool { !closing.isEmpty || !delimiter.isEmpty }

  /// Goes through a line from an offset on, up to the first fault.
  mutating func scan(_ line: [UInt8], from start: Int) {
    var offset = start
    while offset < line.count, fault == nil {
      if !delimiter.isEmpty {
        offset = scanText(line, offset)
        continue
      }
      let byte = line[offset]
      switch byte {
      case UInt8(ascii: "#"): return
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        closing.append(byte + 2)  // ASCII has the closing bracket two behind the opening one
        isKey = byte == UInt8(ascii: "{")
        keyDots = 0
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if let due = closing.popLast(), due != byte {
          fault = Fault(offset: offset, expected: "the bracket that closes the one that is open")
        }
        isKey = false
      case UInt8(ascii: ","):
        isKey = closing.last == UInt8(ascii: "}")
        keyDots = 0
      case UInt8(ascii: ".") where isKey:
        keyDots += 1
        if keyDots >= ParserGuard.maximumParts {
          fault = Fault(
            offset: offset, expected: "a key of fewer than \(ParserGuard.maximumParts) parts")
        }
      case UInt8(ascii: "="): isKey = false
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        let triple = [byte, byte, byte]
        delimiter = line[offset...].starts(with: triple) ? triple : [byte]
        offset += delimiter.count - 1
      default:
        if !isKey, Self.isMoment(line, offset, from: start) {
          fault = Fault(offset: offset, expected: "no date or time")
        }
      }
      offset += 1
    }
    if delimiter.count == 1 { delimiter = [] }  // a text in single quotes ends with its line
  }

  /// Returns the offset behind the next piece of the open text, or behind its end.
  private mutating func scanText(_ line: [UInt8], _ start: Int) -> Int {
    let quote = delimiter[0]
    guard line[start...].starts(with: delimiter) else {
      return start + (line[start] == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1)
    }
    var offset = start + delimiter.count
    // A long text may end with one or two quotes of its own before the three that close it.
    if delimiter.count == 3 {
      let end = min(line.count, offset + 2)
      while offset < end, line[offset] == quote { offset += 1 }
    }
    delimiter = []
    return offset
  }

  /// Whether a bare value starts here that holds a colon, or that looks like a date and goes on
  /// with a digit behind a space.
  private static func isMoment(_ line: [UInt8], _ offset: Int, from start: Int) -> Bool {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let signs: [UInt8] = [UInt8(ascii: "+"), UInt8(ascii: "-")]
    guard isDigit(line[offset]) || signs.contains(line[offset]) else { return false }
    let before: [UInt8] = Array(" \t[,=".utf8)
    guard offset == start || before.contains(line[offset - 1]) else { return false }
    let terminators: [UInt8] = Array(" \t\r,]}#".utf8)
    let end = line[offset...].firstIndex { terminators.contains($0) } ?? line.count
    let value = line[offset..<end]
    if value.contains(UInt8(ascii: ":")) { return true }
    return value.count { $0 == UInt8(ascii: "-") } >= 2 && end + 1 < line.count
      && line[end] == UInt8(ascii: " ") && isDigit(line[end + 1])
  }
}
