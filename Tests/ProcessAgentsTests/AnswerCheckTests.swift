import Agents
import Foundation
import Journal
import MarketModel
import ProcessAgents
import Replay
import Session
import Testing

@Suite struct AnswerCheckTests {
  private typealias Check = AnswerCheck<BuiltInAgents, MemorySource>

  /// Trades at random by its own seed and makes mistakes, as any program may.
  ///
  /// At one turn it does otherwise.
  private func program(bugAt turn: Int = -1, _ bug: String = "") -> [String] {
    TestProgram.python(
      """
      import random
      numbers, mine = random.Random(hello["seed"]), []
      def answer(turn):
          for event in turn["occurred"]:
              if event["kind"] == "orderSubmitted":
                  mine.append({"order_tick": event["key_tick"], "order_ordinal": event["ordinal"]})
          view, list = turn["board"]["instruments"][0], []
          for _ in range(numbers.randrange(4)):
              price = view["last_price"] + numbers.randrange(-30, 30)
              list.append({"kind": "placeOrder", "side": numbers.choice(["buy", "sell"]),
                           "price": price, "quantity": numbers.randrange(1, 5)})
          if mine and numbers.randrange(2):
              list.append({"kind": "cancelOrder", **mine.pop(0)})
          if mine and numbers.randrange(2):
              list.append({"kind": "replaceOrder", **mine.pop(0), "price": 10000, "quantity": 1})
          if numbers.randrange(4) == 0: list.append({"kind": "nonsense"})
          if numbers.randrange(4) == 0:
              list.append({"kind": "sendMessage", "topic": "news", "payload": "00ff"})
          if numbers.randrange(9) == 0: return "nonsense\\n"
          if turn["turn"] == \(turn):
              \(bug.isEmpty ? "pass" : bug)
          return commands(turn, *list)
      """)
  }

  private func start(_ command: [String], _ scenario: Scenario) throws -> ProcessAgent {
    try ProcessAgent(
      2, in: scenario, ProcessSettings(command: command, timeout: 20_000_000_000),
      ProcessAgent.Surroundings(say: { _ in }))
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `a program repeats itself, and one that does otherwise is found where it does`(
    seed: UInt64
  ) throws {
    var scenario = TestProgram.scenario(program(), hasLatency: seed % 2 == 0)
    scenario.seed = seed
    let run = try TestProgram.record(scenario)
    #expect(run.commandTicks.count > 10 && !run.faults.isEmpty)
    let again = try start(program(), scenario)
    let report = try Check.run(again, run.lineage).report
    #expect(report.difference == nil && report.turnCount == 20)
    #expect(report.missedCount == run.faults.count { $0.command == 0 })
    again.end()

    // The number of commands in each turn tells where a difference must be.
    var turns = try RecordedTurns<BuiltInAgents, MemorySource>(of: 2, run.lineage)
    var counts: [Int?] = []
    while let turn = try turns.next() { counts.append(turn.isMissed ? nil : turn.items.count) }
    let last = try #require((0..<20).last { (counts[$0] ?? 0) > 0 })
    for (turn, bug, number) in [
      (last, "list.append(buy)", (counts[last] ?? 0) + 1), (last, "list.pop()", counts[last] ?? 0),
      (last, "list[0] = buy", 1), (last, "sys.exit(1)", 1), (last, #"return "{}\n""#, 1),
    ] {
      let other = try start(program(bugAt: turn, bug), scenario)
      let difference = try Check.run(other, run.lineage).report.difference
      #expect(difference?.turn.observation.tick == Tick(turn), "seed \(seed), \(bug)")
      #expect(difference?.command == number, "seed \(seed), \(bug)")
      #expect(difference?.expected != difference?.got)
      other.end()
    }
  }

  @Test func `what is told again is what was told, byte for byte`() throws {
    let folder = FileManager.default.temporaryDirectory.path
    let base = "\(folder)/tapedeck-told-\(ProcessInfo.processInfo.processIdentifier)"
    defer {
      for name in ["first", "second"] { try? FileManager.default.removeItem(atPath: base + name) }
    }
    let listen = { (name: String) in
      ["sh", "-c", "tee \(base)\(name) | " + "python3 -c \"$0\"", program()[2]]
    }
    let scenario = TestProgram.scenario(listen("first"), hasLatency: true)
    let run = try TestProgram.record(scenario)
    let again = try start(listen("second"), scenario)
    #expect(try Check.run(again, run.lineage).report.difference == nil)
    again.end()
    let first = try String(contentsOfFile: base + "first", encoding: .utf8)
    #expect(first.count > 10_000)
    #expect(try String(contentsOfFile: base + "second", encoding: .utf8) == first)
  }

  @Test func `a mailbox after a check goes on where the session would`() throws {
    let scenario = TestProgram.scenario(program(), hasLatency: true)
    let run = try TestProgram.record(scenario)
    for tick in [0, 7, 19, 20] as [Tick] {
      let again = try start(program(), scenario)
      var (report, mailbox) = try Check.run(again, run.lineage, before: tick)
      again.end()
      #expect(report.turnCount == Int(tick))
      // What comes from the tick on, and what was left there, is what the next turn tells.
      let rest = run.events.filter { $0.time >= tick * 1_000_000_000 }
      for record in rest {
        if case .agentWoken(let body) = record.event, body.agent == 2 { break }
        mailbox.note(record.event)
      }
      var turns = try RecordedTurns<BuiltInAgents, MemorySource>(of: 2, run.lineage)
      var next: RecordedTurn?
      for _ in 0...tick { next = try turns.next() }
      if let next { #expect(mailbox.take(2) == next.occurred) }
    }
  }
}
