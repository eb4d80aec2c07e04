/// Lines out of bytes that come in pieces, with a limit on their length.
struct Lines {
  /// The longest line that a program may write, in bytes without the line end: 1 MiB.
  static let maximumSize = 1 << 20

  /// A line, or that there was none within the limit.
  enum Line: Equatable {
    case line([UInt8])
    case tooLong
  }

  private var pending: [UInt8] = []
  private var start = 0
  private var searched = 0
  private var isSkipping = false

  /// Adds what was read.
  mutating func append(_ bytes: [UInt8]) {
    if start > 0 {
      pending.removeFirst(start)
      searched -= start
      start = 0
    }
    pending += bytes
  }

  /// Takes the next line, if it is whole or already too long.
  ///
  /// Of a line that is too long the rest is passed over, so that no more than a limit and a piece
  /// are ever held.
  mutating func next() -> Line? {
    while let end = pending[searched...].firstIndex(of: 0x0A) {
      let line = Array(pending[start..<end])
      start = end + 1
      searched = start
      if isSkipping {
        isSkipping = false
        continue
      }
      return line.count > Self.maximumSize ? .tooLong : .line(line)
    }
    searched = pending.count
    guard pending.count - start > Self.maximumSize || isSkipping else { return nil }
    pending = []
    (start, searched) = (0, 0)
    defer { isSkipping = true }
    return isSkipping ? nil : .tooLong
  }

  /// What came after the last line end, when no more will come.
  mutating func rest() -> [UInt8] {
    let rest = isSkipping ? [] : Array(pending[start...])
    pending = []
    (start, searched) = (0, 0)
    return rest
  }
}
