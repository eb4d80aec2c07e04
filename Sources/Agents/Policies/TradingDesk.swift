public import Features
import Market
public import MarketModel

/// How what a learner chooses becomes orders in one instrument: the same for a policy on a tape and
/// for an environment that is driven from outside.
public struct TradingDesk: Equatable, Sendable {
  /// The instrument that is traded and seen, by position in the scenario.
  public var instrument: InstrumentIndex = 0
  /// The quantity of an order in lots.
  public var quantity: Lots = 5
  /// The position, either way, that is not traded beyond, in lots.
  public var maximumInventory: Lots = 100
  /// Where a side is empty, a quote stands so many increments from the last trade.
  public var halfSpread: PriceIncrements = 25

  /// Creates a desk with the defaults.
  public init() {}

  /// Something that is wanted: a function of the action and of what is quoted.
  public enum Wish: Equatable, Sendable {
    /// Trade so many lots on a side at any price.
    case take(Side, Lots)
    /// Keep one order of so many lots on a side, none for 0.
    case quote(Side, PriceIncrements, Lots)
    /// Tell those who are told.
    case say(Signal)
  }

  /// An own order that is open.
  public struct OpenQuote: Equatable, Sendable {
    /// Its id.
    public var key: CommandKey
    /// Its limit.
    public var price: PriceIncrements
    /// What is open of it.
    public var quantity: Lots

    /// Creates one.
    public init(key: CommandKey, price: PriceIncrements, quantity: Lots) {
      self.key = key
      self.price = price
      self.quantity = quantity
    }
  }

  /// What an action asks for, in order: up to two trades, and what is said, as strongly as the half spread.
  public func wishes(_ action: TradingAction, _ quotes: BestQuotes) -> (Wish?, Wish?, Wish?) {
    let (first, second) = trades(action.trade, quotes)
    return (first, second, action.saying == 0 ? nil : .say(signal(action.saying, 1)))
  }

  private func trades(_ action: DiscreteAction, _ quotes: BestQuotes) -> (Wish?, Wish?) {
    switch action {
    case .wait: (nil, nil)
    case .buy: (.take(.buy, quantity), nil)
    case .sell: (.take(.sell, quantity), nil)
    case .bid: (.quote(.buy, bestBid(quotes), quantity), nil)
    case .ask: (.quote(.sell, bestAsk(quotes), quantity), nil)
    case .quote:
      (.quote(.buy, bestBid(quotes), quantity), .quote(.sell, bestAsk(quotes), quantity))
    case .cancel: (.quote(.buy, 0, 0), .quote(.sell, 0, 0))
    }
  }

  /// What the numbers of a continuous action ask for, in the order of `ContinuousAction`: beyond -1 and 1 they
  /// count as those, and those that are missing at the end ask for nothing.
  public func wishes(_ numbers: some Collection<Float>, _ quotes: BestQuotes) -> [Wish] {
    let numbers = Array(numbers)
    let number = { (place: ContinuousAction) in
      place.rawValue < numbers.count ? min(max(numbers[place.rawValue], -1), 1) : 0
    }
    let below = quotes.twiceMiddle >> 1
    let above = quotes.twiceMiddle - below
    let bid = below - share(number(.bidDistance), of: halfSpread)
    let ask = above + share(number(.askDistance), of: halfSpread)
    var wishes = [
      Wish.quote(.buy, bid, share(number(.bidSize), of: quantity)),
      Wish.quote(.sell, ask, share(number(.askSize), of: quantity)),
    ]
    if let (sign, part) = ContinuousAction.beyondHalf(number(.taking)) {
      let lots = Lots((part * Double(quantity)).rounded(.up))
      wishes.append(.take(sign > 0 ? .buy : .sell, lots))
    }
    if let (direction, part) = ContinuousAction.beyondHalf(number(.saying)) {
      wishes.append(.say(signal(direction, part)))
    }
    return wishes
  }

  /// A signal that is as strong as a part of the half spread.
  private func signal(_ direction: Int64, _ part: Double) -> Signal {
    let strength = (part * 1000 * Double(halfSpread)).rounded(.toNearestOrEven)
    return Signal(direction: direction, strength: PriceThousandths(strength))
  }

  /// -1 for nothing, 1 for twice the amount.
  private func share(_ number: Float, of amount: Int64) -> Int64 {
    Int64(((1 + Double(number)) * Double(amount)).rounded(.toNearestOrEven))
  }

  private func bestBid(_ quotes: BestQuotes) -> PriceIncrements {
    quotes.bidQuantity > 0 ? quotes.bid : quotes.last - halfSpread
  }

  private func bestAsk(_ quotes: BestQuotes) -> PriceIncrements {
    quotes.askQuantity > 0 ? quotes.ask : quotes.last + halfSpread
  }

  /// How much may still be traded on a side by who holds `inventory`.
  private func room(_ side: Side, _ inventory: Lots) -> Lots {
    max(0, maximumInventory - side.sign * inventory)
  }

  /// The order that takes on a side, or nil where the position allows none.
  public func taking(_ side: Side, _ quantity: Lots, inventory: Lots) -> Command? {
    let quantity = min(quantity, room(side, inventory))
    if quantity == 0 { return nil }
    return .placeOrder(
      OrderTerms(
        instrument: instrument, side: side, type: .market, timeInForce: .immediateOrCancel,
        price: 0, quantity: quantity))
  }

  /// The command that makes what is open on a side what is wanted, or nil where it is.
  public func quoting(
    _ side: Side, _ price: PriceIncrements, _ quantity: Lots, inventory: Lots, open: OpenQuote?
  ) -> Command? {
    let quantity = min(quantity, room(side, inventory))
    let price = min(max(price, 1), Limits.maximumPrice)
    if let open {
      if quantity == 0 { return .cancelOrder(order: open.key, quantity: 0) }
      if open.price == price, open.quantity == quantity { return nil }
      return .replaceOrder(order: open.key, price: price, quantity: quantity)
    }
    if quantity == 0 { return nil }
    return .placeOrder(
      OrderTerms(instrument: instrument, side: side, price: price, quantity: quantity))
  }
}
