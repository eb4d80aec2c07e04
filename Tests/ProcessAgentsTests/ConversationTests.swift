import Agents
import Journal
import MarketModel
import ProcessAgents
import Replay
import Session
import SessionSupport
import Testing

@Suite struct ConversationTests {
  private typealias Talk = Conversation<BuiltInAgents>

  /// An answer that gives these commands, as a program writes it.
  private func line(_ items: [RecordedTurn.Item], turn: Int, _ names: ProcessLines.Names) -> [UInt8]
  {
    let commands = items.map { item in
      if case .command(let command) = item { names.object(of: command) } else { JsonValue.null }
    }
    let answer = JsonValue.object([
      .init("type", .text("commands")), .init("turn", .integer(Int64(turn))),
      .init("commands", .list(commands)),
    ])
    return Array(answer.line.utf8)
  }

  @Test(arguments: [false, true])
  func `it tells and takes what a program was told and gave`(hasLatency: Bool) throws {
    let program = TestProgram.python(
      """
      def answer(turn):
          view, list = turn["board"]["instruments"][0], []
          if turn["turn"] % 3 != 1:
              list.append({"kind": "placeOrder", "side": "buy", "quantity": 2,
                           "price": view["last_price"] - turn["turn"] % 5})
          if turn["turn"] % 4 == 2:
              list.append({"kind": "sendMessage", "topic": "news", "payload": "00ff"})
          return commands(turn, *list)
      """)
    let scenario = TestProgram.scenario(program, hasLatency: hasLatency)
    let recorded = try TestProgram.record(scenario)
    var turns = try RecordedTurns<BuiltInAgents, MemorySource>(of: 2, recorded.lineage)
    var talk = try Talk(scenario, agents: ["Program"])
    let told = ProcessLines(2, in: scenario)
    #expect(talk.hello(0) == told.hello)
    var number = 0
    while let question = try talk.next() {
      let turn = try #require(try turns.next())
      #expect(question.line == told.turn(Int64(number), turn.observation, turn.occurred))
      #expect(try talk.next()?.line == question.line)
      try talk.answer(line(turn.items, turn: number, told.names))
      number += 1
    }
    #expect(number == 20 && talk.isFinished)
    #expect(try turns.next() == nil)
    let lineage = try SmallSession.open([talk.tape])
    var events: [EventRecord] = []
    var cursor = lineage.cursor()
    while let item = try cursor.next() {
      if case .event(_, .known(let record)) = item { events.append(record) }
    }
    #expect(events == recorded.events)
    #expect(
      try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v5).finding == nil)
  }

  @Test func `what is no answer is refused as a whole, and the turn waits`() throws {
    let scenario = TestProgram.scenario(["nothing"])
    var talk = try Talk(scenario, agents: ["Program", "Noise_01"])
    #expect(throws: ConversationRefusal.noTurn) { try talk.answer([]) }
    var asked: Set<Int> = []
    for _ in 0..<6 {
      let question = try #require(try talk.next())
      asked.insert(question.position)
      let before = (talk.digests, talk.tape)
      let turn = question.line["turn"]?.line ?? ""
      let order = #"{"kind":"placeOrder","side":"buy","price":1,"quantity":1}"#
      for (text, words) in [
        ("", "column 1"), ("{}", "commands"),
        (#"{"type":"commands","turn":-1,"commands":[]}"#, "earlier"),
        (#"{"type":"commands","turn":99,"commands":[]}"#, "expected \(turn), found 99"),
        (#"{"type":"commands","turn":\#(turn),"commands":[\#(order),{}]}"#, "command 2: kind"),
      ] {
        do {
          try talk.answer(Array(text.utf8))
          Issue.record("\(text) was taken")
        } catch {
          guard case .answer(let found) = error else { throw error }
          #expect(found.contains(words), "\(text): \(found)")
        }
        #expect(talk.digests == before.0 && talk.tape == before.1)
      }
      try talk.answer(
        Array(#"{"type":"commands","turn":\#(turn),"commands":[\#(order)]}"#.utf8))
    }
    #expect(asked == [0, 1])
  }

  @Test func `who cannot be decided for is named`() throws {
    let scenario = TestProgram.scenario(["nothing"])
    for names in [["Nobody"], ["Program", "Program"]] {
      #expect(throws: ConversationRefusal.unknownAgent(names[names.count - 1])) {
        try Talk(scenario, agents: names)
      }
    }
    #expect(throws: ConversationRefusal.program("Program")) {
      try Talk(scenario, agents: ["Noise_01"])
    }
  }
}
