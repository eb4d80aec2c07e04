public import Determinism
public import MarketModel

/// The plain encoding of one event, outside of columns: for hashes of part of a frame and for the
/// side file.
///
///     1 kind, 8 time, 8 cause or -1, 8 for each field of the kind,
///     then, where the kind has a payload, 4 for its length and the payload
public enum RowEncoding {
  /// Appends an event.
  public static func write(_ record: EventRecord, into writer: inout ByteWriter) {
    let row = record.event.row
    let schema = EventSchema.of(record.event.kind)
    writer.write(row.kind)
    writer.write(record.time)
    writer.write(record.cause ?? -1)
    for index in schema.fields.indices { writer.write(row.words[index]) }
    if schema.hasPayload { writer.write(sized: row.payload) }
  }

  /// Reads an event.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public static func read(from reader: inout ByteReader) throws(ByteError) -> EventRecord {
    let start = reader.offset
    guard let kind = EventKind(rawValue: try reader.readByte()) else {
      throw ByteError(offset: start, expected: "a kind of event")
    }
    let schema = EventSchema.of(kind)
    let time = try reader.readInt64()
    let cause = try reader.readInt64()
    guard (0...Limits.maximumTime).contains(time), cause >= -1 else {
      throw ByteError(offset: start + 1, expected: "an instant within 2^62 ns, and a cause or -1")
    }
    var row = EventRow(kind: kind.rawValue)
    for index in schema.fields.indices { row.words[index] = try reader.readInt64() }
    if schema.hasPayload { row.payload = try reader.readSized(limit: Limits.maximumPayload) }
    do {
      return EventRecord(time: time, cause: cause < 0 ? nil : cause, event: try Event(row))
    } catch {
      throw ByteError(offset: start, expected: "an event within its ranges")
    }
  }
}

/// A SHA-256 over row-encoded events: what a fork remembers of the unfinished part before it.
public struct RowHash: Sendable {
  private var hash = SHA256()

  /// Creates the hash of no events.
  public init() {}

  /// Takes in the next event.
  public mutating func append(_ record: EventRecord) {
    var writer = ByteWriter()
    RowEncoding.write(record, into: &writer)
    hash.update(writer.bytes)
  }

  /// The hash of all events so far.
  public var value: Hash256 { hash.finalize() }
}
