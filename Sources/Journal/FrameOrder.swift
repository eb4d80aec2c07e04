import MarketModel

/// The events of a frame sorted by kind, with what a tape stores of their place in the session.
///
/// Everything stands in planes of one number for each event, by group and within a group in the
/// order of the events, so that each pass reads no more than it needs.
struct FrameOrder: Sendable {
  /// What there is of each event.
  enum Plane: Int, CaseIterable {
    /// Where its fields begin among the words of the rows.
    case start
    /// The causing event, where that is in the frame (`CauseBase`); else 0.
    case cause
    case tick
    case storedTime
    case storedCause
    /// The kind of the event after it; 0 for the frame's last.
    case nextKind
    /// The latest running field of an event before it.
    case runningBase
  }

  /// Where each group begins in a plane, and the number of events at the end.
  private var firsts: [Int] = []
  private var planes: [Int64] = []
  /// How many numbers a plane has room for.
  private var stride = 0

  /// The groups that have events.
  var present: [Int] { (0..<firsts.count - 1).filter { firsts[$0] < firsts[$0 + 1] } }

  /// How many events a group has.
  func count(of group: Int) -> Int { firsts[group + 1] - firsts[group] }

  /// The part of a plane that belongs to a group, within `numbers`.
  func range(_ plane: Plane, of group: Int) -> Range<Int> {
    plane.rawValue * stride + firsts[group]..<plane.rawValue * stride + firsts[group + 1]
  }

  /// All planes, one after the other.
  var numbers: [Int64] { planes }

  /// Sorts the events of a frame.
  ///
  /// - Precondition: all kinds are of the tape.
  /// - Complexity: O(events).
  mutating func sort(_ rows: borrowing FrameRows) {
    let groups = rows.groups
    var next = Self.countKinds(rows.heads.span)
    firsts = [0]
    for schema in groups.schemas {
      let first = firsts[firsts.count - 1]
      firsts.append(first + next[Int(schema.kind)])
      next[Int(schema.kind)] = first
    }
    precondition(firsts[firsts.count - 1] == rows.count, "Invariant: kinds are of the tape")
    if stride < rows.count {
      // With room to spare: most frames have about as many events, and some a few more.
      stride = rows.count + rows.count / 4
      planes = [Int64](repeating: 0, count: stride * Plane.allCases.count)
    }
    let runs = present.contains { groups.runningFields[$0] >= 0 }
    if runs { Self.fillRunningBases(&planes, stride, rows, next) }
    Self.fill(&planes, stride, rows, &next)
  }

  /// How many events there are of each kind.
  private static func countKinds(_ heads: Span<FrameRows.Head>) -> InlineArray<256, Int> {
    var counts = InlineArray<256, Int>(repeating: 0)
    for index in heads.indices { counts[Int(heads[index].kind)] &+= 1 }
    return counts
  }

  /// `next` says by kind where in each plane its next event belongs.
  private static func fill(
    _ planes: inout [Int64], _ stride: Int, _ rows: borrowing FrameRows,
    _ next: inout InlineArray<256, Int>
  ) {
    let heads = rows.heads.span
    precondition(
      heads.count <= stride && planes.count == stride * Plane.allCases.count,
      "Invariant: every plane has room for all events")
    var planes = planes.mutableSpan
    var tick = TickCache(rows.groups.clock)
    var distance: Int64 = 0
    var time = rows.groups.clock.firstInstant(of: tick.tick(at: heads[0].time))
    // The position of the event before; the first event's stands in for it, and is written over.
    var previous = next[Int(heads[0].kind)]
    // Safe, all of them: `next` counts up from where a kind begins, so that positions are less than
    // the count of events, and that many numbers has each plane.
    for index in heads.indices {
      let head = heads[index]
      let position = next[Int(head.kind)]
      next[Int(head.kind)] = position &+ 1
      unsafe planes[unchecked: Plane.start.rawValue &* stride &+ position] = Int64(head.start)
      unsafe planes[unchecked: Plane.tick.rawValue &* stride &+ position] = tick.tick(
        at: head.time)
      unsafe planes[unchecked: Plane.storedCause.rawValue &* stride &+ position] =
        CauseCode.stored(head.distance, after: distance)
      distance = head.distance
      var packed: Int64 = 0
      if distance > 0, distance <= Int64(index) {
        let cause = heads[index &- Int(distance)]
        packed = CauseBase.pack(cause.start, cause.kind)
        time = cause.time
      }
      unsafe planes[unchecked: Plane.cause.rawValue &* stride &+ position] = packed
      unsafe planes[unchecked: Plane.storedTime.rawValue &* stride &+ position] =
        head.time &- time
      time = head.time
      unsafe planes[unchecked: Plane.nextKind.rawValue &* stride &+ previous] = Int64(head.kind)
      previous = position
    }
    planes[Plane.nextKind.rawValue * stride + previous] = 0
  }

  /// What running fields refer to; a plane of its own, as few kinds have one.
  private static func fillRunningBases(
    _ planes: inout [Int64], _ stride: Int, _ rows: borrowing FrameRows,
    _ next: InlineArray<256, Int>
  ) {
    var planes = planes.mutableSpan
    var next = next
    var latest: Int64 = 0
    let groups = rows.groups
    for head in rows.heads {
      let kind = Int(head.kind)
      planes[Plane.runningBase.rawValue * stride + next[kind]] = latest
      next[kind] += 1
      let field = groups.runningFields[Int(groups.ofKind[kind])]
      if field >= 0 { latest = rows.words[Int(head.start) + field] }
    }
  }
}

/// The tick of instants that mostly lie in the tick of the one before: dividing takes long.
struct TickCache {
  private let clock: TickClock
  private var start: Nanoseconds = 1
  private var end: Nanoseconds = 0
  private var tick: Tick = 0

  init(_ clock: TickClock) { self.clock = clock }

  @inline(__always)
  mutating func tick(at time: Nanoseconds) -> Tick {
    if time < start || time >= end { move(to: time) }
    return tick
  }

  private mutating func move(to time: Nanoseconds) {
    tick = clock.tick(at: time)
    start = clock.firstInstant(of: tick)
    end = clock.firstInstant(of: tick + 1)
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
