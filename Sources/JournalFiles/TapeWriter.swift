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
/// A call that fails, above all a sync, poisons it: what is on disk is unknown then, and nothing
/// more is written.
public final class TapeWriter: FrameOutput {
  private var place: TapePlace
  private let durability: Durability
  private let unfinishedLimit: Int
  private var mark: FileDescriptor?
  private var tail: FileDescriptor?
  private var offset: UInt64 = 0
  private var tailOffset: UInt64 = 0
  private var pending: [UInt8] = []
  private var noted: SequenceNumber = -1
  private var acknowledged: SequenceNumber = -1
  private var markNumber: UInt64 = 0
  private var isPoisoned = false
  private let tellAcknowledged: ((SequenceNumber) -> Void)?

  /// The path of the tape; that of `SideFiles.replacement` until it takes another's place.
  public var path: String { place.path }

  /// The path that was asked for.
  public var name: String { place.name }

  /// How many bytes of whole frames were written.
  public var size: UInt64 { offset }

  /// Whether another tape has the name that was asked for until this one is sealed.
  public var isReplacement: Bool { place.isReplacement }

  /// Creates a tape; one that it replaces stays until the new one is sealed.
  ///
  /// `acknowledge` is called with the sequence number of the latest event that is certainly on
  /// disk, each time it grows.
  /// - Throws: `WriteError`; nothing that existed was touched.
  public convenience init(
    path: String, durability: Durability = .none, replacing: Bool = false,
    acknowledge: ((SequenceNumber) -> Void)? = nil
  ) throws(WriteError) {
    try self.init(
      path, durability, replacing, acknowledge, unfinishedLimit: UnfinishedEvents.maximumSize)
  }

  init(
    _ path: String, _ durability: Durability, _ replacing: Bool,
    _ acknowledge: ((SequenceNumber) -> Void)?, unfinishedLimit: Int
  ) throws(WriteError) {
    place = try TapePlace(path, replacing: replacing, isDurable: durability != .none)
    self.durability = durability
    self.unfinishedLimit = unfinishedLimit
    tellAcknowledged = acknowledge
  }

  /// A tape of which nothing was written leaves no empty file, which would be in the way of the next one.
  deinit { if offset == 0 { remove() } }

  /// Gives the tape up: its file goes, and one that it was to replace stays.
  ///
  /// For a tape that is no good because of what it was made from; one that was interrupted is kept.
  public func discard() {
    isPoisoned = true
    remove()
  }

  /// Removes the file, unless something else has its name by now.
  private func remove() {
    guard let own = try? place.file.identity(), let there = try? FileIdentity(path), own == there
    else { return }
    if offset > 0 { _ = try? TapePlace.removeSideFiles(path) }
    _ = try? FileDescriptor.remove(path)
  }

  /// Appends whole frames, and syncs them where frames are to be durable.
  public func write(_ frames: [UInt8], _ progress: WriteProgress) throws(WriteError) {
    if isPoisoned { throw .poisoned(path: path) }
    guard durability != .none else { return try append(frames[...]) }
    // Each frame is synced before the next one is written: an intact frame then proves that those
    // before it were whole once.
    var rest = frames[...]
    while !rest.isEmpty {
      let length = Self.firstFrameLength(rest, isStart: offset == 0)
      try append(rest.prefix(length))
      try attempt { () throws(FileFailure) in try place.file.sync() }
      rest = rest.dropFirst(length)
    }
    try writeMark(progress)
    // A large value is written before the frame of its event: then what was noted since the last
    // frame is in none yet, and stays where it is.
    guard progress.nextSequence > noted else { return }
    try attempt { () throws(FileFailure) in try tail?.truncate(to: 0) }
    tailOffset = 0
    pending = []
    acknowledge(progress.nextSequence - 1)
  }

  /// Keeps an event until its frame is finished; at the start of a tick, what came before it is
  /// synced.
  public func note(
    _ event: inout FlatEvent, sequence: SequenceNumber, startsTick: Bool
  ) throws(WriteError) {
    guard durability == .tick else { return }
    if isPoisoned { throw .poisoned(path: path) }
    if startsTick { try syncPending() }
    pending += UnfinishedEvents.encode(
      event.record, sequence: sequence, startsSync: pending.isEmpty)
    noted = sequence
  }

  /// Ends the tape: it is synced as its durability asks; once it is sealed, it takes the place of
  /// the one that it replaces, and its side files go.
  public func finish(isSealed: Bool) throws(WriteError) {
    if isPoisoned { throw .poisoned(path: path) }
    if !isSealed { return }
    if durability == .none && !isReplacement { return }
    try attempt { () throws(FileFailure) in
      try place.file.sync()
      try place.settle()
      try TapePlace.removeSideFiles(place.path)
    }
  }

  // MARK: Parts

  private func append(_ frames: ArraySlice<UInt8>) throws(WriteError) {
    do {
      try place.file.write(frames, at: offset)
    } catch {
      // What was written of these frames is taken back, so that the tape ends with a whole one.
      try? place.file.truncate(to: offset)
      isPoisoned = true
      throw .system(error)
    }
    offset += UInt64(frames.count)
  }

  /// The length of the first frame, with the file header where the tape starts.
  private static func firstFrameLength(_ frames: ArraySlice<UInt8>, isStart: Bool) -> Int {
    let start = isStart ? FileHeader.size : 0
    guard let header = try? FrameHeader(Array(frames.dropFirst(start).prefix(FrameHeader.size)))
    else { preconditionFailure("Invariant: what is written are whole frames") }
    return start + Int(header.frameLength)
  }

  /// Syncs the events of the unfinished frame.
  ///
  /// More than readers take are not acknowledged before their frame is on disk.
  private func syncPending() throws(WriteError) {
    if pending.isEmpty || tailOffset + UInt64(pending.count) > UInt64(unfinishedLimit) { return }
    try attempt { () throws(FileFailure) in
      if tail == nil { tail = try besideTape(SideFiles.unfinished(path)) }
      try tail?.write(pending[...], at: tailOffset)
      try tail?.sync()
    }
    tailOffset += UInt64(pending.count)
    pending = []
    acknowledge(noted)
  }

  private func writeMark(_ progress: WriteProgress) throws(WriteError) {
    markNumber += 1
    let watermark = Watermark(
      number: markNumber, offset: offset, nextSequence: progress.nextSequence,
      tick: progress.tick, chain: progress.chain, frameCount: progress.frameCount)
    let start = UInt64(watermark.slot) * UInt64(Watermark.slotSize)
    try attempt { () throws(FileFailure) in
      if mark == nil { mark = try besideTape(SideFiles.watermark(path)) }
      try mark?.write(watermark.bytes[...], at: start)
      try mark?.sync()
    }
  }

  private func acknowledge(_ sequence: SequenceNumber) {
    guard sequence > acknowledged else { return }
    acknowledged = sequence
    tellAcknowledged?(sequence)
  }

  private func besideTape(_ path: String) throws(FileFailure) -> FileDescriptor {
    let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_TRUNC)
    try FileDescriptor.syncFolder(of: path)
    return file
  }

  private func attempt(_ body: () throws(FileFailure) -> Void) throws(WriteError) {
    do {
      try body()
    } catch {
      isPoisoned = true
      throw .system(error)
    }
  }
}
