import Determinism
import MarketModel

/// Takes the payload of an event frame apart.
struct FrameReader {
  private(set) var rows: FrameRows
  private(set) var checkpoints: [Checkpoint] = []
  private(set) var digests = FrameDigests(
    digests: DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])
  /// Where the fields of orders that were submitted begin among the words, and those of cancels.
  private(set) var orders: [Int64] = []
  private(set) var cancels: [Int64] = []
  private var reader: ByteReader
  private let header: FrameHeader
  private let groups: FrameGroups
  /// The positions of the events, by group.
  private var positions: [Int32] = []
  private var planes = FieldPlanes()
  private var column: [Int64] = []

  init(_ raw: [UInt8], _ header: FrameHeader, _ groups: FrameGroups) {
    reader = ByteReader(raw)
    self.header = header
    self.groups = groups
    rows = FrameRows(groups)
  }

  mutating func read(_ chunks: some ChunkSource) throws(ByteError) {
    let present = try readOrder()
    try readTimes(present)
    rows.makeRoom()
    planes.start(rows, present.map { $0.index })
    for group in present { try readFields(group, chunks) }
    rows.addRunning(present.map { $0.index })
    checkpoints = try readCheckpoints(rows.count)
    digests = try FrameDigests(from: &reader)
    try reader.expectEnd()
  }

  /// A group that has events.
  private struct Present {
    var index: Int
    var count: Int
    /// Where its events stand among the positions of all.
    var first: Int
  }

  // MARK: Order

  /// Reads which event is of which kind, and its cause; returns the groups that have events.
  private mutating func readOrder() throws(ByteError) -> [Present] {
    let count = Int(header.count)
    guard count > 0, count <= Limits.maximumFrameEvents else {
      throw ByteError(offset: 0, expected: "1 to \(Limits.maximumFrameEvents) events")
    }
    let groupCount = Int(try reader.readByte())
    let first = try reader.readByte()
    var present: [Present] = []
    var total = 0
    for _ in 0..<groupCount {
      let start = reader.offset
      let kind = try reader.readByte()
      let group = Int(groups.ofKind[Int(kind)])
      guard group > (present.last?.index ?? -1) else {
        throw ByteError(offset: start, expected: "kinds of the genesis, ascending")
      }
      guard try reader.readByte() == groups.schemas[group].revision else {
        throw ByteError(
          offset: start + 1, expected: "revision \(groups.schemas[group].revision)")
      }
      let rows = try reader.readVarint()
      guard rows > 0, rows <= UInt64(count - total) else {
        throw ByteError(offset: start + 2, expected: "rows that add up to \(count)")
      }
      present.append(Present(index: group, count: Int(rows), first: total))
      total += Int(rows)
    }
    guard total == count else {
      throw ByteError(offset: reader.offset, expected: "rows that add up to \(count)")
    }
    try readOrder(present, first)
    return present
  }

  private mutating func readOrder(_ present: [Present], _ first: UInt8) throws(ByteError) {
    let last = try reader.readByte()
    let count = Int(header.count)
    var walk = KindWalk(count: count)
    for group in present {
      let schema = groups.schemas[group.index]
      let nextCount = group.count - (schema.kind == last ? 1 : 0)
      walk.begin(schema, count: nextCount)
      try Column.read(nextCount, mayBin: schema.usesBins, from: &reader, into: &walk.nextKinds)
      try Column.read(group.count, mayBin: schema.usesBins, from: &reader, into: &walk.causes)
    }
    rows.heads = [FrameRows.Head](
      repeating: FrameRows.Head(time: 0, distance: 0, start: 0, kind: 0), count: count)
    positions = [Int32](repeating: 0, count: count)
    rows.end = try walk.follow(
      from: first, to: last, firstSequence: header.firstSequence, offset: reader.offset,
      into: &rows.heads, &positions, wordsFrom: rows.end)
  }

  // MARK: Times

  private mutating func readTimes(_ present: [Present]) throws(ByteError) {
    var stored: [Int64] = []
    stored.reserveCapacity(rows.count)
    var next = InlineArray<256, Int32>(repeating: 0)
    for group in present {
      next[Int(groups.schemas[group.index].kind)] = Int32(stored.count)
      try Column.read(
        group.count, mayBin: groups.schemas[group.index].usesBins, from: &reader, into: &stored)
    }
    guard rows.setTimes(stored, &next, first: groups.clock.firstInstant(of: header.firstTick))
    else {
      throw ByteError(offset: reader.offset, expected: "ascending instants within 2^62 ns")
    }
    guard groups.clock.tick(at: rows.heads[0].time) == header.firstTick else {
      throw ByteError(offset: reader.offset, expected: "the tick of the frame header")
    }
  }

  // MARK: Fields

  private mutating func readFields(
    _ group: Present, _ chunks: some ChunkSource
  ) throws(ByteError) {
    let length = try reader.readCount(limit: Limits.maximumRawFrame)
    let start = reader.offset
    let schema = groups.schemas[group.index]
    let count = group.count
    let positions = positions
    planes.fill(
      rows, schema, positions.span.extracting(group.first..<group.first + count))
    switch EventKind(rawValue: schema.kind) {
    case .orderSubmitted: orders = Array(planes.starts.prefix(count))
    case .cancelSubmitted: cancels = Array(planes.starts.prefix(count))
    default: break
    }
    for field in schema.fields.indices {
      let reference = schema.fields[field].reference
      if let value = try Column.readConstant(from: &reader) {
        rows.set(field, reference, allTo: value, count, planes)
      } else {
        column.removeAll(keepingCapacity: true)
        try Column.read(count, mayBin: schema.usesBins, from: &reader, into: &column)
        rows.set(field, reference, column, planes)
      }
    }
    if schema.hasPayload { try readPayloads(group, chunks) }
    guard reader.offset == start + length else {
      throw ByteError(offset: start - 4, expected: "the length of the group")
    }
  }

  private mutating func readPayloads(
    _ group: Present, _ chunks: some ChunkSource
  ) throws(ByteError) {
    let start = reader.offset
    column.removeAll(keepingCapacity: true)
    try Column.read(group.count, mayBin: false, from: &reader, into: &column)
    for (place, stored) in column.enumerated() {
      let size = stored >> 1
      let isChunk = stored & 1 == 1
      guard size >= 0, size <= Int64(Limits.maximumInlinePayload), !isChunk || size == 32 else {
        throw ByteError(offset: start, expected: "the size of a payload")
      }
      var payload = try reader.readRaw(Int(size))
      if isChunk, let hash = Hash256(bytes: payload) {
        guard let value = chunks.chunk(hash) else {
          throw ByteError(offset: start, expected: "the chunk \(hash.hexadecimal)")
        }
        payload = value
      }
      rows.set(payload: payload, ofRowAt: Int(planes.starts[place]), group.index)
    }
  }

  private mutating func readCheckpoints(_ count: Int) throws(ByteError) -> [Checkpoint] {
    var checkpoints: [Checkpoint] = []
    for _ in 0..<(try reader.readCount(limit: count + 1)) {
      let start = reader.offset
      let position = try reader.readUInt32()
      let lowest = checkpoints.last.map { Int($0.position) + 1 } ?? 0
      guard Int(position) >= lowest, Int(position) <= count else {
        throw ByteError(offset: start, expected: "positions in ascending order")
      }
      checkpoints.append(
        Checkpoint(position: position, digests: try DigestRecord(from: &reader)))
    }
    return checkpoints
  }
}
