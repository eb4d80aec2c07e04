import MarketModel
import Session
import Testing

/// A session can go on from any state between two steps.
@Suite struct ResumeTests {
  /// The events of a session, and the sequence numbers at which a step began.
  private func stepped(_ scenario: Scenario) throws -> (records: [EventRecord], borders: [Int]) {
    var session = try TestSession(scenario: scenario)
    var sink = EventBuffer()
    var borders: [Int] = []
    loop: while true {
      borders.append(sink.records.count)
      switch try session.step(into: &sink) {
      case .progressed: continue
      case .turn(let turn): try session.takeTurn(turn, into: &sink)
      case .finished: break loop
      }
    }
    return (sink.records, borders)
  }

  private func rest(_ state: TestState, _ next: Int) throws -> [EventRecord] {
    var session = TestSession(resuming: state, nextSequence: Int64(next))
    var sink = EventBuffer()
    try session.run(into: &sink)
    return sink.records
  }

  @Test(arguments: [50, 51] as [UInt64], [true, false])
  func `it goes on with the events of the undisturbed run`(
    _ seed: UInt64, _ hasLatency: Bool
  ) throws {
    let scenario = Scenario.busy(seed: seed, hasLatency: hasLatency, horizon: 9)
    let (records, borders) = try stepped(scenario)
    #expect(records == (try run(scenario)))
    var state = try TestState(scenario: scenario)
    var folded = 0
    var last = -50
    for border in borders where border >= last + 50 {
      last = border
      while folded < border {
        try state.reduce(records[folded], sequence: Int64(folded))
        folded += 1
      }
      #expect(try rest(state, border) == Array(records[border...]), "event \(border)")
      let decoded = try TestState(encoded: state.encoded)
      #expect(try rest(decoded, border) == Array(records[border...]), "event \(border)")
    }
  }

  @Test func `every step of a short session is a place to go on from`() throws {
    let scenario = Scenario.busy(seed: 53, horizon: 2)
    let (records, borders) = try stepped(scenario)
    for border in borders {
      let state = try fold(records[..<border], scenario)
      #expect(try rest(state, border) == Array(records[border...]), "event \(border)")
    }
  }
}
