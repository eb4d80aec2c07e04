internal import MarketModel

/// A price level as an orderbook row shows it.
struct LobsterLevel: Equatable {
  var price: PriceIncrements
  var quantity: Lots

  /// Whether this level stands behind another on its side.
  func isWorse(than other: LobsterLevel, _ side: Side) -> Bool {
    side == .buy ? price < other.price : price > other.price
  }
}

/// An orderbook row: the occupied levels of both sides, best first.
struct LobsterBookRow: Equatable {
  /// The price that stands for no level, positive among asks and negative among bids.
  static let emptyPrice: Int64 = 9_999_999_999
  /// The most levels: a row of facts has room for 1000 numbers, and a row can conceal and
  /// reveal every level of both sides.
  static let maximumLevels = 200

  private(set) var bids: [LobsterLevel] = []
  private(set) var asks: [LobsterLevel] = []

  subscript(side: Side) -> [LobsterLevel] { side == .buy ? bids : asks }

  /// Parses a row: `ask_price,ask_size,bid_price,bid_size` for each level.
  mutating func parse(
    _ line: [UInt8], file: String, line number: Int, levelCount: Int, unit: Int64
  ) throws(ImportError) {
    var cursor = FieldCursor(line, file: file, line: number)
    try cursor.expectColumns(4 * levelCount)
    bids.removeAll(keepingCapacity: true)
    asks.removeAll(keepingCapacity: true)
    for index in 0..<levelCount {
      try Self.parseLevel(&cursor, index, into: &asks, unit: unit, emptyPrice: Self.emptyPrice) {
        $0 > $1
      }
      try Self.parseLevel(&cursor, index, into: &bids, unit: unit, emptyPrice: -Self.emptyPrice) {
        $0 < $1
      }
    }
  }

  private static func parseLevel(
    _ cursor: inout FieldCursor, _ index: Int, into levels: inout [LobsterLevel], unit: Int64,
    emptyPrice: Int64, isWorse: (Int64, Int64) -> Bool
  ) throws(ImportError) {
    let raw = try cursor.integer(in: Int64.min...Int64.max, "a price")
    if raw == emptyPrice {
      _ = try cursor.integer(in: 0...0, "0, the size of an empty level")
      return
    }
    let price = try LobsterPrice.increments(raw, cursor, unit: unit)
    guard levels.count == index else {
      throw cursor.unexpected(raw, "no level beyond an empty one")
    }
    if let last = levels.last, !isWorse(price, last.price) {
      throw cursor.unexpected(raw, "a price worse than that of the level before")
    }
    let quantity = try cursor.integer(
      in: 1...Limits.maximumQuantity, "a size from 1 to \(Limits.maximumQuantity)")
    levels.append(LobsterLevel(price: price, quantity: quantity))
  }
}
