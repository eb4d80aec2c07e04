import ProcessAgents

/// JSON for `--json`: every object carries `schema_version`, keys are sorted.
public enum Json {
  /// The `schema_version` of all objects.
  static let version = 1

  static func text(_ object: [String: Any]) -> String {
    var object = object
    object["schema_version"] = version
    return line(object)
  }

  /// An object on one line, as it is: numbers, texts, flags, lists and objects within each other.
  public static func line(_ object: [String: Any]) -> String { JsonValue(plain: object).line }
}

extension JsonValue {
  /// A plain value; what JSON has no word for, such as a number that is not finite, is null.
  fileprivate init(plain value: Any) {
    switch value {
    case let flag as Bool: self = .flag(flag)
    case let number as any BinaryInteger:
      self = Int64(exactly: number).map { .integer($0) } ?? .number("\(number)")
    case let number as Double: self = number.isFinite ? .number("\(number)") : .null
    case let text as String: self = .text(text)
    case let list as [Any]: self = .list(list.map { JsonValue(plain: $0) })
    case let object as [String: Any]:
      self = .object(
        object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
          Member($0.key, JsonValue(plain: $0.value))
        })
    default: self = .null
    }
  }
}
