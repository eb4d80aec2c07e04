public import MarketModel

/// A place in a text file.
public struct ImportPlace: Equatable, Sendable {
  /// The path of the file, as it was given.
  public let file: String
  /// The line, from 1.
  public let line: Int
  /// The column, from 1: a field of a CSV file, a byte of a JSON line; 0 for the whole line.
  public let column: Int

  /// Creates a place.
  public init(file: String, line: Int, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// An outside file that does not hold what was expected.
public enum ImportError: Error, Equatable, Sendable {
  /// The file cannot be opened or read; `code` is the system's number for the reason.
  case unreadable(file: String, code: Int32)
  /// The file has no line at all.
  case emptyFile(file: String)
  /// A gzip file ends before its content does; the lines up to `afterLine` were read.
  case truncatedArchive(file: String, afterLine: Int)
  /// A gzip file is damaged; the lines up to `afterLine` were read.
  case corruptArchive(file: String, afterLine: Int)
  /// The file begins with a byte order mark, which neither format allows.
  case byteOrderMark(file: String)
  /// A line is longer than the reader takes, in bytes.
  case lineTooLong(ImportPlace, limit: Int)
  /// A line has too many or too few fields.
  case wrongColumnCount(ImportPlace, expected: String, found: Int)
  /// A field does not hold what was expected.
  case malformed(ImportPlace, expected: String, found: String)
  /// A price is no multiple of the price increment, both in the units of the file.
  case offIncrement(ImportPlace, increment: Int64, found: Int64)
  /// A time, in nanoseconds after midnight, lies before that of the line above.
  case timeWentBackwards(ImportPlace, previous: Nanoseconds, found: Nanoseconds)
  /// A limit order joins under the reference of an order that still rests.
  case duplicateReference(ImportPlace, reference: Int64)
  /// Two files that belong together have different numbers of rows.
  case lengthsDiffer(shorter: String, rowCount: Int, longer: String)
}
