import Agents
import Counterfactual
import Journal
import JournalFiles
import MarketModel
import ProcessAgents
import Replay
import Session
import Synchronization

/// Runs a session onto a tape on disk, with progress and a clean end on an interrupt.
struct SessionRun<Roster: AgentRoster> {
  var session: MarketSession<Roster>
  /// The tape, and what occurs to agents that programs decide for.
  var recorder: MailSink<JournalRecorder<TapeWriter>>
  /// The programs.
  var players = ProcessPlayers()
  private let horizon: Tick

  init(_ session: MarketSession<Roster>, _ encoder: JournalEncoder, _ writer: TapeWriter)
    throws(CommandFailure)
  {
    self.session = session
    horizon = session.state.scenario.horizon
    do {
      recorder = MailSink(
        try JournalRecorder(encoder, output: writer), mailbox: Mailbox(of: []))
    } catch {
      throw CommandFailure(error)
    }
  }

  /// A fork of a tape, onto a tape of its own that knows where its parent is.
  init(_ plan: ForkPlan<Roster>, _ parent: OpenedTape, _ output: WriteOptions)
    throws(CommandFailure)
  {
    try self.init(plan.session, plan.encoder(), try Fork<Roster>.writer(parent, output))
  }

  /// Begins a fork: with what it differs in.
  mutating func begin(_ plan: ForkPlan<Roster>) throws(CommandFailure) {
    do throws(SessionError<WriteError>) {
      try plan.begin(&session, into: &recorder)
    } catch {
      throw Self.failure(error, recorder.next.output)
    }
  }

  /// Runs to the end and seals the tape, or ends its frame on an interrupt.
  @specialized(where Roster == BuiltInAgents)
  mutating func run(_ what: String) throws(CommandFailure) {
    Console.listenForInterrupts()
    defer { players.end() }
    var progress = Progress(what, total: horizon)
    var count = 0
    do throws(SessionError<WriteError>) {
      loop: while true {
        count += 1
        if count % 256 == 0 {
          progress.show(session.reading { $0.tick })
          if Console.isInterrupted.load(ordering: .relaxed) { break loop }
        }
        switch try session.step(into: &recorder) {
        case .finished:
          try seal()
          return
        case .progressed: break
        case .turn(let turn):
          do throws(ProcessPlayers.Failure<WriteError>) {
            // Asked first: `play` is compiled for no roster, and most turns are of our own deciders.
            if players.decides(for: turn.agent),
              try players.play(turn, &session, into: &recorder)
            {
              continue
            }
          } catch {
            switch error {
            case .interrupted: break loop
            case .session(let error): throw error
            }
          }
          try session.takeTurn(turn, into: &recorder)
        }
      }
      try stop()
    } catch {
      throw Self.failure(error, recorder.next.output)
    }
    let writer = recorder.next.output
    throw CommandFailure(
      Exit.interrupted,
      "interrupted at tick \(session.state.tick) of \(horizon); "
        + "\(writer.path) holds \(session.nextSequence) events and is open",
      next: writer.isReplacement
        ? "read it as it is; \(writer.name), which it was to replace, is as it was"
        : "read it as it is, or record it whole again with --force")
  }

  private mutating func seal() throws(SessionError<WriteError>) {
    do {
      try recorder.next.seal(session.state)
      try recorder.next.output.finish(isSealed: true)
    } catch {
      throw .sink(error)
    }
  }

  private mutating func stop() throws(SessionError<WriteError>) {
    do {
      try recorder.next.endFrame(session.state)
      try recorder.next.output.finish(isSealed: false)
    } catch {
      throw .sink(error)
    }
  }

  /// Says what failed; `input` is where the events come from, where that is a file.
  static func failure(
    _ error: SessionError<WriteError>, _ writer: TapeWriter, input: String? = nil
  ) -> CommandFailure {
    switch error {
    case .sink(let error):
      var failure = CommandFailure(error)
      if case .system = error { failure.next = whatIsLeft(writer) ?? failure.next }
      return failure
    case .reduction(let fault):
      return CommandFailure(
        Exit.trouble, "\(input ?? writer.path): event \(fault.sequence): \(fault.error.words)")
    }
  }

  private static func whatIsLeft(_ writer: TapeWriter) -> String? {
    let old = writer.isReplacement ? "\(writer.name) is as it was" : nil
    let new = writer.size > 0 ? "what was recorded before is in \(writer.path)" : nil
    if let new, let old { return "\(new); \(old)" }
    return new ?? old
  }
}
