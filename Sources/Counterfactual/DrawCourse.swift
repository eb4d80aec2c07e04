public import Agents
import Determinism
public import Journal
public import MarketModel
public import Replay
import Session

/// How a fork and its parent came apart, and perhaps together again: both folded side by side.
public struct DrawCourse: Sendable {
  /// When one part of the state was not the same in both.
  public struct Component: Equatable, Sendable {
    /// Which part: one of `SessionDigests.componentNames`, or `memories`.
    public let name: String
    /// The first tick at whose end it differed; nil where it never did.
    public internal(set) var first: Tick?
    /// The last tick at whose end it differed.
    public internal(set) var last: Tick?
    /// Whether it still differs at the end.
    public internal(set) var isApart = false
  }

  /// What the parent came to from the fork's tick on.
  public private(set) var parent: RunOutcome
  /// What the fork came to.
  public private(set) var fork: RunOutcome
  /// The parts of the state.
  public private(set) var components: [Component]

  /// The first tick from whose end on all parts but cash are the same, so that only what is owed
  /// differs for good; nil where there is none.
  public var reconvergence: Tick? {
    let parts = components.filter { $0.name != "cash" }
    if parts.contains(where: { $0.isApart }) { return nil }
    return parts.compactMap { $0.last }.max().map { $0 + 1 }
  }

  /// Folds both tapes.
  ///
  /// - Throws: `ComparisonError` where one of them cannot be read.
  /// - Complexity: O(events + ticks x agents).
  public init<Roster: AgentRoster, Source: ByteSource>(
    parent first: Lineage<Source>, fork second: Lineage<Source>, from tick: Tick,
    roster: Roster.Type
  ) throws(ComparisonError<Source.Failure, Source.Failure>) {
    var one: MeasuredReplay<Roster, Source>
    var other: MeasuredReplay<Roster, Source>
    do {
      one = try MeasuredReplay(first, from: tick)
    } catch {
      throw .first(error)
    }
    do {
      other = try MeasuredReplay(second, from: tick)
    } catch {
      throw .second(error)
    }
    components = (SessionDigests.componentNames + ["memories"]).map { Component(name: $0) }
    while let tick = [one.nextTick, other.nextTick].compactMap({ $0 }).min() {
      do {
        try one.fold(tick)
      } catch {
        throw .first(error)
      }
      do {
        try other.fold(tick)
      } catch {
        throw .second(error)
      }
      Self.compare(one.digests, other.digests, at: tick, &components)
    }
    parent = one.outcome
    fork = other.outcome
  }

  private static func compare(
    _ one: SessionDigests, _ other: SessionDigests, at tick: Tick, _ components: inout [Component]
  ) {
    for index in components.indices {
      let differs =
        index < one.components.count
        ? one.components[index] != other.components[index] : one.memoryRoot != other.memoryRoot
      components[index].isApart = differs
      if !differs { continue }
      components[index].first = components[index].first ?? tick
      components[index].last = tick
    }
  }
}

/// A replay that is measured tick by tick.
private struct MeasuredReplay<Roster: AgentRoster, Source: ByteSource> {
  private var replayer: Replayer<Roster, Source>
  private var meter: OutcomeMeter
  private let clock: TickClock
  /// The tick of the next event; nil at the end.
  private(set) var nextTick: Tick?

  init(
    _ lineage: Lineage<Source>, from tick: Tick
  ) throws(ReplayError<Source.Failure>) {
    replayer = try Replayer(lineage)
    clock = lineage.scenario.clock
    try replayer.advance(to: tick)
    meter = replayer.reading { OutcomeMeter(&$0, from: tick) }
    try look()
  }

  var digests: SessionDigests { replayer.state.digests() }

  var outcome: RunOutcome { mutating get { replayer.reading { meter.outcome(&$0) } } }

  /// Folds the events of a tick, where it has any.
  mutating func fold(_ tick: Tick) throws(ReplayError<Source.Failure>) {
    guard nextTick == tick else { return }
    let end = clock.firstInstant(of: tick + 1)
    while let event = try replayer.step(while: { $1.time < end }) {
      if case .known(let record) = event, case .orderFilled(let fill) = record.event {
        meter.note(fill)
      }
    }
    try look()
    if let nextTick { replayer.reading { meter.endTick(&$0, next: nextTick) } }
  }

  /// Looks at the next event without folding it.
  private mutating func look() throws(ReplayError<Source.Failure>) {
    var time: Nanoseconds?
    _ = try replayer.step { _, event in
      time = event.time
      return false
    }
    nextTick = time.map { clock.tick(at: $0) }
  }
}
