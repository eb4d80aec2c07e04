import Agents
import Market
import MarketModel
import Scenarios
import Session
import Testing

@Suite struct ScenarioFixtureTests {
  private static func run(_ scenario: Scenario) throws -> [EventRecord] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var buffer = EventBuffer()
    try session.run(into: &buffer)
    return buffer.records
  }

  @Test(arguments: Fixture.names)
  func `a fixture runs, trades, and runs the same again`(name: String) throws {
    let file = try Fixture.parse(try Fixture.text(name), seed: 7, file: "\(name).toml")
    #expect(file.flows.isEmpty)
    let records = try Self.run(file.scenario)
    #expect(records == (try Self.run(file.scenario)))
    let trades = records.count { record in
      if case .orderFilled = record.event { true } else { false }
    }
    #expect(trades > 0)
    for agent in file.scenario.agents.indices {
      let decisions = records.count { $0.event.isDecision(of: AgentIndex(agent)) }
      #expect(decisions > 0, "\(file.scenario.agents[agent].account.name) does something")
    }
  }

  @Test func `signals are sent and heeded`() throws {
    let text = try Fixture.text("latency")
    let heard = try Self.run(try Fixture.parse(text, seed: 7).scenario)
    #expect(heard.contains { if case .messageDelivered = $0.event { true } else { false } })
    let deaf = text.replacing("heed_signals = true", with: "heed_signals = false")
    #expect(try Self.run(try Fixture.parse(deaf, seed: 7).scenario) != heard)
  }

  @Test(arguments: Fixture.names)
  func `the canonical encoding gives the scenario back`(name: String) throws {
    let scenario = try Fixture.parse(try Fixture.text(name), seed: UInt64.max).scenario
    var writer = ByteWriter()
    scenario.encode(into: &writer)
    var reader = ByteReader(writer.bytes)
    let decoded = try Scenario(from: &reader)
    #expect(reader.offset == writer.bytes.count)
    #expect(decoded == scenario)
    var again = ByteWriter()
    decoded.encode(into: &again)
    #expect(again.bytes == writer.bytes)
  }

  /// Each mutation is a pure function of its number, which a failure prints.
  @Test func `two thousand mutations never trap`() throws {
    let texts = try Fixture.names.map { Array(try Fixture.text($0).utf8) }
    var accepted = 0
    for number in 0..<UInt64(2000) {
      let text = String(decoding: Self.mutate(texts, number), as: UTF8.self)
      do {
        let scenario = try Fixture.parse(text, seed: 7).scenario
        accepted += 1
        var writer = ByteWriter()
        scenario.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(try Scenario(from: &reader) == scenario, "mutation \(number)")
        _ = try? MarketSession<BuiltInAgents>(scenario: scenario)
      } catch let error as ScenarioFileError {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        #expect((0...lines).contains(error.line), "mutation \(number): \(error)")
        #expect(!error.expected.isEmpty, "mutation \(number)")
      }
    }
    #expect((1..<2000).contains(accepted))
  }

  private static func mutate(_ texts: [[UInt8]], _ number: UInt64) -> [UInt8] {
    var generator = Generator(state: number)
    var bytes = texts[Int(number % 3)]
    let pieces = [
      "\"", "'''", "\"\"\"", "'", "[", "[[", "]]", "]", "{", "}", "=", "\n", "\r", "\t", " ", ",",
      "-", "+", "_", "0", "999999999999999999", "e9", ".", "nan", "-0.0", "inf", "\"\"", "#", "é",
      "\\", "\\u", "\0", "\u{7F}", "\u{A0}", "[[agents]]\n", "true", "1979-05-27", " 07:32", ":",
      "T", "Z", "0x", "1p3", "never",
    ]
    for _ in 0..<(1 + generator.next(below: 3)) {
      let place = generator.next(below: bytes.count)
      let end = min(bytes.count, place + generator.next(below: 12))
      switch generator.next(below: 5) {
      case 0: bytes[place] = UInt8(generator.next(below: 256))
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: pieces[generator.next(below: pieces.count)].utf8, at: place)
      case 3:
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        let digit = digits[generator.next(below: digits.count)]
        let piece = pieces[generator.next(below: pieces.count)]
        bytes.replaceSubrange(digit...digit, with: piece.utf8)
      default: bytes.insert(contentsOf: bytes[place..<end], at: generator.next(below: bytes.count))
      }
    }
    return bytes
  }

  /// SplitMix64, for tests only.
  private struct Generator {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
  }
}

extension Event {
  /// Whether it is a command of that agent.
  fileprivate func isDecision(of agent: AgentIndex) -> Bool {
    switch self {
    case .orderSubmitted(let body): body.key.agent == agent
    case .cancelSubmitted(let body): body.key.agent == agent
    case .messageSent(let body): body.key.agent == agent
    default: false
    }
  }
}
