public import Agents
import Determinism
import Market
public import MarketModel
public import Session

/// What one run of a session came to.
public struct RunOutcome: Equatable, Sendable {
  /// What each agent gained since the opening, in minor units.
  public var gains: [Double]
  /// Positions in all instruments together, in lots, by agent.
  public var inventories: [Lots]
  /// Fills since the fork, by agent.
  public var fills: [Int]
  /// Lots traded since the opening, all instruments together.
  public var volume: Lots
  /// The theoretical price of the first instrument at the end, in price increments.
  public var price: Double
}

/// Pairs of runs that share all noise: a fork with its differences, and one without.
///
/// Pair r draws everything from the fork's tick on with a seed of its own, made of `seed` and r.
/// The pairs of a longer series begin with those of a shorter one.
public struct Replicates<Roster: AgentRoster>: Sendable {
  /// A fork at the tick, without a difference.
  public let plan: ForkPlan<Roster>
  /// The differences, without a reseed of their own: each pair has its own noise.
  public let interventions: [Intervention]
  /// What all noise of the pairs is made of.
  public let seed: UInt64

  /// Creates a series.
  ///
  /// - Throws: `ImpossibleIntervention`.
  public init(
    _ plan: ForkPlan<Roster>, interventions: [Intervention], seed: UInt64
  ) throws(ImpossibleIntervention) {
    self.plan = plan
    self.seed = seed
    self.interventions = interventions.filter {
      if case .reseed = $0 { return false }
      return true
    }
    var trial = plan
    try trial.add(self.interventions)
  }

  /// Runs a pair.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func pair(
    _ number: Int
  ) throws(SessionError<Never>) -> (treated: RunOutcome, control: RunOutcome) {
    let reseed = Intervention.reseed(reseed(number))
    return (try run([reseed] + interventions), try run([reseed]))
  }

  /// The seed from which both runs of a pair draw, from the fork's tick on.
  public func reseed(_ number: Int) -> UInt64 {
    let key = NoiseKey(seed: seed, entity: "replicate", purpose: "reseed")
    return key.bits(tick: Int64(number), slot: 0, draw: 0)
  }

  private func run(_ differences: [Intervention]) throws(SessionError<Never>) -> RunOutcome {
    var plan = plan
    do {
      try plan.add(differences)
    } catch {
      preconditionFailure("Invariant: a seed changes nothing about what is possible")
    }
    var sink = FillCounts(plan.opening.agents.count)
    let session = try plan.run(into: &sink)
    return RunOutcome(session.state, fills: sink.fills)
  }
}

extension RunOutcome {
  fileprivate init<Roster: AgentRoster>(_ state: SessionState<Roster>, fills: [Int]) {
    let instruments = state.scenario.instruments
    let prices = instruments.indices.map { state.theoreticalPrice(InstrumentIndex($0)) }
    gains = state.agents.indices.map { agent in
      let account = state.scenario.agents[agent].account
      var gain = Double(state.market.cash(of: AgentIndex(agent)) - account.openingCash)
      for (index, rules) in instruments.enumerated() {
        let opening = index < account.openingPositions.count ? account.openingPositions[index] : 0
        let held = state.market.position(AgentIndex(agent), InstrumentIndex(index))
        let worth =
          Double(held) * Double(prices[index]) / 1000
          - Double(opening) * Double(rules.referencePrice)
        gain += worth * Double(rules.incrementValue)
      }
      return gain
    }
    inventories = state.agents.indices.map { agent in
      instruments.indices.reduce(0) {
        $0 + state.market.position(AgentIndex(agent), InstrumentIndex($1))
      }
    }
    self.fills = fills + [Int](repeating: 0, count: max(0, state.agents.count - fills.count))
    volume = state.market.trading.reduce(0) { $0 + $1.volume }
    price = Double(prices[0]) / 1000
  }
}

/// A sink that counts each agent's fills and lets events go.
private struct FillCounts: EventSink {
  var fills: [Int]

  init(_ agents: Int) { fills = [Int](repeating: 0, count: agents) }

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    if case .orderFilled(let fill) = record.event {
      count(fill.outcome.command.agent)
      count(fill.maker.agent)
    }
  }

  mutating func append(_ event: inout FlatEvent, sequence: SequenceNumber) throws(Never) {
    guard event.row.kind == EventKind.orderFilled.rawValue else { return }
    append(event.record, sequence: sequence)
  }

  private mutating func count(_ agent: AgentIndex) {
    if agent < 0 { return }  // an imported order
    while fills.count <= Int(agent) { fills.append(0) }
    fills[Int(agent)] += 1
  }
}
