import MarketModel

/// The events of a frame sorted by kind, with what a tape stores of their place in the session.
struct FrameOrder: Sendable {
  /// An event.
  struct Entry: Sendable, BitwiseCopyable {
    /// Where its fields begin among the words of the rows.
    var start: Int32 = 0
    /// Where the fields of the causing event begin, where that is in the frame; else 0.
    var causeStart: Int32 = 0
    /// The kind of the causing event, where that is in the frame; else 0.
    var causeKind: UInt8 = 0
    /// The kind of the event after it; 0 for the frame's last.
    var nextKind: UInt8 = 0
    var tick: Tick = 0
    var storedTime: Int64 = 0
    var storedCause: Int64 = 0
    /// The latest running field of an event before it.
    var runningBase: Int64 = 0
  }

  /// By group, and within a group in the order of the events.
  private(set) var entries: [Entry] = []
  /// Where each group begins among them, and their number at the end.
  private var firsts: [Int] = []

  /// The groups that have events.
  var present: [Int] { (0..<firsts.count - 1).filter { firsts[$0] < firsts[$0 + 1] } }

  /// The positions of a group's events among the entries.
  func range(of group: Int) -> Range<Int> { firsts[group]..<firsts[group + 1] }

  /// Sorts the events of a frame.
  ///
  /// - Complexity: O(events).
  mutating func sort(_ rows: borrowing FrameRows) {
    let groups = rows.groups
    firsts = [Int](repeating: 0, count: groups.schemas.count + 1)
    for head in rows.heads { firsts[Int(groups.ofKind[Int(head.kind)]) + 1] += 1 }
    for group in groups.schemas.indices { firsts[group + 1] += firsts[group] }
    if entries.count < rows.count { entries = [Entry](repeating: Entry(), count: rows.count) }
    var next = firsts
    Self.fill(&entries, rows, &next)
  }

  private static func fill(
    _ entries: inout [Entry], _ rows: borrowing FrameRows, _ next: inout [Int]
  ) {
    var entries = entries.mutableSpan
    let heads = rows.heads.span
    let (groupOfKind, runningFields) = (rows.groups.ofKind, rows.groups.runningFields)
    var tick = TickCache(rows.groups.clock)
    var latestRunning: Int64 = 0
    var distance: Int64 = 0
    var time = rows.groups.clock.firstInstant(of: tick.tick(at: heads[0].time))
    for index in heads.indices {
      let head = heads[index]
      let group = Int(groupOfKind[Int(head.kind)])
      var entry = Entry(start: head.start)
      entry.tick = tick.tick(at: head.time)
      entry.storedCause = CauseCode.stored(head.distance, after: distance)
      distance = head.distance
      if distance > 0, distance <= Int64(index) {
        let cause = heads[index &- Int(distance)]
        entry.causeStart = cause.start
        entry.causeKind = cause.kind
        time = cause.time
      }
      entry.storedTime = head.time &- time
      time = head.time
      if index &+ 1 < heads.count { entry.nextKind = heads[index &+ 1].kind }
      entry.runningBase = latestRunning
      if runningFields[group] >= 0 {
        latestRunning = rows.words[Int(head.start) + runningFields[group]]
      }
      entries[next[group]] = entry
      next[group] &+= 1
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
