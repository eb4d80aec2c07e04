public import MarketModel

/// What becomes of commands that fit a condition, from an intervention on.
///
/// It is applied between an agent's decision and its submission: the agent remembers what was
/// submitted, and nothing of what was withheld. A command keeps its number, and with it its noise,
/// whatever becomes of it.
public struct CommandRule: Equatable, Sendable {
  /// What is done to a command.
  public enum Action: Equatable, Sendable {
    /// It is not given.
    case withhold
    /// It takes so many nanoseconds longer; the sender's later ones wait for it.
    case delay(Nanoseconds)
    /// An order has other terms.
    case change(OrderChange)
    /// A message says something else.
    case forge([UInt8])
  }

  /// Other terms of an order; nil for what stays.
  public struct OrderChange: Equatable, Sendable {
    /// The side; of no meaning for a replacement.
    public var side: Side?
    /// The limit, in price increments; of no meaning for a market order.
    public var price: PriceIncrements?
    /// The quantity, in lots.
    public var quantity: Lots?
    /// What the quantity is multiplied by, in thousandths, rounded down to 1 at least.
    public var factor: Int64?

    /// Creates a change.
    public init(
      side: Side? = nil, price: PriceIncrements? = nil, quantity: Lots? = nil,
      factor: Int64? = nil
    ) {
      self.side = side
      self.price = price
      self.quantity = quantity
      self.factor = factor
    }

    func quantity(of old: Lots) -> Lots {
      let base = quantity ?? old
      guard let factor else { return base }
      let (product, isTooMuch) = base.multipliedReportingOverflow(by: factor)
      return isTooMuch ? Limits.maximumQuantity : max(1, product / 1000)
    }
  }

  /// Whose commands; nil for everybody's.
  public var agent: String?
  /// Its first tick.
  public var from: Tick
  /// The tick before which it ends.
  public var until: Tick
  /// A filter expression about the event of the command as it would be; empty for every command.
  public var condition: String
  /// What is done.
  public var action: Action

  /// Creates a rule.
  public init(
    agent: String?, from: Tick, until: Tick, condition: String = "", action: Action
  ) {
    self.agent = agent
    self.from = from
    self.until = until
    self.condition = condition
    self.action = action
  }
}

// MARK: Encoding

extension CommandRule {
  func encode(into writer: inout ByteWriter) {
    writer.write(agent ?? "")
    writer.write(from)
    writer.write(until)
    writer.write(condition)
    switch action {
    case .withhold: writer.write(UInt8(0))
    case .delay(let delay):
      writer.write(UInt8(1))
      writer.write(delay)
    case .change(let change):
      writer.write(UInt8(2))
      // No side, price, quantity or factor is negative.
      writer.write(change.side.map { Int64($0.rawValue) } ?? -1)
      writer.write(change.price ?? -1)
      writer.write(change.quantity ?? -1)
      writer.write(change.factor ?? -1)
    case .forge(let payload):
      writer.write(UInt8(3))
      writer.write(sized: payload)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let name = try reader.readText()
    agent = name.isEmpty ? nil : name
    from = try reader.readInt64()
    until = try reader.readInt64()
    condition = try reader.readText()
    let start = reader.offset
    switch try reader.readByte() {
    case 0: action = .withhold
    case 1: action = .delay(try reader.readInt64())
    case 2: action = .change(try OrderChange(from: &reader))
    case 3: action = .forge(try reader.readSized(limit: Limits.maximumPayload))
    default: throw ByteError(offset: start, expected: "an action, 0 to 3")
    }
  }
}

extension CommandRule.OrderChange {
  fileprivate init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let word = try reader.readInt64()
    let side = UInt8(exactly: word).flatMap { Side(rawValue: $0) }
    guard word == -1 || side != nil else { throw ByteError(offset: start, expected: "a side") }
    self.side = side
    price = try Self.value(from: &reader)
    quantity = try Self.value(from: &reader)
    factor = try Self.value(from: &reader)
  }

  private static func value(from reader: inout ByteReader) throws(ByteError) -> Int64? {
    let start = reader.offset
    let word = try reader.readInt64()
    guard word >= -1 else { throw ByteError(offset: start, expected: "-1 or a number above") }
    return word < 0 ? nil : word
  }
}
