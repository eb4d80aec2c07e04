import MarketModel

/// Fields that are stored as differences, in both directions.
extension FrameColumns {
  /// Turns the fields of all events into what is stored of them.
  ///
  /// Kinds descend, fields descend: what a field refers to is still itself when its turn comes.
  mutating func subtractReferences() {
    subtractRunning()
    for group in groups.indices.reversed() where groups[group].count > 0 {
      for difference in groups[group].differences.reversed() {
        resolve(group, difference, sign: -1)
      }
    }
  }

  /// Turns what is stored into the fields.
  mutating func addReferences() {
    for group in groups.indices where groups[group].count > 0 {
      for difference in groups[group].differences { resolve(group, difference, sign: 1) }
    }
    addRunning()
  }

  private mutating func resolve(_ group: Int, _ difference: ColumnGroup.Difference, sign: Int64) {
    // Taken out, so that the loops below change it in place.
    var words: [Int64] = []
    swap(&words, &groups[group].words)
    let stride = groups[group].capacity
    let start = difference.field * stride
    let count = groups[group].count
    switch difference.reference {
    case .none, .running: break
    case .ownTick:
      // Stored as (tick - field), so that ages are positive; both directions are the same.
      var cache = TickCache(clock)
      let times = groups[group].times
      for place in 0..<count {
        words[start + place] = cache.tick(at: times[place].time) &- words[start + place]
      }
    case .field(let other):
      let from = Int(other) * stride
      for place in 0..<count {
        words[start + place] &+= sign &* words[from + place]  // wraps by definition, and below
      }
    case .command(let field):
      resolve(&words, start, group, Int(field), sign) { (2...6).contains($0) }
    case .order(let field):
      resolve(&words, start, group, Int(field), sign) {
        $0 == EventKind.orderSubmitted.rawValue
      }
    case .target(let field):
      resolve(&words, start, group, Int(field), sign) {
        $0 == EventKind.cancelSubmitted.rawValue || $0 == EventKind.replaceSubmitted.rawValue
      }
    }
    swap(&words, &groups[group].words)
  }

  /// Adds or subtracts a field of the causing event, where it is in the frame and of such a kind.
  @inline(__always)
  private func resolve(
    _ words: inout [Int64], _ start: Int, _ group: Int, _ field: Int, _ sign: Int64,
    _ isBase: (UInt8) -> Bool
  ) {
    let indices = groups[group].indices
    var span = words.mutableSpan
    for place in 0..<groups[group].count {
      let cause = Int(causes[Int(indices[place])])
      if cause < 0 { continue }
      let kind = kinds[cause]
      if !isBase(kind) { continue }
      let base = Int(groupOfKind[Int(kind)])
      if field >= groups[base].fieldCount { continue }
      span[start + place] &+= sign &* groups[base].word(field, Int(places[cause]))
    }
  }

  // MARK: Running fields

  /// The fields that are stored as the difference from the one before, of whatever kind, in the
  /// order of the events.
  private func forEachRunning(_ body: (_ group: Int, _ position: Int) -> Void) {
    let fields = groups.map { group in
      group.differences.first { $0.reference == .running }?.field ?? -1
    }
    if fields.allSatisfy({ $0 < 0 }) { return }
    for index in 0..<count {
      let group = group(of: index)
      if fields[group] < 0 { continue }
      body(group, fields[group] * groups[group].capacity + Int(places[index]))
    }
  }

  private mutating func addRunning() {
    var latest: Int64 = 0
    var changes: [(Int, Int)] = []
    forEachRunning { changes.append(($0, $1)) }
    for (group, position) in changes {
      latest &+= groups[group].words[position]  // wraps by definition, and below
      groups[group].words[position] = latest
    }
  }

  private mutating func subtractRunning() {
    var latest: Int64 = 0
    var changes: [(Int, Int)] = []
    forEachRunning { changes.append(($0, $1)) }
    for (group, position) in changes {
      let value = groups[group].words[position]
      groups[group].words[position] = value &- latest
      latest = value
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
    if time < start || time >= end {
      tick = clock.tick(at: time)
      start = clock.firstInstant(of: tick)
      end = clock.firstInstant(of: tick + 1)
    }
    return tick
  }
}
