public import Agents
import Determinism
import Market
public import MarketModel
public import Session

/// Random interventions of a given size, against which a real one is held.
///
/// Each is one order of so many lots: of a random agent, on a random side, at the market or up to
/// `reach` increments from the last price.
public struct Placebo: Sendable {
  /// The lots of each order.
  public let size: Lots
  /// How far limits may lie from the last price, in price increments.
  public let reach: PriceIncrements
  private let key: NoiseKey

  /// Creates a family of interventions.
  public init(size: Lots, reach: PriceIncrements = 10, seed: UInt64) {
    self.size = size
    self.reach = reach
    key = NoiseKey(seed: seed, entity: "placebo", purpose: "order")
  }

  /// The size of interventions: the lots of the orders that they insert, 1 where there are none.
  public static func size(of interventions: [Intervention]) -> Lots {
    let lots = interventions.reduce(Lots(0)) { total, intervention in
      guard case .insert(_, .place(_, let terms)) = intervention else { return total }
      return min(total + terms.quantity, Limits.maximumQuantity)
    }
    return max(lots, 1)
  }

  /// One of them; the agents are those that decide for themselves.
  ///
  /// - Precondition: some agent of the session is known to this build.
  public func intervention<Roster: AgentRoster>(
    _ number: Int, in state: borrowing SessionState<Roster>
  ) -> Intervention {
    let seats = state.seats
    let agents = seats.indices.filter { seats[$0] != nil }
    precondition(!agents.isEmpty, "Invariant: somebody decides")
    let rules = state.scenario.instruments
    let agent = agents[draw(number, 0, below: agents.count)]
    let instrument = draw(number, 1, below: rules.count)
    var terms = OrderTerms(
      instrument: 0, side: draw(number, 2, below: 2) == 0 ? .buy : .sell, price: 0, quantity: size)
    let offset = Int64(draw(number, 3, below: Int(2 * reach + 2))) - reach - 1
    if offset < -reach {
      terms.type = .market
      terms.timeInForce = .immediateOrCancel
    } else {
      terms.price = max(1, state.market.view(InstrumentIndex(instrument)).lastPrice + offset)
    }
    return .insert(
      agent: state.scenario.agents[agent].account.name,
      .place(instrument: rules[instrument].name, terms))
  }

  private func draw(_ number: Int, _ draw: UInt32, below bound: Int) -> Int {
    Int(key.integer(below: UInt64(bound), tick: Int64(number), slot: 0, draw: draw))
  }

  /// The share of effects at least as large as one, itself counted among them: how probable it is
  /// to be as large as it is, were it one of them.
  ///
  /// - Source: B. Phipson and G. K. Smyth, Permutation P-values should never be zero, Statistical
  ///   Applications in Genetics and Molecular Biology 9 (2010).
  public static func probability(of effect: Double, among effects: [Double]) -> Double {
    let larger = effects.count { $0.magnitude >= effect.magnitude }
    return Double(larger + 1) / Double(effects.count + 1)
  }
}
