import Determinism
import MarketModel

/// Takes the payload of an event frame apart.
struct FrameReader {
  private(set) var rows: FrameRows
  private(set) var checkpoints: [Checkpoint] = []
  private(set) var digests = FrameDigests(
    digests: DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])
  private var reader: ByteReader
  private let header: FrameHeader
  private let groups: FrameGroups
  private var order = FrameOrder()
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
    order.sort(rows)
    planes.start(rows, present.map { $0.index })
    for group in present { try readFields(group.index, chunks) }
    rows.addRunning()
    checkpoints = try readCheckpoints(rows.count)
    digests = try FrameDigests(from: &reader)
    try reader.expectEnd()
  }

  /// A group that has events.
  private struct Present {
    var index: Int
    var count: Int
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
      present.append(Present(index: group, count: Int(rows)))
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
    var nextKinds: [Int64] = []
    var stored: [Int64] = []
    nextKinds.reserveCapacity(Int(header.count))
    stored.reserveCapacity(Int(header.count))
    var ranges = KindRanges()
    for group in present {
      let kind = groups.schemas[group.index].kind
      let mayBin = groups.schemas[group.index].usesBins
      let nextCount = group.count - (kind == last ? 1 : 0)
      ranges.set(kind, from: nextKinds.count, count: nextCount, causesFrom: stored.count)
      try Column.read(nextCount, mayBin: mayBin, from: &reader, into: &nextKinds)
      try Column.read(group.count, mayBin: mayBin, from: &reader, into: &stored)
    }
    try walk(first, last, nextKinds, stored, &ranges)
  }

  /// By kind: where its rows begin among all next kinds and causes, and how far they were taken.
  private struct KindRanges {
    var nexts = [Int](repeating: 0, count: 256)
    var ends = [Int](repeating: -1, count: 256)
    /// What must be added to a position among the next kinds to get that among the causes.
    var shifts = [Int](repeating: 0, count: 256)

    mutating func set(_ kind: UInt8, from start: Int, count: Int, causesFrom: Int) {
      nexts[Int(kind)] = start
      ends[Int(kind)] = start + count
      shifts[Int(kind)] = causesFrom - start
    }
  }

  /// Follows the events from the first kind to the last.
  private mutating func walk(
    _ first: UInt8, _ last: UInt8, _ nextKinds: [Int64], _ stored: [Int64],
    _ ranges: inout KindRanges
  ) throws(ByteError) {
    let count = Int(header.count)
    rows.reserve(count)
    var kind = first
    var previous: Int64 = 0
    for index in 0..<count {
      let isLast = index == count - 1
      let taken = ranges.nexts[Int(kind)]
      // The last event is the last of its kind, and the only one that nothing follows.
      let isOver = isLast && kind == last && taken == ranges.ends[Int(kind)]
      guard taken < ranges.ends[Int(kind)] || isOver else {
        throw ByteError(offset: reader.offset, expected: "kinds that lead from event to event")
      }
      ranges.nexts[Int(kind)] = taken + 1
      let distance = CauseCode.distance(stored[taken + ranges.shifts[Int(kind)]], after: previous)
      guard distance >= 0, distance <= header.firstSequence &+ Int64(index) else {
        throw ByteError(offset: reader.offset, expected: "causes before effects")
      }
      rows.append(kind: kind, distance: distance)
      previous = distance
      if isLast { break }
      guard let following = UInt8(exactly: nextKinds[taken]) else {
        throw ByteError(offset: reader.offset, expected: "kinds that lead from event to event")
      }
      kind = following
    }
    guard kind == last else {
      throw ByteError(offset: reader.offset, expected: "an end on the last kind")
    }
  }

  // MARK: Times

  private mutating func readTimes(_ present: [Present]) throws(ByteError) {
    var stored: [Int64] = []
    stored.reserveCapacity(rows.count)
    var next = [Int](repeating: 0, count: 256)
    for group in present {
      next[Int(groups.schemas[group.index].kind)] = stored.count
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
    _ group: Int, _ chunks: some ChunkSource
  ) throws(ByteError) {
    let length = try reader.readCount(limit: Limits.maximumRawFrame)
    let start = reader.offset
    let schema = groups.schemas[group]
    let positions = order.positions
    planes.fill(rows, schema, positions.span.extracting(order.range(of: group)))
    for field in schema.fields.indices {
      column.removeAll(keepingCapacity: true)
      try Column.read(
        order.count(of: group), mayBin: schema.usesBins, from: &reader, into: &column)
      let column = column
      rows.set(field, schema.fields[field].reference, column.span, planes)
    }
    if schema.hasPayload { try readPayloads(group, chunks) }
    guard reader.offset == start + length else {
      throw ByteError(offset: start - 4, expected: "the length of the group")
    }
  }

  private mutating func readPayloads(
    _ group: Int, _ chunks: some ChunkSource
  ) throws(ByteError) {
    let start = reader.offset
    column.removeAll(keepingCapacity: true)
    try Column.read(order.count(of: group), mayBin: false, from: &reader, into: &column)
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
      rows.set(payload: payload, ofRowAt: Int(planes.starts[place]), group)
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
