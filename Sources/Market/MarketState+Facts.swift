public import MarketModel
import MatchingEngine

/// Imported facts change the book as they say; no account is touched and nothing is matched.
extension MarketState {
  /// Folds an imported fact into the state.
  ///
  /// - Throws: `ReductionError` for a fact that cannot follow from this state.
  public mutating func apply(fact event: Event) throws(ReductionError) {
    switch event {
    case .levelSeeded(let body), .levelRevealed(let body): try reveal(body)
    case .levelConcealed(let body): try conceal(body)
    case .orderObserved(let body): try observe(body)
    case .reductionObserved(let body): try reduce(body)
    case .hiddenExecutionObserved(let body):
      try check(body.fact.feed, body.instrument)
      try print(body.instrument, body.quantity, price: nil)
    case .crossObserved(let body):
      try check(body.fact.feed, body.instrument)
      try print(body.instrument, body.quantity, price: nil)
    case .tradingStatusObserved(let body):
      try check(body.fact.feed, body.instrument)
      instruments[Int(body.instrument)].trading.status = body.status
    default: throw .contradiction("not a fact")
    }
  }

  private func check(
    _ feed: ProcessIndex, _ instrument: InstrumentIndex
  ) throws(ReductionError) {
    guard feed >= 0, Int(feed) < rules.processes.count else { throw .unknownProcess(feed) }
    guard instrument >= 0, Int(instrument) < rules.instruments.count else {
      throw .unknownInstrument(instrument)
    }
  }

  private func check(
    price: PriceIncrements, quantity: Lots
  ) throws(ReductionError) {
    guard price > 0, price <= Limits.maximumPrice else { throw .invalidPrice(price) }
    guard quantity > 0, quantity <= Limits.maximumQuantity else {
      throw .invalidQuantity(quantity)
    }
    if book.count >= OrderBook.maximumOrders { throw .overflow }
  }

  private mutating func reveal(_ body: LevelObserved) throws(ReductionError) {
    try check(body.fact.feed, body.instrument)
    try check(price: body.price, quantity: body.quantity)
    let key = CommandKey(
      feed: body.fact.feed, instrument: body.instrument, side: body.side,
      anonymousAt: body.price)
    if book.slot(of: key) >= 0 { throw .duplicateOrder(key) }
    book.insert(key, body.instrument, body.side, price: body.price, quantity: body.quantity)
  }

  private mutating func conceal(_ body: LevelObserved) throws(ReductionError) {
    try check(body.fact.feed, body.instrument)
    guard let level = book.level(body.instrument, body.side, at: body.price) else {
      throw .invalidPrice(body.price)
    }
    guard level.quantity == body.quantity else { throw .invalidQuantity(body.quantity) }
    for order in book.queue(level) where order.key.agent >= 0 { throw .unknownOrder(order.key) }
    for order in book.queue(level) { book.reduce(order.key, by: order.quantity) }
  }

  private mutating func observe(_ body: OrderObserved) throws(ReductionError) {
    try check(body.fact.feed, body.instrument)
    try check(price: body.price, quantity: body.quantity)
    let key = CommandKey(feed: body.fact.feed, reference: body.reference)
    if book.slot(of: key) >= 0 { throw .duplicateOrder(key) }
    book.insert(key, body.instrument, body.side, price: body.price, quantity: body.quantity)
  }

  private mutating func reduce(_ body: ReductionObserved) throws(ReductionError) {
    try check(body.fact.feed, body.instrument)
    let key =
      body.isKnown
      ? CommandKey(feed: body.fact.feed, reference: body.reference)
      : CommandKey(
        feed: body.fact.feed, instrument: body.instrument, side: body.side,
        anonymousAt: body.price)
    let slot = book.slot(of: key)
    guard slot >= 0 else { throw .unknownOrder(key) }
    let order = book.order(at: slot)
    guard order.instrument == body.instrument, order.side == body.side else {
      throw .contradiction("the order stands on another side or instrument")
    }
    guard order.price == body.price else { throw .invalidPrice(body.price) }
    guard body.quantity > 0, body.quantity <= order.quantity else {
      throw .invalidQuantity(body.quantity)
    }
    if body.cause == .execution {
      try print(body.instrument, body.quantity, price: body.price)
    }
    book.reduce(at: slot, by: body.quantity)
  }

  /// Counts a trade; `price` is nil where it lies between increments and is no last price.
  private mutating func print(
    _ instrument: InstrumentIndex, _ quantity: Lots, price: PriceIncrements?
  ) throws(ReductionError) {
    guard quantity >= 0,
      let volume = Fees.sum(instruments[Int(instrument)].trading.volume, quantity)
    else {
      throw .overflow
    }
    if let price {
      instruments[Int(instrument)].trading.lastPrice = price
      instruments[Int(instrument)].trading.lastQuantity = quantity
    }
    instruments[Int(instrument)].trading.volume = volume
    book.noteChange(of: instrument)
  }
}
