import Agents
import Features
import Market
import MarketModel
import MatchingEngine
import Session

/// What driven agents see, and what a step was worth to them.
extension MarketEnvironment {
  /// How many numbers one agent sees.
  public var observationWidth: Int {
    settings.observations == .features
      ? TradingFeature.count(seesPair: settings.pair != nil)
      : ObservationField.allCases.count + settings.signals.count
  }

  /// The rewards of the latest step, by driven agent: what each gained, in observation units, less
  /// the penalty for its position.
  ///
  /// `mutating` only to be cheap: a struct of this size that is only lent may be copied.
  @specialized(where Roster == BuiltInAgents)
  public mutating func reward(of position: Int) -> Double { seats[position].reward }

  mutating func glanceNow() -> BestQuotes {
    let instrument = settings.instrument
    return session.reading { $0.look(at: instrument).quotes }
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
    if settings.observations == .features {
      let occurred = mailbox.take(seats[position].agent)
      seats[position].shadow?.remember(occurred)
    } else {
      seats[position].openBids = orders(position, .buy).open
      seats[position].openAsks = orders(position, .sell).open
    }
    let (agent, instrument) = (seats[position].agent, settings.instrument)
    let wealth = Self.wealth(of: agent, &seats[position].wealth, &session)
    let inventory = session.reading { $0.held(by: agent, in: instrument) }
    let gain = wealth - seats[position].opening
    var held = Double(inventory)
    // Asked first, as to look for a pair copies the trader.
    if settings.pair != nil, let pair = seats[position].shadow?.pair {
      held += Double(session.reading { $0.held(by: agent, in: pair.second) }) * pair.ratio
    }
    let share = held / Double(settings.maximumInventory)
    seats[position].inventory = inventory
    seats[position].reward =
      (gain - seats[position].gainBefore) / moneyUnit
      - settings.inventoryPenalty * share * share
    seats[position].gain = gain
  }

  private static func wealth(
    of agent: AgentIndex, _ meter: inout WealthMeter, _ session: inout MarketSession<Roster>
  ) -> Double {
    session.reading { meter.wealth(of: agent, &$0) }
  }

  /// Writes what an agent sees, in the order of `ObservationField` or of `TradingFeature`.
  ///
  /// - Precondition: `observation` has `observationWidth` places.
  @specialized(where Roster == BuiltInAgents)
  public mutating func observe(_ position: Int, into observation: inout MutableSpan<Float>) {
    if settings.observations == .features, let shadow = seats[position].shadow {
      let agent = seats[position].agent
      let ordinal = turn.map { $0.agent == agent ? $0.ordinal : 0 } ?? 0
      let seen = session.observe(agent, ordinal: ordinal)
      for (place, feature) in shadow.features(seen).enumerated() { observation[place] = feature }
      return
    }
    let view = glance.view
    let quantity = Double(settings.quantity)
    let middle = Double(glance.middle)
    let (horizon, tick) = session.reading { ($0.scenario.horizon, $0.tick) }
    let left = Double(horizon - tick) / Double(max(1, horizon))
    observation[0] = Float(max(0, left))
    observation[1] = Float(seats[position].gain / moneyUnit)
    observation[2] = Float(Double(seats[position].inventory) / Double(settings.maximumInventory))
    observation[3] = Float((middle - 1000 * priceUnit) / priceUnit)
    observation[4] = Float(Double(glance.change) / priceUnit)
    observation[5] = Float((middle - glance.average) / priceUnit)
    observation[6] = Float(2 * Double(view.spread) / priceUnit)
    observation[7] = Float(view.imbalance)
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
