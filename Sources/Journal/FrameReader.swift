import Determinism
import MarketModel

/// Takes the payload of an event frame apart.
struct FrameReader {
  private(set) var columns: FrameColumns
  /// How many events back each event's cause is; 0 for none.
  private(set) var distances: [Int64] = []
  private(set) var checkpoints: [Checkpoint] = []
  private(set) var digests = FrameDigests(
    digests: DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])
  private var reader: ByteReader
  private let header: FrameHeader
  private let clock: TickClock

  init(_ raw: [UInt8], _ header: FrameHeader, clock: TickClock, schemas: SchemaTable) {
    reader = ByteReader(raw)
    self.header = header
    self.clock = clock
    columns = FrameColumns(clock: clock, schemas: schemas)
  }

  mutating func read(_ chunks: some ChunkSource) throws(ByteError) {
    let present = try readOrder()
    try readTimes(present)
    for group in present { try readFields(group, chunks) }
    columns.addReferences()
    checkpoints = try readCheckpoints(columns.count)
    digests = try FrameDigests(from: &reader)
    try reader.expectEnd()
  }

  // MARK: Order

  /// Reads which event is of which kind, and its cause; returns the groups that have events.
  private mutating func readOrder() throws(ByteError) -> [Int] {
    let count = Int(header.count)
    guard count > 0, count <= Limits.maximumFrameEvents else {
      throw ByteError(offset: 0, expected: "1 to \(Limits.maximumFrameEvents) events")
    }
    let groupCount = Int(try reader.readByte())
    let first = try reader.readByte()
    var present: [Int] = []
    var counts: [Int] = []
    var total = 0
    for _ in 0..<groupCount {
      let start = reader.offset
      let kind = try reader.readByte()
      let group = Int(columns.groupOfKind[Int(kind)])
      guard group > (present.last ?? -1) else {
        throw ByteError(offset: start, expected: "kinds of the genesis, ascending")
      }
      guard try reader.readByte() == columns.groups[group].schema.revision else {
        throw ByteError(
          offset: start + 1, expected: "revision \(columns.groups[group].schema.revision)")
      }
      let rows = try reader.readVarint()
      guard rows > 0, rows <= UInt64(count - total) else {
        throw ByteError(offset: start + 2, expected: "rows that add up to \(count)")
      }
      present.append(group)
      counts.append(Int(rows))
      total += Int(rows)
    }
    guard total == count else {
      throw ByteError(offset: reader.offset, expected: "rows that add up to \(count)")
    }
    try readOrder(present, counts, first)
    return present
  }

  private mutating func readOrder(
    _ present: [Int], _ counts: [Int], _ first: UInt8
  ) throws(ByteError) {
    let last = try reader.readByte()
    var nextKinds: [Int64] = []
    var stored: [Int64] = []
    // By kind: where its rows begin in the two arrays, and how many were taken.
    var starts = [Int](repeating: 0, count: 256)
    var causeStarts = [Int](repeating: 0, count: 256)
    var ends = [Int](repeating: 0, count: 256)
    for (index, group) in present.enumerated() {
      let kind = columns.groups[group].schema.kind
      let nextCount = counts[index] - (kind == last ? 1 : 0)
      starts[Int(kind)] = nextKinds.count
      ends[Int(kind)] = nextKinds.count + nextCount
      causeStarts[Int(kind)] = stored.count
      let mayBin = columns.groups[group].schema.usesBins
      try Column.read(nextCount, mayBin: mayBin, from: &reader, into: &nextKinds)
      try Column.read(counts[index], mayBin: mayBin, from: &reader, into: &stored)
      columns.groups[group].set(count: counts[index], words: [])
    }
    try walk(first, last, nextKinds, stored, starts, ends, causeStarts)
  }

  /// Follows the events from the first kind to the last.
  private mutating func walk(
    _ first: UInt8, _ last: UInt8, _ nextKinds: [Int64], _ stored: [Int64], _ starts: [Int],
    _ ends: [Int], _ causeStarts: [Int]
  ) throws(ByteError) {
    let count = Int(header.count)
    var kinds: [UInt8] = []
    var places: [Int32] = []
    var causes: [Int32] = []
    kinds.reserveCapacity(count)
    places.reserveCapacity(count)
    causes.reserveCapacity(count)
    distances.reserveCapacity(count)
    var next = starts
    var kind = first
    var previous: Int64 = 0
    for index in 0..<count {
      let group = Int(columns.groupOfKind[Int(kind)])
      let place = next[Int(kind)] - starts[Int(kind)]
      guard group >= 0, place < columns.groups[group].count else {
        throw ByteError(offset: reader.offset, expected: "kinds that lead from event to event")
      }
      kinds.append(kind)
      places.append(Int32(place))
      let distance = CauseCode.distance(stored[causeStarts[Int(kind)] + place], after: previous)
      guard distance >= 0, distance <= header.firstSequence &+ Int64(index) else {
        throw ByteError(offset: reader.offset, expected: "causes before effects")
      }
      distances.append(distance)
      causes.append(distance > 0 && distance <= Int64(index) ? Int32(index - Int(distance)) : -1)
      previous = distance
      let taken = next[Int(kind)]
      next[Int(kind)] += 1
      if index == count - 1 { break }
      guard taken < ends[Int(kind)], let following = UInt8(exactly: nextKinds[taken]) else {
        throw ByteError(offset: reader.offset, expected: "kinds that lead from event to event")
      }
      kind = following
    }
    guard kind == last else {
      throw ByteError(offset: reader.offset, expected: "an end on the last kind")
    }
    columns.setOrder(kinds, places, causes)
  }

  // MARK: Times

  private mutating func readTimes(_ present: [Int]) throws(ByteError) {
    var stored: [[Int64]] = Array(repeating: [], count: columns.groups.count)
    for group in present {
      try Column.read(
        columns.groups[group].count, mayBin: columns.groups[group].schema.usesBins,
        from: &reader, into: &stored[group])
    }
    var times: [Nanoseconds] = []
    times.reserveCapacity(columns.count)
    var previous = clock.firstInstant(of: header.firstTick)
    var indices: [[Int32]] = stored.map { [Int32](repeating: 0, count: $0.count) }
    var instants: [[ColumnGroup.Time]] = stored.map {
      [ColumnGroup.Time](repeating: ColumnGroup.Time(time: 0, stored: 0), count: $0.count)
    }
    for index in 0..<columns.count {
      let group = columns.group(of: index)
      let place = Int(columns.places[index])
      let cause = Int(columns.causes[index])
      let value = stored[group][place]
      // Wraps where no writer would; the range is checked.
      let time = (cause >= 0 ? times[cause] : previous) &+ value
      guard time >= (index > 0 ? previous : 0), time <= Limits.maximumTime else {
        throw ByteError(offset: reader.offset, expected: "ascending instants within 2^62 ns")
      }
      times.append(time)
      previous = time
      indices[group][place] = Int32(index)
      instants[group][place] = ColumnGroup.Time(time: time, stored: value)
    }
    guard clock.tick(at: times[0]) == header.firstTick else {
      throw ByteError(offset: reader.offset, expected: "the tick of the frame header")
    }
    for group in present {
      columns.groups[group].set(indices: indices[group], times: instants[group])
    }
  }

  // MARK: Fields

  private mutating func readFields(
    _ group: Int, _ chunks: some ChunkSource
  ) throws(ByteError) {
    let length = try reader.readCount(limit: Limits.maximumRawFrame)
    let start = reader.offset
    let schema = columns.groups[group].schema
    let count = columns.groups[group].count
    var words: [Int64] = []
    words.reserveCapacity(schema.fields.count * count)
    for _ in schema.fields {
      try Column.read(count, mayBin: schema.usesBins, from: &reader, into: &words)
    }
    columns.groups[group].set(count: count, words: words)
    if schema.hasPayload { try readPayloads(group, count, chunks) }
    guard reader.offset == start + length else {
      throw ByteError(offset: start - 4, expected: "the length of the group")
    }
  }

  private mutating func readPayloads(
    _ group: Int, _ count: Int, _ chunks: some ChunkSource
  ) throws(ByteError) {
    let start = reader.offset
    var sizes: [Int64] = []
    try Column.read(count, mayBin: false, from: &reader, into: &sizes)
    for stored in sizes {
      let size = stored >> 1
      let isChunk = stored & 1 == 1
      guard size >= 0, size <= Int64(Limits.maximumInlinePayload), !isChunk || size == 32 else {
        throw ByteError(offset: start, expected: "the size of a payload")
      }
      let bytes = try reader.readRaw(Int(size))
      if isChunk, let hash = Hash256(bytes: bytes) {
        guard let value = chunks.chunk(hash) else {
          throw ByteError(offset: start, expected: "the chunk \(hash.hexadecimal)")
        }
        columns.groups[group].append(payload: value)
      } else {
        columns.groups[group].append(payload: bytes)
      }
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
