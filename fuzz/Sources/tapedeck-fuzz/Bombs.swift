import Agents
import Journal
import MarketModel
import Scenarios
import Session

/// Small inputs that say that they are large; each is run once, before a campaign.
enum Bombs {
  /// Those that a target must hold out against.
  static func of(_ target: FuzzTarget) -> [[UInt8]] {
    switch target {
    case .tape: [manyFrames, manyEvents, largePayloads]
    case .recovery: [manyFrames, manyEvents].map { [UInt8](repeating: 255, count: 8) + $0 }
    case .scenario: scenarios.map { Array($0.utf8) }
    case .lobster: [[UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20)]
    case .table: tables.map { Array($0.utf8) }
    default: []
    }
  }

  /// Those that it does not hold out against yet; README.md lists them.
  static func known(_ target: FuzzTarget) -> [[UInt8]] {
    switch target {
    case .tape: [largeChunk]
    case .fold: [manyPositions]
    default: []
    }
  }

  // MARK: Tapes

  private static let digests = FrameDigests(
    digests: DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [])

  /// As many empty chunk frames as fit.
  private static var manyFrames: [UInt8] {
    let genesis = TapeImage.Frame(
      kind: 1, firstSequence: 1 << 20, firstTick: 0, count: 0, raw: EventsTarget.genesis.bytes)
    let empty = TapeImage.Frame(kind: 2, firstSequence: 0, firstTick: 0, count: 0, raw: [])
    return TapeImage(frames: [genesis] + [TapeImage.Frame](repeating: empty, count: 16_000)).bytes
  }

  /// A frame of as many equal events as it may hold, in a few bytes.
  private static var manyEvents: [UInt8] { notes(Limits.maximumFrameEvents, []) }

  /// A frame of nearly 4 MiB of equal payloads.
  private static var largePayloads: [UInt8] {
    notes(120, [UInt8](repeating: 7, count: Limits.maximumInlinePayload))
  }

  /// A value of 64 MiB.
  private static var largeChunk: [UInt8] { notes(1, [UInt8](repeating: 7, count: 64 << 20)) }

  private static func notes(_ count: Int, _ payload: [UInt8]) -> [UInt8] {
    var encoder = JournalEncoder(genesis: EventsTarget.genesis, firstSequence: 1 << 20)
    var row = EventRow(kind: EventKind.noteAdded.rawValue)
    row.payload = payload
    guard let event = try? Event(row) else { return [] }
    for _ in 0..<count { encoder.append(EventRecord(time: 0, cause: nil, event: event)) }
    encoder.endFrame(digests)
    return encoder.output
  }

  /// A session of 8,000 agents and 4,000 instruments.
  private static var manyPositions: [UInt8] {
    guard
      let file = try? ScenarioFile(
        text: "ticks = 1\n" + instruments(1) + agents(1), file: "", seed: 1,
        roster: BuiltInAgents.entries)
    else { return [] }
    var scenario = file.scenario
    scenario.instruments = (0..<4000).map { index in
      var rules = scenario.instruments[0]
      rules.name = "i\(index)"
      return rules
    }
    scenario.agents = (0..<8000).map { index in
      var agent = scenario.agents[0]
      agent.account.name = "a\(index)"
      return agent
    }
    var writer = ByteWriter()
    scenario.encode(into: &writer)
    let genesis = Genesis(
      semanticsRevision: 1, clock: scenario.clock, digestInterval: scenario.digestInterval,
      origin: .scenario(writer.bytes))
    return JournalEncoder(genesis: genesis).output
  }

  // MARK: Texts

  private static var scenarios: [String] {
    let deep = [String](repeating: "a", count: 500_000).joined(separator: ".")
    let brackets = String(repeating: "[", count: 500_000)
    return [
      "ticks = 1\n" + instruments(4000) + agents(8000),
      "ticks = 1\n" + instruments(1) + agents(20_000),
      deep + " = 1", "[" + deep + "]", "a = { " + deep + " = 1 }", "a = " + brackets,
      "a = [" + String(repeating: "0,", count: 250_000) + "0]",
    ]
  }

  private static func instruments(_ count: Int) -> String {
    (0..<count).map { "[[instruments]]\nname = \"i\($0)\"\nstart_price = 1\n" }.joined()
  }

  private static func agents(_ count: Int) -> String {
    (0..<count).map { "[[agents]]\nname = \"a\($0)\"\ntype = \"foreign\"\n" }.joined()
  }

  private static var tables: [String] {
    [
      String(repeating: "{", count: 1 << 20), String(repeating: ",", count: 1 << 20),
      String(repeating: "\"", count: 1 << 20), "{\"" + String(repeating: "\\", count: 1 << 20),
      "{" + [String](repeating: "\"a\":1", count: 150_000).joined(separator: ","),
    ]
  }
}
