import Agents
import Features
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
    if let turn, settings.observations == .features {
      let seen = wake(position, turn)
      let numbers = action.indices.map { action[$0] }
      seats[position].shadow?.act(numbers, settings.actions, seen, &commands)
      return
    }
    let quotes = glanceNow()
    switch settings.actions {
    case .discrete:
      let action = TradingAction(number: Int(action[0])) ?? TradingAction(.wait)
      let (first, second, said) = desk.wishes(action, quotes)
      if let first { act(position, first) }
      if let second { act(position, second) }
      if let said { act(position, said) }
    case .quotes:
      let numbers = action.indices.map { action[$0] }
      for wish in desk.wishes(numbers, quotes) { act(position, wish) }
    }
  }

  /// Wakes the trader that sees features in an agent's place, and returns what it sees.
  @discardableResult
  mutating func wake(_ position: Int, _ turn: Turn) -> Observation {
    let seen = session.observe(turn)
    let occurred = mailbox.take(seats[position].agent)
    seats[position].shadow?.wake(occurred, seen)
    return seen
  }

  /// Does what is wanted; a quote waits while one of its side is on its way.
  private mutating func act(_ position: Int, _ wish: TradingDesk.Wish) {
    let (agent, instrument) = (seats[position].agent, settings.instrument)
    let held = session.reading { $0.held(by: agent, in: instrument) }
    switch wish {
    case .say(let signal): signalling.send(signal, to: &commands)
    case .take(let side, let quantity):
      if let command = desk.taking(side, quantity, inventory: held) { commands.append(command) }
    case .quote(let side, let price, let quantity):
      let seen = orders(position, side)
      if seen.isMoving { return }
      let open = seen.slot < 0 ? nil : quote(at: seen.slot)
      if let command = desk.quoting(side, price, quantity, inventory: held, open: open) {
        commands.append(command)
      }
    }
  }

  /// What is open of an agent's own orders on a side.
  mutating func orders(_ position: Int, _ side: Side) -> OwnOrders.Seen {
    switch side {
    case .buy: Self.look(&seats[position].bids, &session)
    case .sell: Self.look(&seats[position].asks, &session)
    }
  }

  private static func look(
    _ own: inout OwnOrders, _ session: inout MarketSession<Roster>
  ) -> OwnOrders.Seen {
    session.reading { own.look(&$0) }
  }

  private mutating func quote(at slot: Int32) -> TradingDesk.OpenQuote {
    session.reading {
      let order = $0.market.book.order(at: slot)
      return TradingDesk.OpenQuote(key: order.key, price: order.price, quantity: order.quantity)
    }
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
