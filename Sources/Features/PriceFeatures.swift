/// Features of a series of prices, oldest first: functions of a span, so that what is kept up step by
/// step and what is computed over a whole day are the same bits.
///
/// Sums are taken from the oldest price to the latest. Integers up to 2^41, as twice a price is, make every
/// difference exact; larger ones, as gaps of pairs may be, are rounded, the same everywhere.
public enum PriceFeatures {
  /// The latest price less that of so many steps before, or less the oldest one there is; 0 for fewer
  /// than two prices.
  public static func change(_ prices: Span<Int64>, steps: Int) -> Int64 {
    if prices.count < 2 { return 0 }
    return prices[prices.count - 1] - prices[max(0, prices.count - 1 - steps)]
  }

  /// The mean; 0 for no prices.
  public static func mean(_ prices: Span<Int64>) -> Double {
    if prices.isEmpty { return 0 }
    var sum = 0.0
    for index in prices.indices { sum += Double(prices[index]) }
    return sum / Double(prices.count)
  }

  /// The rolling volatility: the root of the mean square of the changes from one price to the next; 0
  /// for fewer than two prices.
  ///
  /// - Source: T. Andersen, T. Bollerslev, Answering the skeptics, International Economic Review 39
  ///   (1998): realised volatility, per step.
  public static func volatility(_ prices: Span<Int64>) -> Double {
    if prices.count < 2 { return 0 }
    var sum = 0.0
    for index in 1..<prices.count {
      let change = Double(prices[index] - prices[index - 1])
      sum += change * change
    }
    return (sum / Double(prices.count - 1)).squareRoot()
  }
}

/// The latest prices of a series, kept up one by one.
public struct PriceWindow: Equatable, Sendable {
  /// How many are kept.
  public let capacity: Int
  /// The prices, oldest first.
  public private(set) var prices: [Int64] = []

  /// Nothing seen yet.
  ///
  /// - Precondition: `capacity` is positive.
  public init(capacity: Int) {
    precondition(capacity > 0, "Invariant: a window has room")
    self.capacity = capacity
  }

  /// Takes in the next price.
  ///
  /// - Complexity: O(capacity).
  public mutating func append(_ price: Int64) {
    if prices.count == capacity { prices.removeFirst() }
    prices.append(price)
  }
}
