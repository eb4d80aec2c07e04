import Agents
import Determinism
import Market
import MarketModel
import Networks
import Session

/// An agent that does not learn, and what it may do in an episode: one of some ways, drawn anew for each.
///
/// So somebody learns to answer a mixture, not one opponent, as fictitious play and double oracles need it.
/// - Source: M. Lanctot and others, A unified game-theoretic approach to multiagent reinforcement learning,
///   <https://arxiv.org/abs/1711.00832>.
public struct OpponentSettings: Equatable, Sendable {
  /// One of its ways.
  public struct Way: Equatable, Sendable {
    /// The bytes of the policy that it acts by; none for what it does by itself.
    public var policy: [UInt8]
    /// How often, against the weights of its other ways.
    public var weight: Double

    /// Creates one.
    public init(policy: [UInt8], weight: Double = 1) {
      self.policy = policy
      self.weight = weight
    }
  }

  /// The agent.
  public var agent: String
  /// What it may do.
  public var ways: [Way]

  /// Creates settings.
  public init(agent: String, ways: [Way]) {
    self.agent = agent
    self.ways = ways
  }

  /// What weights may be.
  public static let weights = 1e-6...1e6
  /// The most opponents of a training, and the most ways of each.
  static let maximumCount = 1 << 10
  /// The most bytes that all policies of a training may have.
  public static let maximumSize = 2 * Limits.maximumPolicy
}

/// Opponents that are ready to be drawn.
struct Opponents: Sendable {
  private struct Opponent {
    var key: NoiseKey
    /// What makes it act each way; nil for what it does by itself.
    var ways: [Intervention?]
    /// The logarithms of their weights.
    var scores: [Float]
  }

  private var opponents: [Opponent] = []

  /// Prepares those of a training.
  ///
  /// - Throws: `MarketTrainingError` for agents or policies that are none.
  init(
    _ settings: MarketTrainingSettings, _ scenario: Scenario, seed: UInt64
  ) throws(MarketTrainingError) {
    guard settings.opponents.count <= OpponentSettings.maximumCount else {
      throw .setting("against", expected: "at most \(OpponentSettings.maximumCount) agents")
    }
    var names = settings.trainees.map { $0.agent }
    var size = 0
    for own in settings.opponents {
      guard let agent = scenario.agents.first(where: { $0.account.name == own.agent }) else {
        throw .unknownAgent(own.agent)
      }
      if names.contains(own.agent) {
        throw .setting("against", expected: "\(own.agent) once, and not to learn")
      }
      names.append(own.agent)
      guard (1...OpponentSettings.maximumCount).contains(own.ways.count) else {
        throw .setting(
          "against", expected: "1 to \(OpponentSettings.maximumCount) ways of \(own.agent)")
      }
      var opponent = Opponent(
        key: NoiseKey(seed: seed, entity: own.agent, purpose: "opponent"), ways: [], scores: [])
      for way in own.ways {
        guard OpponentSettings.weights.contains(way.weight) else {
          throw .setting("against", expected: "weights from a millionth to a million")
        }
        opponent.ways.append(try Self.difference(way, agent))
        opponent.scores.append(Elementary.log(Float(way.weight)))
        size += way.policy.count
      }
      opponents.append(opponent)
    }
    if size > OpponentSettings.maximumSize {
      throw .setting(
        "against",
        expected: "policies of at most \(OpponentSettings.maximumSize) bytes together, not \(size)")
    }
  }

  private static func difference(
    _ way: OpponentSettings.Way, _ agent: AgentDescription
  ) throws(MarketTrainingError) -> Intervention? {
    if way.policy.isEmpty { return nil }
    let policy: TradingPolicy
    do {
      policy = try TradingPolicy(bytes: way.policy)
    } catch {
      throw .setting("against", expected: error.expected)
    }
    return .changeAgent(try agent.trading(Parameters(), by: policy).with(policy))
  }

  /// All that they may do, each way alone; and the longest ways of all, together.
  var differences: [[Intervention]] {
    let alone = opponents.flatMap { $0.ways.compactMap { way in way.map { [$0] } } }
    let longest = opponents.compactMap { opponent in
      opponent.ways.compactMap { $0 }.max { Self.size($0) < Self.size($1) }
    }
    return alone + [longest]
  }

  private static func size(_ difference: Intervention) -> Int {
    if case .changeAgent(let agent) = difference { agent.policy.count } else { 0 }
  }

  /// What makes them act as they do in an episode: of each the way of the largest sum of the logarithm of its
  /// weight and a Gumbel number of its own.
  func drawn(for episode: Int) -> [Intervention] {
    opponents.compactMap { opponent in
      let way = GumbelChoice.choose(scores: opponent.scores[...]) {
        opponent.key.gumbel(tick: Int64(episode), slot: 0, draw: UInt32($0))
      }
      return opponent.ways[way]
    }
  }
}
