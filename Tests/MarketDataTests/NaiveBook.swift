import MarketModel
import Testing

/// A book that folds facts in the plainest way: the check on the importer's own.
struct NaiveBook {
  struct Level {
    var anonymous: Lots = 0
    var orders: [Int64: Lots] = [:]
    var quantity: Lots { anonymous + orders.values.reduce(0, +) }
  }

  private(set) var levels: [Side: [PriceIncrements: Level]] = [.buy: [:], .sell: [:]]
  private(set) var statuses: [TradingStatus] = []

  mutating func fold(_ event: Event) throws {
    switch event {
    case .levelSeeded(let body), .levelRevealed(let body):
      try #require(levels[body.side]?[body.price] == nil)
      try #require(body.quantity > 0)
      levels[body.side]?[body.price] = Level(anonymous: body.quantity)
    case .levelConcealed(let body):
      try #require(levels[body.side]?[body.price]?.quantity == body.quantity)
      levels[body.side]?[body.price] = nil
    case .orderObserved(let body):
      try #require(body.quantity > 0)
      let everywhere = levels.values.flatMap { $0.values }
      try #require(everywhere.allSatisfy { $0.orders[body.reference] == nil })
      levels[body.side]?[body.price, default: Level()].orders[body.reference] = body.quantity
    case .reductionObserved(let body):
      try reduce(body)
    case .tradingStatusObserved(let body):
      statuses.append(body.status)
    default:
      break
    }
  }

  private mutating func reduce(_ body: ReductionObserved) throws {
    var level = try #require(levels[body.side]?[body.price])
    if body.isKnown {
      let left = try #require(level.orders[body.reference]) - body.quantity
      try #require(left >= 0)
      level.orders[body.reference] = left == 0 ? nil : left
    } else {
      try #require(level.orders[body.reference] == nil)
      level.anonymous -= body.quantity
      try #require(level.anonymous >= 0)
    }
    levels[body.side]?[body.price] = level.quantity == 0 ? nil : level
  }

  /// The orderbook row of that many levels, in cents.
  func row(_ count: Int) -> String {
    let asks = (levels[.sell] ?? [:]).sorted { $0.key < $1.key }
    let bids = (levels[.buy] ?? [:]).sorted { $0.key > $1.key }
    if asks.count > count || bids.count > count { return "more than \(count) levels" }
    return (0..<count).map { index in
      let ask = index < asks.count ? "\(asks[index].key * 100),\(asks[index].value.quantity)" : nil
      let bid = index < bids.count ? "\(bids[index].key * 100),\(bids[index].value.quantity)" : nil
      return "\(ask ?? "9999999999,0"),\(bid ?? "-9999999999,0")"
    }.joined(separator: ",")
  }
}

/// The number of a fact, or nil.
func factNumber(_ event: Event) -> Int64? {
  let row = event.row
  guard event.kind.isFact || event.kind == .flowAdjusted else { return nil }
  return row.words[1]
}
