import Glibc
public import Journal

/// A tape on disk, opened for reading.
///
/// A writer may be at work.
public struct TapeFile: ByteSource {
  private let file: FileDescriptor

  /// The path it was opened by.
  public var path: String { file.path }

  /// Opens a tape.
  ///
  /// - Throws: `FileFailure` where it cannot be opened or is no regular file.
  public init(path: String) throws(FileFailure) {
    // Non-blocking: else a pipe that nobody writes to would be waited for.
    file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
    try file.expectRegular()
  }

  /// Whether a writer has the tape.
  public var isBeingWritten: Bool { file.hasWriter }

  /// How many bytes there are now.
  public func size() throws(FileFailure) -> UInt64 { try file.size() }

  /// Reads up to `count` bytes.
  public func read(at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
    try file.read(at: offset, count: count)
  }

  /// Scans the tape, and then reads the events that are in no frame yet.
  ///
  /// Both are as of one moment, also while a writer is at work: then an incomplete frame at the end
  /// is no damage.
  /// - Throws: `ReadError` where the tape or a file beside it cannot be read, or the tape's header
  ///   is not that of a tape.
  public func scan(
    level: JournalScan.Level
  ) throws(ReadError<FileFailure>) -> (scan: JournalScan, unfinished: UnfinishedEvents) {
    var attempts = 0
    while true {
      attempts += 1
      let hasWriter = isBeingWritten
      // The side file is read before the tape: what a writer takes from the one is in the other
      // already, so that nothing is missing between them.
      let (mark, beside) = try sideFiles()
      let scan = try JournalScanner.scan(
        self, watermark: mark, level: level, isBeingWritten: hasWriter)
      if scan.seal != nil { return (scan, UnfinishedEvents()) }
      let unfinished = UnfinishedEvents(beside, after: scan.nextSequence)
      // A writer may have begun the side file anew while it was read.
      if !hasWriter || !unfinished.isCorrupt || attempts == 100 { return (scan, unfinished) }
    }
  }

  // MARK: Side files

  private func beside(_ path: String, limit: Int) throws(ReadError<FileFailure>) -> [UInt8]? {
    do throws(FileFailure) {
      return try FileDescriptor.openExisting(path, O_RDONLY)?.readAll(limit: limit)
    } catch {
      throw .source(error)
    }
  }

  private func watermark() throws(ReadError<FileFailure>) -> Watermark? {
    try beside(SideFiles.watermark(path), limit: 2 * Watermark.slotSize)
      .flatMap { Watermark.newest(in: $0) }
  }

  /// What stands beside the tape; nothing where its name has gone to another meanwhile, with which
  /// they go.
  private func sideFiles() throws(ReadError<FileFailure>) -> (Watermark?, [UInt8]) {
    let unfinished = try beside(SideFiles.unfinished(path), limit: UnfinishedEvents.maximumSize)
    let mark = try watermark()
    do throws(FileFailure) {
      guard try FileIdentity(path) == file.identity() else { return (nil, []) }
    } catch {
      throw .source(error)
    }
    return (mark, unfinished ?? [])
  }

  /// Where the parent of a fork was when the fork was cut; nil where nobody noted it.
  public var parentHint: String? {
    guard let bytes = try? beside(SideFiles.parent(path), limit: 4096),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let line = text.split(separator: "\n").first.map(String.init)
    return line
  }
}
