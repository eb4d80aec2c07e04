import Counterfactual
import MarketModel
import MatchingEngine
import Session
import Testing

@testable import Market

/// A fault in a variant of the exchange beside its naive twin, for `shrink` to find.
struct PlantedBug: CustomTestStringConvertible, Sendable {
  let name: String
  /// What the faulty exchange decides where the right one decides `event`; `market` is before it.
  var decides: @Sendable (ReferenceMarket, PendingCommand, Event) -> Event = { $2 }
  /// Folds an event as the faulty reducer does.
  var folds: @Sendable (inout ReferenceMarket, Event, PendingCommand?) -> Void = {
    $0.apply($1, of: $2)
  }

  var testDescription: String { name }

  /// Whether the faulty exchange disagrees with a session's events somewhere.
  func disagrees(_ sketch: SessionSketch, _ events: [EventRecord]) -> Bool {
    var right = ReferenceMarket(rules: sketch.scenario.marketRules)
    var faulty = right
    var pending: [(SequenceNumber, PendingCommand)] = []
    var working: PendingCommand?
    for (sequence, record) in events.enumerated() {
      if let command = record.event.pendingCommand {
        pending.append((SequenceNumber(sequence), command))
      }
      if record.event.kind.isFact {
        right.apply(fact: record.event)
        faulty.apply(fact: record.event)
      }
      guard let outcome = record.event.outcome else { continue }
      var first: PendingCommand?
      if outcome.number == 0,
        let index = pending.firstIndex(where: { $0.1.key == outcome.command })
      {
        first = pending.remove(at: index).1
        working = first
      }
      if let working, decides(right, working, record.event) != record.event { return true }
      right.apply(record.event, of: first)
      folds(&faulty, record.event, first)
      if !right.isSame(as: faulty) { return true }
    }
    return false
  }
}

extension ReferenceMarket {
  /// Whether accounts and books are equal.
  func isSame(as other: ReferenceMarket) -> Bool {
    fees == other.fees
      && accounts.elementsEqual(other.accounts) {
        $0.cash == $1.cash && $0.positions == $1.positions
      }
      && book.orders.elementsEqual(other.book.orders) {
        $0.key == $1.key && $0.quantity == $1.quantity && $0.price == $1.price
      }
  }

  /// What an order that arrives could trade with, the first in line first.
  func others(_ fill: OrderFilled) -> [ReferenceOrderBook.Order] {
    book.queue(fill.instrument, fill.side.opposite)
  }
}

extension Event {
  /// The command that a submission gives the exchange.
  var pendingCommand: PendingCommand? {
    switch self {
    case .orderSubmitted(let body): PendingCommand(key: body.key, body: .place(body.terms))
    case .cancelSubmitted(let body):
      PendingCommand(key: body.key, body: .cancel(order: body.order, quantity: body.quantity))
    case .replaceSubmitted(let body):
      PendingCommand(
        key: body.key,
        body: .replace(order: body.order, price: body.price, quantity: body.quantity))
    case .transferSubmitted(let body):
      PendingCommand(key: body.key, body: .transfer(recipient: body.recipient, amount: body.amount))
    default: nil
    }
  }

  /// The event with its fill changed, if it is one.
  func filled(_ change: (inout OrderFilled) -> Void) -> Event {
    guard case .orderFilled(var body) = self else { return self }
    change(&body)
    return .orderFilled(body)
  }

  /// The rejection, where it is for that reason.
  func isRejected(_ reason: RejectReason) -> Bool {
    if case .orderRejected(let body) = self { return body.reason == reason }
    return false
  }

  /// An acceptance with the same identity, for deciders that forget to refuse.
  var accepted: Event {
    guard let outcome else { return self }
    return .orderAccepted(OrderAccepted(outcome: outcome, reportLatency: 0))
  }
}

