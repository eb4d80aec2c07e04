public import Agents
public import Journal
import Market
public import MarketModel
import MatchingEngine
public import Replay
public import Session

/// What a session looks like at the end of one tick.
public struct StepSample: Equatable, Sendable {
  /// The tick.
  public var tick: Tick
  /// The theoretical price in thousandths of a price increment.
  public var midPrice: PriceThousandths
  /// The best bid in price increments; nil for an empty side.
  public var bestBid: PriceIncrements?
  /// The best ask in price increments; nil for an empty side.
  public var bestAsk: PriceIncrements?
  /// Positions in the sampled instrument in lots, by agent.
  public var inventories: [Lots]
  /// What positions in all instruments are worth at the theoretical prices, in thousandths of a
  /// minor unit, by agent.
  public var worths: [Int128]
  /// Balances in minor units, by agent.
  public var cash: [MinorUnits]
}

/// An order that an agent decided on.
public struct ActionSample: Equatable, Sendable {
  /// The tick of the decision.
  public var tick: Tick
  /// Who.
  public var agent: AgentIndex
  /// What.
  public var terms: OrderTerms
}

/// A session sampled at the end of each tick that has events, for tables and figures.
public struct SessionSamples: Sendable {
  /// The scenario, with the agents that interventions added.
  public private(set) var scenario: Scenario
  /// The instrument that prices and inventories are of.
  public let instrument: InstrumentIndex
  /// One sample for each tick that has events.
  public private(set) var steps: [StepSample] = []
  /// All orders decided on, in the order of the tape.
  public private(set) var actions: [ActionSample] = []
  /// How often each agent took part in a trade.
  public private(set) var fillCounts: [Int]
  /// What each agent paid in fees, in minor units.
  public private(set) var fees: [MinorUnits]
  /// Positions at the end in lots, summed over all instruments, by agent.
  public private(set) var endInventories: [Lots] = []
  /// Agents of types that this build does not know, or that it cannot run.
  public private(set) var isForeign: [Bool]

  /// Folds a tape and samples it.
  ///
  /// - Throws: `ReplayError` where it cannot be read or folded.
  /// - Complexity: O(events + ticks x agents).
  @inlinable
  public init<Roster: AgentRoster, Source: ByteSource>(
    _ lineage: Lineage<Source>, roster: Roster.Type, instrument: InstrumentIndex = 0
  ) throws(ReplayError<Source.Failure>) {
    self.init(lineage.scenario, instrument)
    // Tick by tick whole stretches of frames are folded: which ticks there are is scanned before.
    var replayer = try Replayer<Roster, Source>(lineage)
    for tick in try scan(lineage) {
      try replayer.advance(to: tick + 1)
      replayer.reading { sample(&$0, tick) }
    }
    replayer.reading { finish(&$0) }
  }

  /// Takes note of what was decided and traded; returns the ticks that have events.
  @inlinable
  mutating func scan<Source: ByteSource>(
    _ lineage: Lineage<Source>
  ) throws(ReplayError<Source.Failure>) -> [Tick] {
    let clock = lineage.scenario.clock
    var (scan, event) = (EventScan(lineage), FlatEvent())
    var ticks: [Tick] = []
    var end = Nanoseconds.min
    while try scan.next(into: &event) != nil {
      if event.time >= end {
        ticks.append(clock.tick(at: event.time))
        end = clock.firstInstant(of: ticks[ticks.count - 1] + 1)
      }
      if Self.isNoted(event.row.kind) { take(try scan.event()) }
    }
    return ticks
  }

  /// Whether events of a kind are taken note of.
  @usableFromInline
  static func isNoted(_ kind: UInt8) -> Bool {
    kind == EventKind.orderSubmitted.rawValue || kind == EventKind.orderFilled.rawValue
  }

  /// Nothing sampled yet.
  @usableFromInline
  init(_ scenario: Scenario, _ instrument: InstrumentIndex) {
    self.scenario = scenario
    self.instrument = instrument
    fillCounts = scenario.agents.map { _ in 0 }
    fees = scenario.agents.map { _ in 0 }
    isForeign = []
  }

  /// Counts those in who joined after a sample was taken; the state is `inout` only to be cheap.
  @usableFromInline
  mutating func finish(_ state: inout SharedState) {
    scenario = state.scenario
    isForeign = state.agents.map { !$0.isSeated }
    let market = state.market
    endInventories = scenario.agents.indices.map { agent in
      scenario.instruments.indices.reduce(0) { sum, instrument in
        sum &+ market.position(AgentIndex(agent), InstrumentIndex(instrument))
      }
    }
    // An agent that joined and never traded was not counted yet.
    let joined = scenario.agents.count - fillCounts.count
    fillCounts += [Int](repeating: 0, count: max(joined, 0))
    fees += [MinorUnits](repeating: 0, count: max(joined, 0))
    for index in steps.indices {
      let missing = scenario.agents.count - steps[index].cash.count
      steps[index].cash += [MinorUnits](repeating: 0, count: missing)
      steps[index].inventories += [Lots](repeating: 0, count: missing)
      steps[index].worths += [Int128](repeating: 0, count: missing)
    }
  }

  @usableFromInline
  mutating func take(_ event: TapeEvent) {
    guard case .known(let record) = event else { return }
    switch record.event {
    case .orderSubmitted(let body) where body.terms.instrument == instrument:
      actions.append(
        ActionSample(tick: body.key.tick, agent: body.key.agent, terms: body.terms))
    case .orderFilled(let body):
      note(body.outcome.command.agent, body.takerFee)
      note(body.maker.agent, body.makerFee)
    default: break
    }
  }

  private mutating func note(_ agent: AgentIndex, _ fee: MinorUnits) {
    if agent < 0 { return }
    while fillCounts.count <= Int(agent) {
      fillCounts.append(0)
      fees.append(0)
    }
    fillCounts[Int(agent)] += 1
    fees[Int(agent)] += fee
  }

  @usableFromInline
  mutating func sample(_ state: inout SharedState, _ tick: Tick) {
    let view = state.market.view(instrument)
    let instruments = scenario.instruments.indices.map { InstrumentIndex($0) }
    // What one lot is worth.
    var prices: [Int128] = []
    for index in instruments {
      prices.append(
        Int128(state.theoreticalPrice(index))
          * Int128(scenario.instruments[Int(index)].incrementValue))
    }
    let market = state.market
    steps.append(
      StepSample(
        tick: tick, midPrice: state.theoreticalPrice(instrument), bestBid: view.bestBid,
        bestAsk: view.bestAsk,
        inventories: state.agents.indices.map {
          market.position(AgentIndex($0), instrument)
        },
        worths: state.agents.indices.map { agent in
          instruments.reduce(0) { total, instrument in
            let position = market.position(AgentIndex(agent), instrument)
            return total + Int128(position) * prices[Int(instrument)]
          }
        }, cash: state.market.cash))
  }

  /// Cash and positions in all instruments at theoretical prices, in thousandths of a minor unit.
  public func totalValue(_ step: StepSample, _ agent: Int) -> Int128 {
    Int128(step.cash[agent]) * 1000 + step.worths[agent]
  }

  /// What an agent had before the first tick, in thousandths of a minor unit.
  public func openingValue(_ agent: Int) -> Int128 {
    guard agent < scenario.agents.count else { return 0 }
    let account = scenario.agents[agent].account
    return zip(account.openingPositions, scenario.instruments).reduce(
      Int128(account.openingCash) * 1000
    ) { total, holding in
      let (held, rules) = holding
      return total
        + Int128(held) * Int128(rules.referencePrice) * 1000 * Int128(rules.incrementValue)
    }
  }
}
