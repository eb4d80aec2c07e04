import Determinism
public import MarketModel
import MatchingEngine

/// The obvious exchange: arrays that are searched, digests from scratch, nothing incremental.
///
/// It defines what `MarketState` must do. The two share the vocabulary and the rules, no code of
/// books, accounts or matching; a shared suite and level V5 hold them against each other.
public struct ReferenceMarket: Sendable {
  struct Account: Sendable {
    var rules: AccountRules
    var cash: MinorUnits
    var positions: [Lots]
  }

  /// An order that trades before it may rest.
  struct Arriving: Sendable {
    var key: CommandKey
    var terms: OrderTerms
    var metItself = false
  }

  var rules: MarketRules
  var identities: Identities
  var accounts: [Account] = []
  var book: ReferenceOrderBook
  var arriving: Arriving?
  var fees: MinorUnits = 0
  var trading: [MarketState.InstrumentState]

  /// Creates a market at its opening.
  public init(rules: MarketRules) {
    self.rules = rules
    identities = Identities(
      agents: [], instruments: rules.instruments.map { $0.name }, processes: rules.processes)
    book = ReferenceOrderBook(identities: identities)
    trading = rules.instruments.map {
      MarketState.InstrumentState(lastPrice: $0.referencePrice)
    }
    for account in rules.accounts { appendAccount(account) }
  }

  /// Adds an agent with the next index.
  public mutating func appendAccount(_ account: AccountRules) {
    let missing = rules.instruments.count - account.openingPositions.count
    accounts.append(
      Account(
        rules: account, cash: account.openingCash,
        positions: account.openingPositions + [Lots](repeating: 0, count: max(missing, 0))))
    identities.appendAgent(account.name)
    book.appendAgent(account.name)
  }

  // MARK: Reducing

  /// Folds an outcome; it is trusted to follow from the state.
  public mutating func apply(_ event: Event, of command: PendingCommand?) {
    switch event {
    case .orderAccepted:
      guard let command, case .place(let terms) = command.body else { return }
      arriving = Arriving(key: command.key, terms: terms)
    case .orderFilled(let body): trade(body)
    case .orderCancelled(let body):
      if arriving?.key == body.order {
        arriving = nil
      } else {
        book.reduce(body.order, by: body.quantity)
        let both = rules.selfTradePrevention == .cancelBoth
        if body.reason == .selfTrade && both { arriving?.metItself = true }
      }
    case .orderReplaced(let body):
      guard let command, let old = book.order(body.order),
        case .replace(_, let price, let quantity) = command.body
      else { return }
      if body.keepsPriority {
        book.rename(body.order, to: command.key, quantity: quantity)
      } else {
        book.reduce(body.order, by: old.quantity)
        arriving = Arriving(
          key: command.key,
          terms: OrderTerms(
            instrument: old.instrument, side: old.side, price: price, quantity: quantity))
      }
    case .capitalTransferred(let body):
      accounts[Int(body.outcome.command.agent)].cash -= body.amount
      accounts[Int(body.recipient)].cash += body.amount
    default: break
    }
    settle()
  }

  private mutating func settle() {
    guard let order = arriving else { return }
    let terms = order.terms
    if terms.quantity == 0 { arriving = nil }
    let mayRest = terms.type == .limit && terms.timeInForce == .goodTillCancelled
    if terms.quantity > 0, mayRest, !order.metItself, !tradesAtOnce(terms) {
      book.insert(
        order.key, terms.instrument, terms.side, price: terms.price, quantity: terms.quantity)
      arriving = nil
    }
  }

  private mutating func trade(_ body: OrderFilled) {
    let value =
      body.price * body.quantity * rules.instruments[Int(body.instrument)].incrementValue
    let taker = Int(body.outcome.command.agent)
    let maker = Int(body.maker.agent)
    let instrument = Int(body.instrument)
    accounts[taker].cash -= body.side.sign * value + body.takerFee
    accounts[taker].positions[instrument] += body.side.sign * body.quantity
    if maker >= 0 {
      accounts[maker].cash += body.side.sign * value - body.makerFee
      accounts[maker].positions[instrument] -= body.side.sign * body.quantity
    }
    fees += body.takerFee + body.makerFee
    arriving?.terms.quantity -= body.quantity
    book.reduce(body.maker, by: body.quantity)
    trading[instrument].lastPrice = body.price
    trading[instrument].lastQuantity = body.quantity
    trading[instrument].volume += body.quantity
  }

  /// Folds an imported fact; it is trusted to follow from the state.
  public mutating func apply(fact event: Event) {
    switch event {
    case .levelSeeded(let body), .levelRevealed(let body):
      book.insert(
        CommandKey(
          feed: body.fact.feed, instrument: body.instrument, side: body.side,
          anonymousAt: body.price),
        body.instrument, body.side, price: body.price, quantity: body.quantity)
    case .levelConcealed(let body):
      for order in book.queue(body.instrument, body.side) where order.price == body.price {
        book.reduce(order.key, by: order.quantity)
      }
    case .orderObserved(let body):
      book.insert(
        CommandKey(feed: body.fact.feed, reference: body.reference), body.instrument, body.side,
        price: body.price, quantity: body.quantity)
    case .reductionObserved(let body):
      let anonymous = CommandKey(
        feed: body.fact.feed, instrument: body.instrument, side: body.side,
        anonymousAt: body.price)
      let known = CommandKey(feed: body.fact.feed, reference: body.reference)
      book.reduce(body.isKnown ? known : anonymous, by: body.quantity)
      if body.cause == .execution {
        trading[Int(body.instrument)].lastPrice = body.price
        trading[Int(body.instrument)].lastQuantity = body.quantity
        trading[Int(body.instrument)].volume += body.quantity
      }
    case .hiddenExecutionObserved(let body):
      trading[Int(body.instrument)].volume += body.quantity
    case .crossObserved(let body): trading[Int(body.instrument)].volume += body.quantity
    case .tradingStatusObserved(let body): trading[Int(body.instrument)].status = body.status
    default: break
    }
  }

  // MARK: Digests from scratch

  /// The digest of books and trading state.
  public var booksDigest: UInt64 {
    var total = book.digest
    for (index, state) in trading.enumerated() {
      var hasher = DigestHasher(domain: 6)
      hasher.combine(identities.instruments[index])
      hasher.combine(UInt64(state.status.rawValue))
      hasher.combine(state.lastPrice)
      hasher.combine(state.lastQuantity)
      hasher.combine(state.volume)
      total &+= hasher.finalize()
    }
    return total
  }

  /// The digest of all positions.
  public var positionsDigest: UInt64 {
    var total: UInt64 = 0
    for (agent, account) in accounts.enumerated() {
      for (instrument, position) in account.positions.enumerated() {
        let name = identities.agents[agent] &* 3 &+ identities.instruments[instrument]
        total &+= EntryHash.of(7, name, UInt64(bitPattern: position))
      }
    }
    return total
  }

  /// The digest of all balances.
  public var cashDigest: UInt64 {
    var total = EntryHash.of(9, UInt64(bitPattern: fees), 0)
    for (agent, account) in accounts.enumerated() {
      total &+= EntryHash.of(8, identities.agents[agent], UInt64(bitPattern: account.cash))
    }
    return total
  }
}
