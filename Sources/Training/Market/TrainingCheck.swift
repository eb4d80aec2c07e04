public import Agents
import Counterfactual
public import Journal
public import MarketModel
public import Replay
import Session

/// Proves the tape of a training at V4: trains again, and compares every event that it says, hashes
/// of each gradient step and kept states included.
public enum TrainingCheck<Roster: AgentRoster, Source: ByteSource> {
  /// What was found.
  public struct Report: Equatable, Sendable {
    /// Events that came again.
    public var decidedCount = 0
    /// The first event that did not; nil where all did.
    public var divergence: DeciderDivergence?
  }

  /// Trains again as the last tape of a lineage says.
  ///
  /// `play` plays the episodes of an update, in order; on any number of threads.
  /// - Throws: `TrainingCheckError`.
  /// - Complexity: that of the training.
  public static func run(
    _ lineage: Lineage<Source>,
    play: (MarketTraining<Roster>) throws(MarketTrainingError) -> [[MarketEpisode]]
  ) throws(TrainingCheckError<Source.Failure>) -> Report {
    guard let origin = lineage.forks.last, origin.isTraining else { throw .noTraining }
    let plan: TrainingPlan
    do {
      plan = try TrainingPlan(bytes: origin.training)
    } catch {
      throw .plan(error)
    }
    let records: [EventRecord]
    let parent: ForkPlan<Roster>
    do throws(ReplayError<Source.Failure>) {
      records = try ownRecords(lineage)
      parent = try Self.parent(lineage, origin)
    } catch {
      throw .replay(error)
    }
    var report = Report()
    let isWhole = lineage.tape.scan.seal.map { !$0.isSalvaged } ?? false
    do throws(MarketTrainingError) {
      let training = try RecordedTraining(parent, plan: plan)
      try compare(training, records, origin, isWhole: isWhole, play, &report)
    } catch {
      throw .training(error)
    }
    return report
  }

  /// The events that stand on the tape itself.
  public static func ownRecords(
    _ lineage: Lineage<Source>
  ) throws(ReplayError<Source.Failure>) -> [EventRecord] {
    let first = lineage.firstOwnSequence
    var records: [EventRecord] = []
    var cursor = lineage.cursor()
    while let item = try cursor.next() {
      if case .event(let sequence, .known(let record)) = item, sequence >= first {
        records.append(record)
      }
    }
    return records
  }

  private static func parent(
    _ lineage: Lineage<Source>, _ origin: ForkOrigin
  ) throws(ReplayError<Source.Failure>) -> ForkPlan<Roster> {
    let parent = try Lineage(Array(lineage.readers.dropLast()))
    do {
      return try ForkPlan(parent, at: origin.tick, interventions: [], held: origin.held)
    } catch {
      guard case .replay(let error) = error else {
        throw .lineage(.incompleteParent(tape: lineage.readers.count - 2, tick: origin.tick))
      }
      throw error
    }
  }

  private static func compare(
    _ training: RecordedTraining<Roster>, _ records: [EventRecord], _ origin: ForkOrigin,
    isWhole: Bool,
    _ play: (MarketTraining<Roster>) throws(MarketTrainingError) -> [[MarketEpisode]],
    _ report: inout Report
  ) throws(MarketTrainingError) {
    var training = training
    var sink = ComparedEvents(records: records, first: origin.sharedCount)
    if case .fork(let own) = training.fork.genesis.origin, own != origin {
      report.divergence = DeciderDivergence(
        sequence: origin.sharedCount, recorded: nil, decided: nil)
      return
    }
    var workspaces = training.training.workspaces
    do throws(TrainingFailure<EventMismatch>) {
      do {
        try training.begin(into: &sink)
      } catch {
        throw .session(error)
      }
      // A tape that is open, or was cut, is right as far as it goes.
      while !training.isFinished, sink.count < records.count {
        if !isWhole, records[sink.count].event.kind == .learnerSaved {
          // The last that a training says that was stopped.
          do {
            try training.stop(into: &sink)
          } catch {
            throw .session(error)
          }
          break
        }
        let episodes: [[MarketEpisode]]
        do {
          episodes = try play(training.training)
        } catch {
          throw .training(error)
        }
        _ = try training.learn(episodes, &workspaces, into: &sink)
      }
    } catch {
      switch error {
      case .training(let error): throw error
      case .session(.sink(let mismatch)): report.divergence = mismatch.divergence
      case .session(.reduction(let fault)):
        throw .session(reason: "event \(fault.sequence) does not follow")
      }
    }
    report.decidedCount = min(sink.count, records.count)
    if report.divergence != nil { return }
    let next = origin.sharedCount + Int64(min(sink.count, records.count))
    if sink.count < records.count {
      report.divergence = DeciderDivergence(
        sequence: next, recorded: .known(records[sink.count]), decided: nil)
    } else if isWhole, !training.isFinished || sink.count > records.count {
      // It says that it is whole, and there would be more to say.
      report.divergence = DeciderDivergence(sequence: next, recorded: nil, decided: sink.next)
    }
  }
}

/// A training that cannot be checked.
public enum TrainingCheckError<SourceFailure: Error>: Error {
  /// The tape is none of a training.
  case noTraining
  /// What it trains cannot be read.
  case plan(ByteError)
  /// It cannot be read.
  case replay(ReplayError<SourceFailure>)
  /// It cannot be trained again.
  case training(MarketTrainingError)
}

/// An event that is not the one that was recorded.
struct EventMismatch: Error {
  let divergence: DeciderDivergence
}

/// A sink that takes only what was recorded, in order; what comes after its end is let go.
struct ComparedEvents: EventSink {
  let records: [EventRecord]
  let first: SequenceNumber
  /// How many came.
  private(set) var count = 0
  /// The first that came after the end.
  private(set) var next: EventRecord?

  init(records: [EventRecord], first: SequenceNumber) {
    self.records = records
    self.first = first
  }

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(EventMismatch) {
    let decided = copy record
    if count < records.count, records[count] != decided {
      throw EventMismatch(
        divergence: DeciderDivergence(
          sequence: sequence, recorded: .known(records[count]), decided: decided))
    }
    if count == records.count { next = decided }
    count += 1
  }

  mutating func append(
    _ event: inout FlatEvent, sequence: SequenceNumber
  ) throws(EventMismatch) {
    try append(event.record, sequence: sequence)
  }
}
