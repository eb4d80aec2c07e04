public import Agents
public import Counterfactual
import Journal
public import MarketModel
public import Session

/// A training as a tape says it.
///
/// It is a fork at whose tick agents get policies that know nothing. Then comes, update by update, what
/// was played and, agent by agent, what was learned and, where they are due, the policy and the whole state
/// of the learner: each update a tick after the one before. The market of the fork does not go on.
///
/// As the tape of a session does, it follows from its genesis: `TrainingCheck` trains again.
public struct RecordedTraining<Roster: AgentRoster>: Sendable {
  /// The training.
  public private(set) var training: MarketTraining<Roster>
  /// What it is.
  public let plan: TrainingPlan
  /// The fork, with the difference.
  public let fork: ForkPlan<Roster>
  /// The session that the events are folded into.
  public private(set) var session: MarketSession<Roster>

  /// Prepares a training in a fork that has no difference yet.
  ///
  /// - Throws: `MarketTrainingError`.
  public init(
    _ fork: ForkPlan<Roster>, plan: TrainingPlan
  ) throws(MarketTrainingError) {
    training = try MarketTraining(fork, settings: plan.settings, seed: plan.seed)
    self.plan = plan
    var own = fork
    do throws(ImpossibleIntervention) {
      try own.add(training.interventions)
      try own.becomeTraining(plan.bytes)
    } catch {
      throw .impossible(reason: error.reason)
    }
    self.fork = own
    session = own.session
    let last = session.state.scenario.clock.tickLength.multipliedReportingOverflow(
      by: Int64(plan.settings.updates))
    if last.overflow || last.partialValue > Limits.maximumTime - fork.instant {
      throw .setting("updates", expected: "fewer: each takes a tick, and the last ends in 2^62 ns")
    }
  }

  /// Updates so far.
  public var updateCount: Int { training.updateCount }

  /// Whether all updates are done.
  public var isFinished: Bool { updateCount >= plan.settings.updates }

  /// Says how it begins.
  ///
  /// - Throws: `SessionError` where the sink fails.
  public mutating func begin<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    try fork.begin(&session, into: &sink)
  }

  /// Learns from the episodes of the next update, and says so.
  ///
  /// - Throws: `TrainingFailure`; after one of the training itself nothing was said.
  public mutating func learn<Sink: EventSink & ~Copyable>(
    _ episodes: [[MarketEpisode]], _ workspaces: inout [MarketLearner.Workspace],
    into sink: inout Sink
  ) throws(TrainingFailure<Sink.Failure>) -> [MarketUpdate] {
    let numbers = training.nextEpisodes
    let updates: [MarketUpdate]
    do {
      updates = try training.learn(episodes, &workspaces)
    } catch {
      throw .training(error)
    }
    do {
      for (number, seen) in zip(numbers, episodes) {
        for (trainee, episode) in zip(training.trainees, seen) {
          try say(.episodePlayed(played(number, episode, by: trainee)), into: &sink)
        }
      }
      for (trainee, update) in zip(training.trainees, updates) {
        try say(update, of: trainee, into: &sink)
      }
    } catch {
      throw .session(error)
    }
    return updates
  }

  private func played(
    _ number: Int, _ episode: MarketEpisode, by trainee: Trainee
  ) -> EpisodePlayed {
    let bound = Double(Limits.maximumBalance)
    return EpisodePlayed(
      agent: trainee.agent, update: UInt32(trainee.updateCount), episode: UInt32(number),
      seed: Int64(bitPattern: training.seed(of: number)), decisions: UInt32(episode.count),
      gain: MinorUnits(min(max(episode.gain.rounded(.toNearestOrEven), -bound), bound)))
  }

  private mutating func say<Sink: EventSink & ~Copyable>(
    _ update: MarketUpdate, of trainee: Trainee, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let agent = trainee.agent
    let number = UInt32(update.number)
    let cause = session.nextSequence
    try say(
      .learnerUpdated(
        LearnerUpdated(
          agent: agent, update: number, hash: Int64(bitPattern: update.hash),
          payload: update.bytes)), into: &sink)
    if plan.isDue(plan.publishEvery, after: update.number) {
      try say(
        .policyUpdated(
          PolicyUpdated(
            agent: agent, tick: session.state.tick, ordinal: 0, payload: trainee.policy.bytes)),
        cause, into: &sink)
    }
    if plan.isDue(plan.saveEvery, after: update.number) {
      try save(trainee, cause, into: &sink)
    }
  }

  private mutating func save<Sink: EventSink & ~Copyable>(
    _ trainee: Trainee, _ cause: SequenceNumber?, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    let saved = LearnerSaved(
      agent: trainee.agent, update: UInt32(updateCount), payload: trainee.stateBytes)
    try say(.learnerSaved(saved), cause, into: &sink)
  }

  private mutating func say<Sink: EventSink & ~Copyable>(
    _ event: Event, _ cause: SequenceNumber? = nil, into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    // Within Limits.maximumTime: the initializer saw to that.
    let time = fork.instant + Int64(updateCount) * session.state.scenario.clock.tickLength
    try session.inject(EventRecord(time: time, cause: cause, event: event), into: &sink)
  }

  // MARK: Going on

  /// Says the whole state of all learners where that was not due, so that nothing is lost by stopping here.
  ///
  /// Whoever goes on leaves it out again: the tape is the same whether a training was stopped or not.
  /// - Throws: `SessionError` where the sink fails.
  public mutating func stop<Sink: EventSink & ~Copyable>(
    into sink: inout Sink
  ) throws(SessionError<Sink.Failure>) {
    if updateCount == 0 || plan.isDue(plan.saveEvery, after: updateCount) { return }
    for trainee in training.trainees { try save(trainee, nil, into: &sink) }
  }

  /// Whether a record is a state that was kept because the training was stopped.
  private func isOfStop(_ record: EventRecord) -> Bool {
    guard case .learnerSaved(let saved) = record.event else { return false }
    return !plan.isDue(plan.saveEvery, after: Int(saved.update))
  }

  /// Says again what a tape of this training says up to the last state that it keeps, goes on from
  /// there, and returns how many updates there are now.
  ///
  /// - Throws: `TrainingFailure` where the state is not one of this training.
  public mutating func resume<Sink: EventSink & ~Copyable>(
    _ records: [EventRecord], into sink: inout Sink
  ) throws(TrainingFailure<Sink.Failure>) -> Int {
    // States of one update come agent by agent: with that of the last one they are whole.
    let agents = training.trainees.map { $0.agent }
    let last = records.lastIndex {
      if case .learnerSaved(let saved) = $0.event { saved.agent == agents.last } else { false }
    }
    guard let last else { return 0 }
    let kept = agents.compactMap { agent -> [UInt8]? in
      for record in records[...last].reversed() {
        if case .learnerSaved(let saved) = record.event, saved.agent == agent {
          return saved.payload
        }
      }
      return nil
    }
    do {
      try training.resume(kept)
    } catch {
      throw .training(.setting("state", expected: error.expected))
    }
    do {
      for record in records[...last]
      where record.event.kind != .interventionApplied && !isOfStop(record) {
        try session.inject(record, into: &sink)
      }
    } catch {
      throw .session(error)
    }
    return updateCount
  }
}

/// Why a recorded training stopped.
public enum TrainingFailure<SinkFailure: Error>: Error {
  /// It cannot go on.
  case training(MarketTrainingError)
  /// What it says could not be kept.
  case session(SessionError<SinkFailure>)
}
