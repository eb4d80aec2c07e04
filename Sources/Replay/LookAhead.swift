public import Journal
public import MarketModel
public import Session

/// Asks for the memory that the commands of a frame will need, before they are folded.
///
/// A book does not fit the processor's near caches, and a tape says what comes: first for what a
/// command names, then, some commands later, for its neighbours. Orders and cancels are counted
/// apart, as to tell them apart once more takes longer than all this.
@usableFromInline
struct LookAhead {
  /// How many commands of its kind before its fold a command is first looked at.
  @usableFromInline static var far: Int { 8 }
  /// How many before its neighbours are.
  @usableFromInline static var near: Int { 4 }

  /// The position of the event after the latest one, in its frame.
  @usableFromInline var position = -1
  /// How many orders and cancels of the frame came before it.
  @usableFromInline var orders = 0
  @usableFromInline var cancels = 0

  @usableFromInline init() {}

  /// Looks ahead from an event, which mostly is the one after the latest.
  @inlinable @inline(__always)
  mutating func look<Roster>(
    from index: Int, of kind: UInt8, _ events: LentEvents, _ state: inout SessionState<Roster>
  ) {
    if index != position { move(to: index, events) }
    position = index + 1
    if kind == EventKind.orderSubmitted.rawValue {
      let rows = events.orders
      if orders + Self.far < rows.count {
        state.lookAhead(toOrder: rows[orders + Self.far], rows[orders + Self.near])
      }
      orders += 1
    } else if kind == EventKind.cancelSubmitted.rawValue {
      let rows = events.cancels
      if cancels + Self.far < rows.count {
        state.lookAhead(toCancel: rows[cancels + Self.far], rows[cancels + Self.near])
      }
      cancels += 1
    }
  }

  @usableFromInline
  mutating func move(to index: Int, _ events: LentEvents) {
    orders = events.count(of: events.orders, before: index)
    cancels = events.count(of: events.cancels, before: index)
  }
}
