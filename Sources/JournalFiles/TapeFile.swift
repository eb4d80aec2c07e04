import Glibc
public import Journal
public import MarketModel

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
    guard file.isRegular else { throw FileFailure("is no regular file", path, code: 0) }
  }

  /// Whether a writer has the tape.
  public var isBeingWritten: Bool { file.hasWriter }

  /// How many bytes there are now.
  public func size() throws(FileFailure) -> UInt64 { try file.size() }

  /// Reads up to `count` bytes.
  public func read(at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
    try file.read(at: offset, count: count)
  }

  // MARK: Side files

  /// The newest watermark beside the tape; nil where there is none.
  public var watermark: Watermark? {
    guard let beside = try? FileDescriptor.open(SideFiles.watermark(path), O_RDONLY),
      let bytes = try? beside.read(at: 0, count: 2 * Watermark.slotSize)
    else { return nil }
    return Watermark.newest(in: bytes)
  }

  /// The events of the unfinished frame, from the side file.
  ///
  /// `nextSequence` is that after the tape's last frame; older events are passed over.
  public func unfinished(after nextSequence: SequenceNumber) -> UnfinishedEvents {
    guard let beside = try? FileDescriptor.open(SideFiles.unfinished(path), O_RDONLY),
      let size = try? beside.size(), size <= UInt64(Limits.maximumPayload),
      let bytes = try? beside.read(at: 0, count: Int(size))
    else { return UnfinishedEvents() }
    return UnfinishedEvents(bytes, after: nextSequence)
  }

  /// Where the parent of a fork was when the fork was cut; nil where nobody noted it.
  public var parentHint: String? {
    guard let beside = try? FileDescriptor.open(SideFiles.parent(path), O_RDONLY),
      let bytes = try? beside.read(at: 0, count: 4096),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let line = text.split(separator: "\n").first.map(String.init)
    return line
  }
}

/// The names of the files that may stand beside a tape; all but the parent's can be deleted.
public enum SideFiles {
  /// What is certainly on disk.
  public static func watermark(_ path: String) -> String { path + ".mark" }
  /// The events of the unfinished frame.
  public static func unfinished(_ path: String) -> String { path + ".tail" }
  /// Where the parent of a fork was.
  public static func parent(_ path: String) -> String { path + ".parent" }
}
