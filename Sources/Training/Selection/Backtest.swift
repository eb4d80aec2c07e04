public import Agents
public import Counterfactual
import Determinism
import Journal
import Learners
public import MarketModel
import Replay
import Session

/// A way to learn, tried out: what an agent gained where it was tested, having learned before.
public enum Backtest {
  /// Noise that tests are played with; no training has seeds from here on.
  static let firstTestSeed: UInt64 = 1 << 63

  /// What was learned of one fold, and what came of it.
  public struct Outcome: Sendable {
    /// What the agent gained from one wake-up to the next, in minor units, by test.
    public let returns: [[Double]]
    /// The tape of the training, where it was asked for.
    public let tape: [UInt8]?
  }

  /// Learns in one fork of a session as a plan says and is tested in another, later one.
  ///
  /// Both forks have no difference. There are as many tests as `tests`, under other noise each, up to a
  /// tick; nil where `goesOn` said that it should stop.
  /// - Throws: `MarketTrainingError`.
  /// - Complexity: that of the training.
  public static func run<Roster: AgentRoster>(
    _ plan: TrainingPlan, training: ForkPlan<Roster>, testing: ForkPlan<Roster>, until end: Tick,
    tests: Int, keepsTape: Bool, goesOn: () -> Bool
  ) throws(MarketTrainingError) -> Outcome? {
    var recorded = try RecordedTraining(training, plan: plan)
    var tape: [UInt8]?
    if keepsTape {
      var recorder = JournalRecorder(recorded.fork.encoder(), output: MemoryOutput())
      guard try train(&recorded, into: &recorder, goesOn: goesOn) else { return nil }
      recorder.seal(recorded.session.state)
      tape = recorder.output.bytes
    } else {
      var nothing = NoEvents()
      guard try train(&recorded, into: &nothing, goesOn: goesOn) else { return nil }
    }
    var returns: [[Double]] = []
    for number in 0..<tests {
      let rewards = try recorded.training.test(
        in: testing, until: end, seed: firstTestSeed &+ UInt64(number))
      if rewards.isEmpty { throw .neverDecides(plan.settings.names) }
      returns.append(rewards)
    }
    return Outcome(returns: returns, tape: tape)
  }

  /// Learns to the end; returns whether it came there.
  private static func train<Roster: AgentRoster, Sink: EventSink>(
    _ recorded: inout RecordedTraining<Roster>, into sink: inout Sink, goesOn: () -> Bool
  ) throws(MarketTrainingError) -> Bool where Sink.Failure == Never {
    do throws(TrainingFailure<Never>) {
      do {
        try recorded.begin(into: &sink)
      } catch {
        throw .session(error)
      }
      var workspaces = recorded.training.workspaces
      while !recorded.isFinished {
        if !goesOn() { return false }
        var episodes: [[MarketEpisode]] = []
        do {
          for number in recorded.training.nextEpisodes {
            episodes.append(try recorded.training.play(number))
          }
        } catch {
          throw .training(error)
        }
        _ = try recorded.learn(episodes, &workspaces, into: &sink)
      }
    } catch {
      switch error {
      case .training(let error): throw error
      case .session(let error): throw .session(reason: "\(error)")
      }
    }
    return true
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
  /// How many there were in all, those of earlier selections too.
  public let count: Int

  /// Compares trials, which may not be all that there were.
  ///
  /// - Precondition: there is one.
  public init(_ trials: [Trial], of count: Int = 0) {
    precondition(!trials.isEmpty, "Invariant: something was tried")
    self.trials = trials
    self.count = max(count, trials.count)
  }

  /// The trial with the highest ratio; the first of equal ones.
  public var best: Trial {
    trials.reduce(trials[0]) { $1.sharpe.value > $0.sharpe.value ? $1 : $0 }
  }

  /// What the best of as many trials would be expected to have, were all of them worth nothing.
  ///
  /// How far their ratios lie apart is estimated from these trials, but is not less than what luck alone makes of
  /// as many returns: a few trials may lie close together by chance.
  /// - Source of the least: A. Lo, The statistics of Sharpe ratios, Financial Analysts Journal 58 (2002),
  ///   equation 9 for a ratio of 0.
  public var expectedHighest: Double {
    let values = trials.map { $0.sharpe.value }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    let variance = squares / Double(max(1, values.count - 1))
    return SharpeRatio.expectedHighest(
      trials: count, variance: max(variance, 1 / Double(max(1, best.sharpe.count))))
  }

  /// The deflated Sharpe ratio of the best: the probability that it is above what luck among so many would have.
  public var deflated: Double { best.sharpe.probability(above: expectedHighest) }
}
