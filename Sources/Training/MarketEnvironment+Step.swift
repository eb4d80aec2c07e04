import Agents
import Market
public import MarketModel
import MatchingEngine
public import Session

/// Steps, observations and rewards.
extension MarketEnvironment {
  /// Whether the session ended.
  public var isFinished: Bool { turn == nil }

  /// The tick of the latest event.
  public var tick: Tick { session.state.tick }

  /// How many numbers one agent sees.
  public var observationWidth: Int { ObservationField.allCases.count + settings.signals.count }

  /// The rewards of the latest step, by driven agent: what each gained, in observation units, less
  /// the penalty for its position.
  @specialized(where Roster == BuiltInAgents)
  ///
  /// `mutating` only to be cheap: a struct of this size that is only lent may be copied.
  public mutating func reward(of position: Int) -> Double { seats[position].reward }

  /// The scenario as interventions left it.
  public var current: Scenario { session.state.scenario }

  /// The canonical bytes of the state.
  public var encodedState: [UInt8] { session.state.encoded }

  /// Whether it is driven in the same way, in the same scenario but for the seed.
  public func isLike(_ other: MarketEnvironment) -> Bool {
    var scenario = other.scenario
    scenario.seed = self.scenario.seed
    return settings == other.settings && scenario == self.scenario
  }

  /// The digest of the state: the root combined with that of the memories, bit by bit (xor).
  public var digest: UInt64 {
    let digests = session.state.digests()
    return digests.root ^ (digests.memoryRoot ?? 0)
  }

  /// The tick and the digest; `mutating` only to be cheap.
  @specialized(where Roster == BuiltInAgents)
  public mutating func moment() -> (tick: Tick, digest: UInt64) {
    (session.reading { $0.tick }, digest)
  }

  /// Lets every driven agent act once, at its next turn; `actions` holds theirs in the order of
  /// the settings.
  ///
  /// An agent that has no turn before another one's second lets its action go. Returns whether the
  /// session ended.
  /// - Throws: `EnvironmentError`; nothing happened then.
  @specialized(where Roster == BuiltInAgents)
  @discardableResult
  public mutating func step(_ actions: Span<Float>) throws(EnvironmentError) -> Bool {
    guard turn != nil else { throw .finished }
    try check(actions)
    for index in seats.indices { seats[index].hasActed = false }
    let width = settings.actions.width
    while let turn {
      let position = positions[Int(turn.agent)]
      if seats[position].hasActed { break }
      seats[position].hasActed = true
      act(position, actions.extracting(position * width..<(position + 1) * width))
      note(turn)
      submit(commands, turn)
      advance()
    }
    for index in seats.indices { seats[index].gainBefore = seats[index].gain }
    look(since: glance)
    return turn == nil
  }

  /// Looks whether actions can be taken; `step` does so too.
  ///
  /// `mutating` only to be cheap.
  /// - Throws: `EnvironmentError` for the first that cannot.
  @specialized(where Roster == BuiltInAgents)
  public mutating func check(_ actions: Span<Float>) throws(EnvironmentError) {
    let width = settings.actions.width
    guard actions.count == seats.count * width else {
      throw .setting("actions", expected: "\(seats.count * width) numbers")
    }
    for index in actions.indices {
      let value = actions[index]
      let fits: Bool
      switch settings.actions {
      case .discrete:
        fits = value >= 0 && value < 7 && value == value.rounded(.down)
      case .quotes: fits = value >= -1 && value <= 1
      }
      if !fits {
        throw .action(
          agent: settings.agents[index / width], position: index % width, value: Double(value),
          expected: settings.actions == .discrete
            ? "a whole number of 0 to 6" : "a number of -1 to 1")
      }
    }
  }

  // MARK: Acting

