import Market
public import MarketModel
public import Session

/// Measures a run: it is told of fills, and looks at the state at the end of each tick.
///
/// Replays and live runs are measured by the same code.
public struct OutcomeMeter: Sendable {
  fileprivate struct Quotes: Sendable {
    var ticks: Tick = 0
    /// Ticks that ended with both sides quoted.
    var quoted: Tick = 0
    var spread: Double = 0
    var depth: Double = 0
    /// The middle of the quotes in half increments; nil before there were both.
    var middle: Int64?
    var changes = 0
    var sum: Double = 0
    var squares: Double = 0
    var openingVolume: Lots = 0
  }

  private var agents: [RunOutcome.Agent] = []
  private var peaks: [Double] = []
  private var quotes: [Quotes] = []
  private var trades: [Int] = []
  /// By agent and instrument, what its lots are worth where no random walk says it.
  private var marks: [[OthersMiddle]] = []
  private var tick: Tick
  private let clock: TickClock
  /// The first instant after the tick that is measured now.
  public private(set) var tickEnd: Nanoseconds

  /// Starts measuring at a tick, given the state before its first event.
  ///
  /// The state is `inout` only to be cheap, here and in all that looks; nothing in it changes.
  public init(_ state: inout SharedState, from tick: Tick) {
    clock = state.scenario.clock
    self.tick = tick
    tickEnd = clock.firstInstant(of: tick + 1)
    quotes = state.market.trading.map { trading in
      var quotes = Quotes()
      quotes.openingVolume = trading.volume
      return quotes
    }
    trades = quotes.map { _ in 0 }
    grow(to: state.agents.count)
  }

  private mutating func grow(to count: Int) {
    while agents.count < count {
      agents.append(RunOutcome.Agent())
      peaks.append(-.infinity)
      marks.append([OthersMiddle](repeating: OthersMiddle(), count: quotes.count))
    }
  }

  // MARK: Events

  /// Takes note of a trade.
  public mutating func note(_ fill: OrderFilled) {
    trades[Int(fill.instrument)] += 1
    note(fill.outcome.command.agent, fill.takerFee)
    note(fill.maker.agent, fill.makerFee)
  }

  private mutating func note(_ agent: AgentIndex, _ fee: MinorUnits) {
    if agent < 0 { return }  // an imported order
    grow(to: Int(agent) + 1)
    agents[Int(agent)].fills += 1
    agents[Int(agent)].fees += fee
  }

  // MARK: Ticks

  /// Looks at the state after the last event of a tick; the next event is of `next`.
  ///
  /// - Complexity: O(agents x instruments), and where an instrument has no walk that of
  ///   `OrderBook.bestPrice(_:_:except:)` for each.
  public mutating func endTick(_ state: inout SharedState, next: Tick) {
    // Ticks without an event look like the one before.
    let ticks = max(next - tick, 1)
    tick = next
    tickEnd = clock.firstInstant(of: next + 1)
    for index in quotes.indices { quotes[index].take(state.market, InstrumentIndex(index), ticks) }
    grow(to: state.agents.count)
    var walks: [PriceThousandths?] = []
    for index in quotes.indices { walks.append(state.walk(of: InstrumentIndex(index))) }
    for agent in agents.indices {
      let gain = gain(&state, agent, walks)
      agents[agent].gain = gain
      peaks[agent] = max(peaks[agent], gain)
      agents[agent].drawdown = max(agents[agent].drawdown, peaks[agent] - gain)
    }
  }

  /// What the run came to before `end`, given the state then; at the session's end where there is
  /// none.
  ///
  /// - Complexity: O(agents x instruments), and where an instrument has no walk that of
  ///   `OrderBook.bestPrice(_:_:except:)` for each.
  public func outcome(_ state: inout SharedState, before end: Tick? = nil) -> RunOutcome {
    var meter = self
    meter.endTick(&state, next: max(end ?? state.scenario.horizon, tick))
    return meter.finished(&state)
  }

  private consuming func finished(_ state: inout SharedState) -> RunOutcome {
    for agent in agents.indices {
      agents[agent].inventory = state.scenario.instruments.indices.reduce(0) {
        $0 + state.market.position(AgentIndex(agent), InstrumentIndex($1))
      }
    }
    var markets: [RunOutcome.Market] = []
    for index in quotes.indices {
      var market = quotes[index].market
      market.price = Double(state.theoreticalPrice(InstrumentIndex(index))) / 1000
      market.volume = state.market.trading[index].volume - quotes[index].openingVolume
      market.trades = trades[index]
      markets.append(market)
    }
    return RunOutcome(agents: agents, markets: markets)
  }

  /// What an agent gained since the opening; `walks` are the values of random walks by instrument.
  private mutating func gain(
    _ state: inout SharedState, _ agent: Int, _ walks: [PriceThousandths?]
  ) -> Double {
    let account = state.scenario.agents[agent].account
    var gain = Double(state.market.cash(of: AgentIndex(agent)) - account.openingCash)
    for index in walks.indices {
      let rules = state.scenario.instruments[index]
      let instrument = InstrumentIndex(index)
      let opening = index < account.openingPositions.count ? account.openingPositions[index] : 0
      let held = state.market.position(AgentIndex(agent), instrument)
      let price: Double
      if let walk = walks[index] {
        price = Double(walk) / 1000
      } else {
        state.look(&marks[agent][index], at: instrument, except: AgentIndex(agent))
        price = marks[agent][index].price ?? Double(state.theoreticalPrice(instrument)) / 1000
      }
      gain +=
        Double(held) * (price * Double(rules.incrementValue))
        - Double(opening) * Double(rules.referencePrice) * Double(rules.incrementValue)
    }
    return gain
  }
}

extension OutcomeMeter.Quotes {
  fileprivate mutating func take(
    _ market: borrowing MarketState, _ instrument: InstrumentIndex, _ ticks: Tick
  ) {
    let view = market.view(instrument)
    depth += Double(view.bidQuantity + view.askQuantity) * Double(ticks)
    self.ticks += ticks
    guard let bid = view.bestBid, let ask = view.bestAsk else { return }
    spread += Double(ask - bid) * Double(ticks)
    quoted += ticks
    if let middle {
      // Later ticks of a span without events do not move.
      changes += Int(ticks)
      let change = Double(bid + ask - middle) / 2
      sum += change
      squares += change * change
    }
    middle = bid + ask
  }

  fileprivate var market: RunOutcome.Market {
    var market = RunOutcome.Market()
    if quoted > 0 { market.spread = spread / Double(quoted) }
    if ticks > 0 { market.depth = depth / Double(ticks) }
    if changes > 1 {
      let mean = sum / Double(changes)
      let variance = (squares - Double(changes) * mean * mean) / Double(changes - 1)
      market.volatility = max(variance, 0).squareRoot()
    }
    return market
  }
}
