public import Determinism
public import MarketModel

/// What an encoder must be told before the next event.
public enum DigestNeed: Equatable, Sendable {
  /// Nothing.
  case none
  /// The digest roots of the state.
  case checkpoint
  /// The digests of all components: a frame ends here.
  case frameEnd
}

/// Turns events into the bytes of a tape, frame by frame.
///
/// It does no input or output itself.
///
/// Where frames end is a pure function of the events: after a tick once the rows of the frame
/// reach `softRowSize`, and within a tick before they would pass `hardRowSize`.
public struct JournalEncoder: Sendable {
  /// Rows of a frame, in bytes, from which on it ends with the tick.
  public static let softRowSize = 768 << 10
  /// Rows of a frame, in bytes, which it never passes unless one event does alone.
  public static let hardRowSize = 1 << 20
  /// The bytes of a large value in one chunk frame.
  public static let chunkPartSize = 1 << 20

  /// The genesis.
  public let genesis: Genesis
  /// Frames that are finished and were not taken yet.
  public private(set) var output: [UInt8] = []
  /// The chain after the last finished frame.
  public private(set) var chain = ChainLink.origin
  /// The sequence number of the next event.
  public private(set) var nextSequence: SequenceNumber
  /// The tick of the latest event.
  public private(set) var lastTick: Tick
  /// The sequence number after the last event in a finished frame.
  public private(set) var finishedSequence: SequenceNumber
  /// The tick of the latest event in a finished frame.
  private var finishedTick: Tick
  /// How many frames were finished.
  public private(set) var frameCount: UInt32 = 0

  /// The first instant of the tick after the latest event's.
  @usableFromInline var lastTickEnd: Nanoseconds
  /// Whether any event without a payload fits.
  @usableFromInline var isFarFromFull = true
  /// By kind.
  private let rowSizes: [Int]
  private var rows: FrameRows
  private var scratch = FrameScratch()
  private var rowSize = 0
  /// The bytes of the latest frame's raw payload: the next one's are about as many.
  private var rawSize = 0
  private var checkpoints: [Checkpoint] = []
  /// The first event after the latest digests.
  private var checkpointSequence: SequenceNumber
  private var memories: [UInt64?] = []
  private var chunks: [Hash256]
  private let usesCompression: Bool

  /// Starts a tape; the file header and the genesis are in `output` at once.
  ///
  /// `firstSequence` and `lastTick` continue those of a fork's parent; `knownChunks` are large
  /// values that the parent has.
  public init(
    genesis: Genesis, firstSequence: SequenceNumber = 0, lastTick: Tick = 0,
    knownChunks: [Hash256] = [], usesCompression: Bool = true
  ) {
    self.genesis = genesis
    rows = FrameRows(FrameGroups(genesis.clock, genesis.schemas))
    self.usesCompression = usesCompression
    nextSequence = firstSequence
    finishedSequence = firstSequence
    checkpointSequence = firstSequence
    self.lastTick = lastTick
    // Before the first event every event starts a tick, unless a fork goes on in its parent's.
    lastTickEnd = genesis.clock.firstInstant(of: lastTick + 1)
    var rowSizes = [Int](repeating: 0, count: 256)
    for schema in EventSchema.all { rowSizes[Int(schema.kind)] = schema.rowSize }
    self.rowSizes = rowSizes
    finishedTick = lastTick
    chunks = knownChunks
    output = FileHeader(sessionId: genesis.sessionId).bytes
    finish(.genesis, raw: genesis.bytes, count: 0, first: firstSequence, tick: lastTick)
  }

  /// What must be given before an event is appended; `mutating` only to be cheap.
  ///
  /// - Complexity: O(1).
  @inlinable @inline(__always)
  public mutating func need(before event: EventShape) -> DigestNeed {
    let endsTick = event.time >= lastTickEnd
    if !endsTick && event.payloadSize == 0 && isFarFromFull { return .none }
    return need(before: event, endsTick: endsTick)
  }

  private static let largestRowSize = 17 + 8 * EventRow.maximumFields

