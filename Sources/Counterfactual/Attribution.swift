public import Agents
import Market
public import MarketModel
public import Session

/// Who an outcome is owed to: sessions in which some agents act from a tick on and others do not.
public struct Attribution<Roster: AgentRoster>: Sendable {
  /// A fork at the tick, without a difference.
  public let plan: ForkPlan<Roster>
  /// The agents among whom it is shared out, by index.
  public let players: [AgentIndex]
  /// The numbers that are shared out.
  public let metrics: [OutcomeMetric]
  /// What all noise from the tick on is drawn from; nil for the parent's own.
  public var reseed: UInt64?

  /// Creates an attribution by the parent's own noise.
  public init(_ plan: ForkPlan<Roster>, players: [AgentIndex], metrics: [OutcomeMetric]) {
    self.plan = plan
    self.players = players
    self.metrics = metrics
  }

  /// The outcome where only the players in the coalition act, a bit for each; all others that are no
  /// players act too.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func value(of coalition: UInt64) throws(SessionError<Never>) -> [Double] {
    var differences: [Intervention] = reseed.map { [.reseed($0)] } ?? []
    let agents = plan.session.state.scenario.agents
    for (bit, player) in players.enumerated() where coalition >> UInt64(bit) & 1 == 0 {
      differences.append(.silence(agent: agents[Int(player)].account.name))
    }
    var plan = plan
    do {
      try plan.add(differences)
    } catch {
      preconditionFailure("Invariant: agents that exist can be silenced")
    }
    let outcome = try plan.measure()
    return metrics.map { $0.value(in: outcome) }
  }

  /// The coalitions whose values are needed to share the outcome out, ascending and each once.
  ///
  /// - Complexity: 2^players up to `ShapleyShares.exactLimit` players, 2 x pairs x players beyond.
  public func coalitions(pairs: Int, seed: UInt64) -> [UInt64] {
    var asked: [UInt64] = []
    _ = shares(pairs: pairs, seed: seed) { coalition in
      asked.append(coalition)
      return []
    }
    _ = differenceRewards { coalition in
      asked.append(coalition)
      return []
    }
    asked.sort()
    var distinct: [UInt64] = []
    for coalition in asked where coalition != distinct.last { distinct.append(coalition) }
    return distinct
  }

  /// What each player alone makes: the value of all of them less that with it silenced.
  ///
  /// - Source: D. H. Wolpert and K. Tumer, Optimal payoff functions for members of collectives,
  ///   Advances in Complex Systems 4 (2001).
  public func differenceRewards(_ value: (UInt64) -> [Double]) -> [[Double]] {
    let all = UInt64.max >> UInt64(64 - players.count)
    let whole = value(all)
    return players.indices.map { bit in
      zip(whole, value(all & ~(1 << UInt64(bit)))).map { $0 - $1 }
    }
  }

  /// Shapley values: exact up to `ShapleyShares.exactLimit` players, sampled beyond.
  public func shares(
    pairs: Int, seed: UInt64, _ value: (UInt64) -> [Double]
  ) -> ShapleyShares {
    players.count <= ShapleyShares.exactLimit
      ? ShapleyShares.exact(players: players.count, value: value)
      : ShapleyShares.sampled(players: players.count, pairs: pairs, seed: seed, value: value)
  }
}
