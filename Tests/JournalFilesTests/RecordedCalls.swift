import Agents
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Session
import TestSupport

/// What a session asks of a writer, kept so that it can be asked again and again.
struct RecordedCalls: Sendable {
  enum Call: Sendable {
    case write([UInt8], WriteProgress)
    case note(EventRecord, SequenceNumber, startsTick: Bool)
  }

  /// In order; the last one writes the seal.
  let calls: [Call]
  /// All events.
  let records: [EventRecord]

  /// The bytes of the finished tape.
  var bytes: [UInt8] {
    calls.reduce(into: []) { bytes, call in
      if case .write(let frames, _) = call { bytes += frames }
    }
  }

  /// How often frames are written.
  var frameCount: Int {
    calls.count { if case .write = $0 { true } else { false } }
  }

  /// How many notes have a size like this.
  func notes(where isCounted: (Int) -> Bool) -> Int {
    records.count { record in
      if case .noteAdded(let note) = record.event { isCounted(note.payload.count) } else { false }
    }
  }

  /// Records a session of four agents, its frames ended early so that there are many, notes among
  /// its events.
  ///
  /// Each third note has up to `largest` bytes; above 32 KiB it becomes a frame of its own.
  init(seed: UInt64, ticks: Tick, largest: Int) {
    var numbers = KeyedNumbers(seed: seed)
    var notes = 0
    do {
      let scenario = Self.scenario(seed: seed, ticks: ticks)
      var session = try MarketSession<BuiltInAgents>(scenario: scenario)
      var recorder = JournalRecorder(
        JournalEncoder(genesis: Genesis(scenario: scenario)), output: CallLog())
      while let turn = try session.advance(into: &recorder) {
        try session.takeTurn(turn, into: &recorder)
        if numbers.once(in: 8) { recorder.endFrame(session.state) }
        if numbers.once(in: 6) {
          notes += 1
          let size = notes % 3 == 0 ? largest : min(largest, 2_000)
          let text = (0..<size / 2 + numbers.index(below: size / 2)).map { _ in
            UInt8(truncatingIfNeeded: numbers.next())
          }
          try session.inject(
            EventRecord(
              time: session.state.time, cause: nil, event: .noteAdded(NoteAdded(payload: text))),
            into: &recorder)
        }
      }
      recorder.seal(session.state)
      calls = recorder.output.calls
      records = recorder.output.records
    } catch {
      preconditionFailure("Invariant: the session is valid: \(error)")
    }
  }

  static func scenario(seed: UInt64, ticks: Tick) -> Scenario {
    var scenario = Scenario(name: "files", seed: seed)
    scenario.horizon = ticks
    scenario.instruments = [InstrumentRules(name: "STOCK")]
    scenario.groups = ["all"]
    for name in ["A", "B", "C", "D"] {
      var agent = AgentDescription(
        account: AccountRules(name: name, group: 0), type: "zero-intelligence")
      agent.firstWake = 0
      agent.wakeInterval = 1_000_000_000
      let entry = BuiltInAgents.entries.first { $0.typeName == agent.type }
      if let entry, let resolved = try? Parameters().resolved(by: entry.parameters) {
        agent.parameters = resolved
      }
      scenario.agents.append(agent)
    }
    return scenario
  }

  /// Asks a writer for the same; `end` is how many calls, all and the end of the tape for nil.
  func replay(onto writer: TapeWriter, stoppingAfter end: Int? = nil) throws(WriteError) {
    for call in calls.prefix(end ?? calls.count) {
      switch call {
      case .write(let frames, let progress): try writer.write(frames, progress)
      case .note(let record, let sequence, let startsTick):
        var event = FlatEvent()
        event.set(record)
        try writer.note(&event, sequence: sequence, startsTick: startsTick)
      }
    }
    if end == nil { try writer.finish(isSealed: true) }
  }
}

/// Keeps what a recorder asks of its output.
private struct CallLog: FrameOutput {
  var calls: [RecordedCalls.Call] = []
  var records: [EventRecord] = []

  mutating func write(_ frames: [UInt8], _ progress: WriteProgress) throws(Never) {
    calls.append(.write(frames, progress))
  }

  mutating func note(
    _ event: inout FlatEvent, sequence: SequenceNumber, startsTick: Bool
  ) throws(Never) {
    calls.append(.note(event.record, sequence, startsTick: startsTick))
    records.append(event.record)
  }
}
