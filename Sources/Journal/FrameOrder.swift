import MarketModel

/// The events of a frame sorted by kind.
///
/// It says where among the events those of each group are, and no more. What a tape stores of their
/// place in the session is worked out of the rows a column at a time: whatever memory the end of a
/// frame walks, it takes from the state that the session works on.
struct FrameOrder: Sendable {
  /// Where each group begins among the positions, and the number of events at the end.
  private var firsts: [Int] = []
  /// Of all events, by group and within a group in their order.
  private(set) var positions: [Int32] = []

  /// The groups that have events.
  var present: [Int] { (0..<firsts.count - 1).filter { firsts[$0] < firsts[$0 + 1] } }

  /// How many events a group has.
  func count(of group: Int) -> Int { firsts[group + 1] - firsts[group] }

  /// Where the events of a group stand within `positions`.
  func range(of group: Int) -> Range<Int> { firsts[group]..<firsts[group + 1] }

  /// Sorts the events of a frame.
  ///
  /// - Precondition: all kinds are of the tape.
  /// - Complexity: O(events).
  mutating func sort(_ rows: borrowing FrameRows) {
    var next = Self.countKinds(rows.heads.span)
    firsts = [0]
    for schema in rows.groups.schemas {
      let first = firsts[firsts.count - 1]
      firsts.append(first + next[Int(schema.kind)])
      next[Int(schema.kind)] = first
    }
    precondition(firsts[firsts.count - 1] == rows.count, "Invariant: kinds are of the tape")
    if positions.count < rows.count {
      // With room to spare: most frames have about as many events, and some a few more.
      positions = [Int32](repeating: 0, count: rows.count + rows.count / 4)
    }
    Self.fill(&positions, rows.heads.span, &next)
  }

  /// How many events there are of each kind.
  private static func countKinds(_ heads: Span<FrameRows.Head>) -> InlineArray<256, Int> {
    var counts = InlineArray<256, Int>(repeating: 0)
    for index in heads.indices { counts[Int(heads[index].kind)] &+= 1 }
    return counts
  }

  /// `next` says by kind where its next event belongs.
  private static func fill(
    _ positions: inout [Int32], _ heads: Span<FrameRows.Head>,
    _ next: inout InlineArray<256, Int>
  ) {
    var positions = positions.mutableSpan
    precondition(heads.count <= positions.count, "Invariant: there is room for all events")
    for index in heads.indices {
      let kind = Int(heads[index].kind)
      let place = next[kind]
      next[kind] = place &+ 1
      // Safe: `next` counts up from where a kind begins, so that places are less than the count.
      unsafe positions[unchecked: place] = Int32(truncatingIfNeeded: index)
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
