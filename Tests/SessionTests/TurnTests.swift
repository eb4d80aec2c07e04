import Agents
import MarketModel
import TestSupport
import Testing

@testable import Session

/// Orders at each turn, and counts how often what it remembers came to lie elsewhere.
private struct Settler: Agent {
  struct Memory: AgentMemory {
    var numbers = [Int64](repeating: 0, count: 64)
    var place: UInt = 0
    var moves: Int64 = 0

    init() {}

    init(from reader: inout ByteReader) throws(ByteError) { moves = try reader.readInt64() }

    func encode(into writer: inout ByteWriter) { writer.write(moves) }
  }

  static let typeName = "settler"
  static let revision: UInt32 = 1
  static let parameters: [ParameterSchema] = []

  init(parameters: Parameters, setting: AgentSetting) {}

  var initialMemory: Memory { Memory() }

  func remember(_ occurrence: Occurrence, in memory: inout Memory) {
    memory.numbers[0] += 1
    let place = memory.numbers.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    if place != memory.place { memory.moves += 1 }
    memory.place = place
  }

  func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise, commands: inout [Command]
  ) {
    let terms = OrderTerms(instrument: 0, side: .buy, price: 100, quantity: 1)
    commands += [.placeOrder(terms), .placeOrder(terms)]
  }
}

@Suite struct TurnTests {
  @Test(.enabled(if: Effort.isFull, "builds without optimisation copy as they like"))
  func `nothing that an agent remembers is copied at its turns`() throws {
    let scenario = Scenario.plain([agent("A", Settler.typeName, every: 1000 * milliseconds)])
    var session = try MarketSession<Either<Seat<Settler>, Seat<Idle>>>(scenario: scenario)
    var sink = EventBuffer()
    var turns = 0
    while let turn = try session.advance(into: &sink) {
      try session.takeTurn(turn, into: &sink)
      turns += 1
    }
    var reader = ByteReader(session.memory(of: 0))
    // It lies somewhere from the first time on, and stays there.
    #expect(turns == 20)
    #expect(try reader.readInt64() == 1)
  }
}
