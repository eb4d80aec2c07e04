/// Why a command was refused: a market outcome, journalled, never an error.
///
/// Raw values are fixed for ever. Cases stand in order of precedence: where several apply, the
/// first is given.
public enum RejectReason: UInt8, Sendable, CaseIterable {
  /// No instrument has that index.
  case unknownInstrument = 1
  /// The instrument is halted.
  case tradingHalted = 2
  /// The quantity is below 1 lot or above `Limits.maximumQuantity`.
  case invalidQuantity = 3
  /// The quantity is no multiple of the instrument's lot step.
  case offLotSize = 4
  /// The price is below 1 increment or above `Limits.maximumPrice`.
  case invalidPrice = 5
  /// The price is no multiple of the instrument's price step.
  case offPriceIncrement = 6
  /// The price is further from the reference price than the band allows.
  case outsidePriceBand = 7
  /// No resting order has that id.
  case unknownOrder = 8
  /// The order belongs to another agent.
  case notOwner = 9
  /// The agent has as many open orders as it may have.
  case openOrderLimit = 10
  /// The agent's position could exceed its limit.
  case positionLimit = 11
  /// A post-only order would trade on arrival.
  case wouldTrade = 12
  /// A fill-or-kill order cannot be filled whole.
  case insufficientLiquidity = 13
  /// No agent has that index.
  case unknownAgent = 14
  /// Capital moves only between agents of one group.
  case differentGroup = 15
  /// The amount is below 1 or above what the sender has.
  case insufficientCapital = 16
  /// A balance or a notional would leave the range of its integer.
  case overflow = 17
}

/// Why an order, or what remained of it, left the book without trading.
///
/// Raw values are fixed for ever.
public enum CancelReason: UInt8, Sendable, CaseIterable {
  /// Its owner asked.
  case requested = 1
  /// An immediate-or-cancel order could not fill more.
  case immediateOrCancel = 2
  /// A market order found nothing more to trade with.
  case noLiquidity = 3
  /// It would have traded with its own agent.
  case selfTrade = 4
  /// Trading on would have overflowed a balance.
  case overflow = 5
  /// The imported window no longer shows its level.
  case concealed = 6
}
