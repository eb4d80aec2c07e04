import Agents
import Market
import MarketModel
import Session
import Testing

/// What everyone sees is brought up to date instrument by instrument, as they change.
@Suite struct BoardTests {
  /// Twelve instruments, most of which rest while one is traded, and walks of half of them.
  private func scenario(_ seed: UInt64, dataLatency: Nanoseconds) -> Scenario {
    let noisy: [(String, ParameterValue)] = [
      ("spread", .integer(8)), ("quantity", .integer(6)), ("maximum_orders", .integer(3)),
    ]
    var scenario = Scenario.plain(
      (0..<20).map { number in
        var agent = agent(
          "noise-\(number)", "zero-intelligence", wake: Int64(number * 7 % 20) * milliseconds,
          every: Int64(200 + number * 40) * milliseconds,
          noisy + [("instrument", .text("I\(number % 12)"))])
        agent.dataLatency = number % 2 == 0 ? 0 : dataLatency
        return agent
      }, seed: seed, horizon: 6)
    scenario.instruments = (0..<12).map { InstrumentRules(name: "I\($0)", referencePrice: 100) }
    scenario.processes = (0..<6).map {
      ProcessDescription(
        name: "walk-\($0)", motion: .walk(start: 100_000, deviation: 1, reversion: 0),
        instrument: InstrumentIndex($0), firstStep: 0, interval: Int64($0 + 1) * 300 * milliseconds)
    }
    return scenario
  }

  private func expectCurrent(_ state: TestState, _ board: PublicBoard, _ place: String) {
    for index in board.views.indices {
      #expect(board.views[index] == state.market.view(InstrumentIndex(index)), "\(place), \(index)")
    }
    #expect(board.values == state.processes.map { $0.value }, "\(place)")
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `an agent sees all books as they are`(seed: UInt64) throws {
    var session = try TestSession(scenario: scenario(seed, dataLatency: 0))
    var sink = EventBuffer()
    var trades = 0
    while let turn = try session.advance(into: &sink) {
      let board = session.observe(turn).board
      expectCurrent(session.state, board, "turn at event \(session.nextSequence)")
      trades = board.views.count { $0.volume > 0 }
      try session.takeTurn(turn, into: &sink)
    }
    #expect(trades > 6)
  }

  @Test(arguments: [0, 150 * milliseconds])
  func `after every event, and after coming back from bytes, boards say what books do`(
    dataLatency: Nanoseconds
  ) throws {
    let scenario = scenario(4, dataLatency: dataLatency)
    var state = try TestState(scenario: scenario)
    for (index, record) in try run(scenario).enumerated() {
      try state.reduce(record, sequence: Int64(index))
      expectCurrent(state, state.boards.current.board, "event \(index)")
      if index % 16 > 3 || state.market.isMatching { continue }
      state = try TestState(encoded: state.encoded)
      expectCurrent(state, state.boards.current.board, "event \(index), from bytes")
    }
  }
}
