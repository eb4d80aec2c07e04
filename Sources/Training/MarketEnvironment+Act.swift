import Market
import MarketModel
import MatchingEngine
import Session

/// How an action becomes commands.
extension MarketEnvironment {
  /// Puts an agent's commands together.
  mutating func act(_ position: Int, _ action: Span<Float>) {
    commands.removeAll(keepingCapacity: true)
    let agent = Int(seats[position].agent)
    if session.reading({ $0.agents[agent].isSilenced }) { return }
    let view = glanceNow()
    switch settings.actions {
    case .discrete:
      switch DiscreteAction(rawValue: Int(action[0])) ?? .wait {
      case .wait: break
      case .buy: take(position, .buy)
      case .sell: take(position, .sell)
      case .bid: quote(position, .buy, bestBid(view), settings.quantity)
      case .ask: quote(position, .sell, bestAsk(view), settings.quantity)
      case .quote:
        quote(position, .buy, bestBid(view), settings.quantity)
        quote(position, .sell, bestAsk(view), settings.quantity)
      case .cancel:
        quote(position, .buy, 0, 0)
        quote(position, .sell, 0, 0)
      }
    case .quotes:
      let hasBoth = view.bidQuantity > 0 && view.askQuantity > 0
      let middle = hasBoth ? view.bid + view.ask : 2 * view.last
      let floor = middle >> 1
      quote(position, .buy, floor - distance(action[0]), size(action[2]))
      quote(position, .sell, middle - floor + distance(action[1]), size(action[3]))
    }
  }

  private func distance(_ value: Float) -> PriceIncrements {
    PriceIncrements(
      ((1 + Double(value)) * Double(settings.halfSpread)).rounded(.toNearestOrEven))
  }

  private func size(_ value: Float) -> Lots {
    Lots(((1 + Double(value)) * Double(settings.quantity)).rounded(.toNearestOrEven))
  }

  /// Where a side is empty, a quote stands at the usual distance from the last trade.
  private func bestBid(_ view: MarketGlance.ViewSizes) -> PriceIncrements {
    view.bidQuantity > 0 ? view.bid : view.last - settings.halfSpread
  }

  private func bestAsk(_ view: MarketGlance.ViewSizes) -> PriceIncrements {
    view.askQuantity > 0 ? view.ask : view.last + settings.halfSpread
  }

  /// How much an agent may still trade on a side.
  private mutating func room(_ position: Int, _ side: Side) -> Lots {
    let (agent, instrument) = (seats[position].agent, settings.instrument)
    let held = session.reading { $0.market.position(agent, instrument) }
    return max(0, settings.maximumInventory - side.sign * held)
  }

  private mutating func take(_ position: Int, _ side: Side) {
    let quantity = min(settings.quantity, room(position, side))
    if quantity == 0 { return }
    commands.append(
      .placeOrder(
        OrderTerms(
          instrument: settings.instrument, side: side, type: .market,
          timeInForce: .immediateOrCancel, price: 0, quantity: quantity)))
  }

  /// Keeps one order on a side, or none for a quantity of 0; waits while one is on its way.
  private mutating func quote(
    _ position: Int, _ side: Side, _ price: PriceIncrements, _ quantity: Lots
  ) {
    let (resting, _, isMoving) = orders(position, side)
    if isMoving { return }
    let quantity = min(quantity, room(position, side))
    let price = min(max(price, 1), Limits.maximumPrice)
    if let resting {
      if quantity == 0 {
        commands.append(.cancelOrder(order: resting.key, quantity: 0))
      } else if resting.price != price || resting.quantity != quantity {
        commands.append(.replaceOrder(order: resting.key, price: price, quantity: quantity))
      }
    } else if quantity > 0 {
      commands.append(
        .placeOrder(
          OrderTerms(
            instrument: settings.instrument, side: side, price: price, quantity: quantity)))
    }
  }

  /// What is open of an agent's own orders on a side.
  mutating func orders(
    _ position: Int, _ side: Side
  ) -> (resting: RestingOrder?, open: Lots, isMoving: Bool) {
    // Taken out and put back, so that nothing is copied.
    var own = OwnOrders()
    if side == .buy { swap(&own, &seats[position].bids) } else { swap(&own, &seats[position].asks) }
    let seen = session.reading { own.look(&$0) }
    if side == .buy { swap(&own, &seats[position].bids) } else { swap(&own, &seats[position].asks) }
    return seen
  }

  /// Notes the keys of what may rest of the commands put together for a turn.
  mutating func note(_ turn: Turn) {
    let position = positions[Int(turn.agent)]
    let now = session.reading { state in
      (state.tick, state.agents[Int(turn.agent)].commands.ordinal(in: state.tick))
    }
    var ordinal = now.1
    for command in commands {
      let side: Side? =
        switch command {
        case .placeOrder(let terms) where terms.type == .limit: terms.side
        case .replaceOrder(let order, _, _):
          seats[position].bids.keys.contains(order) ? .buy : .sell
        default: nil
        }
      let key = CommandKey(agent: turn.agent, tick: now.0, ordinal: ordinal)
      switch side {
      case .buy: seats[position].bids.add(key)
      case .sell: seats[position].asks.add(key)
      case nil: break
      }
      ordinal += 1
    }
  }
}
