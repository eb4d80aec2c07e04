public import MarketModel
import MatchingEngine

/// What the exchange decided, with where it found what the outcome is about: an outcome laid out
/// flat, to be written over by the next one.
///
/// It holds for the state it was decided on, and no other. Fields that its kind does not have keep
/// what another decision left there.
public struct Decision: Sendable {
  /// Which outcome it is.
  @usableFromInline enum Kind: UInt8, Sendable {
    case accepted
    case rejected
    case filled
    case cancelled
    case replaced
    case transferred
  }

  @usableFromInline var kind = Kind.rejected
  /// The side of the taking order, of a trade.
  var side: Side = .buy
  /// Whether a replaced order keeps its place.
  var keepsPriority = false
  var rejectReason: RejectReason = .overflow
  var cancelReason: CancelReason = .requested
  /// The slot of the resting order that trades, shrinks or leaves; -1 for none.
  var slot: Int32 = -1
  /// The instrument, of a trade; the recipient, of a transfer.
  var index: Int32 = 0
  /// The number of the outcome.
  public internal(set) var number: UInt32 = 0
  /// The command.
  public internal(set) var command = CommandKey.filler
  /// The resting order of a trade, the order that was cancelled or replaced.
  public internal(set) var order = CommandKey.filler
  /// Of a trade.
  public internal(set) var price: PriceIncrements = 0
  /// Of a trade or a cancellation; the amount, of a transfer.
  public internal(set) var quantity: Int64 = 0
  var takerFee: MinorUnits = 0
  var makerFee: MinorUnits = 0

  /// Whether two orders traded.
  @inlinable public var isFill: Bool { kind == .filled }

  /// Creates a place for decisions.
  public init() {}

  @inline(__always)
  mutating func begin(_ command: CommandKey, _ number: UInt32) {
    self.command = command
    self.number = number
  }

  @inline(__always)
  mutating func reject(_ reason: RejectReason) {
    kind = .rejected
    rejectReason = reason
  }

  /// `slot` is that of the order where it rests; the order being matched has none.
  @inline(__always)
  mutating func cancel(
    _ order: CommandKey, _ quantity: Lots, _ reason: CancelReason, at slot: Int32 = -1
  ) {
    kind = .cancelled
    self.slot = slot
    self.order = order
    self.quantity = quantity
    cancelReason = reason
  }

  /// Its identity.
  @inlinable public var key: OutcomeKey { OutcomeKey(command: command, number: number) }
  /// Whether an order, or a part of it, was cancelled.
  @inlinable public var isCancel: Bool { kind == .cancelled }

  /// The outcome, its report latencies 0.
  public var outcome: Outcome {
    guard let outcome = Outcome(event(reportLatency: 0)) else {
      preconditionFailure("Invariant: a decision is an outcome")
    }
    return outcome
  }

  /// The event, with the nanoseconds until those whom it concerns know of it.
  public func event(
    reportLatency: Nanoseconds, makerReportLatency: Nanoseconds = 0
  ) -> Event {
    switch kind {
    case .accepted:
      return .orderAccepted(OrderAccepted(outcome: key, reportLatency: reportLatency))
    case .rejected:
      return .orderRejected(
        OrderRejected(outcome: key, reason: rejectReason, reportLatency: reportLatency))
    case .filled:
      return .orderFilled(
        OrderFilled(
          outcome: key, instrument: index, side: side, maker: order, price: price,
          quantity: quantity, takerFee: takerFee, makerFee: makerFee,
          takerReportLatency: reportLatency, makerReportLatency: makerReportLatency))
    case .cancelled:
      return .orderCancelled(
        OrderCancelled(
          outcome: key, order: order, quantity: quantity, reason: cancelReason,
          reportLatency: reportLatency))
    case .replaced:
      return .orderReplaced(
        OrderReplaced(
          outcome: key, order: order, keepsPriority: keepsPriority,
          reportLatency: reportLatency))
    case .transferred:
      return .capitalTransferred(
        CapitalTransferred(
          outcome: key, recipient: index, amount: quantity, reportLatency: reportLatency))
    }
  }
}
