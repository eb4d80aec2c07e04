import Agents
import Counterfactual
import Journal
import JournalFiles
import Learners
import MarketModel
import Replay
import Session
import Synchronization
import Training
import Workers

extension TrainingPlan {
  /// What is trained, in words.
  var words: String {
    settings.trainees.map { "\($0.agent) by \($0.learning.algorithm.name)" }
      .joined(separator: ", ") + (settings.isShared ? ", one policy" : "")
      + ": \(settings.updates) updates, "
      + "\(settings.episodes) episodes each, "
      + "\(settings.seeds) seeds from \(settings.firstSeed), seed \(seed)"
  }
}

/// Runs a training onto a tape on disk, with progress and a clean end on an interrupt.
struct TrainingRun<Roster: AgentRoster> {
  private(set) var recorded: RecordedTraining<Roster>
  private var recorder: JournalRecorder<TapeWriter>
  private let threads: Int
  /// The mean gains of the episodes of each update of this run, in minor units, by agent that learns.
  private(set) var gains: [[Double]]

  /// Begins a training in a fork without a difference, or goes on with what a tape of it says.
  init(
    _ fork: ForkPlan<Roster>, _ plan: TrainingPlan, threads: Int, path: String,
    earlier: [EventRecord], writer: () throws(CommandFailure) -> TapeWriter
  ) throws {
    do {
      recorded = try RecordedTraining(fork, plan: plan)
    } catch {
      throw CommandFailure(error, path)
    }
    recorded.training.trainees.forEach(Self.note)
    self.threads = threads
    gains = plan.settings.trainees.map { _ in [] }
    let writer = try writer()
    do {
      recorder = try JournalRecorder(recorded.fork.encoder(), output: writer)
    } catch {
      throw CommandFailure(error)
    }
    do {
      try recorded.begin(into: &recorder)
    } catch {
      throw SessionRun<Roster>.failure(error, writer)
    }
    do {
      let done = try recorded.resume(earlier, into: &recorder)
      if done > 0 {
        Console.say("going on after update \(done) of \(plan.settings.updates)")
      }
    } catch {
      throw Self.failure(error, recorder.output, path)
    }
  }

  /// Says where an agent learns otherwise than was asked for.
  private static func note(_ trainee: Trainee) {
    let asked = trainee.settings.learning.minibatches
    guard let own = trainee.learner.minibatches, let asked, own != asked else { return }
    let name = trainee.settings.agent
    Console.say("\(name): minibatches=\(own), not \(asked): parts of a batch are of one size")
  }

  /// Trains to the end and seals the tape, or ends its frame on an interrupt.
  mutating func run(_ path: String) throws {
    Console.listenForInterrupts()
    let total = recorded.plan.settings.updates
    var progress = Progress("training", total: Int64(total))
    var workspaces = recorded.training.workspaces
    let (began, first) = (Console.seconds, recorded.training.updateCount)
    while !recorded.isFinished, !Console.isInterrupted.load(ordering: .relaxed) {
      let updates: [MarketUpdate]
      do {
        let episodes = try Self.play(
          recorded.training, threads: threads,
          isCalledOff: { Console.isInterrupted.load(ordering: .relaxed) })
        // Only the update that was being played is lost, and it had not begun to learn.
        if Console.isInterrupted.load(ordering: .relaxed) { break }
        updates = try recorded.learn(episodes, &workspaces, into: &recorder)
      } catch let error as MarketTrainingError {
        try end(isSealed: false)
        throw CommandFailure(error, path)
      } catch let error as TrainingFailure<WriteError> {
        throw Self.failure(error, recorder.output, path)
      }
      for (place, update) in updates.enumerated() { gains[place].append(update.gain) }
      progress.show(
        Int64(recorded.updateCount),
        note(updates, recorded.training, Console.seconds - began, first))
    }
    if recorded.isFinished { return try end(isSealed: true) }
    do {
      try recorded.stop(into: &recorder)
    } catch {
      throw SessionRun<Roster>.failure(error, recorder.output)
    }
    try end(isSealed: false)
    throw CommandFailure(
      Exit.interrupted, "interrupted after update \(recorded.updateCount) of \(total)",
      next: "go on from there with the same line and --resume")
  }

  /// Plays the episodes of the next update, side by side; fewer of them once it is called off.
  static func play(
    _ training: MarketTraining<Roster>, threads: Int,
    isCalledOff: @Sendable () -> Bool = { false }
  ) throws(MarketTrainingError) -> [[MarketEpisode]] {
    let numbers = training.nextEpisodes
    let results = Workers.map(numbers.count, threads: threads) {
      place -> Result<[MarketEpisode], MarketTrainingError>? in
      if isCalledOff() { return nil }
      do throws(MarketTrainingError) {
        return .success(try training.play(numbers.lowerBound + place))
      } catch {
        return .failure(error)
      }
    }
    var episodes: [[MarketEpisode]] = []
    for case let result? in results { episodes.append(try result.get()) }
    return episodes
  }

  private func note(
    _ updates: [MarketUpdate], _ training: MarketTraining<Roster>, _ seconds: Double, _ first: Int
  ) -> String {
    let done = training.updateCount - first
    let speed = Double(done * training.batch) / max(seconds, 1e-9)
    let left = seconds / Double(done) * Double(training.settings.updates - training.updateCount)
    let words = zip(training.trainees, updates).map { trainee, update in
      (updates.count > 1 ? "\(trainee.settings.agent) " : "") + measures(update)
    }
    return words.joined() + "\(speed.fixed(0)) steps/s \(left.fixed(0)) s left"
  }

  private func measures(_ update: MarketUpdate) -> String {
    let moneyUnit = recorded.session.state.scenario.moneyUnit
    let shown: [(LearningMeasure, String, Int)] = [
      (.entropy, "entropy", 2), (.divergence, "KL", 4), (.explained, "explained", 2),
      (.worth, "worth", 2), (.exploration, "exploration", 2), (.temperature, "temperature", 3),
    ]
    let words = shown.compactMap { measure, word, decimals in
      update[measure].map { "\(word) \(Double($0).fixed(decimals)) " }
    }
    return "gain \((update.gain / moneyUnit).fixed(2)) " + words.joined()
  }

  private mutating func end(isSealed: Bool) throws(CommandFailure) {
    do throws(WriteError) {
      if isSealed {
        try recorder.seal(recorded.session.state)
      } else {
        try recorder.endFrame(recorded.session.state)
      }
      try recorder.output.finish(isSealed: isSealed)
    } catch {
      throw CommandFailure(error)
    }
  }

  private static func failure(
    _ error: TrainingFailure<WriteError>, _ writer: TapeWriter, _ path: String
  ) -> CommandFailure {
    switch error {
    case .training(let error): CommandFailure(error, path)
    case .session(let error): SessionRun<Roster>.failure(error, writer)
    }
  }
}
