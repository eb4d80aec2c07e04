/// A value of a JSON line; whole numbers stay whole.
public enum JsonValue: Equatable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case flag(Bool)
  /// A number that is written without a point or an exponent and fits into 64 bits.
  case integer(Int64)
  /// Any other number, as it is written.
  case number(String)
  /// A string.
  case text(String)
  /// An array.
  case list([JsonValue])
  /// An object, its members in the order in which they are written.
  case object([Member])

  /// A member of an object.
  public struct Member: Equatable, Sendable {
    /// Its name.
    public var key: String
    /// Its value.
    public var value: JsonValue

    /// Creates a member.
    public init(_ key: String, _ value: JsonValue) {
      self.key = key
      self.value = value
    }
  }

  /// The member of that name; nil where there is none, or where this is no object.
  public subscript(key: String) -> JsonValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The value as people would call it, shortened: `"buy"`, `12`, `a list`.
  public var words: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .number(let text): String(text.prefix(40))
    case .text(let text): text.count > 40 ? "\"\(text.prefix(40))...\"" : "\"\(text)\""
    case .list: "a list"
    case .object: "an object"
    }
  }
}

// MARK: Writing

extension JsonValue {
  /// The value on one line, without spaces, in ASCII where its texts are.
  public var line: String {
    var line = ""
    write(to: &line)
    return line
  }

  private func write(to line: inout String) {
    switch self {
    case .null: line += "null"
    case .flag(let flag): line += flag ? "true" : "false"
    case .integer(let number): line += "\(number)"
    case .number(let text): line += text
    case .text(let text): Self.write(text, to: &line)
    case .list(let values):
      line += "["
      for (index, value) in values.enumerated() {
        if index > 0 { line += "," }
        value.write(to: &line)
      }
      line += "]"
    case .object(let members):
      line += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { line += "," }
        Self.write(member.key, to: &line)
        line += ":"
        member.value.write(to: &line)
      }
      line += "}"
    }
  }

  private static func write(_ text: String, to line: inout String) {
    line += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": line += "\\\""
      case "\\": line += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: line.unicodeScalars.append(scalar)
      }
    }
    line += "\""
  }
}