extension PlantedBug {
  /// Ten faults of matching.
  static let matching: [PlantedBug] = [
    PlantedBug(name: "the last of a level trades first") { market, _, event in
      event.filled { fill in
        let level = market.others(fill).filter { $0.price == fill.price }
        fill.maker = level.last?.key ?? fill.maker
      }
    },
    PlantedBug(name: "the largest order of a level trades first") { market, _, event in
      event.filled { fill in
        let level = market.others(fill).filter { $0.price == fill.price }
        let largest = level.map { $0.quantity }.max() ?? 0
        fill.maker = level.first { $0.quantity == largest }?.key ?? fill.maker
      }
    },
    PlantedBug(name: "trades at the taker's price") { _, command, event in
      event.filled { fill in
        if case .place(let terms) = command.body, terms.type == .limit { fill.price = terms.price }
      }
    },
    PlantedBug(name: "trades at most 6 lots at a time") { _, _, event in
      event.filled { $0.quantity = min($0.quantity, 6) }
    },
    PlantedBug(name: "fill or kill is not killed") { _, _, event in
      event.isRejected(.insufficientLiquidity) ? event.accepted : event
    },
    PlantedBug(name: "post only sells that would trade are accepted") { _, command, event in
      if case .place(let terms) = command.body, terms.side == .sell, event.isRejected(.wouldTrade) {
        return event.accepted
      }
      return event
    },
    PlantedBug(name: "own orders of one lot are traded with") { _, _, event in
      guard case .orderCancelled(var body) = event, body.reason == .selfTrade, body.quantity == 1
      else { return event }
      body.reason = .requested
      return .orderCancelled(body)
    },
    PlantedBug(name: "a larger replacement keeps its priority") { _, command, event in
      guard case .orderReplaced(var body) = event, case .replace = command.body else {
        return event
      }
      body.keepsPriority = true
      return .orderReplaced(body)
    },
    PlantedBug(name: "cancels of more than half cancel all") { market, command, event in
      guard case .orderCancelled(var body) = event, body.reason == .requested,
        let order = market.book.order(body.order), 2 * body.quantity > order.quantity
      else { return event }
      body.quantity = order.quantity
      return .orderCancelled(body)
    },
    PlantedBug(name: "fees of takers are rounded down") { market, _, event in
      event.filled { fill in
        let rule = market.rules.instruments[Int(fill.instrument)]
        let value = fill.price * fill.quantity * rule.incrementValue * rule.takerFeeMillionths
        fill.takerFee = value / 1_000_000
      }
    },
  ]

  /// Ten faults of the reducer.
  static let reducer: [PlantedBug] = [
    folding("makers pay no fee when they sell") { market, event, _ in
      if case .orderFilled(let fill) = event, fill.side == .buy, fill.maker.agent >= 0 {
        market.accounts[Int(fill.maker.agent)].cash += fill.makerFee
      }
    },
    folding("the exchange forgets rebates") { market, event, _ in
      if case .orderFilled(let fill) = event, fill.makerFee < 0 { market.fees -= fill.makerFee }
    },
    folding("large fills move the maker's position twice") { market, event, _ in
      if case .orderFilled(let fill) = event, fill.quantity > 5, fill.maker.agent >= 0 {
        market.accounts[Int(fill.maker.agent)].positions[Int(fill.instrument)] -=
          fill.side.sign * fill.quantity
      }
    },
    PlantedBug(
      name: "a partial cancel takes the whole order",
      folds: { market, event, command in
        var event = event
        if case .orderCancelled(var body) = event, body.reason == .requested,
          let order = market.book.order(body.order)
        {
          body.quantity = order.quantity
          event = .orderCancelled(body)
        }
        market.apply(event, of: command)
      }),
    PlantedBug(
      name: "a replacement in place keeps the old quantity",
      folds: { market, event, command in
        if case .orderReplaced(let body) = event, body.keepsPriority, let command,
          case .replace(_, let price, _) = command.body, let old = market.book.order(body.order)
        {
          let same = PendingCommand(
            key: command.key,
            body: .replace(order: body.order, price: price, quantity: old.quantity))
          market.apply(event, of: same)
        } else {
          market.apply(event, of: command)
        }
      }),
    PlantedBug(
      name: "a replacement stays at the old price",
      folds: { market, event, command in
        if case .orderReplaced(let body) = event, !body.keepsPriority, let command,
          case .replace(_, _, let quantity) = command.body, let old = market.book.order(body.order)
        {
          let same = PendingCommand(
            key: command.key,
            body: .replace(order: body.order, price: old.price, quantity: quantity))
          market.apply(event, of: same)
        } else {
          market.apply(event, of: command)
        }
      }),
    folding("large transfers are not credited") { market, event, _ in
      if case .capitalTransferred(let body) = event, body.amount >= 50 {
        market.accounts[Int(body.recipient)].cash -= body.amount
      }
    },
    PlantedBug(
      name: "what is left of an immediate order rests",
      folds: { market, event, command in
        if case .orderCancelled(let body) = event, body.reason == .immediateOrCancel,
          let order = market.arriving
        {
          market.book.insert(
            order.key, order.terms.instrument, order.terms.side, price: order.terms.price,
            quantity: body.quantity)
          market.arriving = nil
        } else {
          market.apply(event, of: command)
        }
      }),
    folding("the third fill of an order is paid twice") { market, event, _ in
      if case .orderFilled(let fill) = event, fill.outcome.number == 3 {
        market.accounts[Int(fill.outcome.command.agent)].cash -= fill.quantity
      }
    },
    folding("a fill that empties two orders at once leaves a fee behind") { market, event, _ in
      if case .orderFilled(let fill) = event, market.arriving == nil,
        market.book.order(fill.maker) == nil
      {
        market.fees += 1
      }
    },
  ]

  private static func folding(
    _ name: String,
    _ change: @escaping @Sendable (inout ReferenceMarket, Event, PendingCommand?) -> Void
  ) -> PlantedBug {
    PlantedBug(
      name: name,
      folds: { market, event, command in
        market.apply(event, of: command)
        change(&market, event, command)
      })
  }
}