  /// Puts an agent's commands together.
  private mutating func act(_ position: Int, _ action: Span<Float>) {
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
  private mutating func orders(
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
  private mutating func note(_ turn: Turn) {
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

  /// Submits an agent's commands at its turn.
  mutating func submit(_ commands: [Command], _ turn: Turn) {
    log.append(turn.agent, session.reading { $0.tick }, commands)
    var sink = Unrecorded()
    do {
      try session.submit(commands, turn, into: &sink)
    } catch {
      preconditionFailure("Invariant: what an environment submits can be folded")
    }
  }

  /// Runs to the next turn of a driven agent.
  @specialized(where Roster == BuiltInAgents)
  mutating func advance() {
    var sink = Unrecorded()
    do {
      while let next = try session.advance(into: &sink) {
        if positions[Int(next.agent)] >= 0 {
          turn = next
          return
        }
        try session.takeTurn(next, into: &sink)
      }
    } catch {
      preconditionFailure("Invariant: a session without recorded inputs goes on to its end")
    }
    turn = nil
  }

  // MARK: Looking

  private mutating func glanceNow() -> MarketGlance.ViewSizes {
    let instrument = settings.instrument
    return session.reading { state in
      let view = state.market.view(instrument)
      return MarketGlance.ViewSizes(
        bid: view.bidPrice, bidQuantity: view.bidQuantity, ask: view.askPrice,
        askQuantity: view.askQuantity, last: view.lastPrice)
    }
  }

  /// Looks at market and accounts, and sets the rewards of the step since `before`.
  @specialized(where Roster == BuiltInAgents)
  mutating func look(since before: MarketGlance?) {
    glanceBefore = before
    glance = before ?? MarketGlance()
    glance.look(glanceNow(), isFirst: before == nil)
    for index in seats.indices { look(index) }
    if before == nil { for index in seats.indices { seats[index].reward = 0 } }
  }

  private mutating func look(_ position: Int) {
    seats[position].openBids = orders(position, .buy).open
    seats[position].openAsks = orders(position, .sell).open
    let (agent, instrument) = (seats[position].agent, settings.instrument)
    let middle = Double(glance.middle) / 2
    let values = incrementValues
    let (wealth, inventory) = session.reading { state in
      var wealth = Double(state.market.cash(of: agent))
      for index in values.indices {
        let held = state.market.position(agent, InstrumentIndex(index))
        if held == 0 { continue }
        let price =
          index == Int(instrument)
          ? middle : Self.middle(state.market.view(InstrumentIndex(index)))
        wealth += Double(held) * price * values[index]
      }
      return (wealth, state.market.position(agent, instrument))
    }
    let gain = wealth - seats[position].opening
    let share = Double(inventory) / Double(settings.maximumInventory)
    seats[position].inventory = inventory
    seats[position].reward =
      (gain - seats[position].gainBefore) / moneyUnit
      - settings.inventoryPenalty * share * share
    seats[position].gain = gain
  }

  private static func middle(_ view: PublicView) -> Double {
    if let bid = view.bestBid, let ask = view.bestAsk { return Double(bid + ask) / 2 }
    return Double(view.lastPrice)
  }

  /// Writes what an agent sees, in the order of `ObservationField`.
  ///
  /// - Precondition: `observation` has `observationWidth` places.
  @specialized(where Roster == BuiltInAgents)
  public mutating func observe(_ position: Int, into observation: inout MutableSpan<Float>) {
    let view = glance.view
    let quantity = Double(settings.quantity)
    let middle = Double(glance.middle)
    let hasBoth = view.bidQuantity > 0 && view.askQuantity > 0
    let sizes = Double(view.bidQuantity + view.askQuantity)
    let (horizon, tick) = session.reading { ($0.scenario.horizon, $0.tick) }
    let left = Double(horizon - tick) / Double(max(1, horizon))
    observation[0] = Float(max(0, left))
    observation[1] = Float(seats[position].gain / moneyUnit)
    observation[2] = Float(Double(seats[position].inventory) / Double(settings.maximumInventory))
    observation[3] = Float((middle - 1000 * priceUnit) / priceUnit)
    observation[4] = Float(Double(glance.change) / priceUnit)
    observation[5] = Float((middle - glance.average) / priceUnit)
    observation[6] = Float(hasBoth ? 2 * Double(view.ask - view.bid) / priceUnit : 0)
    observation[7] = Float(sizes > 0 ? Double(view.bidQuantity - view.askQuantity) / sizes : 0)
    observation[8] = Float(Double(view.bidQuantity) / (Double(view.bidQuantity) + quantity))
    observation[9] = Float(Double(view.askQuantity) / (Double(view.askQuantity) + quantity))
    observation[10] = Float((2 * Double(view.last) - middle) / priceUnit)
    observation[11] = Float(Double(seats[position].openBids) / quantity)
    observation[12] = Float(Double(seats[position].openAsks) / quantity)
    for (index, signal) in settings.signals.enumerated() {
      let value = session.reading { Double($0.processes[Int(signal)].value) }
      observation[13 + index] = Float((value / 500 - middle) / priceUnit)
    }
  }
}

/// A sink that keeps nothing: the log gives the events again.
struct Unrecorded: EventSink {
  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {}

  mutating func append(_ event: inout FlatEvent, sequence: SequenceNumber) throws(Never) {}
}