  @usableFromInline
  mutating func need(before event: EventShape, endsTick: Bool) -> DigestNeed {
    let sinceCheckpoint = nextSequence - checkpointSequence
    if rows.count == 0 && sinceCheckpoint == 0 { return .none }
    if rows.count > 0 {
      if rowSize + size(of: event) > Self.hardRowSize || rows.count >= Limits.maximumFrameEvents {
        return .frameEnd
      }
      if endsTick && rowSize >= Self.softRowSize { return .frameEnd }
    }
    let isDue = sinceCheckpoint >= max(Int64(genesis.digestInterval), 1)
    return endsTick && isDue ? .checkpoint : .none
  }

  /// What must be given before `record` is appended.
  public mutating func need(before record: borrowing EventRecord) -> DigestNeed {
    need(before: EventShape(record))
  }

  /// Whether an event at that instant is in another tick than the one before it; `mutating` only to
  /// be cheap.
  @inlinable @inline(__always)
  public mutating func startsTick(_ time: Nanoseconds) -> Bool { time >= lastTickEnd }

  @inline(__always)
  private func size(of event: EventShape) -> Int {
    // A large value stands in the frame as its hash.
    rowSizes[Int(event.kind)]
      + (event.payloadSize > Limits.maximumInlinePayload ? 32 : event.payloadSize)
  }

  /// Notes digest roots of the state before the next event.
  public mutating func checkpoint(_ digests: DigestRecord) {
    checkpoints.append(Checkpoint(position: UInt32(rows.count), digests: digests))
    checkpointSequence = nextSequence
  }

  /// Appends an event, after what `need` asked for was given.
  public mutating func append(_ record: borrowing EventRecord) {
    var event = FlatEvent()
    event.set(record)
    append(&event)
  }

  /// Appends an event, after what `need` asked for was given; `inout` only to be cheap.
  public mutating func append(_ event: inout FlatEvent) {
    var distance: Int64 = 0
    if let cause = event.cause {
      distance = nextSequence - cause
      precondition(distance > 0, "Invariant: causes come before effects")
    }
    let shape = event.shape()
    rowSize += size(of: shape)
    if shape.payloadSize > Limits.maximumInlinePayload { append(chunk: event.row.payload) }
    rows.append(&event.row, time: event.time, distance: distance)
    isFarFromFull =
      rowSize < Self.hardRowSize - Self.largestRowSize && rows.count < Limits.maximumFrameEvents
    nextSequence += 1
    if event.time >= lastTickEnd {
      lastTick = genesis.clock.tick(at: event.time)
      lastTickEnd = genesis.clock.firstInstant(of: lastTick + 1)
    }
  }

  /// Ends the frame; `memories` are the digests of all memories, nil for foreign ones.
  public mutating func endFrame(
    _ digests: DigestRecord, components: [UInt64], memories: [UInt64?]
  ) {
    guard rows.count > 0 else { return }
    endFrame(
      FrameDigests(digests: digests, components: components, memories: change(memories)))
  }

  /// Ends the frame with digests as they stood on another tape.
  public mutating func endFrame(_ digests: FrameDigests) {
    guard rows.count > 0 else { return }
    let count = UInt32(rows.count)
    let first = nextSequence - Int64(count)
    let tick = genesis.clock.tick(at: rows.heads[0].time)
    let raw = rows.encode(checkpoints, digests, &scratch, reserving: rawSize + rawSize / 8)
    rawSize = raw.count
    rows.removeAll()
    rowSize = 0
    isFarFromFull = true
    checkpoints = []
    checkpointSequence = nextSequence
    finish(.events, raw: raw, count: count, first: first, tick: tick)
    finishedSequence = nextSequence
    finishedTick = lastTick
  }

  private mutating func change(_ new: [UInt64?]) -> [FrameDigests.AgentDigest] {
    var changes: [FrameDigests.AgentDigest] = []
    for (agent, memory) in new.enumerated() {
      guard let memory else { continue }
      let old = agent < memories.count ? memories[agent] ?? 0 : 0
      if memory != old {
        changes.append(FrameDigests.AgentDigest(agent: AgentIndex(agent), digest: memory))
      }
    }
    memories = new
    return changes
  }

