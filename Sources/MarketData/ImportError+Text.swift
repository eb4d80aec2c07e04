import Glibc

extension ImportPlace: CustomStringConvertible {
  /// Returns `file:line` or `file:line:column`.
  public var description: String {
    column > 0 ? "\(file):\(line):\(column)" : "\(file):\(line)"
  }
}

extension ImportError: CustomStringConvertible {
  /// Returns one line for a person: where, what was expected, what was found.
  public var description: String {
    switch self {
    case .unreadable(let file, let code):
      // Safe: the text is copied before anybody else asks for one.
      "\(file): cannot be read: \(unsafe String(cString: strerror(code)))"
    case .emptyFile(let file): "\(file): expected at least one line, found none"
    case .truncatedArchive(let file, let line):
      "\(file): the gzip file is cut off after line \(line)"
    case .corruptArchive(let file, let line):
      "\(file): the gzip file is damaged after line \(line)"
    case .byteOrderMark(let file):
      "\(file):1:1: expected text, found a byte order mark; save the file as UTF-8 without one"
    case .lineTooLong(let place, let limit):
      "\(place): expected a line of at most \(limit) bytes, found a longer one"
    case .wrongColumnCount(let place, let expected, let found):
      "\(place): expected \(expected) columns, found \(found)"
    case .malformed(let place, let expected, let found):
      "\(place): expected \(expected), found \"\(found)\""
    case .offIncrement(let place, let increment, let found):
      "\(place): expected a price that is a multiple of \(increment), found \(found)"
    case .timeWentBackwards(let place, let previous, let found):
      "\(place): expected a time of at least \(previous) ns, found \(found) ns"
    case .duplicateReference(let place, let reference):
      "\(place): expected a new order, found \(reference), which still rests"
    case .lengthsDiffer(let shorter, let count, let longer):
      "\(shorter): expected as many rows as \(longer) has, found only \(count)"
    }
  }
}
