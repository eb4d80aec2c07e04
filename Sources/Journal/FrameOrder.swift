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
  /// - Complexity: O(events).
  mutating func sort(_ rows: borrowing FrameRows) {
    let groups = rows.groups
    firsts = [Int](repeating: 0, count: groups.schemas.count + 1)
    for head in rows.heads { firsts[Int(groups.ofKind[Int(head.kind)]) + 1] += 1 }
    for group in groups.schemas.indices { firsts[group + 1] += firsts[group] }
    if stride < rows.count {
      stride = rows.count
      planes = [Int64](repeating: 0, count: stride * Plane.allCases.count)
    }
    var next = firsts
    Self.fill(&planes, stride, rows, &next)
  }

  private static func fill(
    _ planes: inout [Int64], _ stride: Int, _ rows: borrowing FrameRows, _ next: inout [Int]
  ) {
    var planes = planes.mutableSpan
    let heads = rows.heads.span
    let (groupOfKind, runningFields) = (rows.groups.ofKind, rows.groups.runningFields)
    var tick = TickCache(rows.groups.clock)
    var latestRunning: Int64 = 0
    var distance: Int64 = 0
    var time = rows.groups.clock.firstInstant(of: tick.tick(at: heads[0].time))
    for index in heads.indices {
      let head = heads[index]
      let group = Int(groupOfKind[Int(head.kind)])
      let position = next[group]
      next[group] = position &+ 1
      planes[Plane.start.rawValue &* stride &+ position] = Int64(head.start)
      planes[Plane.tick.rawValue &* stride &+ position] = tick.tick(at: head.time)
      planes[Plane.storedCause.rawValue &* stride &+ position] = CauseCode.stored(
        head.distance, after: distance)
      distance = head.distance
      if distance > 0, distance <= Int64(index) {
        let cause = heads[index &- Int(distance)]
        planes[Plane.cause.rawValue &* stride &+ position] = CauseBase.pack(cause.start, cause.kind)
        time = cause.time
      } else {
        planes[Plane.cause.rawValue &* stride &+ position] = 0
      }
      planes[Plane.storedTime.rawValue &* stride &+ position] = head.time &- time
      time = head.time
      planes[Plane.nextKind.rawValue &* stride &+ position] =
        index &+ 1 < heads.count ? Int64(heads[index &+ 1].kind) : 0
      planes[Plane.runningBase.rawValue &* stride &+ position] = latestRunning
      if runningFields[group] >= 0 {
        latestRunning = rows.words[Int(head.start) + runningFields[group]]
      }
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
