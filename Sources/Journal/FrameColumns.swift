import MarketModel

/// The events of one frame, field by field.
///
///     kinds   [2, 7, 2, 7, 9, ...]     in the order of the events
///     places  [0, 0, 1, 1, 0, ...]     the row of each event in the group of its kind
///     groups  one for each kind: a column for each field, and one each for times, causes and for
///             the kind of the event that comes next
///
/// Events are appended here as they happen and need no other form on their way to the tape.
struct FrameColumns: Sendable {
  let clock: TickClock
  /// One group for each kind of the tape's schema, ascending by kind.
  var groups: [ColumnGroup]
  /// The position of each kind's group; -1 for kinds that the tape does not have.
  let groupOfKind: [Int16]

  private(set) var kinds: [UInt8] = []
  private(set) var places: [Int32] = []
  /// The position of each event's cause; -1 where it has none, or none in the frame.
  private(set) var causes: [Int32] = []
  /// How many events back the cause of the latest event is; 0 for none.
  private var lastDistance: Int64 = 0
  private(set) var firstTime: Nanoseconds = 0
  private var lastTime: Nanoseconds = 0

  init(clock: TickClock, schemas: SchemaTable) {
    self.clock = clock
    var positions = [Int16](repeating: -1, count: 256)
    groups = schemas.all.enumerated().map { index, schema in
      positions[Int(schema.kind)] = Int16(index)
      return ColumnGroup(schema)
    }
    groupOfKind = positions
  }

  /// How many events there are.
  var count: Int { kinds.count }

  /// Forgets all events and keeps the memory.
  mutating func removeAll() {
    for kind in Set256(kinds) { groups[Int(groupOfKind[Int(kind)])].removeAll() }
    kinds.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    causes.removeAll(keepingCapacity: true)
    lastDistance = 0
  }

  /// Appends an event whose cause is `distance` events back; 0 for none.
  ///
  /// - Precondition: its kind is one of the tape's.
  mutating func append(_ row: EventRow, time: Nanoseconds, distance: Int64) {
    let index = kinds.count
    let cause = distance > 0 && distance <= Int64(index) ? index - Int(distance) : -1
    let base: Nanoseconds
    if cause >= 0 {
      base = groups[group(of: cause)].times[Int(places[cause])].time
    } else {
      base = index == 0 ? clock.firstInstant(of: clock.tick(at: time)) : lastTime
    }
    if index > 0 { groups[group(of: index - 1)].setNext(row.kind) }
    if index == 0 { firstTime = time }
    let position = Int(groupOfKind[Int(row.kind)])
    kinds.append(row.kind)
    places.append(Int32(truncatingIfNeeded: groups[position].count))
    causes.append(Int32(truncatingIfNeeded: cause))
    groups[position].append(
      row, index: index, time: time, storedTime: time &- base,
      storedCause: CauseCode.stored(distance, after: lastDistance))
    lastDistance = distance
    lastTime = time
  }

  @inline(__always)
  func group(of index: Int) -> Int { Int(groupOfKind[Int(kinds[index])]) }

  /// The row of an event, its references resolved.
  @inline(__always)
  func row(_ index: Int) -> EventRow {
    groups[group(of: index)].row(Int(places[index]))
  }

  /// The instant of an event.
  @inline(__always)
  func time(_ index: Int) -> Nanoseconds {
    groups[group(of: index)].times[Int(places[index])].time
  }

  /// Takes over the order of events and their causes, as they were read.
  mutating func setOrder(_ kinds: [UInt8], _ places: [Int32], _ causes: [Int32]) {
    self.kinds = kinds
    self.places = places
    self.causes = causes
  }
}

/// The kinds of some events, ascending, each once.
struct Set256: Sequence, IteratorProtocol {
  private var isMember = [Bool](repeating: false, count: 256)
  private var next8 = 0

  init(_ kinds: [UInt8]) { for kind in kinds { isMember[Int(kind)] = true } }

  mutating func next() -> UInt8? {
    while next8 < 256 {
      next8 += 1
      if isMember[next8 - 1] { return UInt8(next8 - 1) }
    }
    return nil
  }
}

/// How causes are stored: most are the event before, or the cause of the event before.
///
///     guess = 1 + the distance of the event before    (0, no cause, makes the event before)
///     0 none, 1 as guessed, else the distance, one more where it is below the guess
enum CauseCode {
  @inline(__always)
  static func stored(_ distance: Int64, after previous: Int64) -> Int64 {
    let guess = previous &+ 1
    if distance == 0 { return 0 }
    if distance == guess { return 1 }
    return distance < guess ? distance &+ 1 : distance
  }

  @inline(__always)
  static func distance(_ stored: Int64, after previous: Int64) -> Int64 {
    let guess = previous &+ 1
    if stored <= 0 { return stored }
    if stored == 1 { return guess }
    return stored <= guess ? stored &- 1 : stored
  }
}
