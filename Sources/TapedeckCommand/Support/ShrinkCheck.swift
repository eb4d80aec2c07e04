import Agents
import FoundationEssentials
import Journal
import JournalFiles
import ProcessAgents
import Replay
import Session
import Synchronization

/// Why shrinking stopped before nothing was left to do.
enum ShrinkStop: Error {
  /// Interrupted.
  case interrupted
  /// The time given is over.
  case timeOver
  /// The check cannot be run.
  case failed(CommandFailure)
}

/// What must go on failing while a session is shrunk.
struct ShrinkCheck<Roster: AgentRoster> {
  /// What decides.
  enum Kind {
    /// The exit status of a command; `{}` stands for the tape.
    case command(String)
    /// Whether the session keeps its invariants and its naive twin agrees, up to V5.
    case invariant
  }

  private let kind: Kind
  /// Where candidates are written.
  private let candidate: String
  /// When to stop, on the clock of `Console.seconds`.
  private let deadline: Double?
  /// The exit status with which the original fails: another failure is another bug.
  private(set) var status: Int32 = 0

  /// Runs the check on the original, twice: it must fail, and the same way again.
  init(_ kind: Kind, original: OpenedTape, folder: String, deadline: Double?) throws {
    self.kind = kind
    self.deadline = deadline
    candidate = folder + "/candidate.tape"
    status = try check(original)
    if status == 0 {
      throw CommandFailure(
        Exit.usage, "\(original.path): the check passes on it; there is nothing to shrink",
        next: "the check must exit with another status than 0 while the bug is there")
    }
    if case .command(let text) = kind, status == 126 || status == 127 {
      throw CommandFailure(
        Exit.usage, "--check: the shell cannot run \(text) (exit status \(status))",
        next: "try it by hand on \(original.path)")
    }
    let again = try check(original)
    if again != status {
      throw CommandFailure(
        Exit.usage,
        "\(original.path): the check ends with \(status), then with \(again): it is flaky",
        next: "make it give the same answer for the same tape")
    }
  }

  private func check(_ original: OpenedTape) throws -> Int32 {
    switch kind {
    case .command(let text):
      do {
        return try Self.run(text, on: original.path)
      } catch .failed(let failure) {
        throw failure
      } catch {
        throw CommandFailure.interrupted
      }
    case .invariant:
      do {
        return try finding(original.lineage) == nil ? 0 : 1
      } catch {
        throw CommandFailure(error, original.paths)
      }
    }
  }

  private func finding<Source: ByteSource>(
    _ lineage: Lineage<Source>
  ) throws(ReplayError<Source.Failure>) -> VerificationFinding? {
    try Verification<Roster, Source>.run(lineage, level: .v5).finding
  }

  /// Whether a tape fails as the original does.
  func fails(_ tape: [UInt8]) throws(ShrinkStop) -> Bool {
    if Console.isInterrupted.load(ordering: .relaxed) { throw .interrupted }
    if let deadline, Console.seconds > deadline { throw .timeOver }
    switch kind {
    case .invariant:
      guard let reader = try? JournalReader(MemorySource(tape), level: .chain),
        let lineage = try? Lineage([reader])
      else { return false }
      guard let finding = try? finding(lineage) else { return false }
      return finding as VerificationFinding? != nil
    case .command(let text):
      guard FileManager.default.createFile(atPath: candidate, contents: Data(tape)) else {
        throw .failed(CommandFailure(Exit.trouble, "\(candidate): cannot be written"))
      }
      return try Self.run(text, on: candidate) == status
    }
  }

  /// Runs a command on a tape and returns its exit status; a signal's is 128 more.
  private static func run(_ text: String, on tape: String) throws(ShrinkStop) -> Int32 {
    let line = text.replacing("{}", with: tape.shellWord)
    let status: Int32?
    do {
      status = try ShellCommand.exitStatus(of: line) {
        Console.isInterrupted.load(ordering: .relaxed)
      }
    } catch {
      throw .failed(CommandFailure(Exit.trouble, "/bin/sh cannot be run: \(error.reason)"))
    }
    guard let status else { throw .interrupted }
    return status
  }
}
