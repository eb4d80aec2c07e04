public import Agents
public import Counterfactual
import Market
public import MarketModel
import MatchingEngine
import Session

/// What an agent of a tape saw and did, wake-up by wake-up, as a trader with a policy would have seen and called
/// it.
public struct Demonstration: Equatable, Sendable {
  /// Who it is.
  public let agent: String
  /// How a trader in its place trades.
  public let trading: Parameters
  /// When it decided.
  public private(set) var ticks: [Tick] = []
  /// What it saw, as it is, row by row: `TradingFeature`s.
  public private(set) var features: [Float] = []
  /// What it did: numbers of `DiscreteAction`s.
  public private(set) var actions: [Int32] = []

  /// Plays a tape again, all agents held, with a trader that does nothing by itself in the place of one of
  /// them: what that one was seen to do comes from the tape, what it sees from the trader.
  ///
  /// The fork has no difference, and holds all agents. Only what it did in the instrument that the trader trades
  /// counts; what it did between two wake-ups counts for the second. An order that takes is `buy` or `sell`; else orders
  /// that are placed or moved are `bid`, `ask` or, on both sides, `quote`; else one that is withdrawn is
  /// `cancel`. What a policy chose is what it chose.
  /// - Throws: `MarketTrainingError`.
  /// - Complexity: O(events from the fork's tick on).
  public init<Roster: AgentRoster>(
    _ fork: ForkPlan<Roster>, of name: String, parameters: Parameters, until end: Tick?
  ) throws(MarketTrainingError) {
    agent = name
    let scenario = fork.opening.scenario
    guard let index = scenario.agents.firstIndex(where: { $0.account.name == name }) else {
      throw .unknownAgent(name)
    }
    var trader = try scenario.agents[index].trading(parameters)
    trader.policy = []
    if trader.tradesPair {
      throw .setting("pair", expected: "none (pair=): what is shown in one instrument is learned")
    }
    // What it said is not learned.
    var silent = trader.tradingParameters
    silent.set("signal_to", .text(""))
    trading = silent
    var plan = fork
    do throws(ImpossibleIntervention) {
      try plan.add([.changeAgent(trader)])
    } catch {
      throw .impossible(reason: error.reason)
    }
    var instrument: InstrumentIndex = 0
    if case .text(let name)? = trader.parameters["instrument"],
      let place = scenario.instruments.firstIndex(where: { $0.name == name })
    {
      instrument = InstrumentIndex(place)
    }
    var session = plan.session
    do throws(SessionError<Never>) {
      var given = GivenCommands(agent: AgentIndex(index), instrument: instrument)
      try plan.begin(&session, into: &given)
      while let turn = try session.advance(into: &given) {
        let tick = session.reading { $0.tick }
        if let end, tick >= end { break }
        let isOwn =
          turn.agent == AgentIndex(index)
          && !session.reading { $0.agents[index].isSilenced }
        let features = isOwn ? session.features(turn) : []
        // Sides of orders that are moved, and what an order would take from, are known before it is.
        let market = isOwn ? session.state.market : nil
        try session.takeTurn(turn, into: &given)
        guard let market else { continue }
        ticks.append(tick)
        self.features += features
        actions.append(Int32(given.takeAction(market).rawValue))
      }
    } catch {
      throw .session(reason: "\(error)")
    }
    if actions.isEmpty { throw .neverDecides(name) }
  }
}

/// A sink that keeps the commands that an agent gave in an instrument and what it chose, and lets all else go.
private struct GivenCommands: EventSink {
  let agent: AgentIndex
  let instrument: InstrumentIndex
  private var events: [Event] = []
  /// The sides of the orders that it gave last, the latest at the end.
  private var sides: [(key: CommandKey, side: Side)] = []

  init(agent: AgentIndex, instrument: InstrumentIndex) {
    (self.agent, self.instrument) = (agent, instrument)
  }

  /// What all of them are together; they are taken out.
  mutating func takeAction(_ market: MarketState) -> DiscreteAction {
    let events = events
    self.events = []
    var (hasBid, hasAsk, hasCancelled) = (false, false, false)
    var taken: Side?
    for event in events {
      let (key, side, price, isMarket): (CommandKey, Side, PriceIncrements, Bool)
      switch event {
      case .actionChosen(let body):
        if let action = TradingAction(number: Int(body.action)) { return action.trade }
        continue
      case .cancelSubmitted(let body):
        if self.side(of: body.order, market) != nil { hasCancelled = true }
        continue
      case .orderSubmitted(let body):
        if body.terms.instrument != instrument { continue }
        (key, side, price) = (body.key, body.terms.side, body.terms.price)
        isMarket = body.terms.type == .market
      case .replaceSubmitted(let body):
        guard let old = self.side(of: body.order, market) else { continue }
        (key, side, price, isMarket) = (body.key, old, body.price, false)
      default: continue
      }
      note(key, side)
      if isMarket || market.book.crosses(instrument, side, price: price) {
        taken = taken ?? side
      } else if side == .buy {
        hasBid = true
      } else {
        hasAsk = true
      }
    }
    if let taken { return taken == .buy ? .buy : .sell }
    if hasBid { return hasAsk ? .quote : .bid }
    return hasAsk ? .ask : hasCancelled ? .cancel : .wait
  }

  /// The side of an order in the instrument that rests, or that is still on its way.
  private func side(of key: CommandKey, _ market: MarketState) -> Side? {
    if let order = market.book.order(key) {
      return order.instrument == instrument ? order.side : nil
    }
    return sides.last { $0.key == key }?.side
  }

  private mutating func note(_ key: CommandKey, _ side: Side) {
    // What came long ago rests by now, or is over.
    if sides.count == 4096 { sides.removeFirst(2048) }
    sides.append((key, side))
  }

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    let event = record.event
    let owner: AgentIndex? =
      switch event {
      case .orderSubmitted(let body): body.key.agent
      case .cancelSubmitted(let body): body.key.agent
      case .replaceSubmitted(let body): body.key.agent
      case .actionChosen(let body): body.agent
      default: nil
      }
    if owner == agent { events.append(event) }
  }

  mutating func append(_ event: inout FlatEvent, sequence: SequenceNumber) throws(Never) {
    append(event.record, sequence: sequence)
  }
}
