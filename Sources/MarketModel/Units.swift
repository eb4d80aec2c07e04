/// A price, counted in price increments of its instrument.
public typealias PriceIncrements = Int64

/// A price in thousandths of a price increment; exogenous values and hidden executions need them.
public typealias PriceThousandths = Int64

/// A quantity, counted in lots of its instrument.
public typealias Lots = Int64

/// An amount of money in minor units of the session's currency (cents).
public typealias MinorUnits = Int64

/// Simulated time or a span of it, in nanoseconds; an instant counts from the session's origin.
public typealias Nanoseconds = Int64

/// `floor((time - start) / tickLength)`: a function of simulated time and the scenario only.
public typealias Tick = Int64

/// An event's position in one tape, counted from 0 through all ancestors; never an identity
/// across tapes.
public typealias SequenceNumber = Int64

/// A position in a session's agent table: dense, in memory and on one tape only, never an identity.
public typealias AgentIndex = Int32

/// A position in a session's instrument table.
public typealias InstrumentIndex = Int32

/// A position in a session's table of exogenous processes and feeds.
public typealias ProcessIndex = Int32

/// Turns simulated time into ticks.
public struct TickClock: Equatable, Sendable {
  /// The instant at which tick 0 begins.
  public let start: Nanoseconds
  /// The length of a tick, at least 1.
  public let tickLength: Nanoseconds

  /// Creates a clock.
  ///
  /// - Precondition: `tickLength` is positive.
  public init(start: Nanoseconds, tickLength: Nanoseconds) {
    precondition(tickLength > 0, "Invariant: a tick lasts at least one nanosecond")
    self.start = start
    self.tickLength = tickLength
  }

  /// Returns the tick that an instant belongs to, rounding towards minus infinity.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func tick(at time: Nanoseconds) -> Tick {
    let elapsed = time &- start  // cannot wrap: both lie within Limits.maximumTime
    let quotient = elapsed / tickLength
    return elapsed % tickLength < 0 ? quotient - 1 : quotient
  }

  /// Returns the first instant of a tick, or the largest instant where that would overflow.
  public func firstInstant(of tick: Tick) -> Nanoseconds {
    let (offset, overflow) = tick.multipliedReportingOverflow(by: tickLength)
    if overflow { return tick < 0 ? Nanoseconds.min : Nanoseconds.max }
    let (instant, overflow2) = start.addingReportingOverflow(offset)
    return overflow2 ? (tick < 0 ? Nanoseconds.min : Nanoseconds.max) : instant
  }
}
