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
  /// Whether an order is being matched: the command it came with has further outcomes.
  public internal(set) var isMatching = false
  /// The order being matched, or any where none is.
  var matched = WorkingOrder.filler
  /// Accounts, by agent.
  var accounts: [Account] = []
  /// A row for each agent: its money, then its positions by instrument.
  var holdings: [Holding] = []
  /// How long a row of `holdings` is.
  let stride: Int
  /// The rules of trading and what trading looks like, by instrument.
  var instruments: [Instrument]
  /// What the exchange took in fees, in minor units.
  public internal(set) var exchangeCash: MinorUnits = 0
  /// The wrapping sum of the hashes of all agents' balances.
  var accountsDigest: UInt64 = 0
  /// The digest of all positions.
  public internal(set) var positionsDigest: UInt64 = 0

  /// The order being matched, between two outcomes of one command only.
  public var working: WorkingOrder? { isMatching ? matched : nil }

  /// The digest of all balances.
  public var cashDigest: UInt64 { accountsDigest &+ exchangeCashHash }

  /// What trading looks like, by instrument.
  public var trading: [InstrumentState] { instruments.map { $0.trading } }

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

    @inline(__always)
    mutating func note(_ price: PriceIncrements, _ quantity: Lots, volume: Lots) {
      lastPrice = price
      lastQuantity = quantity
      self.volume = volume
    }
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
    instruments = rules.instruments.map { Instrument($0) }
    stride = rules.instruments.count + 1
    for account in rules.accounts { appendAccount(account) }
  }

  /// Adds an agent with the next index.
  public mutating func appendAccount(_ account: AccountRules) {
    let agent = AgentIndex(accounts.count)
    rules.accounts.append(account)
    identities.appendAgent(account.name)
    book.appendAgent(account.name)
    accounts.append(Account(account))
    holdings.append(Holding(seed: cashSeed(agent), limit: account.maximumOpenOrders))
    for instrument in rules.instruments.indices {
      holdings.append(
        Holding(
          seed: positionSeed(agent, InstrumentIndex(instrument)), limit: account.maximumPosition))
    }
    setCash(agent, account.openingCash)
    for instrument in rules.instruments.indices {
      let opening = account.openingPositions
      setPosition(
        agent, InstrumentIndex(instrument),
        instrument < opening.count ? opening[instrument] : 0)
    }
  }

  /// Holds an agent against other limits from here on.
  public mutating func changeLimits(of agent: AgentIndex, _ account: AccountRules) {
    rules.accounts[Int(agent)].maximumPosition = account.maximumPosition
    rules.accounts[Int(agent)].maximumOpenOrders = account.maximumOpenOrders
    accounts[Int(agent)] = Account(rules.accounts[Int(agent)])
    let row = Int(agent) * stride
    holdings[row].change(limit: account.maximumOpenOrders)
    for cell in row + 1..<row + stride { holdings[cell].change(limit: account.maximumPosition) }
  }

  /// Lets an instrument trade by other rules from here on.
  public mutating func change(_ instrument: InstrumentIndex, to rules: InstrumentRules) {
    self.rules.instruments[Int(instrument)] = rules
    instruments[Int(instrument)].terms = TradingTerms(rules)
  }

  /// How many agents there are.
  public var agentCount: Int { accounts.count }

  /// Balances in minor units, by agent.
  public var cash: [MinorUnits] { accounts.indices.map { cash(of: AgentIndex($0)) } }

  /// The balance of an agent in minor units.
  @inline(__always)
  public func cash(of agent: AgentIndex) -> MinorUnits { holdings[row(agent)].amount }

  /// The digest of books and trading state.
  ///
  /// - Complexity: O(instruments).
  public var booksDigest: UInt64 {
    var total = book.digest
    for index in instruments.indices {
      let state = instruments[index].trading
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
  @inline(__always)
  public func position(_ agent: AgentIndex, _ instrument: InstrumentIndex) -> Lots {
    holdings[cell(agent, instrument)].amount
  }

  /// `position`, for loops that must not copy the market either.
  public mutating func held(by agent: AgentIndex, in instrument: InstrumentIndex) -> Lots {
    holdings[cell(agent, instrument)].amount
  }

  /// The place of an agent's money in `holdings`.
  @inline(__always)
  func row(_ agent: AgentIndex) -> Int {
    // Cannot wrap: 2^20 agents, 2^12 instruments.
    Int(agent) &* stride
  }

  /// The place of an agent's position in `holdings`.
  @inline(__always)
  func cell(_ agent: AgentIndex, _ instrument: InstrumentIndex) -> Int {
    row(agent) &+ 1 &+ Int(instrument)
  }

  /// What everyone may see of an instrument.
  ///
  /// - Complexity: O(1).
  public func view(_ instrument: InstrumentIndex) -> PublicView {
    var copy = self
    return copy.look(at: instrument)
  }

  /// `view`, for loops that must not copy the market to look at it: `mutating` only to be cheap.
  ///
  /// - Complexity: O(1).
  public mutating func look(at instrument: InstrumentIndex) -> PublicView {
    var view = PublicView()
    if let bid = book.best(instrument, .buy) {
      view.bidPrice = bid.price
      view.bidQuantity = bid.quantity
    }
    if let ask = book.best(instrument, .sell) {
      view.askPrice = ask.price
      view.askQuantity = ask.quantity
    }
    let state = instruments[Int(instrument)].trading
    view.lastPrice = state.lastPrice
    view.lastQuantity = state.lastQuantity
    view.volume = state.volume
    return view
  }

  /// The instrument whose orders or trades changed last; -1 for none.
  public var latestChange: InstrumentIndex { book.latestChange }

  /// Takes an instrument of which something else may be seen than when it was last taken; nil where there is
  /// none left.
  public mutating func takeChange() -> InstrumentIndex? { book.takeChange() }

  // MARK: Digest entries

  func positionSeed(_ agent: AgentIndex, _ instrument: InstrumentIndex) -> UInt64 {
    // Wrapping: names are spread over 64 bits; an odd factor keeps the two apart.
    EntryHash.seed(
      7, identities.agents[Int(agent)] &* 3 &+ identities.instruments[Int(instrument)])
  }

  func cashSeed(_ agent: AgentIndex) -> UInt64 {
    EntryHash.seed(8, identities.agents[Int(agent)])
  }

  var exchangeCashHash: UInt64 { EntryHash.of(9, UInt64(bitPattern: exchangeCash), 0) }

  @inline(__always)
  mutating func setCash(_ agent: AgentIndex, _ value: MinorUnits) {
    accountsDigest &+= holdings[row(agent)].set(value)  // a wrapping sum, as below
  }

  @inline(__always)
  mutating func setPosition(
    _ agent: AgentIndex, _ instrument: InstrumentIndex, _ value: Lots
  ) {
    positionsDigest &+= holdings[cell(agent, instrument)].set(value)
  }
}
