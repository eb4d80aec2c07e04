import Determinism
public import MarketModel
public import MatchingEngine

/// The state of the exchange: books, accounts, and the order being matched.
///
/// It changes only by `apply`, one event at a time. `nextOutcome` is the decider that proposes
/// those events; it never changes anything.
public struct MarketState: Sendable {
  /// What does not change, but for agents that a fork adds.
  public private(set) var rules: MarketRules
  /// The hashes that stand for names.
  public private(set) var identities: Identities
  /// The resting orders.
  public internal(set) var book: OrderBook
  /// The order being matched, between two outcomes of one command only.
  public internal(set) var working: WorkingOrder?
  /// Balances in minor units, by agent.
  public internal(set) var cash: [MinorUnits] = []
  /// Positions in lots: agent times the number of instruments, plus instrument.
  public internal(set) var positions: [Lots] = []
  /// What the exchange took in fees, in minor units.
  public internal(set) var exchangeCash: MinorUnits = 0
  /// What trading looks like, by instrument.
  public internal(set) var trading: [InstrumentState]
  /// Open lots by agent, instrument and side; derived from the book.
  var openLots: [Lots] = []
  /// Open orders by agent; derived from the book.
  var openOrders: [Int64] = []

  /// The digest of all balances.
  public internal(set) var cashDigest: UInt64 = 0
  /// The digest of all positions.
  public internal(set) var positionsDigest: UInt64 = 0

  /// What an instrument's trading looks like.
  public struct InstrumentState: Equatable, Sendable {
    /// Whether it trades.
    public var status: TradingStatus = .trading
    /// The price of the last trade, or the reference price before any.
    public var lastPrice: PriceIncrements
    /// The quantity of the last trade.
    public var lastQuantity: Lots = 0
    /// All that traded so far, in lots.
    public var volume: Lots = 0
  }

  /// Creates a market at its opening.
  ///
  /// - Precondition: the rules are valid (a scenario checks them).
  public init(rules: MarketRules) {
    self.rules = rules
    self.rules.accounts = []
    identities = Identities(
      agents: [], instruments: rules.instruments.map { $0.name }, processes: rules.processes)
    book = OrderBook(identities: identities)
    trading = rules.instruments.map { InstrumentState(lastPrice: $0.referencePrice) }
    cashDigest = exchangeCashHash
    for account in rules.accounts { appendAccount(account) }
  }

  /// Adds an agent with the next index.
  public mutating func appendAccount(_ account: AccountRules) {
    let agent = AgentIndex(cash.count)
    rules.accounts.append(account)
    identities.appendAgent(account.name)
    book.appendAgent(account.name)
    cash.append(account.openingCash)
    openOrders.append(0)
    for instrument in rules.instruments.indices {
      let opening = account.openingPositions
      positions.append(instrument < opening.count ? opening[instrument] : 0)
      openLots.append(contentsOf: [0, 0])
      positionsDigest &+= positionHash(agent, InstrumentIndex(instrument))
    }
    cashDigest &+= cashHash(agent)
  }

  /// How many agents there are.
  public var agentCount: Int { cash.count }

  /// The digest of books and trading state.
  ///
  /// - Complexity: O(instruments).
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
    if let working {
      // Only where a frame ends between two outcomes of one command.
      var hasher = DigestHasher(domain: 21)
      hasher.combine(identities.hash(working.key))
      hasher.combine(identities.instruments[Int(working.terms.instrument)])
      hasher.combine(UInt64(working.terms.side.rawValue) | (working.isDoomed ? 2 : 0))
      hasher.combine(working.terms.price)
      hasher.combine(working.terms.quantity)
      total &+= hasher.finalize()
    }
    return total
  }

  /// The position of an agent in an instrument, in lots.
  public func position(_ agent: AgentIndex, _ instrument: InstrumentIndex) -> Lots {
    positions[Int(agent) * rules.instruments.count + Int(instrument)]
  }

  /// What everyone may see of an instrument.
  ///
  /// - Complexity: O(1).
  public func view(_ instrument: InstrumentIndex) -> PublicView {
    var view = PublicView()
    if let bid = book.best(instrument, .buy) {
      view.bidPrice = bid.price
      view.bidQuantity = bid.quantity
    }
    if let ask = book.best(instrument, .sell) {
      view.askPrice = ask.price
      view.askQuantity = ask.quantity
    }
    let state = trading[Int(instrument)]
    view.lastPrice = state.lastPrice
    view.lastQuantity = state.lastQuantity
    view.volume = state.volume
    return view
  }

  // MARK: Digest entries

  func positionHash(_ agent: AgentIndex, _ instrument: InstrumentIndex) -> UInt64 {
    var hasher = DigestHasher(domain: 7)
    hasher.combine(identities.agents[Int(agent)])
    hasher.combine(identities.instruments[Int(instrument)])
    hasher.combine(position(agent, instrument))
    return hasher.finalize()
  }

  func cashHash(_ agent: AgentIndex) -> UInt64 {
    var hasher = DigestHasher(domain: 8)
    hasher.combine(identities.agents[Int(agent)])
    hasher.combine(cash[Int(agent)])
    return hasher.finalize()
  }

  var exchangeCashHash: UInt64 {
    var hasher = DigestHasher(domain: 9)
    hasher.combine(exchangeCash)
    return hasher.finalize()
  }
}
