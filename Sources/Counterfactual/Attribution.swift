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
  public let reseed: UInt64?

  /// Creates an attribution.
  public init(
    _ plan: ForkPlan<Roster>, players: [AgentIndex], metrics: [OutcomeMetric], reseed: UInt64?
  ) {
    self.plan = plan
    self.players = players
    self.metrics = metrics
    self.reseed = reseed
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

  /// What each player alone makes: the outcome with all of them less that with it silenced.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  /// - Source: D. H. Wolpert and K. Tumer, Optimal payoff functions for members of collectives,
  ///   Advances in Complex Systems 4 (2001).
  public func differenceRewards() throws(SessionError<Never>) -> [[Double]] {
    let all = UInt64.max >> UInt64(64 - players.count)
    let whole = try value(of: all)
    var rewards: [[Double]] = []
    for bit in players.indices {
      let without = try value(of: all & ~(1 << UInt64(bit)))
      rewards.append(zip(whole, without).map { $0 - $1 })
    }
    return rewards
  }

  /// Shapley values: exact up to `ShapleyShares.exactLimit` players, sampled beyond.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func shares(
    pairs: Int, seed: UInt64
  ) throws(SessionError<Never>) -> ShapleyShares {
    if players.count <= ShapleyShares.exactLimit {
      return try ShapleyShares.exact(players: players.count) {
        (coalition) throws(SessionError<Never>) in
        try value(of: coalition)
      }
    }
    return try ShapleyShares.sampled(players: players.count, pairs: pairs, seed: seed) {
      (coalition) throws(SessionError<Never>) in try value(of: coalition)
    }
  }
}
