/// What is wrong with a scenario file, and where.
///
/// Its description reads `file:line:column: path: expected ..., found ... (did you mean ...?)`.
public struct ScenarioFileError: Error, Equatable, Sendable {
  /// The file, as it was named.
  public let file: String
  /// The line, counted from 1; 0 where unknown.
  public let line: Int
  /// The column in Unicode scalars, counted from 1; 0 where unknown.
  public let column: Int
  /// What it is about: `agents.MM_01.cash`; empty where the file is not TOML at all.
  public let path: String
  /// What was expected there.
  public let expected: String
  /// What was found there; empty where that is not known.
  public let found: String
  /// What may have been meant.
  public let suggestion: String?

  /// Creates an error.
  public init(
    file: String, line: Int, column: Int, path: String, expected: String, found: String,
    suggestion: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.path = path
    self.expected = expected
    self.found = found
    self.suggestion = suggestion
  }
}

extension ScenarioFileError: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    var text = file
    if line > 0 { text += ":\(line)" }
    if line > 0, column > 0 { text += ":\(column)" }
    if !path.isEmpty { text += ": \(path)" }
    text += ": expected \(expected)"
    if !found.isEmpty { text += ", found \(found)" }
    if let suggestion { text += " (did you mean \(suggestion)?)" }
    return text
  }
}
