import Agents
public import ArgumentParser
import Journal
import JournalFiles
import MarketModel
public import Replay
import Session
import Training

/// `tapedeck verify`: proves a tape, up to a level.
struct Verify<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "verify", abstract: "Prove a tape: 0 verified, 1 diverged, 2 corrupt, 3 open.",
      discussion: """
        V0 framing; V1 the chain of hashes; V2 schema, conservation, books not crossed; V3 digests \
        of the state; V4 every decider run again; V5 a naive twin of the reducer and \
        encode-decode of the state at each digest. At V4 a training is trained again, gradient step \
        by gradient step. A pack is checked byte by byte first, and needs \
        nothing else.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "V0 to V5; each includes those below it.")
  var level: VerificationLevel = .v3

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var options: OutputOptions

  @specialized(where Roster == BuiltInAgents)
  func run() throws {
    let pack = PackFile.isPack(input.tape) ? try OpenedPack(input.tape) : nil
    defer { pack?.remove() }
    let tape = try OpenedTape(
      pack?.tape ?? input.tape, level: level == .v0 ? .framing : .chain, parents: input.parent
    ).readingAhead
    Console.outliveReader()
    if level >= .v4 { try expectRevision(tape) }
    var report: VerificationReport
    do {
      report = try Verification<Roster, TapeFile>.run(tape.lineage, level: level)
    } catch {
      var failure = CommandFailure(error, tape.paths)
      if case .reduction = error { failure.code = Exit.differs }
      throw failure
    }
    // Where events are missing, nothing is said of those who decide.
    if tape.isTraining, tape.lineage.isWhole, level >= .v4, report.finding == nil {
      try trainAgain(tape, &report)
    }
    var status = tape.warn()
    if status == 0 && tape.scan.status != .sealed { status = Exit.loss }
    if tape.scan.seal?.isSalvaged == true && status == 0 { status = Exit.loss }
    if report.finding != nil { status = Exit.differs }
    try show(tape, report, status)
    if status != 0 { throw ExitCode(status) }
  }

  /// Deciders are proved within their revision only.
  private func expectRevision(_ tape: OpenedTape) throws(CommandFailure) {
    let revision = tape.lineage.tape.genesis.semanticsRevision
    if revision == Semantics.revision { return }
    throw CommandFailure(
      Exit.trouble,
      "\(tape.path): its deciders are of revision \(revision), those of this build of "
        + "\(Semantics.revision)",
      next: "prove what does not depend on them: tapedeck verify \(tape.path) --level V3")
  }

  /// Proves the tape of a training: trains again, and compares every event.
  private func trainAgain(
    _ tape: OpenedTape, _ report: inout VerificationReport
  ) throws(CommandFailure) {
    do {
      let check = try TrainingCheck<Roster, TapeFile>.run(tape.lineage) {
        training throws(MarketTrainingError) in
        try TrainingRun.play(training, threads: threads.count)
      }
      report.decidedCount = check.decidedCount
      report.finding = check.divergence.map { .decider($0) }
    } catch {
      switch error {
      case .noTraining: break
      case .plan(let error):
        throw CommandFailure(
          Exit.trouble, "\(tape.path): what is trained cannot be read: expected \(error.expected)")
      case .replay(let error): throw CommandFailure(error, tape.paths)
      case .training(let error):
        var failure = CommandFailure(error, tape.path)
        failure.code = Exit.trouble
        throw failure
      }
    }
  }

  private func show(
    _ tape: OpenedTape, _ report: VerificationReport, _ status: Int32
  ) throws {
    let text = EventText(names: tape.names, scenario: tape.lineage.scenario)
    let finding = report.finding.map { describe($0, text) }
    if options.json {
      var object: [String: Any] = [
        "tape": input.tape, "level": level.rawValue, "status": tape.statusWord,
        "verified": status == 0, "events": report.eventCount,
        "digests_compared": report.digestCount, "decided": report.decidedCount,
        "inputs": report.inputCount, "foreign_agents": report.foreignAgents,
        "states_twinned": report.twinCount,
      ]
      if let finding { object["finding"] = finding }
      try Console.data(Json.text(object))
      return
    }
    let word = status == 0 ? "verified" : report.finding == nil ? tape.statusWord : "DIVERGED"
    try Console.data("\(input.tape): \(word) at \(level.rawValue), \(report.summary)")
    for name in report.foreignAgents {
      try Console.data("  \(name): foreign to this build; its commands were taken as inputs")
    }
    if let finding {
      for line in finding { try Console.data("  \(line)") }
      try Console.data("  again with: tapedeck verify \(input.tape) --level \(level.rawValue)")
    }
  }

  private func describe(_ finding: VerificationFinding, _ text: EventText) -> [String] {
    switch finding {
    case .invariant(let sequence, let what): return ["event \(sequence): \(what)"]
    case .digest(let mismatch):
      return [
        "digests differ before event \(mismatch.sequence), tick \(mismatch.tick): "
          + mismatch.components.joined(separator: ", "),
        "the last that matched stands before event \(mismatch.lastMatch)",
      ]
    case .twin(let sequence, let components):
      return [
        "the naive twin disagrees before event \(sequence): "
          + components.joined(separator: ", ")
      ]
    case .encoding(let sequence):
      return ["the state before event \(sequence) does not survive encode and decode"]
    case .decider(let divergence):
      var lines = ["event \(divergence.sequence)"]
      if let recorded = divergence.recorded {
        lines.append("recorded: \(text.line(divergence.sequence, recorded))")
      } else {
        lines.append("recorded: the end of the tape")
      }
      if let decided = divergence.decided {
        lines.append("decided:  \(text.line(divergence.sequence, .known(decided)))")
        if case .known(let recorded)? = divergence.recorded {
          lines += text.differences(recorded, decided).map { "  \($0)" }
        }
      } else {
        lines.append("decided:  nothing")
      }
      return lines
    }
  }
}

extension VerificationLevel: ExpressibleByArgument {
  /// Reads `V3`, `v3` or `3`.
  public init?(argument: String) {
    let digits = argument.uppercased().hasPrefix("V") ? argument.dropFirst() : argument[...]
    self.init(rawValue: "V\(digits)")
  }
}

extension VerificationReport {
  /// What was looked at, in words.
  var summary: String {
    var parts = ["\(eventCount) events"]
    if digestCount > 0 { parts.append("\(digestCount) digests") }
    if skippedMemories > 0 { parts.append("\(skippedMemories) of them without memories") }
    if decidedCount > 0 { parts.append("\(decidedCount) decided again") }
    if inputCount > 0 { parts.append("\(inputCount) inputs") }
    if twinCount > 0 { parts.append("\(twinCount) states twinned") }
    return parts.joined(separator: ", ")
  }
}
