import Agents
import Foundation
import Journal
import Market
import MarketModel
import ProcessAgents
import Replay
import Session
import SessionSupport
import Synchronization

/// Programs of tests, in Python, and sessions in which they decide for an agent.
enum TestProgram {
  /// What a program says to people.
  final class Words: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  /// A Python program: `answer(turn)` returns the text that it writes at a turn.
  static func python(_ answer: String, ready: String = #"{"type":"ready","protocol":1}"#)
    -> [String]
  {
    let text = """
      import json, os, sys, time
      hello = json.loads(sys.stdin.readline())
      print('''\(ready)''', flush=True)
      def commands(turn, *list):
          return json.dumps({"type": "commands", "turn": turn["turn"], "commands": list}) + "\\n"
      buy = {"kind": "placeOrder", "side": "buy", "price": 9000, "quantity": 1}
      \(answer)
      for line in sys.stdin:
          turn = json.loads(line)
          if turn["type"] == "end":
              break
          sys.stdout.write(answer(turn))
          sys.stdout.flush()
      """
    return ["python3", "-c", text]
  }

  /// A market maker, a noise trader and a program, for 20 seconds.
  static func scenario(
    _ command: [String], onFault: ProcessSettings.FaultRule = .miss,
    timeout: Nanoseconds = 20_000_000_000, hasLatency: Bool = false
  ) -> Scenario {
    var scenario = SmallSession.scenario("programs", seed: 5, ticks: 20, deviation: 20)
    scenario.topics = ["news"]
    for (name, type) in [("MM_01", "market-maker"), ("Noise_01", "zero-intelligence")] {
      scenario.agents.append(agent(name, type, hasLatency: hasLatency))
    }
    var own = agent("Program", ProcessSettings.typeName, hasLatency: hasLatency)
    own.parameters =
      ProcessSettings(command: command, timeout: timeout, onFault: onFault).encoded
    scenario.agents.append(own)
    return scenario
  }

  private static func agent(_ name: String, _ type: String, hasLatency: Bool) -> AgentDescription {
    var agent = SmallSession.agent(name, type, hasLatency: hasLatency)
    agent.subscriptions = [0]
    if hasLatency { agent.reportLatency = .uniform(1_000_000, 1_900_000_000) }
    return agent
  }

  /// What came of a session.
  struct Recording {
    var tape: [UInt8]
    var events: [EventRecord]
    var faults: [AgentFaulted]
    var players: ProcessPlayers

    var lineage: Lineage<MemorySource> {
      get throws { try SmallSession.open([tape]) }
    }

    /// The program's commands, by tick.
    var commandTicks: [Tick] {
      events.compactMap { record in
        guard record.event.kind.isCommand, record.event.decidingAgent == 2 else { return nil }
        return record.time / 1_000_000_000
      }
    }
  }

  /// Runs a session with the program of its third agent.
  static func record(_ scenario: Scenario, words: Words = Words()) throws -> Recording {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var players = ProcessPlayers()
    let settings = try ProcessSettings(scenario.agents[2].parameters)
    players.add(
      try ProcessAgent(
        2, in: scenario, settings, ProcessAgent.Surroundings(say: { words.add($0) })))
    let recorder = JournalRecorder(
      JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
    var sink = MailSink(MailSink(recorder, mailbox: Mailbox(of: [])), mailbox: Mailbox(of: [2]))
    while let turn = try session.advance(into: &sink) {
      if try players.play(turn, &session, into: &sink) { continue }
      try session.takeTurn(turn, into: &sink)
    }
    players.end()
    sink.next.next.seal(session.state)
    let tape = sink.next.next.output.bytes
    var events: [EventRecord] = []
    var cursor = try SmallSession.open([tape]).cursor()
    while let item = try cursor.next() {
      if case .event(_, .known(let record)) = item { events.append(record) }
    }
    let faults = events.compactMap { record in
      if case .agentFaulted(let body) = record.event { body } else { nil }
    }
    return Recording(tape: tape, events: events, faults: faults, players: players)
  }
}
