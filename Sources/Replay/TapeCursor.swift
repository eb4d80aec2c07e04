import Determinism
public import Journal
public import MarketModel
public import Session

/// An events frame as it stands on a tape; equal ones hold the same events at the same positions.
struct FrameBytes: Equatable {
  var firstSequence: SequenceNumber
  var firstTick: Tick
  var count: Int
  var payload: [UInt8]
}

/// Reads a lineage item by item; one frame is in memory at a time, and the next ones where they are
/// decoded elsewhere.
public struct TapeCursor<Source: ByteSource> {
  let lineage: Lineage<Source>
  /// The number of the tape that is read, the root's being 0.
  private(set) var tape = 0
  private var entries: [JournalScan.Entry]
  private var nextEntry = 0
  /// The frames from `nextEntry` on whose decoding was begun.
  private var begun: [Result<FrameDecoding, ReadError<Source.Failure>>] = []
  /// How many frames are begun before they are needed.
  private static var framesAhead: Int { 3 }
  /// The frame that is being read.
  @usableFromInline private(set) var frame: DecodedFrame?
  /// The position of the next event in it.
  @usableFromInline var position = 0
  /// The position after its last event that belongs to the lineage.
  @usableFromInline private(set) var end = 0
  /// The position of the next checkpoint's event; beyond all where there is none.
  @usableFromInline private(set) var checkpointPosition = Int.max
  private var checkpoint = 0
  private var unfinished = 0
  /// Whether a frame was read: who reads a second one reads on.
  private var readsOn = false
  /// Whether frames that are not in their shortest form are refused.
  private let checksForm: Bool
  @usableFromInline var peeked: TapeItem?

  init(_ lineage: Lineage<Source>, tape: Int = 0, entry: Int = 0, checksForm: Bool = false) {
    self.lineage = lineage
    self.checksForm = checksForm
    self.tape = tape
    nextEntry = entry
    entries = lineage.readers[tape].eventEntries
  }

  /// Where the frame that was read last stands, where it belongs to the lineage whole.
  var lastFrame: (tape: Int, chain: ChainLink, sessionId: Hash256)? {
    guard nextEntry > 0, nextEntry <= entries.count else { return nil }
    let header = entries[nextEntry - 1].header
    guard header.firstSequence + Int64(header.count) <= lineage.limit(tape) else { return nil }
    return (tape, header.chain, lineage.readers[tape].scan.fileHeader.sessionId)
  }

  /// The next item, or nil at the end.
  ///
  /// - Throws: `ReplayError.read` where a frame cannot be read.
  @inlinable
  public mutating func next() throws(ReplayError<Source.Failure>) -> TapeItem? {
    if let item = peeked {
      peeked = nil
      return item
    }
    while try hasFrame() {
      if position == checkpointPosition, let digests = takeCheckpoint() {
        return .checkpoint(digests)
      }
      guard let frame else { break }
      if position < end {
        position += 1
        let event: TapeEvent
        do {
          event = try frame.event(position - 1)
        } catch {
          throw damage(error)
        }
        return .event(frame.firstSequence + Int64(position - 1), event)
      }
      if let digests = finishFrame() { return .frameEnd(digests) }
    }
    return unfinishedItem()
  }

  /// The next item without taking it.
  ///
  /// - Throws: `ReplayError.read` where a frame cannot be read.
  @inlinable
  public mutating func peek() throws(ReplayError<Source.Failure>) -> TapeItem? {
    if peeked == nil { peeked = try next() }
    return peeked
  }

  /// Gives back the item that was taken last: it comes next again.
  @inlinable
  mutating func putBack(_ item: TapeItem) { peeked = item }

  @usableFromInline
  mutating func unfinishedItem() -> TapeItem? {
    guard unfinished < lineage.unfinished.count else { return nil }
    unfinished += 1
    let base = lineage.nextSequence - Int64(lineage.unfinished.count)
    return .event(
      base + Int64(unfinished - 1), .known(lineage.unfinished[unfinished - 1]))
  }

  // MARK: Whole frames

  /// Whether nobody looked ahead: then frames may be taken as wholes.
  @inlinable var isBetweenItems: Bool { peeked == nil }

  /// Whether there is a frame to read, which is loaded where it has to be.
  @inlinable
  mutating func hasFrame() throws(ReplayError<Source.Failure>) -> Bool {
    if frame != nil { return true }
    return try load()
  }

