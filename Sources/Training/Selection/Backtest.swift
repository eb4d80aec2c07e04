public import Agents
public import Counterfactual
import Determinism
import Learners
import MarketModel
import Session

/// A way to learn, tried out: what an agent gained where it was tested, having learned before.
public enum Backtest {
  /// Noise that tests are played with; no training has seeds from here on.
  static let firstTestSeed: UInt64 = 1 << 63

  /// Learns in one fork of a session and is tested in another, later one.
  ///
  /// Both forks have no difference; `fold` says until when each is played. Returns for each test, under
  /// other noise each time, what the agent gained from one wake-up to the next, in minor units; nil where
  /// `goesOn` said that it should stop.
  /// - Throws: `MarketTrainingError`.
  /// - Complexity: that of the training.
  public static func run<Roster: AgentRoster>(
    training: ForkPlan<Roster>, testing: ForkPlan<Roster>, fold: WalkForward.Fold,
    settings: MarketTrainingSettings, seed: UInt64, tests: Int, goesOn: () -> Bool
  ) throws(MarketTrainingError) -> [[Double]]? {
    var settings = settings
    settings.end = fold.training.upperBound
    var learning = try MarketTraining(training, settings: settings, seed: seed)
    var workspaces = learning.workspaces
    while learning.updateCount < settings.updates {
      if !goesOn() { return nil }
      var episodes: [[MarketEpisode]] = []
      for number in learning.nextEpisodes { episodes.append(try learning.play(number)) }
      _ = try learning.learn(episodes, &workspaces)
    }
    var returns: [[Double]] = []
    for number in 0..<tests {
      let seed = firstTestSeed &+ UInt64(number)
      let rewards = try learning.test(in: testing, until: fold.test.upperBound, seed: seed)
      if rewards.isEmpty { throw .neverDecides(settings.names) }
      returns.append(rewards)
    }
    return returns
  }
}

/// What the trials of a selection came to, each a way to learn and a seed.
public struct SelectionResult: Equatable, Sendable {
  /// One of them.
  public struct Trial: Equatable, Sendable {
    /// The number of the way to learn.
    public let candidate: Int
    /// The seed of the learner.
    public let seed: UInt64
    /// The Sharpe ratio of all returns of all tests, by wake-up of the agent.
    public let sharpe: SharpeRatio
    /// Its 95 % interval over tests drawn again; nil for fewer than two, or where returns do not vary.
    public let interval: ClosedRange<Double>?
    /// What the agent gained in a test, on average, in minor units.
    public let gain: Double
    /// What it gained from one wake-up to the next, by test.
    public let returns: [[Double]]

    /// Sums up the returns of the tests of a trial.
    public init(candidate: Int, seed: UInt64, returns: [[Double]]) {
      self.candidate = candidate
      self.seed = seed
      self.returns = returns
      let whole = SharpeRatio(returns.flatMap { $0 })
      sharpe = whole
      let key = NoiseKey(seed: 1, entity: "selection", purpose: "bootstrap")
      interval =
        returns.count > 1 && whole.value != 0
        ? Bootstrap.interval(returns.indices.map { Double($0) }, key: key) { places in
          SharpeRatio(places.flatMap { returns[Int($0)] }).value
        } : nil
      gain = returns.flatMap { $0 }.reduce(0, +) / Double(max(1, returns.count))
    }
  }

  /// The trials.
  public let trials: [Trial]

  /// Compares trials.
  ///
  /// - Precondition: there is one.
  public init(_ trials: [Trial]) {
    precondition(!trials.isEmpty, "Invariant: something was tried")
    self.trials = trials
  }

  /// The trial with the highest ratio; the first of equal ones.
  public var best: Trial {
    trials.reduce(trials[0]) { $1.sharpe.value > $0.sharpe.value ? $1 : $0 }
  }

  /// What the best of as many trials would be expected to have, were all of them worth nothing.
  public var expectedHighest: Double {
    let values = trials.map { $0.sharpe.value }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    return SharpeRatio.expectedHighest(
      trials: trials.count, variance: squares / Double(max(1, values.count - 1)))
  }

  /// The deflated Sharpe ratio of the best: the probability that it is above what luck among so many would have.
  public var deflated: Double { best.sharpe.probability(above: expectedHighest) }
}