  /// Ends the journal; nothing may follow.
  public mutating func seal(
    _ digests: DigestRecord, components: [UInt64], memories: [UInt64?], isSalvaged: Bool = false
  ) {
    endFrame(digests, components: components, memories: memories)
    let seal = Seal(
      nextSequence: nextSequence, frameCount: frameCount, lastTick: lastTick,
      isSalvaged: isSalvaged,
      digests: isSalvaged
        ? nil : FrameDigests(digests: digests, components: components, memories: []))
    finish(.seal, raw: seal.bytes, count: 0, first: nextSequence, tick: lastTick)
  }

  /// Whether frames are finished that were not taken yet.
  @inlinable public var hasOutput: Bool { !output.isEmpty }

  /// Hands over the finished frames.
  public mutating func takeOutput() -> [UInt8] {
    let taken = output
    output = []
    return taken
  }

  // MARK: Frames

  private mutating func append(chunk value: [UInt8]) {
    let hash = SHA256.hash(value)
    if chunks.contains(hash) { return }
    chunks.append(hash)
    var offset = 0
    while offset < value.count {
      let end = min(offset + Self.chunkPartSize, value.count)
      var writer = ByteWriter()
      writer.write(raw: hash.bytes)
      writer.write(UInt64(value.count))
      writer.write(UInt64(offset))
      writer.write(raw: Array(value[offset..<end]))
      finish(
        .chunk, raw: writer.bytes, count: 0, first: finishedSequence, tick: finishedTick)
      offset = end
    }
  }

  private mutating func finish(
    _ kind: FrameKind, raw: [UInt8], count: UInt32, first: SequenceNumber, tick: Tick
  ) {
    var header = FrameHeader(
      kind: kind, firstSequence: first, firstTick: tick, count: count, index: frameCount)
    var stored = raw
    if usesCompression, let packed = BlockCompression.compress(raw) {
      stored = packed
      header.codec = .lz4
    }
    header.rawLength = UInt32(raw.count)
    header.storedLength = UInt32(stored.count)
    header.payloadChecksum = CRC32C.checksum(stored)
    chain = chain.next(header, raw: raw)
    header.chain = chain
    frameCount += 1
    output.append(contentsOf: header.bytes)
    output.append(contentsOf: stored)
    output.append(contentsOf: [UInt8](repeating: 0, count: header.paddingLength))
  }
}

/// How far a tape has come.
public struct WriteProgress: Equatable, Sendable {
  /// The sequence number after the last event in a finished frame.
  public var nextSequence: SequenceNumber
  /// The tick of that last event.
  public var tick: Tick
  /// The chain after the last finished frame.
  public var chain: ChainLink
  /// How many frames were finished.
  public var frameCount: UInt32
}

extension JournalEncoder {
  /// How far the finished frames have come.
  public var progress: WriteProgress {
    WriteProgress(
      nextSequence: finishedSequence, tick: finishedTick, chain: chain, frameCount: frameCount)
  }
}

/// Where finished frames go: a file, or memory.
public protocol FrameOutput<Failure>: ~Copyable {
  /// What may go wrong.
  associatedtype Failure: Error

  /// Takes whole frames, in order.
  mutating func write(_ frames: [UInt8], _ progress: WriteProgress) throws(Failure)

  /// Takes note of an event that is in no finished frame yet; `startsTick` where it is the first
  /// of its tick. `inout` only to be cheap.
  mutating func note(
    _ event: inout FlatEvent, sequence: SequenceNumber, startsTick: Bool
  ) throws(Failure)
}

/// Frames in memory.
public struct MemoryOutput: FrameOutput {
  /// As they came: a tape that grew in one piece would be copied again and again.
  private var pieces: [[UInt8]] = []

  /// Creates an empty tape.
  public init() {}

  /// The bytes of the tape.
  ///
  /// - Complexity: O(bytes).
  public var bytes: [UInt8] { Array(pieces.joined()) }

  /// Keeps the frames.
  public mutating func write(_ frames: [UInt8], _ progress: WriteProgress) throws(Never) {
    pieces.append(frames)
  }

  /// Nothing to do.
  @inlinable
  public mutating func note(
    _ event: inout FlatEvent, sequence: SequenceNumber, startsTick: Bool
  ) throws(Never) {}
}
