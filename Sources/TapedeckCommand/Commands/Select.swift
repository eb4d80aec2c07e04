import Agents
import ArgumentParser
import Counterfactual
import Learners
import MarketModel
import Session
import Synchronization
import Training
import Workers

/// `tapedeck select`: tries out ways to learn on a tape, later ticks after earlier ones.
struct Select<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "select",
      abstract: "Try out ways to learn on a tape, and say which one did best and how sure that is.",
      discussion: """
        Each candidate learns, with each seed, from the ticks before a test and is tested on those of \
        it (walk-forward; --purge ticks between are left out), under noise that it never saw. Trials \
        are compared by the Sharpe ratio of what the agent gained from one wake-up to the next. The \
        best of many trials has a high ratio by luck alone: the deflated Sharpe ratio is the \
        probability that it is better than that. A trial that is not counted makes it too high: try \
        everything in one call, or keep the trials of all calls in one folder with --tapes.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The agent that learns, in place of its strategy.")
  var agent: String

  @Option(
    help: """
      A way to learn, NAME or NAME:KEY=VALUE,...: `algorithm` (needed where NAME is none), `updates`, \
      keys as for train --learn, and for train --reward `reward.inventory` and so on. Repeat it.
      """)
  var candidate: [String] = []

  @Option(help: "The tick from which they learn.")
  var at: Tick = 0

  @Option(help: "The tick before which the last test ends; the session's end by default.")
  var until: Tick?

  @Option(help: "How many tests follow each other.")
  var folds = 3

  @Option(help: "Ticks before a test that nobody learns from.")
  var purge: Tick = 10

  @Option(help: "How many seeds each candidate learns with.")
  var seeds = 2

  @Option(help: "How often it is tested in each fold, under other noise each time.")
  var tests = 8

  @Option(help: "How often each learns, where it does not say.")
  var updates = 50

  @Option(help: "Episodes between two updates.")
  var episodes = 8

  @Option(
    help: """
      A rule file (TOML) that says which algorithm is to learn which products; whether the trials \
      agree is told.
      """)
  var rules: String?

  @Option(
    help: """
      A folder for the tapes of all trainings. Trials that other calls left there count too; what is \
      there stays.
      """)
  var tapes: String?

  @Option(help: "Set how it trades, as for train.")
  var set: [String] = []

  @Option(help: "Hold an agent: its recorded commands are issued again.")
  var hold: [String] = []

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    for (name, value) in [
      ("--folds", folds), ("--seeds", seeds), ("--tests", tests), ("--updates", updates),
      ("--episodes", episodes),
    ] where !(1...1 << 16).contains(value) {
      throw CommandFailure(Exit.usage, "\(name): 1 to 65536")
    }
    if hold.contains(agent) {
      throw CommandFailure(
        Exit.usage, "--hold: \(agent) learns, and cannot do what was recorded as well")
    }
    let candidates = try candidates()
    let parent = try input.open()
    let training = try Train<Roster>.fork(parent, at: at, agents: [agent], held: hold)
    try Train<Roster>.expectEnd(until, in: training.opening.scenario)
    let last = until ?? training.opening.scenario.horizon
    if at >= last {
      throw CommandFailure(
        Exit.usage, "\(parent.path): nothing comes after tick \(at)",
        next: "choose an --at below \(last)")
    }
    guard let walk = WalkForward(at..<last, folds: folds, purge: purge) else {
      throw CommandFailure(
        Exit.usage, "\(parent.path): ticks \(at) to \(last) are too few for \(folds) folds",
        next: "take fewer with --folds, or a smaller --purge")
    }
    let plans = try walk.folds.map { fold throws(CommandFailure) in
      try Train<Roster>.fork(parent, at: fold.test.lowerBound, agents: [agent], held: hold)
    }
    var ruling = try rules.map { path throws(CommandFailure) in
      try SelectionRules(
        path, for: agent, in: training.opening.scenario, parameters)
    }
    guard let trials = try play(candidates, training, plans, walk, parent) else {
      throw CommandFailure(
        Exit.interrupted, "interrupted; nothing was selected",
        next: tapes.map { "trainings that were finished are in \($0), and count in later calls" })
    }
    let count = try tapes.map { folder throws(CommandFailure) in
      try TrialTapes(folder).count(of: agent, in: training)
    }
    let result = SelectionResult(trials, of: count ?? 0)
    let names = candidates.map { $0.name }
    let unit = training.opening.scenario.moneyUnit
    ruling?.compare(trials, candidates.map { $0.settings.trainees[0].learning.algorithm })
    if options.json {
      var object = object(result, names, walk, unit)
      if let ruling { object["rules"] = ruling.object }
      try Console.data(Json.text(object))
    } else {
      try Console.write(
        text(result, names, walk, unit) + (ruling?.text ?? "") + "again with: \(command(parent))\n")
    }
  }

  // MARK: Candidates

  private struct Candidate: Sendable {
    var name: String
    var settings: MarketTrainingSettings
  }

  /// How the agent trades.
  private var parameters: Parameters {
    get throws(CommandFailure) {
      try TrainingOptions.parameters(AgentWords.own(set, of: agent, among: [agent]))
    }
  }

  private func candidates() throws(CommandFailure) -> [Candidate] {
    var list: [Candidate] = []
    let parameters = try parameters
    for text in candidate.isEmpty ? ["ppo"] : candidate {
      let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      let name = sides[0]
      guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "_-.".contains($0) }),
        !list.contains(where: { $0.name == name })
      else {
        throw CommandFailure(
          Exit.usage, "--candidate \(text): has no name of its own, of letters, digits, _, - and .",
          next: "write --candidate wide:hidden=128x128,rate=0.0003")
      }
      let words = sides.count > 1 ? sides[1].split(separator: ",").map(String.init) : []
      let keys = words.map { $0.prefix { $0 != "=" } }
      if let twice = keys.indices.first(where: { keys[..<$0].contains(keys[$0]) }) {
        throw CommandFailure(Exit.usage, "--candidate \(name): \(keys[twice]) comes twice")
      }
      let algorithm = words.first { $0.hasPrefix("algorithm=") }.map { String($0.dropFirst(10)) }
      var settings: MarketTrainingSettings
      do throws(CommandFailure) {
        settings = MarketTrainingSettings(
          agent: agent, try LearningAlgorithm(named: algorithm ?? name))
      } catch {
        throw CommandFailure(
          error.code, "--candidate \(text): \(error.what)",
          next: algorithm == nil
            ? (error.next.map { "\($0). Or" } ?? "or")
              + " name its algorithm: \(name):algorithm=ppo" : error.next)
      }
      settings.trainees[0].parameters = parameters
      settings.episodes = episodes
      settings.updates = updates
      do throws(CommandFailure) {
        for word in words where !word.hasPrefix("algorithm=") { try Self.set(word, &settings) }
      } catch {
        throw CommandFailure(error.code, "--candidate \(name): \(error.what)", next: error.next)
      }
      // The same under another name would count as a trial, and is none.
      if let same = list.first(where: { $0.settings == settings }) {
        throw CommandFailure(
          Exit.usage, "--candidate \(name): learns as \(same.name) does",
          next: "let them differ, or take more --seeds")
      }
      list.append(Candidate(name: name, settings: settings))
    }
    return list
  }

  private static func set(
    _ word: String, _ settings: inout MarketTrainingSettings
  ) throws(CommandFailure) {
    if word.hasPrefix("reward.") {
      try TrainingOptions.set(String(word.dropFirst(7)), &settings.trainees[0].reward)
    } else if word.hasPrefix("updates=") {
      guard let count = Int(word.dropFirst(8)), (1...1 << 16).contains(count) else {
        throw CommandFailure(Exit.usage, "\(word): 1 to 65536")
      }
      settings.updates = count
    } else {
      try settings.trainees[0].learning.set(word)
    }
  }

  // MARK: Trials

  /// One training of a candidate.
  private struct Job: Sendable {
    let candidate: Candidate
    let seed: Int
    let number: Int
    let fold: WalkForward.Fold

    var plan: TrainingPlan {
      var settings = candidate.settings
      settings.end = fold.training.upperBound
      return TrainingPlan(settings: settings, seed: UInt64(seed + 1))
    }

    /// What its tape is called.
    var name: String { "\(candidate.name)-seed\(seed + 1)-fold\(number + 1)" }
  }

  /// Tries all candidates with all seeds; nil where that was interrupted.
  private func play(
    _ candidates: [Candidate], _ training: ForkPlan<Roster>, _ plans: [ForkPlan<Roster>],
    _ walk: WalkForward, _ parent: OpenedTape
  ) throws(CommandFailure) -> [SelectionResult.Trial]? {
    typealias Returns = Result<[[Double]], CommandFailure>
    let count = candidates.count * seeds * folds
    let (seeds, folds, tests, path) = (seeds, folds, tests, parent.path)
    // Fold by fold, seed by seed, candidate by candidate.
    let jobs = (0..<count).map { job in
      Job(
        candidate: candidates[job / folds / seeds], seed: job / folds % seeds, number: job % folds,
        fold: walk.folds[job % folds])
    }
    let kept = tapes.map { TrialTapes($0) }
    for job in jobs { try kept?.expect(job.plan, job.name, in: training) }
    Console.listenForInterrupts()
    let progress = SharedProgress("selecting", total: Int64(count))
    let results = Workers.map(count, threads: threads.count) { number -> Returns? in
      let job = jobs[number]
      defer { progress.finishedOne() }
      let done: Backtest.Outcome?
      do throws(MarketTrainingError) {
        done = try Backtest.run(
          job.plan, training: training, testing: plans[job.number],
          until: job.fold.test.upperBound, tests: tests, keepsTape: kept != nil,
          goesOn: { !Console.isInterrupted.load(ordering: .relaxed) })
      } catch {
        let failure = CommandFailure(error, path)
        return .failure(
          CommandFailure(
            failure.code, "--candidate \(job.candidate.name): \(failure.what)", next: failure.next))
      }
      guard let done else { return nil }
      // As soon as it is done: what was tried counts, whatever comes of the rest.
      if let kept, let tape = done.tape {
        do throws(CommandFailure) {
          try kept.keep(tape, job.name, of: path)
        } catch {
          return .failure(error)
        }
      }
      return .success(done.returns)
    }
    var trials: [SelectionResult.Trial] = []
    for trial in 0..<candidates.count * seeds {
      var returns: [[Double]] = []
      for fold in 0..<folds {
        guard let result = results[trial * folds + fold] else { return nil }
        returns += try result.get()
      }
      trials.append(
        SelectionResult.Trial(
          candidate: trial / seeds, seed: UInt64(trial % seeds + 1), returns: returns))
    }
    return trials
  }
}
