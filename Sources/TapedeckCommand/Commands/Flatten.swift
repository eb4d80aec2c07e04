import Agents
import ArgumentParser
import Counterfactual
import Journal
import JournalFiles
import Replay
import Session
import Synchronization

/// `tapedeck flatten`: makes a fork stand alone.
struct Flatten<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "flatten", abstract: "Make a fork stand alone: all events on one tape.",
      discussion: """
        The new tape has the events and digests of the fork, those shared with its ancestors \
        included, and needs no parent. It still says that it was forked, where and how. It is \
        another session: forks of the fork are no forks of it.
        """)
  }

  @OptionGroup var input: TapeOptions
  @OptionGroup var output: WriteOptions

  func run() throws {
    let fork = try input.open().readingAhead
    try fork.expectSession()
    var flattening: Flattening<Roster, TapeFile>
    do {
      flattening = try Flattening(fork.lineage, failure: WriteError.self)
    } catch {
      throw failure(error, fork)
    }
    let writer = try Record<Roster>.writer(output, inputs: fork.paths)
    Console.listenForInterrupts()
    var progress = Progress("flattening", total: flattening.horizon)
    do {
      var recorder = try JournalRecorder(flattening.encoder(), output: writer)
      while try flattening.step(into: &recorder) {
        guard flattening.eventCount % 1024 == 0 else { continue }
        progress.show(flattening.tick)
        if Console.isInterrupted.load(ordering: .relaxed) {
          throw CommandFailure(
            Exit.interrupted, "interrupted; \(writer.path) is not finished, remove it")
        }
      }
      try flattening.seal(&recorder)
      try recorder.output.finish(isSealed: true)
    } catch let error as FlatteningError<FileFailure, WriteError> {
      throw failure(error, fork)
    } catch let error as WriteError {
      throw CommandFailure(error)
    }
    Console.say(
      "flattened \(flattening.eventCount) events, \(fork.lineage.forks.count) "
        + "fork\(fork.lineage.forks.count == 1 ? "" : "s") deep: \(output.output)")
  }

  private func failure(
    _ error: FlatteningError<FileFailure, WriteError>, _ fork: OpenedTape
  ) -> CommandFailure {
    switch error {
    case .noFork:
      CommandFailure(
        Exit.usage, "\(fork.path): is no fork; it stands alone already",
        next: "see what it is with: tapedeck info \(fork.path)")
    case .unfinished(let tape):
      CommandFailure(
        Exit.trouble, "\(fork.paths[tape]): is not whole, and the flattened tape would hide that",
        next: "see what is wrong with: tapedeck doctor \(fork.paths[tape])")
    case .replay(let error): CommandFailure(error, fork.paths)
    case .notReproduced(let sequence):
      CommandFailure(
        Exit.differs,
        "\(fork.path): this build does not reach its digests before event \(sequence)",
        next: "tapedeck verify \(fork.path)")
    case .unknownKind(let name, let sequence):
      CommandFailure(
        Exit.trouble,
        "\(fork.path): event \(sequence) is of kind \(name), which this build cannot write",
        next: "use the build that recorded it")
    case .sink(let error): CommandFailure(error)
    }
  }
}
