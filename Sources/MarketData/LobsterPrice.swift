internal import MarketModel

/// LOBSTER's prices, whole numbers of 1/10000 dollar.
enum LobsterPrice {
  /// The largest price in a file; a thousand of them are still an `Int64`.
  private static let limit: Int64 = 1 << 50
  private static let expected = "a price that is positive and at most 2^40 increments"

  /// Reads a price that is a whole number of increments.
  static func increments(
    _ cursor: inout FieldCursor, unit: Int64
  ) throws(ImportError) -> PriceIncrements {
    try increments(try cursor.integer(in: 1...limit, expected), cursor, unit: unit)
  }

  /// Turns a price that was read last into increments.
  static func increments(
    _ price: Int64, _ cursor: FieldCursor, unit: Int64
  ) throws(ImportError) -> PriceIncrements {
    guard price > 0, price / unit <= Limits.maximumPrice else {
      throw cursor.unexpected(price, expected)
    }
    guard price % unit == 0 else {
      throw .offIncrement(cursor.place, increment: unit, found: price)
    }
    return price / unit
  }

  /// Reads a price that is a whole number of thousandths; 0 stands for none.
  static func thousandths(
    _ cursor: inout FieldCursor, unit: Int64
  ) throws(ImportError) -> PriceThousandths {
    let price = try cursor.integer(in: 0...limit, "a price that is not negative")
    guard price * 1000 % unit == 0 else {
      throw .offIncrement(cursor.place, increment: unit, found: price)
    }
    return price * 1000 / unit
  }
}
