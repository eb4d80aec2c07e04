internal import MarketModel

extension LobsterImporter {
  /// The identity of the next fact of the current row.
  var nextFact: FactKey {
    FactKey(feed: options.feed, number: Int64(summary.rows - 1) * 1000 + Int64(facts.count))
  }

  mutating func append(_ event: Event) {
    facts.append(EventRecord(time: previousTime, cause: nil, event: event))
  }

  /// Turns a message into its own fact and folds it into the book.
  mutating func fold(_ message: LobsterMessage) throws(ImportError) {
    switch message.body {
    case .order(let order):
      try join(order)
    case .reduction(let order, let cause):
      reduce(order, cause)
    case .hiddenExecution(let side, let price, let quantity):
      summary.hiddenExecutions += 1
      append(
        .hiddenExecutionObserved(
          HiddenExecutionObserved(
            fact: nextFact, instrument: options.instrument, side: side, price: price,
            quantity: quantity)))
    case .cross(let price, let quantity):
      summary.crosses += 1
      append(
        .crossObserved(
          CrossObserved(
            fact: nextFact, instrument: options.instrument, price: price, quantity: quantity)))
    case .status(let status):
      if status == .halted { summary.halts += 1 }
      append(
        .tradingStatusObserved(
          TradingStatusObserved(fact: nextFact, instrument: options.instrument, status: status)))
    }
  }

  private mutating func join(_ order: LobsterMessage.Order) throws(ImportError) {
    let place = ImportPlace(file: files.messageFile, line: files.line, column: 3)
    guard book.orders[order.reference] == nil else {
      throw .duplicateReference(place, reference: order.reference)
    }
    guard book.join(order.reference, order.side, order.price, order.quantity) else {
      throw .malformed(
        ImportPlace(file: place.file, line: place.line, column: 4),
        expected: "a size whose sum at the level fits 64 bits", found: "\(order.quantity)")
    }
    append(
      .orderObserved(
        OrderObserved(
          fact: nextFact, instrument: options.instrument, reference: order.reference,
          side: order.side, price: order.price, quantity: order.quantity)))
  }

  private mutating func reduce(_ order: LobsterMessage.Order, _ cause: ReductionCause) {
    if let known = book.orders[order.reference] {
      if known.side == order.side, known.price == order.price {
        reduceKnown(order, cause, remaining: known.remaining)
        return
      }
      summary.mismatchedReferences += 1
    }
    summary.unseenReferences += 1
    // Without a window no level has a quantity that was not seen to join.
    let quantity = min(order.quantity, book.anonymous(order.side, order.price))
    guard quantity > 0 else {
      summary.adjusted += 1
      append(
        .flowAdjusted(
          FlowAdjusted(fact: nextFact, adjustment: .unseenReference, quantity: order.quantity)))
      return
    }
    if quantity < order.quantity { summary.oversizedReductions += 1 }
    let isDone = book.shrinkAnonymous(order.side, order.price, by: quantity)
    precondition(isDone, "Invariant: a level has the anonymous quantity that was asked for")
    append(reduction(order, cause, quantity, isKnown: false))
  }

  private mutating func reduceKnown(
    _ order: LobsterMessage.Order, _ cause: ReductionCause, remaining: Lots
  ) {
    let quantity = min(order.quantity, remaining)
    if quantity < order.quantity { summary.oversizedReductions += 1 }
    if quantity < remaining, cause == .deletion { summary.undersizedDeletions += 1 }
    let isDone = book.shrink(order.reference, by: quantity)
    precondition(isDone, "Invariant: a known order has the quantity that was asked for")
    append(reduction(order, cause, quantity, isKnown: true))
  }

  private func reduction(
    _ order: LobsterMessage.Order, _ cause: ReductionCause, _ quantity: Lots, isKnown: Bool
  ) -> Event {
    .reductionObserved(
      ReductionObserved(
        fact: nextFact, instrument: options.instrument, reference: order.reference,
        side: order.side, price: order.price, quantity: quantity, cause: cause, isKnown: isKnown))
  }
}
