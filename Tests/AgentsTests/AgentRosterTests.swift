import Agents
import MarketModel
import Testing

@Suite struct AgentRosterTests {
  private static let types = [
    "market-maker", "trend-follower", "arbitrageur", "zero-intelligence", "idle", "policy",
  ]

  @Test func `the stock roster has its six types in order`() {
    #expect(BuiltInAgents.entries.map { $0.typeName } == Self.types)
    #expect(BuiltInAgents.entries.allSatisfy { $0.revision >= 1 })
    for entry in BuiltInAgents.entries {
      let names = entry.parameters.map { $0.name }
      #expect(Set(names).count == names.count)
      #expect(entry.parameters.allSatisfy { !$0.meaning.isEmpty })
    }
  }

  @Test func `an unknown type gives nobody`() throws {
    #expect(
      try BuiltInAgents.make(type: "foreign", parameters: Parameters(), setting: setting()) == nil)
    #expect(
      try Seat<Idle>.make(type: "arbitrageur", parameters: Parameters(), setting: setting()) == nil)
  }

  @Test func `a parameter that no type has is refused`() {
    for type in Self.types {
      #expect(throws: ParameterError.self) {
        try BuiltInAgents.make(
          type: type, parameters: parameters([("wrong", .flag(true))]), setting: setting())
      }
    }
  }

  @Test func `the first roster that knows a type wins`() throws {
    typealias Both = Either<Seat<Silent>, Seat<Loud>>
    let agent = try Both.make(type: "talker", parameters: Parameters(), setting: setting())
    guard case .first? = agent else {
      Issue.record("the second was made")
      return
    }
    #expect(Both.entries.count == 2)
  }

  @Test func `calls reach the agent that was made`() throws {
    typealias Other = Either<Seat<Idle>, Seat<Loud>>
    var agent = try #require(
      try Other.make(type: "talker", parameters: Parameters(), setting: setting()))
    var commands: [Command] = []
    _ = agent.decide(observation(board()), noise: noise(), commands: &commands)
    #expect(commands == [.transferCapital(to: 0, amount: 0)])
    agent.remember(.message(from: 0, topic: 0, payload: [5, 5]))
    #expect(agent.learn(observation(board()), noise: noise()) == [2])
    var writer = ByteWriter()
    agent.encodeMemory(into: &writer)
    #expect(writer.bytes == [2])
    var reader = ByteReader([9])
    try agent.decodeMemory(from: &reader)
    #expect(agent.learn(observation(board()), noise: noise()) == [9])
  }

  /// Each built-in agent, driven by anything that may happen.
  @Test(arguments: types, 0..<8 as Range<UInt64>)
  func `a memory comes back from its bytes and decides the same`(
    _ type: String, _ seed: UInt64
  ) throws {
    var settings = Parameters()
    if type != "idle" { settings.set("heed_signals", .flag(true)) }
    var agent = try #require(
      try BuiltInAgents.make(type: type, parameters: settings, setting: setting()))
    var occurrences = RandomOccurrences(seed: seed)
    for step in 0..<150 {
      agent.remember(occurrences.next())
      var writer = ByteWriter()
      agent.encodeMemory(into: &writer)
      var copy = try #require(
        try BuiltInAgents.make(type: type, parameters: settings, setting: setting()))
      var reader = ByteReader(writer.bytes)
      try copy.decodeMemory(from: &reader)
      try reader.expectEnd()
      var again = ByteWriter()
      copy.encodeMemory(into: &again)
      #expect(again.bytes == writer.bytes)
      let sight = observation(occurrences.randomBoard())
      var (left, right): ([Command], [Command]) = ([], [])
      _ = agent.decide(sight, noise: noise(tick: Tick(step)), commands: &left)
      _ = copy.decide(sight, noise: noise(tick: Tick(step)), commands: &right)
      #expect(left == right, "step \(step)")
      if step == 149 {
        for end in 0..<writer.bytes.count {
          var short = ByteReader(writer.bytes, from: 0, to: end)
          #expect(throws: ByteError.self) { try copy.decodeMemory(from: &short) }
        }
      }
    }
  }
}

/// Counts what it hears.
private struct Loud: Agent {
  struct Memory: AgentMemory {
    var count: UInt8 = 0
    init() {}
    init(from reader: inout ByteReader) throws(ByteError) { count = try reader.readByte() }
    func encode(into writer: inout ByteWriter) { writer.write(count) }
  }

  static let typeName = "talker"
  static let revision: UInt32 = 1
  static let parameters: [ParameterSchema] = []
  init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {}
  var initialMemory: Memory { Memory() }

  func remember(_ occurrence: Occurrence, in memory: inout Memory) {
    if case .message(_, _, let payload) = occurrence { memory.count += UInt8(payload.count) }
  }

  func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise, commands: inout [Command]
  ) {
    commands.append(.transferCapital(to: 0, amount: Int64(memory.count)))
  }

  func learn(_ observation: Observation, memory: Memory, noise: DecisionNoise) -> [UInt8]? {
    [memory.count]
  }
}

/// Has the same name and does nothing.
private struct Silent: Agent {
  typealias Memory = Idle.Memory
  static let typeName = "talker"
  static let revision: UInt32 = 1
  static let parameters: [ParameterSchema] = []
  let idle: Idle
  init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    idle = try Idle(parameters: parameters, setting: setting)
  }
  var initialMemory: Memory { idle.initialMemory }
  func remember(_ occurrence: Occurrence, in memory: inout Memory) {}
  func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise, commands: inout [Command]
  ) {}
}
