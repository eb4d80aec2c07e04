import Determinism
public import MarketModel

/// The layouts of the kinds of event that a tape has, as its genesis lists them.
///
/// A fork, whose parent lists them already, names its table by a hash instead.
public struct SchemaTable: Equatable, Sendable {
  private let schemas: [EventSchema?]

  /// The layouts that this build writes.
  public static let current = SchemaTable(EventSchema.all)

  init(_ list: [EventSchema]) {
    var schemas = [EventSchema?](repeating: nil, count: 256)
    for schema in list { schemas[Int(schema.kind)] = schema }
    self.schemas = schemas
  }

  /// All layouts, by kind.
  public var all: [EventSchema] { schemas.compactMap { $0 } }

  /// The layout of a kind.
  public subscript(kind: UInt8) -> EventSchema? { schemas[Int(kind)] }

  /// The tables that can be named: every one that was ever written, once there is a release.
  private static let named = [(name: current.name, table: current)]

  /// The first 8 bytes of SHA-256 of the list.
  private var name: [UInt8] {
    var writer = ByteWriter()
    encode(into: &writer)
    return Array(SHA256.hash(writer.bytes).bytes.prefix(8))
  }

  /// Appends the name where the table has one, after a count of no kinds; else the list.
  func encodeShort(into writer: inout ByteWriter) {
    if let known = Self.named.first(where: { $0.table == self }) {
      writer.write(UInt8(0))
      writer.write(raw: known.name)
    } else {
      encode(into: &writer)
    }
  }

  /// Reads a name or a list; what can be named is not listed.
  ///
  /// - Throws: `ByteError` where the bytes hold something else, or a name that this build does not
  ///   know.
  init(short reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let count = try reader.readByte()
    if count == 0 {
      let name = try reader.readRaw(8)
      guard let known = Self.named.first(where: { $0.name == name }) else {
        throw ByteError(offset: start, expected: "the layouts of a version that this build knows")
      }
      self = known.table
      return
    }
    try self.init(count: count, from: &reader)
    if Self.named.contains(where: { $0.table == self }) {
      throw ByteError(offset: start, expected: "the table's name, since it has one")
    }
  }

  func encode(into writer: inout ByteWriter) {
    let list = all
    writer.write(UInt8(list.count))
    for schema in list {
      writer.write(schema.kind)
      writer.write(schema.revision)
      writer.write(
        UInt8(
          (schema.isInert ? 1 : 0) | (schema.hasPayload ? 2 : 0) | (schema.usesBins ? 4 : 0)))
      writer.write(schema.name)
      writer.write(UInt8(schema.fields.count))
      for field in schema.fields {
        writer.write(field.name)
        writer.write(field.type.rawValue)
        let (code, index) = field.reference.code
        writer.write(code)
        writer.write(index)
      }
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    try self.init(count: try reader.readByte(), from: &reader)
  }

  private init(count: UInt8, from reader: inout ByteReader) throws(ByteError) {
    var list: [EventSchema] = []
    for _ in 0..<count {
      let start = reader.offset
      let kind = try reader.readByte()
      guard kind > (list.last?.kind ?? 0) else {
        throw ByteError(offset: start, expected: "kinds in ascending order")
      }
      let revision = try reader.readByte()
      let flags = try reader.readByte()
      guard flags <= 7 else { throw ByteError(offset: reader.offset - 1, expected: "flags 0 to 7") }
      let name = try reader.readText(limit: 255)
      let count = Int(try reader.readByte())
      guard count <= EventRow.maximumFields else {
        throw ByteError(offset: reader.offset - 1, expected: "at most 16 fields")
      }
      var fields: [FieldSchema] = []
      for index in 0..<count { fields.append(try Self.field(index, from: &reader)) }
      let byCause = fields.contains { (3...5).contains($0.reference.code.0) }
      let running = fields.count { $0.reference == .running }
      guard !byCause || kind > EventKind.transferSubmitted.rawValue, running <= 1 else {
        throw ByteError(offset: start, expected: "references that can be resolved kind by kind")
      }
      list.append(
        EventSchema(
          kind: kind, name: name, revision: revision, isInert: flags & 1 != 0,
          hasPayload: flags & 2 != 0, usesBins: flags & 4 != 0, fields: fields))
    }
    self.init(list)
  }

  private static func field(
    _ index: Int, from reader: inout ByteReader
  ) throws(ByteError) -> FieldSchema {
    let name = try reader.readText(limit: 255)
    guard let type = FieldType(rawValue: try reader.readByte()) else {
      throw ByteError(offset: reader.offset - 1, expected: "a field type")
    }
    let start = reader.offset
    let code = try reader.readByte()
    let target = try reader.readByte()
    guard let reference = FieldReference(code: code, index: target, field: index) else {
      throw ByteError(offset: start, expected: "a field reference")
    }
    return FieldSchema(name, type, reference)
  }
}

extension FieldReference {
  /// The code on tape, and the field referred to.
  var code: (UInt8, UInt8) {
    switch self {
    case .none: (0, 0)
    case .ownTick: (1, 0)
    case .field(let index): (2, index)
    case .command(let index): (3, index)
    case .order(let index): (4, index)
    case .target(let index): (5, index)
    case .running: (6, 0)
    }
  }

  /// `field` is the position of the referring field: only earlier ones may be referred to.
  init?(code: UInt8, index: UInt8, field: Int) {
    guard Int(index) < EventRow.maximumFields else { return nil }
    switch code {
    case 0 where index == 0: self = .none
    case 1 where index == 0: self = .ownTick
    case 2 where Int(index) < field: self = .field(index)
    case 3: self = .command(index)
    case 4: self = .order(index)
    case 5: self = .target(index)
    case 6 where index == 0: self = .running
    default: return nil
    }
  }
}
