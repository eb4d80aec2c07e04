import Agents
import Foundation
import Glibc
import Journal
import MarketModel
import ProcessAgents
import Replay
import Session
import Testing

@Suite struct FaultTests {
  /// What a program does wrong at its sixth turn, what that is called, and whether it can go on.
  struct Wrong: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var answer: String
    var fault: AgentFault
    var words: String
    var isFinal = false
  }

  static let wrongs = [
    Wrong(
      testDescription: "garbage", answer: #""hello\n""#, fault: .unreadable,
      words: "column 1: expected a value: hello"),
    Wrong(
      testDescription: "another line", answer: #"'{"type":"ready","protocol":1}\n'"#,
      fault: .unreadable,
      words: #"expected {"type":"commands","turn":5,"commands":[...]}, found "#
        + #"{"type":"ready","protocol":1}"#),
    Wrong(
      testDescription: "no list", answer: #"'{"type":"commands","turn":5,"commands":{}}\n'"#,
      fault: .unreadable, words: "commands: expected a list of at most 4096, found an object"),
    Wrong(
      testDescription: "a turn to come", answer: #"'{"type":"commands","turn":6,"commands":[]}\n'"#,
      fault: .unreadable, words: "turn: expected 5, found 6"),
    Wrong(
      testDescription: "bytes that are no text",
      answer: #"(sys.stdout.flush(), sys.stdout.buffer.write(b'\xff"\xfe\n'), "")[2]"#,
      fault: .unreadable, words: "column 1: expected a value: \u{FFFD}\"\u{FFFD}"),
    Wrong(
      testDescription: "megabytes without a line end", answer: #""x" * 3000000 + "\n""#,
      fault: .tooLong, words: "a line of more than 1048576 bytes"),
    Wrong(
      testDescription: "its end", answer: "sys.exit(3)", fault: .ended,
      words: "it ended with exit status 3", isFinal: true),
    Wrong(
      testDescription: "a crash", answer: "os.kill(os.getpid(), 9)", fault: .ended,
      words: "it was ended by signal 9", isFinal: true),
  ]

  @Test(arguments: wrongs)
  func `a wrong answer is a turn missed, recorded with what happened`(wrong: Wrong) throws {
    let program = TestProgram.python(
      """
      def answer(turn):
          if turn["turn"] == 5: return \(wrong.answer)
          return commands(turn, buy)
      """)
    let run = try TestProgram.record(TestProgram.scenario(program))
    #expect(
      run.faults == [
        AgentFaulted(
          agent: 2, tick: 5, ordinal: 0, command: 0, fault: wrong.fault, isFinal: wrong.isFinal,
          payload: Array(wrong.words.utf8))
      ], "\(run.faults.map { String(decoding: $0.payload, as: UTF8.self) })")
    #expect(run.commandTicks == (0..<20).filter { $0 < 5 || ($0 > 5 && !wrong.isFinal) })
    let report = try Verification<BuiltInAgents, MemorySource>.run(run.lineage, level: .v5)
    #expect(report.finding == nil)
    #expect(run.players.faults.map { $0.firstTick } == [5])
    // Where the rule says so, any fault is the last.
    let stopped = try TestProgram.record(TestProgram.scenario(program, onFault: .stop))
    #expect(stopped.faults.map { $0.isFinal } == [true])
    #expect(stopped.commandTicks == Array(0..<5))
  }

  @Test func `a late answer is a turn missed, and what comes of it later is passed over`() throws {
    let program = TestProgram.python(
      """
      def answer(turn):
          if turn["turn"] in (3, 4): time.sleep(1.2)
          return commands(turn, buy)
      """)
    let run = try TestProgram.record(TestProgram.scenario(program, timeout: 700_000_000))
    #expect(run.faults.map { $0.fault } == run.faults.map { _ in .late })
    #expect(run.faults.first?.tick == 3)
    #expect(
      run.faults.first.map { String(decoding: $0.payload, as: UTF8.self) }
        == "no answer within 700 ms")
    #expect(
      run.commandTicks == (0..<20).filter { tick in !run.faults.contains { $0.tick == tick } })
    #expect(run.faults.count < 6)
  }

  @Test func `a program that never answers and never reads holds nothing up but its turns`() throws
  {
    let program = TestProgram.python(
      """
      def answer(turn):
          time.sleep(1000)
      """)
    let began = ContinuousClock.now
    let run = try TestProgram.record(TestProgram.scenario(program, timeout: 20_000_000))
    #expect(run.faults.count == 20 && run.commandTicks.isEmpty)
    #expect(ContinuousClock.now - began < .seconds(30))
  }

  @Test func `a wrong command is left out, and the others of its answer are given`() throws {
    let wrongs = [
      (
        #"{"kind": "placeOrder", "side": "bye", "price": 1, "quantity": 1}"#,
        #"side: expected buy or sell, found "bye""#
      ),
      (
        #"{"kind": "placeOrder", "side": "buy", "price": 1.5, "quantity": 1}"#,
        "price: expected a 64-bit integer, found 1.5"
      ),
      (
        #"{"kind": "placeOrder", "side": "buy", "price": 1, "quantity": "1"}"#,
        #"quantity: expected a 64-bit integer, found "1""#
      ),
      (
        #"{"kind": "placeOrder", "side": "buy", "price": 1, "quantity": 2**63}"#,
        "quantity: expected a 64-bit integer, found 9223372036854775808"
      ),
      (
        #"{"kind": "placeOrder", "side": "buy", "price": 1, "quantity": 1, "instrument": "X"}"#,
        #"instrument: expected a name of this session, found "X""#
      ),
      (
        #"{"kind": "placeOrder", "side": "buy", "price": 1, "quantity": 1, "limit": 1}"#,
        "limit: placeOrder has only instrument, side, type, time_in_force, post_only, price, quantity"
      ),
      (
        #"{"kind": "cancelOrder", "order_tick": 1}"#,
        "order_ordinal: expected a 64-bit integer, found nothing"
      ),
      (
        #"{"kind": "sendMessage", "payload": "00"}"#,
        "expected either recipient or topic, found neither"
      ),
      (
        #"{"kind": "sendMessage", "topic": "news", "payload": "0"}"#,
        #"payload: expected at most 32768 bytes in hexadecimal, found "0""#
      ),
      (
        #"{"kind": "dance"}"#,
        "kind: expected placeOrder, cancelOrder, replaceOrder, transferCapital or sendMessage, "
          + #"found "dance""#
      ),
      ("7", "expected an object, found 7"),
    ]
    let run = try TestProgram.record(
      TestProgram.scenario(
        TestProgram.python(
          """
          wrongs = [\(wrongs.map { $0.0 }.joined(separator: ","))]
          def answer(turn):
              if turn["turn"] >= len(wrongs): return commands(turn)
              return commands(turn, buy, wrongs[turn["turn"]], buy)
          """)))
    #expect(run.faults.map { $0.command } == wrongs.map { _ in 2 })
    #expect(
      run.faults.map { String(decoding: $0.payload, as: UTF8.self) } == wrongs.map { $0.1 })
    #expect(run.commandTicks == (0..<Tick(wrongs.count)).flatMap { [$0, $0] })
    #expect(
      try Verification<BuiltInAgents, MemorySource>.run(run.lineage, level: .v5).finding == nil)
  }

  @Test func `an unknown order is for the exchange to refuse`() throws {
    let run = try TestProgram.record(
      TestProgram.scenario(
        TestProgram.python(
          """
          def answer(turn):
              if turn["turn"] == 0:
                  return commands(turn, {"kind": "cancelOrder", "order_tick": -5,
                                         "order_ordinal": 4294967295})
              assert turn["turn"] > 1 or turn["occurred"][1]["reason"] == "unknownOrder"
              return commands(turn)
          """)))
    #expect(run.faults.isEmpty && run.commandTicks == [0])
  }

  @Test(arguments: [
    (
      #"{"type":"ready","protocol":2}"#, AgentFault.otherVersion,
      "not ready: expected protocol 1, found 2"
    ),
    (
      "hello", .unreadable, "not ready: column 1: expected a value: hello"
    ),
  ])
  func `a program that is never ready is silent from its first turn on`(
    ready: String, fault: AgentFault, words: String
  ) throws {
    let run = try TestProgram.record(
      TestProgram.scenario(
        TestProgram.python("def answer(turn): return commands(turn, buy)", ready: ready)))
    #expect(run.faults.map { $0.tick } == [0])
    #expect(run.faults.first?.fault == fault && run.faults.first?.isFinal == true)
    let told = run.faults.first.map { String(decoding: $0.payload, as: UTF8.self) } ?? ""
    #expect(told == words)
    #expect(run.commandTicks.isEmpty)
  }

  @Test func `a program that cannot be started is an error before anything happens`() throws {
    let error = #expect(throws: StartFailure.self) {
      try TestProgram.record(TestProgram.scenario(["/nowhere/at-all"]))
    }
    #expect(error?.program == "/nowhere/at-all")
    #expect(error?.reason == "No such file or directory")
  }

  @Test func `what it says to people is passed on with its agent's name`() throws {
    let words = TestProgram.Words()
    _ = try TestProgram.record(
      TestProgram.scenario(
        TestProgram.python(
          """
          def answer(turn):
              if turn["turn"] == 2: print("two\\nlines", file=sys.stderr)
              if turn["turn"] == 19: sys.stderr.write("no end")
              return commands(turn)
          """)), words: words)
    #expect(words.all == ["Program: two", "Program: lines", "Program: no end"])
  }

  @Test func `no program is left, not even what it started itself`() throws {
    let folder = FileManager.default.temporaryDirectory.path
    let file = "\(folder)/tapedeck-test-child-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: file) }
    _ = try TestProgram.record(
      TestProgram.scenario(
        TestProgram.python(
          """
          import subprocess
          child = subprocess.Popen(["sleep", "1000"])
          open("\(file)", "w").write(f"{os.getpid()} {child.pid}")
          def answer(turn): return commands(turn) if turn["turn"] < 5 else sys.exit(1)
          """)))
    let numbers = try String(contentsOfFile: file, encoding: .utf8).split(separator: " ")
      .compactMap { pid_t($0) }
    try #require(numbers.count == 2)
    #expect(kill(numbers[0], 0) == -1)
    // The child of an ended program is reaped by the system, in its own time.
    for _ in 0..<200 where kill(numbers[1], 0) == 0 && !isZombie(numbers[1]) { usleep(10_000) }
    #expect(kill(numbers[1], 0) == -1 || isZombie(numbers[1]))
  }

  private func isZombie(_ identity: pid_t) -> Bool {
    let text = try? String(contentsOfFile: "/proc/\(identity)/stat", encoding: .utf8)
    return text?.contains(") Z ") == true
  }
}
