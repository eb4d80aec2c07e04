internal import MarketModel

/// A message row, with prices in increments.
struct LobsterMessage {
  /// The order that a visible message is about.
  struct Order {
    var reference: Int64
    var side: Side
    var price: PriceIncrements
    var quantity: Lots
  }

  enum Body {
    case order(Order)
    case reduction(Order, ReductionCause)
    case hiddenExecution(side: Side, price: PriceThousandths, quantity: Lots)
    case cross(price: PriceThousandths, quantity: Lots)
    case status(TradingStatus)
  }

  /// Nanoseconds after midnight.
  let time: Nanoseconds
  /// Whether decimals of the time were cut off.
  let hasTruncatedTime: Bool
  /// LOBSTER's number of the type, 1 to 7.
  let type: Int
  let body: Body

  /// The order that joins or shrinks, if any.
  var visibleOrder: Order? {
    switch body {
    case .order(let order), .reduction(let order, _): order
    default: nil
    }
  }

  /// Parses a row: `time,type,order_id,size,price,direction`.
  init(_ line: [UInt8], file: String, line number: Int, unit: Int64) throws(ImportError) {
    var cursor = FieldCursor(line, file: file, line: number)
    try cursor.expectColumns(6)
    (time, hasTruncatedTime) = try cursor.seconds()
    type = Int(try cursor.integer(in: 1...7, "a message type from 1 to 7"))
    let reference = try cursor.integer(in: Int64.min...Int64.max, "an order reference")
    // A cross without volume and a status have size 0.
    let least: Int64 = type >= 6 ? 0 : 1
    let size = try cursor.integer(
      in: least...Limits.maximumQuantity, "a size from \(least) to \(Limits.maximumQuantity)")
    switch type {
    case 5, 6:
      let price = try LobsterPrice.thousandths(&cursor, unit: unit)
      let side = try Self.side(&cursor)
      body =
        type == 5
        ? .hiddenExecution(side: side, price: price, quantity: size)
        : .cross(price: price, quantity: size)
    case 7:
      body = .status(try Self.status(&cursor))
      _ = try Self.side(&cursor)
    default:
      let price = try LobsterPrice.increments(&cursor, unit: unit)
      let order = Order(
        reference: reference, side: try Self.side(&cursor), price: price, quantity: size)
      body =
        switch type {
        case 1: .order(order)
        case 2: .reduction(order, .partialCancel)
        case 3: .reduction(order, .deletion)
        default: .reduction(order, .execution)
        }
    }
  }

  private static func side(_ cursor: inout FieldCursor) throws(ImportError) -> Side {
    let expected = "a direction, 1 or -1"
    let direction = try cursor.integer(in: -1...1, expected)
    guard direction != 0 else { throw cursor.unexpected(direction, expected) }
    return direction == 1 ? .buy : .sell
  }

  private static func status(_ cursor: inout FieldCursor) throws(ImportError) -> TradingStatus {
    switch try cursor.integer(in: -1...1, "a trading status, -1, 0 or 1") {
    case -1: .halted
    case 0: .quoting
    default: .trading
    }
  }
}
