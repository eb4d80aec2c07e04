public import Agents
public import Journal
public import MarketModel
public import Session

extension Replayer {
  /// Shows a watch the state to begin with.
  public mutating func begin(_ watch: inout ValueWatch) { watch.begin(at: &current) }

  /// Folds events before an instant and a position, and shows a watch the state after each; keeps
  /// keyframes on the way.
  ///
  /// Returns whether the watch ended it.
  /// - Throws: `ReplayError`.
  @inlinable
  public mutating func advance(
    before time: Nanoseconds, sequence limit: SequenceNumber, watching watch: inout some StateWatch,
    keeping cache: inout some KeyframeCache, every spacing: Int64 = KeyframeEncoding.spacing
  ) throws(ReplayError<Source.Failure>) -> Bool {
    var last = nextSequence
    // Frames are folded as wholes only where nobody looked ahead.
    while !cursor.isBetweenItems {
      guard let event = try step(while: { $0 < limit && $1.time < time }) else { return false }
      if watch.look(at: &current, after: next - 1, event.kind) { return true }
    }
    while try cursor.hasFrame(), let frame = cursor.frame {
      if try advance(in: frame, before: time, sequence: limit, watching: &watch) { return true }
      guard cursor.frame == nil else { return false }
      keep(in: &cache, &last, every: spacing)
    }
    while let event = try step(while: { $0 < limit && $1.time < time }) {
      if watch.look(at: &current, after: next - 1, event.kind) { return true }
    }
    return false
  }
}

/// Finds events by what they make of the state.
public enum StateSearch<Roster: AgentRoster> {
  /// What a search came to.
  public struct Result: Sendable {
    /// What was watched, with what was seen.
    public var watch: ValueWatch
    /// Whether the condition held before the first event that was looked at.
    public var heldAtStart: Bool
    /// The sequence number of that event.
    public var start: SequenceNumber
    /// A digest of the tape that was not reached; then the rest is of no use.
    public var mismatch: DigestMismatch?

    @usableFromInline
    init(
      watch: ValueWatch, heldAtStart: Bool, start: SequenceNumber, mismatch: DigestMismatch?
    ) {
      self.watch = watch
      self.heldAtStart = heldAtStart
      self.start = start
      self.mismatch = mismatch
    }
  }

  /// Finds the first event after which a condition holds, from the state before the first event of
  /// `tick`.
  ///
  /// - Throws: `ReplayError`.
  /// - Complexity: O(events up to it from the keyframe before `tick`).
  @inlinable
  public static func first<Source: ByteSource>(
    _ lineage: Lineage<Source>, _ condition: StateCondition, from tick: Tick,
    _ cache: inout some KeyframeCache
  ) throws(ReplayError<Source.Failure>) -> Result {
    var replayer = try Replayer<Roster, Source>(lineage, before: tick, cache)
    try replayer.advance(to: tick, keeping: &cache)
    var watch = ValueWatch(condition, stops: true)
    replayer.begin(&watch)
    let heldAtStart = watch.holds
    let start = replayer.nextSequence
    if !heldAtStart {
      _ = try replayer.advance(
        before: Nanoseconds.max, sequence: SequenceNumber.max, watching: &watch, keeping: &cache)
    }
    return Result(
      watch: watch, heldAtStart: heldAtStart, start: start, mismatch: replayer.mismatch)
  }

  /// Finds the latest event of which a watch takes note, among those before the first event of
  /// `tick`; among all for nil.
  ///
  /// The tape is folded from its last keyframe on, then from the one before to there, and so on:
  /// each event at most once, and one state is in memory at a time.
  /// - Throws: `ReplayError`.
  @inlinable
  public static func latest<Source: ByteSource>(
    _ lineage: Lineage<Source>, _ watch: ValueWatch, before tick: Tick?,
    _ cache: inout some KeyframeCache
  ) throws(ReplayError<Source.Failure>) -> Result {
    let time = tick.map { lineage.scenario.clock.firstInstant(of: $0) } ?? Nanoseconds.max
    var upper = SequenceNumber.max
    while true {
      var watch = watch
      var replayer = try Replayer<Roster, Source>(
        lineage, before: tick ?? Tick.max, sequence: upper, cache)
      let start = replayer.nextSequence
      replayer.begin(&watch)
      let heldAtStart = watch.holds
      _ = try replayer.advance(before: time, sequence: upper, watching: &watch, keeping: &cache)
      if watch.hasFound || start == 0 || replayer.mismatch != nil {
        return Result(
          watch: watch, heldAtStart: heldAtStart, start: start, mismatch: replayer.mismatch)
      }
      upper = start
    }
  }
}
