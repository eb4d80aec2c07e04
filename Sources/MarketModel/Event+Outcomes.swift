/// The exchange accepted an order.
public struct OrderAccepted: Equatable, Sendable {
  /// The identity of this outcome.
  public var outcome: OutcomeKey
  /// Nanoseconds until its owner knows.
  public var reportLatency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(outcome: OutcomeKey, reportLatency: Nanoseconds) {
    self.outcome = outcome
    self.reportLatency = reportLatency
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    outcome = try r.outcome()
    reportLatency = try r.delay(4)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, outcome.command)
    row.words[3] = Int64(outcome.number)
    row.words[4] = reportLatency
  }
}

/// The exchange refused a command.
public struct OrderRejected: Equatable, Sendable {
  /// The identity of this outcome.
  public var outcome: OutcomeKey
  /// Why.
  public var reason: RejectReason
  /// Nanoseconds until its sender knows.
  public var reportLatency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(outcome: OutcomeKey, reason: RejectReason, reportLatency: Nanoseconds) {
    self.outcome = outcome
    self.reason = reason
    self.reportLatency = reportLatency
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    outcome = try r.outcome()
    reason = try r.byte(4, RejectReason.self)
    reportLatency = try r.delay(5)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, outcome.command)
    row.words[3] = Int64(outcome.number)
    row.words[4] = Int64(reason.rawValue)
    row.words[5] = reportLatency
  }
}

/// Two orders traded.
///
/// The trade is known by its outcome key: the taking order and a number.
public struct OrderFilled: Equatable, Sendable {
  /// The taking order and the number of the outcome.
  public var outcome: OutcomeKey
  /// What was traded.
  public var instrument: InstrumentIndex
  /// The side of the taking order.
  public var side: Side
  /// The resting order.
  public var maker: CommandKey
  /// The price, that of the resting order.
  public var price: PriceIncrements
  /// The quantity.
  public var quantity: Lots
  /// What the taker pays, in minor units; negative for a rebate.
  public var takerFee: MinorUnits
  /// What the maker pays, in minor units; negative for a rebate.
  public var makerFee: MinorUnits
  /// Nanoseconds until the taker knows.
  public var takerReportLatency: Nanoseconds
  /// Nanoseconds until the maker knows.
  public var makerReportLatency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(
    outcome: OutcomeKey, instrument: InstrumentIndex, side: Side, maker: CommandKey,
    price: PriceIncrements, quantity: Lots, takerFee: MinorUnits, makerFee: MinorUnits,
    takerReportLatency: Nanoseconds, makerReportLatency: Nanoseconds
  ) {
    self.outcome = outcome
    self.instrument = instrument
    self.side = side
    self.maker = maker
    self.price = price
    self.quantity = quantity
    self.takerFee = takerFee
    self.makerFee = makerFee
    self.takerReportLatency = takerReportLatency
    self.makerReportLatency = makerReportLatency
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    outcome = try r.outcome()
    instrument = try r.index(4)
    side = try r.byte(5, Side.self)
    maker = try r.key(6)
    price = r[9]
    quantity = r[10]
    takerFee = r[11]
    makerFee = r[12]
    takerReportLatency = try r.delay(13)
    makerReportLatency = try r.delay(14)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, outcome.command)
    row.words[3] = Int64(outcome.number)
    row.words[4] = Int64(instrument)
    row.words[5] = Int64(side.rawValue)
    row.set(6, maker)
    row.words[9] = price
    row.words[10] = quantity
    row.words[11] = takerFee
    row.words[12] = makerFee
    row.words[13] = takerReportLatency
    row.words[14] = makerReportLatency
  }
}

/// An order, or a part of it, was cancelled.
public struct OrderCancelled: Equatable, Sendable {
  /// The identity of this outcome.
  public var outcome: OutcomeKey
  /// The order that shrank or left.
  public var order: CommandKey
  /// How much was cancelled.
  public var quantity: Lots
  /// Why.
  public var reason: CancelReason
  /// Nanoseconds until its owner knows.
  public var reportLatency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(
    outcome: OutcomeKey, order: CommandKey, quantity: Lots, reason: CancelReason,
    reportLatency: Nanoseconds
  ) {
    self.outcome = outcome
    self.order = order
    self.quantity = quantity
    self.reason = reason
    self.reportLatency = reportLatency
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    outcome = try r.outcome()
    order = try r.key(4)
    quantity = r[7]
    reason = try r.byte(8, CancelReason.self)
    reportLatency = try r.delay(9)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, outcome.command)
    row.words[3] = Int64(outcome.number)
    row.set(4, order)
    row.words[7] = quantity
    row.words[8] = Int64(reason.rawValue)
    row.words[9] = reportLatency
  }
}

/// An order was replaced.
public struct OrderReplaced: Equatable, Sendable {
  /// The identity of this outcome; its command is the new id.
  public var outcome: OutcomeKey
  /// The id that the order had before.
  public var order: CommandKey
  /// Whether it kept its place in the queue.
  public var keepsPriority: Bool
  /// Nanoseconds until its owner knows.
  public var reportLatency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(
    outcome: OutcomeKey, order: CommandKey, keepsPriority: Bool, reportLatency: Nanoseconds
  ) {
    self.outcome = outcome
    self.order = order
    self.keepsPriority = keepsPriority
    self.reportLatency = reportLatency
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    outcome = try r.outcome()
    order = try r.key(4)
    keepsPriority = try r.flag(7)
    reportLatency = try r.delay(8)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, outcome.command)
    row.words[3] = Int64(outcome.number)
    row.set(4, order)
    row.words[7] = keepsPriority ? 1 : 0
    row.words[8] = reportLatency
  }
}

/// Capital moved between two agents of a group.
public struct CapitalTransferred: Equatable, Sendable {
  /// The identity of this outcome; its command names the sender.
  public var outcome: OutcomeKey
  /// Who received it.
  public var recipient: AgentIndex
  /// How much, in minor units.
  public var amount: MinorUnits
  /// Nanoseconds until the sender knows.
  public var reportLatency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(
    outcome: OutcomeKey, recipient: AgentIndex, amount: MinorUnits, reportLatency: Nanoseconds
  ) {
    self.outcome = outcome
    self.recipient = recipient
    self.amount = amount
    self.reportLatency = reportLatency
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    outcome = try r.outcome()
    recipient = try r.index(4)
    amount = r.words[5]
    reportLatency = try r.delay(6)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, outcome.command)
    row.words[3] = Int64(outcome.number)
    row.words[4] = Int64(recipient)
    row.words[5] = amount
    row.words[6] = reportLatency
  }
}

/// An outcome reached an agent that it concerns.
public struct ReportDelivered: Equatable, Sendable {
  /// Which outcome.
  public var outcome: OutcomeKey
  /// Who learned of it.
  public var agent: AgentIndex

  /// Creates the event.
  @inlinable
  public init(outcome: OutcomeKey, agent: AgentIndex) {
    self.outcome = outcome
    self.agent = agent
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    outcome = try r.outcome()
    agent = try r.index(4)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, outcome.command)
    row.words[3] = Int64(outcome.number)
    row.words[4] = Int64(agent)
  }
}

/// A message reached its recipient.
public struct MessageDelivered: Equatable, Sendable {
  /// Which message.
  public var key: CommandKey
  /// Who received it.
  public var recipient: AgentIndex

  /// Creates the event.
  @inlinable
  public init(key: CommandKey, recipient: AgentIndex) {
    self.key = key
    self.recipient = recipient
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    key = try r.key(0)
    recipient = try r.index(3)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, key)
    row.words[3] = Int64(recipient)
  }
}
