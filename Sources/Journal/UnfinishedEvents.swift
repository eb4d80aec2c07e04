import Determinism
public import MarketModel

/// Events that are in no finished frame yet, as the side file of `--durability tick` has them.
///
/// Each record: 4 bytes length of what follows the checksum, 4 bytes CRC32C of that, 8 bytes
/// sequence number, the row-encoded event. The highest bit of the sequence number marks the first
/// record of those that are synced together: it was written after those before it were on disk.
///
/// The file is begun anew after each frame, so that a torn write may leave older records after
/// newer ones; those are in frames.
public struct UnfinishedEvents: Equatable, Sendable {
  /// The events, contiguous.
  public private(set) var records: [EventRecord] = []
  /// The most bytes that are read; a writer acknowledges nothing that is beyond them.
  public static let maximumSize = 1 << 30
  private static let startBit: UInt64 = 1 << 63

  /// Whether a record was damaged after it was synced: that is rot, not a torn end.
  public private(set) var isCorrupt = false
  /// Whether the records of the last sync are incomplete.
  public private(set) var isTorn = false

  /// Creates an empty set.
  public init() {}

  /// Reads a side file; events before `nextSequence` are in frames already.
  public init(_ bytes: [UInt8], after nextSequence: SequenceNumber) {
    var offset = 0
    var expected = nextSequence
    while offset < bytes.count {
      let found = Self.read(bytes, offset)
      guard let found, found.sequence <= expected else {
        isTorn = true
        isCorrupt = Self.hasLaterSync(bytes, from: offset, notBefore: expected)
        return
      }
      offset += found.length
      if found.sequence < expected { continue }
      records.append(found.record)
      expected += 1
    }
  }

  /// The bytes of one record; `startsSync` where all before it is on disk.
  public static func encode(
    _ record: EventRecord, sequence: SequenceNumber, startsSync: Bool
  ) -> [UInt8] {
    var body = ByteWriter()
    body.write(UInt64(sequence) | (startsSync ? startBit : 0))
    RowEncoding.write(record, into: &body)
    var writer = ByteWriter()
    writer.write(count: body.bytes.count)
    writer.write(CRC32C.checksum(body.bytes))
    writer.write(raw: body.bytes)
    return writer.bytes
  }

  private struct Found {
    var sequence: SequenceNumber
    var startsSync: Bool
    var record: EventRecord
    var length: Int
  }

  private static func read(_ bytes: [UInt8], _ offset: Int) -> Found? {
    guard let count = plausibleCount(bytes, offset) else { return nil }
    var reader = ByteReader(bytes, from: offset + 4, to: bytes.count)
    do {
      let checksum = try reader.readUInt32()
      let body = try reader.readRaw(count)
      guard CRC32C.checksum(body) == checksum else { return nil }
      var content = ByteReader(body)
      let word = try content.readUInt64()
      let sequence = SequenceNumber(bitPattern: word & ~startBit)
      guard sequence < Limits.maximumSequence else { return nil }
      let record = try RowEncoding.read(from: &content)
      try content.expectEnd()
      guard (record.cause ?? -1) < sequence else { return nil }
      return Found(
        sequence: sequence, startsSync: word & startBit != 0, record: record, length: 8 + count)
    } catch {
      return nil
    }
  }

  /// The length that a record gives, where it is there and fits the kind of event; nothing is
  /// copied or hashed for it.
  private static func plausibleCount(_ bytes: [UInt8], _ offset: Int) -> Int? {
    var reader = ByteReader(bytes, from: offset, to: bytes.count)
    do {
      let count = try reader.readCount(limit: Limits.maximumPayload)
      guard count <= reader.remaining - 4, offset + 16 < bytes.count,
        let kind = EventKind(rawValue: bytes[offset + 16])
      else { return nil }
      let schema = EventSchema.of(kind)
      var size = 8 + schema.rowSize
      if schema.hasPayload {
        guard offset + 8 + size <= bytes.count else { return nil }
        var payload = ByteReader(bytes, from: offset + 4 + size, to: bytes.count)
        size += try payload.readCount(limit: Limits.maximumPayload)
      }
      return size == count ? count : nil
    } catch {
      return nil
    }
  }

  /// Looks at every byte for the first record of a later sync, which proves that what precedes it
  /// was on disk.
  ///
  /// Lengths that overlap could make that quadratic; no writer makes such a file, so after a
  /// multiple of its size it counts as rot, which is never cut.
  private static func hasLaterSync(
    _ bytes: [UInt8], from offset: Int, notBefore expected: SequenceNumber
  ) -> Bool {
    var position = offset
    var budget = 16 * (bytes.count - offset)
    while position + 16 < bytes.count {
      if let count = plausibleCount(bytes, position) {
        budget -= count
        if budget < 0 { return true }
        if let found = read(bytes, position), found.startsSync, found.sequence >= expected {
          return true
        }
      }
      position += 1
    }
    return false
  }
}
