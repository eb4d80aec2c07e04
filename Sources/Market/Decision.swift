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
  /// Nanoseconds until the command's sender, or the owner of what was cancelled, knows of it; the
  /// exchange leaves this and the next to the session.
  public var reportLatency: Nanoseconds = 0
  /// Nanoseconds until the owner of the resting order knows of a trade.
  public var makerReportLatency: Nanoseconds = 0

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

  /// Whom it is told first: the command's sender, or the owner of what was cancelled.
  public var recipient: AgentIndex { isCancel ? order.agent : command.agent }

  /// The instrument whose book it changes, or -1 for none; asked before it is folded.
  public func instrument(
    _ market: inout MarketState, _ body: PendingCommand.Body
  ) -> InstrumentIndex {
    switch kind {
    case .accepted:
      if case .place(let terms) = body { terms.instrument } else { -1 }
    case .filled: index
    case .cancelled where slot < 0: market.working?.terms.instrument ?? -1
    case .cancelled, .replaced: market.book.order(at: slot).instrument
    case .rejected, .transferred: -1
    }
  }

  /// The outcome.
  public var outcome: Outcome {
    switch kind {
    case .accepted: .accepted(accepted)
    case .rejected: .rejected(rejected)
    case .filled: .filled(filled)
    case .cancelled: .cancelled(cancelled)
    case .replaced: .replaced(replaced)
    case .transferred: .transferred(transferred)
    }
  }

  /// Writes the event of the outcome into a row; `mutating` only to be cheap.
  public mutating func write(to row: inout EventRow) {
    switch kind {
    case .accepted:
      row.kind = EventKind.orderAccepted.rawValue
      accepted.write(to: &row)
    case .rejected:
      row.kind = EventKind.orderRejected.rawValue
      rejected.write(to: &row)
    case .filled:
      row.kind = EventKind.orderFilled.rawValue
      filled.write(to: &row)
    case .cancelled:
      row.kind = EventKind.orderCancelled.rawValue
      cancelled.write(to: &row)
    case .replaced:
      row.kind = EventKind.orderReplaced.rawValue
      replaced.write(to: &row)
    case .transferred:
      row.kind = EventKind.capitalTransferred.rawValue
      transferred.write(to: &row)
    }
  }
}

/// The outcome of each kind.
extension Decision {
  @inline(__always)
  private var accepted: OrderAccepted {
    OrderAccepted(outcome: key, reportLatency: reportLatency)
  }

  @inline(__always)
  private var rejected: OrderRejected {
    OrderRejected(outcome: key, reason: rejectReason, reportLatency: reportLatency)
  }

  @inline(__always)
  private var filled: OrderFilled {
    OrderFilled(
      outcome: key, instrument: index, side: side, maker: order, price: price,
      quantity: quantity, takerFee: takerFee, makerFee: makerFee,
      takerReportLatency: reportLatency, makerReportLatency: makerReportLatency)
  }

  @inline(__always)
  private var cancelled: OrderCancelled {
    OrderCancelled(
      outcome: key, order: order, quantity: quantity, reason: cancelReason,
      reportLatency: reportLatency)
  }

  @inline(__always)
  private var replaced: OrderReplaced {
    OrderReplaced(
      outcome: key, order: order, keepsPriority: keepsPriority, reportLatency: reportLatency)
  }

  @inline(__always)
  private var transferred: CapitalTransferred {
    CapitalTransferred(
      outcome: key, recipient: index, amount: quantity, reportLatency: reportLatency)
  }
}