  /// The frame that comes next as it stands on the tape, where nothing of it was read yet and it
  /// belongs to the lineage whole.
  mutating func upcomingFrame() throws(ReplayError<Source.Failure>) -> FrameBytes? {
    guard frame == nil, peeked == nil, nextEntry < entries.count else { return nil }
    let header = entries[nextEntry].header
    guard header.firstSequence + Int64(header.count) <= lineage.limit(tape) else { return nil }
    do {
      return FrameBytes(
        firstSequence: header.firstSequence, firstTick: header.firstTick,
        count: Int(header.count),
        payload: try lineage.readers[tape].payload(entries[nextEntry]))
    } catch {
      throw .read(tape: tape, error)
    }
  }

  /// Whether nothing of the next frame was read yet; leaves one whose events were all read.
  mutating func isBetweenFrames() -> Bool {
    if frame != nil, position == end { _ = finishFrame() }
    return frame == nil
  }

  /// Passes over the frame that comes next.
  mutating func skipFrame() {
    nextEntry += 1
    if !begun.isEmpty { begun.removeFirst() }
  }

  /// Takes the digests that stand before the next event.
  @usableFromInline
  mutating func takeCheckpoint() -> DigestRecord? {
    guard let frame, checkpoint < frame.checkpoints.count else { return nil }
    let digests = frame.checkpoints[checkpoint].digests
    checkpoint += 1
    notePosition(of: frame)
    return digests
  }

  /// Leaves a frame whose events were all read; its digests, where it belongs to the lineage whole.
  @usableFromInline
  mutating func finishFrame() -> FrameDigests? {
    defer { frame = nil }
    guard let frame, end == frame.count else { return nil }
    return frame.digests
  }

  /// The error of an event that cannot be read.
  @usableFromInline
  func damage(_ fault: FrameFault) -> ReplayError<Source.Failure> {
    let entry = entries[nextEntry - 1]
    return .read(
      tape: tape,
      .journal(.frame(index: Int(entry.header.index), offset: entry.offset, fault)))
  }

  /// The error of an event that cannot be folded.
  @usableFromInline
  func error(
    _ error: FoldError, _ index: Int, _ sequence: SequenceNumber, at time: Nanoseconds
  ) -> ReplayError<Source.Failure> {
    switch error {
    case .decoding(let error): damage(.event(index: index, error))
    case .reduction(let error):
      .reduction(ReductionFault(sequence: sequence, time: time, error: error))
    }
  }

  /// Loads the next frame; false when there is none.
  @usableFromInline
  mutating func load() throws(ReplayError<Source.Failure>) -> Bool {
    while true {
      let limit = lineage.limit(tape)
      if nextEntry < entries.count, entries[nextEntry].header.firstSequence < limit {
        let next: DecodedFrame
        do {
          next = try decode(before: limit)
        } catch {
          throw .read(tape: tape, error)
        }
        nextEntry += 1
        frame = next
        position = 0
        end = Int(min(Int64(next.count), limit - next.firstSequence))
        checkpoint = 0
        notePosition(of: next)
        return true
      }
      guard tape + 1 < lineage.readers.count else { return false }
      tape += 1
      begun = []
      entries = lineage.readers[tape].eventEntries
      nextEntry = 0
    }
  }

  /// Decodes the next frame, and has those after it begun where another was read before.
  private mutating func decode(
    before limit: SequenceNumber
  ) throws(ReadError<Source.Failure>) -> DecodedFrame {
    let entry = entries[nextEntry]
    let reader = lineage.readers[tape]
    guard let begin = lineage.begin, readsOn else {
      readsOn = true
      return try reader.decoded(entry, checksForm: checksForm)
    }
    while begun.count <= Self.framesAhead, nextEntry + begun.count < entries.count {
      let ahead = entries[nextEntry + begun.count]
      if ahead.header.firstSequence >= limit { break }
      do throws(ReadError<Source.Failure>) {
        begun.append(.success(begin(try reader.decoding(ahead, checksForm: checksForm))))
      } catch {
        // Said when it is that frame's turn.
        begun.append(.failure(error))
      }
    }
    do throws(ReadError<Source.Failure>) {
      let frame = try JournalReader<Source>.placed(entry, try begun[0].get()())
      begun.removeFirst()
      return frame
    } catch {
      // Who tries again reads it again.
      begun = []
      throw error
    }
  }

  /// Looks where the next checkpoint stands; one after all events of the frame is passed over.
  private mutating func notePosition(of frame: DecodedFrame) {
    checkpointPosition = Int.max
    guard checkpoint < frame.checkpoints.count else { return }
    let position = Int(frame.checkpoints[checkpoint].position)
    if position <= end, position < frame.count { checkpointPosition = position }
  }
}
