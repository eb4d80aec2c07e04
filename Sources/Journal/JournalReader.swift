public import Determinism
import MarketModel

/// Large values by their hash.
public struct ChunkStore: ChunkSource, Sendable {
  private var hashes: [Hash256] = []
  private var values: [[UInt8]] = []

  /// Creates an empty store.
  public init() {}

  /// All hashes, in the order they were added.
  public var known: [Hash256] { hashes }

  /// The value with that hash.
  ///
  /// - Complexity: O(values).
  public func chunk(_ hash: Hash256) -> [UInt8]? {
    hashes.firstIndex(of: hash).map { values[$0] }
  }

  /// Adds the values of another store.
  public mutating func formUnion(_ other: ChunkStore) {
    for (index, hash) in other.hashes.enumerated() where !hashes.contains(hash) {
      hashes.append(hash)
      values.append(other.values[index])
    }
  }

  mutating func add(_ value: [UInt8], _ hash: Hash256) {
    if hashes.contains(hash) { return }
    hashes.append(hash)
    values.append(value)
  }
}

/// Reads the frames of a scanned tape.
public struct JournalReader<Source: ByteSource> {
  /// Where the bytes come from.
  public let source: Source
  /// What was found there.
  public let scan: JournalScan
  /// Where the session comes from.
  public let genesis: Genesis
  /// Large values, those of ancestors included where they were given.
  public private(set) var chunks = ChunkStore()

  /// Scans a tape and reads its genesis.
  ///
  /// - Throws: `ReadError` where the source fails, or header or genesis are no good; other damage
  ///   is in `scan`.
  public init(
    _ source: Source, watermark: Watermark? = nil, level: JournalScan.Level = .framing,
    chunks: ChunkStore = ChunkStore()
  ) throws(ReadError<Source.Failure>) {
    let scan = try JournalScanner.scan(source, watermark: watermark, level: level)
    try self.init(source, scan, chunks)
  }

  /// Reads the genesis of a tape that was scanned already.
  public init(
    _ source: Source, _ scan: JournalScan, _ chunks: ChunkStore = ChunkStore()
  ) throws(ReadError<Source.Failure>) {
    self.source = source
    self.scan = scan
    self.chunks = chunks
    guard scan.wholeCount > 0, let first = scan.entries.first, first.header.kind == .genesis else {
      let fault = scan.damages.first?.fault ?? .continuity("the genesis is missing")
      throw .journal(
        .frame(
          index: scan.damages.first?.frame ?? 0,
          offset: scan.damages.first?.offset ?? UInt64(FileHeader.size), fault))
    }
    let raw = try Self.raw(source, first)
    do {
      genesis = try Genesis(raw)
    } catch {
      throw .journal(.genesis(error))
    }
    guard SHA256.hash(raw) == scan.fileHeader.sessionId else {
      throw .journal(
        .frame(index: 0, offset: first.offset, .continuity("the session id is another")))
    }
    var start: SequenceNumber = 0
    if case .fork(let origin) = genesis.origin { start = origin.sharedCount }
    guard first.header.firstSequence == start else {
      throw .journal(
        .frame(index: 0, offset: first.offset, .continuity("it begins at another event")))
    }
    try loadChunks()
  }

  /// The contiguous event frames, in order.
  public var eventEntries: [JournalScan.Entry] {
    scan.entries.prefix(scan.wholeCount).filter { $0.header.kind == .events }
  }

  /// All intact event frames, those after a hole included.
  public var intactEntries: [JournalScan.Entry] {
    scan.entries.filter { $0.header.kind == .events }
  }

  /// Decodes one event frame.
  ///
  /// - Throws: `ReadError`.
  public func frame(_ entry: JournalScan.Entry) throws(ReadError<Source.Failure>) -> EventFrame {
    let raw = try Self.raw(source, entry)
    do {
      return try EventFrame.decode(
        raw, entry.header, clock: genesis.clock, schemas: genesis.schemas, chunks: chunks)
    } catch {
      throw .journal(.frame(index: Int(entry.header.index), offset: entry.offset, error))
    }
  }

  /// Decodes one event frame into columns.
  ///
  /// `checksForm` also refuses one that says the same in other bytes than a writer's, which takes as
  /// long as writing it.
  /// - Throws: `ReadError`.
  public func decoded(
    _ entry: JournalScan.Entry, checksForm: Bool = false
  ) throws(ReadError<Source.Failure>) -> DecodedFrame {
    try Self.placed(entry, try decoding(entry, checksForm: checksForm)())
  }

  /// What came of decoding a frame, or the error that says which frame it was.
  public static func placed(
    _ entry: JournalScan.Entry, _ result: Result<DecodedFrame, FrameFault>
  ) throws(ReadError<Source.Failure>) -> DecodedFrame {
    do {
      return try result.get()
    } catch {
      throw .journal(.frame(index: Int(entry.header.index), offset: entry.offset, error))
    }
  }

  /// The decompressed payload of a frame, not decoded.
  ///
  /// - Throws: `ReadError`.
  public func payload(
    _ entry: JournalScan.Entry
  ) throws(ReadError<Source.Failure>) -> [UInt8] { try Self.raw(source, entry) }

  /// What a frame stores, with its padding.
  static func content(
    _ source: Source, _ entry: JournalScan.Entry
  ) throws(ReadError<Source.Failure>) -> [UInt8] {
    do {
      return try source.read(
        at: entry.offset + UInt64(FrameHeader.size),
        count: Int(entry.header.storedLength) + entry.header.paddingLength)
    } catch {
      throw .source(error)
    }
  }

  /// The decompressed payload of a frame.
  static func raw(
    _ source: Source, _ entry: JournalScan.Entry
  ) throws(ReadError<Source.Failure>) -> [UInt8] {
    let content = try content(source, entry)
    do {
      return try FramePayload.check(entry.header, content, decompressing: true) ?? []
    } catch {
      throw .journal(.frame(index: Int(entry.header.index), offset: entry.offset, error))
    }
  }

  private mutating func loadChunks() throws(ReadError<Source.Failure>) {
    var pending: [UInt8] = []
    var latest: (hash: Hash256, size: UInt64)?
    for entry in scan.entries.prefix(scan.wholeCount) where entry.header.kind == .chunk {
      let raw = try Self.raw(source, entry)
      var part = ByteReader(raw)
      let fault = FrameFault.payload(offset: 0, expected: "a part of a large value, in order")
      let damage = ReadError<Source.Failure>.journal(
        .frame(index: Int(entry.header.index), offset: entry.offset, fault))
      guard let hash = (try? part.readRaw(32)).flatMap({ Hash256(bytes: $0) }),
        let size = try? part.readUInt64(), let start = try? part.readUInt64(),
        size > UInt64(Limits.maximumInlinePayload), size <= UInt64(Limits.maximumPayload),
        start == UInt64(pending.count), latest.map({ $0 == (hash, size) }) ?? true,
        UInt64(part.remaining) == min(UInt64(JournalEncoder.chunkPartSize), size - start),
        let bytes = try? part.readRaw(part.remaining)
      else { throw damage }
      pending += bytes
      latest = (hash, size)
      if UInt64(pending.count) < size { continue }
      guard UInt64(pending.count) == size, SHA256.hash(pending) == hash else { throw damage }
      chunks.add(pending, hash)
      pending = []
      latest = nil
    }
  }
}
