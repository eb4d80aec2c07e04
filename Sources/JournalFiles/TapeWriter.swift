import Glibc
public import Journal
public import MarketModel

/// When written bytes are synced to disk.
///
/// It never changes the finished bytes.
public enum Durability: String, Sendable, CaseIterable {
  /// Never.
  case none
  /// At the end of every tick, events of the unfinished frame in a side file.
  case tick
  /// After every frame.
  case frame
}

/// Writes a tape to disk: one writer, many readers, also while it is written.
///
/// A failed sync poisons it: what is on disk is unknown then, and nothing more is written.
public final class TapeWriter: FrameOutput {
  private let file: FileDescriptor
  private let durability: Durability
  private var mark: FileDescriptor?
  private var tail: FileDescriptor?
  private var offset: UInt64 = 0
  private var tailOffset: UInt64 = 0
  private var pending: [UInt8] = []
  private var noted: SequenceNumber = -1
  private var markNumber: UInt64 = 0
  private var isPoisoned = false
  private let acknowledge: ((SequenceNumber) -> Void)?

  /// The path of the tape.
  public var path: String { file.path }

  /// Creates a tape.
  ///
  /// `acknowledge` is called with the sequence number of the latest event that is certainly on
  /// disk, each time it grows.
  /// - Throws: `WriteError`; nothing that existed was touched, unless `replacing`.
  public init(
    path: String, durability: Durability = .none, replacing: Bool = false,
    acknowledge: ((SequenceNumber) -> Void)? = nil
  ) throws(WriteError) {
    if replacing { try Self.remove(path) }
    do {
      file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL)
    } catch {
      if error.code == EEXIST { throw .exists(path: path) }
      throw .system(error)
    }
    self.durability = durability
    self.acknowledge = acknowledge
    do throws(FileFailure) {
      guard try file.lock() else { throw FileFailure("flock", path, code: EWOULDBLOCK) }
      if durability != .none { try FileDescriptor.syncFolder(of: path) }
    } catch {
      throw .system(error)
    }
  }

  /// Removes a finished or abandoned tape, unless a writer has it.
  private static func remove(_ path: String) throws(WriteError) {
    if let old = FileIdentity(path), !old.isRegular {
      throw .system(FileFailure("is no regular file, and is not replaced", path, code: 0))
    }
    do throws(FileFailure) {
      let old = try FileDescriptor.open(path, O_RDWR)
      if try !old.lock() { throw FileFailure("flock", path, code: EWOULDBLOCK) }
    } catch {
      if error.code == ENOENT { return }
      if error.code == EWOULDBLOCK { throw .busy(path: path) }
      throw .system(error)
    }
    for name in [path, SideFiles.watermark(path), SideFiles.unfinished(path)] {
      do {
        try FileDescriptor.remove(name)
      } catch {
        throw .system(error)
      }
    }
  }

  /// Appends whole frames in one write, and syncs them where frames are to be durable.
  public func write(_ frames: [UInt8], _ progress: WriteProgress) throws(WriteError) {
    if isPoisoned { throw .poisoned(path: path) }
    do {
      try file.write(frames, at: offset)
    } catch {
      // What was written of these frames is taken back, so that the tape ends with a whole one.
      try? file.truncate(to: offset)
      if offset == 0 { try? FileDescriptor.remove(path) }
      isPoisoned = true
      throw .system(error)
    }
    offset += UInt64(frames.count)
    if durability == .none { return }
    try sync(file)
    try writeMark(progress)
    // A large value is written before the frame of its event: then what was noted since the last
    // frame is in none yet, and stays where it is.
    guard progress.nextSequence > noted else { return }
    if let tail {
      do {
        try tail.truncate(to: 0)
      } catch {
        throw .system(error)
      }
      tailOffset = 0
    }
    pending = []
    if progress.nextSequence > 0 { acknowledge?(progress.nextSequence - 1) }
  }

  /// Keeps an event until its frame is finished; at the start of a tick, what came before it is
  /// synced.
  public func note(
    _ record: EventRecord, sequence: SequenceNumber, startsTick: Bool
  ) throws(WriteError) {
    guard durability == .tick else { return }
    if isPoisoned { throw .poisoned(path: path) }
    if startsTick { try syncPending() }
    pending += UnfinishedEvents.encode(record, sequence: sequence)
    noted = sequence
  }

  /// Syncs the events of the unfinished frame.
  private func syncPending() throws(WriteError) {
    if pending.isEmpty { return }
    do {
      if tail == nil {
        tail = try FileDescriptor.open(
          SideFiles.unfinished(path), O_RDWR | O_CREAT | O_TRUNC)
        try FileDescriptor.syncFolder(of: path)
      }
      try tail?.write(pending, at: tailOffset)
    } catch {
      isPoisoned = true
      throw .system(error)
    }
    if let tail { try sync(tail) }
    tailOffset += UInt64(pending.count)
    pending = []
    acknowledge?(noted)
  }

  /// Ends the tape: it is synced as its durability asks, and its side files go once it is sealed.
  public func finish(isSealed: Bool) throws(WriteError) {
    if isPoisoned { throw .poisoned(path: path) }
    if durability == .none || !isSealed { return }
    try sync(file)
    for name in [SideFiles.watermark(path), SideFiles.unfinished(path)] {
      do {
        try FileDescriptor.remove(name)
      } catch {
        throw .system(error)
      }
    }
  }

  private func sync(_ file: FileDescriptor) throws(WriteError) {
    do {
      try file.sync()
    } catch {
      isPoisoned = true
      throw .system(error)
    }
  }

  private func writeMark(_ progress: WriteProgress) throws(WriteError) {
    markNumber += 1
    let watermark = Watermark(
      number: markNumber, offset: offset, nextSequence: progress.nextSequence,
      tick: progress.tick, chain: progress.chain, frameCount: progress.frameCount)
    do {
      if mark == nil {
        mark = try FileDescriptor.open(SideFiles.watermark(path), O_RDWR | O_CREAT | O_TRUNC)
        try FileDescriptor.syncFolder(of: path)
      }
      try mark?.write(
        watermark.bytes, at: UInt64(watermark.slot) * UInt64(Watermark.slotSize))
    } catch {
      isPoisoned = true
      throw .system(error)
    }
    if let mark { try sync(mark) }
  }
}
