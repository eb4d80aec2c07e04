/// The identity of an imported fact: the feed, and the feed's own number for it.
public struct FactKey: Equatable, Hashable, Sendable {
  /// The feed.
  public var feed: ProcessIndex
  /// The feed's own number, usually the row it stood in.
  public var number: Int64

  /// Creates a key.
  @inlinable
  public init(feed: ProcessIndex, number: Int64) {
    self.feed = feed
    self.number = number
  }
}

/// Why a recorded order shrank.
public enum ReductionCause: UInt8, Sendable, CaseIterable {
  /// A part of it was cancelled.
  case partialCancel = 0
  /// It was deleted.
  case deletion = 1
  /// It traded.
  case execution = 2
}

/// Whether an instrument trades.
public enum TradingStatus: UInt8, Sendable, CaseIterable {
  /// Nothing may be placed.
  case halted = 0
  /// Quotes are shown, nothing trades.
  case quoting = 1
  /// Open.
  case trading = 2
}

/// A price level of the recorded window was seen, entered it or left it.
public struct LevelObserved: Equatable, Sendable {
  /// The identity of this fact.
  public var fact: FactKey
  /// The instrument.
  public var instrument: InstrumentIndex
  /// The side of the book.
  public var side: Side
  /// The price of the level.
  public var price: PriceIncrements
  /// The quantity shown there; 0 for a level that left.
  public var quantity: Lots

  /// Creates the event.
  @inlinable
  public init(
    fact: FactKey, instrument: InstrumentIndex, side: Side, price: PriceIncrements, quantity: Lots
  ) {
    self.fact = fact
    self.instrument = instrument
    self.side = side
    self.price = price
    self.quantity = quantity
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    fact = try r.fact(0)
    instrument = try r.index(2)
    side = try r.byte(3, Side.self)
    price = r.words[4]
    quantity = r.words[5]
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(fact.feed)
    row.words[1] = fact.number
    row.words[2] = Int64(instrument)
    row.words[3] = Int64(side.rawValue)
    row.words[4] = price
    row.words[5] = quantity
  }
}

/// A limit order joined the recorded book.
public struct OrderObserved: Equatable, Sendable {
  /// The identity of this fact.
  public var fact: FactKey
  /// The instrument.
  public var instrument: InstrumentIndex
  /// The feed's id of the order.
  public var reference: Int64
  /// The side of the order.
  public var side: Side
  /// Its limit.
  public var price: PriceIncrements
  /// Its size.
  public var quantity: Lots

  /// Creates the event.
  @inlinable
  public init(
    fact: FactKey, instrument: InstrumentIndex, reference: Int64, side: Side,
    price: PriceIncrements, quantity: Lots
  ) {
    self.fact = fact
    self.instrument = instrument
    self.reference = reference
    self.side = side
    self.price = price
    self.quantity = quantity
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    fact = try r.fact(0)
    instrument = try r.index(2)
    reference = r.words[3]
    side = try r.byte(4, Side.self)
    price = r.words[5]
    quantity = r.words[6]
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(fact.feed)
    row.words[1] = fact.number
    row.words[2] = Int64(instrument)
    row.words[3] = reference
    row.words[4] = Int64(side.rawValue)
    row.words[5] = price
    row.words[6] = quantity
  }
}

/// A resting order of the recorded book shrank or left.
public struct ReductionObserved: Equatable, Sendable {
  /// The identity of this fact.
  public var fact: FactKey
  /// The instrument.
  public var instrument: InstrumentIndex
  /// The feed's id of the order.
  public var reference: Int64
  /// The side of the resting order.
  public var side: Side
  /// Its limit.
  public var price: PriceIncrements
  /// By how much it shrank.
  public var quantity: Lots
  /// Why.
  public var cause: ReductionCause
  /// Whether the order was seen to join; else the level shrinks.
  public var isKnown: Bool

  /// Creates the event.
  @inlinable
  public init(
    fact: FactKey, instrument: InstrumentIndex, reference: Int64, side: Side,
    price: PriceIncrements, quantity: Lots, cause: ReductionCause, isKnown: Bool
  ) {
    self.fact = fact
    self.instrument = instrument
    self.reference = reference
    self.side = side
    self.price = price
    self.quantity = quantity
    self.cause = cause
    self.isKnown = isKnown
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    fact = try r.fact(0)
    instrument = try r.index(2)
    reference = r.words[3]
    side = try r.byte(4, Side.self)
    price = r.words[5]
    quantity = r.words[6]
    cause = try r.byte(7, ReductionCause.self)
    isKnown = try r.flag(8)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(fact.feed)
    row.words[1] = fact.number
    row.words[2] = Int64(instrument)
    row.words[3] = reference
    row.words[4] = Int64(side.rawValue)
    row.words[5] = price
    row.words[6] = quantity
    row.words[7] = Int64(cause.rawValue)
    row.words[8] = isKnown ? 1 : 0
  }
}

/// A hidden order traded; no visible level changed.
public struct HiddenExecutionObserved: Equatable, Sendable {
  /// The identity of this fact.
  public var fact: FactKey
  /// The instrument.
  public var instrument: InstrumentIndex
  /// The side of the resting order.
  public var side: Side
  /// The price, in thousandths of an increment: it may lie between two.
  public var price: PriceThousandths
  /// The quantity.
  public var quantity: Lots

  /// Creates the event.
  @inlinable
  public init(
    fact: FactKey, instrument: InstrumentIndex, side: Side, price: PriceThousandths, quantity: Lots
  ) {
    self.fact = fact
    self.instrument = instrument
    self.side = side
    self.price = price
    self.quantity = quantity
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    fact = try r.fact(0)
    instrument = try r.index(2)
    side = try r.byte(3, Side.self)
    price = r.words[4]
    quantity = r.words[5]
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(fact.feed)
    row.words[1] = fact.number
    row.words[2] = Int64(instrument)
    row.words[3] = Int64(side.rawValue)
    row.words[4] = price
    row.words[5] = quantity
  }
}

/// Trading halted or resumed.
public struct TradingStatusObserved: Equatable, Sendable {
  /// The identity of this fact.
  public var fact: FactKey
  /// The instrument.
  public var instrument: InstrumentIndex
  /// What holds from now on.
  public var status: TradingStatus

  /// Creates the event.
  @inlinable
  public init(fact: FactKey, instrument: InstrumentIndex, status: TradingStatus) {
    self.fact = fact
    self.instrument = instrument
    self.status = status
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    fact = try r.fact(0)
    instrument = try r.index(2)
    status = try r.byte(3, TradingStatus.self)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(fact.feed)
    row.words[1] = fact.number
    row.words[2] = Int64(instrument)
    row.words[3] = Int64(status.rawValue)
  }
}

/// An auction or cross printed.
public struct CrossObserved: Equatable, Sendable {
  /// The identity of this fact.
  public var fact: FactKey
  /// The instrument.
  public var instrument: InstrumentIndex
  /// The price, in thousandths of an increment.
  public var price: PriceThousandths
  /// The quantity.
  public var quantity: Lots

  /// Creates the event.
  @inlinable
  public init(fact: FactKey, instrument: InstrumentIndex, price: PriceThousandths, quantity: Lots) {
    self.fact = fact
    self.instrument = instrument
    self.price = price
    self.quantity = quantity
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    fact = try r.fact(0)
    instrument = try r.index(2)
    price = r.words[3]
    quantity = r.words[4]
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(fact.feed)
    row.words[1] = fact.number
    row.words[2] = Int64(instrument)
    row.words[3] = price
    row.words[4] = quantity
  }
}
