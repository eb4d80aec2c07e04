import Determinism
public import MarketModel

/// Events that are in no finished frame yet, as the side file of `--durability tick` has them.
///
/// Each record: 4 bytes length of what follows the checksum, 4 bytes CRC32C of that, 8 bytes
/// sequence number, the row-encoded event.
public struct UnfinishedEvents: Equatable, Sendable {
  /// The events, contiguous.
  public private(set) var records: [EventRecord] = []
  /// Whether a damaged record precedes an intact one: that is rot, not a torn end.
  public private(set) var isCorrupt = false
  /// Whether the last record is damaged or incomplete.
  public private(set) var isTorn = false

  /// Creates an empty set.
  public init() {}

  /// Reads a side file; events before `nextSequence` are in frames already.
  public init(_ bytes: [UInt8], after nextSequence: SequenceNumber) {
    var offset = 0
    var expected = nextSequence
    while offset < bytes.count {
      guard let (sequence, record, length) = Self.read(bytes, offset) else {
        isTorn = true
        isCorrupt = Self.hasIntact(bytes, after: offset)
        return
      }
      offset += length
      if sequence < expected { continue }
      guard sequence == expected else {
        isCorrupt = true
        return
      }
      records.append(record)
      expected += 1
    }
  }

  /// The bytes of one record.
  public static func encode(_ record: EventRecord, sequence: SequenceNumber) -> [UInt8] {
    var body = ByteWriter()
    body.write(sequence)
    RowEncoding.write(record, into: &body)
    var writer = ByteWriter()
    writer.write(count: body.bytes.count)
    writer.write(CRC32C.checksum(body.bytes))
    writer.write(raw: body.bytes)
    return writer.bytes
  }

  private static func read(
    _ bytes: [UInt8], _ offset: Int
  ) -> (SequenceNumber, EventRecord, Int)? {
    guard let count = plausibleCount(bytes, offset) else { return nil }
    var reader = ByteReader(bytes, from: offset + 4, to: bytes.count)
    do {
      let checksum = try reader.readUInt32()
      let body = try reader.readRaw(count)
      guard CRC32C.checksum(body) == checksum else { return nil }
      var content = ByteReader(body)
      let sequence = try content.readInt64()
      let record = try RowEncoding.read(from: &content)
      try content.expectEnd()
      guard sequence >= 0, (record.cause ?? -1) < sequence else { return nil }
      return (sequence, record, 8 + count)
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

  /// Looks for an intact record at every byte.
  ///
  /// Lengths that overlap could make that quadratic; no writer makes such a file, so after a
  /// multiple of its size it counts as rot, which is never cut.
  private static func hasIntact(_ bytes: [UInt8], after offset: Int) -> Bool {
    var position = offset + 1
    var budget = 16 * (bytes.count - offset)
    while position + 16 < bytes.count {
      if let count = plausibleCount(bytes, position) {
        budget -= count
        if budget < 0 || read(bytes, position) != nil { return true }
      }
      position += 1
    }
    return false
  }
}
