/// An agent looked at the market and may decide.
public struct AgentWoken: Equatable, Sendable {
  /// Who woke.
  public var agent: AgentIndex
  /// The tick.
  public var tick: Tick
  /// The number among the agent's wake-ups of that tick.
  public var ordinal: UInt32
  /// Nanoseconds until it wakes again; -1 for never.
  public var delay: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(agent: AgentIndex, tick: Tick, ordinal: UInt32, delay: Nanoseconds) {
    self.agent = agent
    self.tick = tick
    self.ordinal = ordinal
    self.delay = delay
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    agent = try r.index(0)
    tick = r[1]
    ordinal = try r.ordinal(2)
    delay = try r.delay(3, from: -1)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(agent)
    row.words[1] = tick
    row.words[2] = Int64(ordinal)
    row.words[3] = delay
  }
}

/// An agent decided to place an order.
public struct OrderSubmitted: Equatable, Sendable {
  /// The command's key, which is the order's id.
  public var key: CommandKey
  /// The terms of the order.
  public var terms: OrderTerms
  /// Nanoseconds until it reaches the exchange.
  public var latency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(key: CommandKey, terms: OrderTerms, latency: Nanoseconds) {
    self.key = key
    self.terms = terms
    self.latency = latency
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    key = try r.key(0)
    terms = try r.terms(3)
    latency = try r.delay(10)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, key)
    row.set(3, terms)
    row.words[10] = latency
  }
}

/// An agent decided to cancel an order or a part of it.
public struct CancelSubmitted: Equatable, Sendable {
  /// The command's key.
  public var key: CommandKey
  /// The order to cancel.
  public var order: CommandKey
  /// How much to cancel; 0 stands for all.
  public var quantity: Lots
  /// Nanoseconds until it reaches the exchange.
  public var latency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(key: CommandKey, order: CommandKey, quantity: Lots, latency: Nanoseconds) {
    self.key = key
    self.order = order
    self.quantity = quantity
    self.latency = latency
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    key = try r.key(0)
    order = try r.key(3)
    quantity = r[6]
    latency = try r.delay(7)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, key)
    row.set(3, order)
    row.words[6] = quantity
    row.words[7] = latency
  }
}

/// An agent decided to replace an order.
public struct ReplaceSubmitted: Equatable, Sendable {
  /// The command's key, which becomes the order's id.
  public var key: CommandKey
  /// The order to replace.
  public var order: CommandKey
  /// The new limit.
  public var price: PriceIncrements
  /// The new open quantity.
  public var quantity: Lots
  /// Nanoseconds until it reaches the exchange.
  public var latency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(
    key: CommandKey, order: CommandKey, price: PriceIncrements, quantity: Lots, latency: Nanoseconds
  ) {
    self.key = key
    self.order = order
    self.price = price
    self.quantity = quantity
    self.latency = latency
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    key = try r.key(0)
    order = try r.key(3)
    price = r.words[6]
    quantity = r.words[7]
    latency = try r.delay(8)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, key)
    row.set(3, order)
    row.words[6] = price
    row.words[7] = quantity
    row.words[8] = latency
  }
}

/// An agent sent a message to one recipient.
public struct MessageSent: Equatable, Sendable {
  /// The command's key, shared by all recipients of a topic.
  public var key: CommandKey
  /// Who will receive it; -1 where nobody listens.
  public var recipient: AgentIndex
  /// The topic it was sent to; -1 for a direct message.
  public var topic: Int32
  /// Nanoseconds until it is delivered.
  public var latency: Nanoseconds
  /// What it says; opaque to the market.
  public var payload: [UInt8]

  /// Creates the event.
  @inlinable
  public init(
    key: CommandKey, recipient: AgentIndex, topic: Int32, latency: Nanoseconds, payload: [UInt8]
  ) {
    self.key = key
    self.recipient = recipient
    self.topic = topic
    self.latency = latency
    self.payload = payload
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    key = try r.key(0)
    recipient = try r.index(3, from: -1)
    topic = try r.index(4, from: -1)
    latency = try r.delay(5)
    payload = r.payload
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, key)
    row.words[3] = Int64(recipient)
    row.words[4] = Int64(topic)
    row.words[5] = latency
    row.payload = payload
  }
}

/// An agent decided to transfer capital.
public struct TransferSubmitted: Equatable, Sendable {
  /// The command's key.
  public var key: CommandKey
  /// Who receives it.
  public var recipient: AgentIndex
  /// How much, in minor units.
  public var amount: MinorUnits
  /// Nanoseconds until it reaches the exchange.
  public var latency: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(key: CommandKey, recipient: AgentIndex, amount: MinorUnits, latency: Nanoseconds) {
    self.key = key
    self.recipient = recipient
    self.amount = amount
    self.latency = latency
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    key = try r.key(0)
    recipient = try r.index(3)
    amount = r.words[4]
    latency = try r.delay(5)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, key)
    row.words[3] = Int64(recipient)
    row.words[4] = amount
    row.words[5] = latency
  }
}
