import Agents
import MarketModel
import Testing

@Suite struct SignalTests {
  @Test func `a signal comes back from its payload`() {
    for direction in [-7, -1, 0, 1, 9] as [Int64] {
      for strength in [0, 1, 123_456_789, Int64.max] {
        let signal = Signal(direction: direction, strength: strength)
        #expect(signal.direction == direction.signum())
        #expect(signal.payload.count == 10)
        #expect(Signal(payload: signal.payload) == signal)
      }
    }
    #expect(Signal(direction: -3, strength: 0x0102).payload == [1, 2, 2, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test func `anything else is no signal`() {
    let good = Signal(direction: 1, strength: 5).payload
    #expect(Signal(payload: []) == nil)
    #expect(Signal(payload: Array(good.dropLast())) == nil)
    #expect(Signal(payload: good + [0]) == nil)
    #expect(Signal(payload: [2] + good.dropFirst()) == nil)
    #expect(Signal(payload: [1, 3] + good.dropFirst(2)) == nil)
  }

  private func signalling(_ recipient: String, heeds: Bool = false) throws -> Signalling {
    let resolved = try parameters([
      ("signal_to", .text(recipient)), ("heed_signals", .flag(heeds)),
    ]).resolved(by: Signalling.parameters)
    return try Signalling(resolved, setting())
  }

  @Test func `a recipient is an agent, a topic or nobody`() throws {
    #expect(try signalling("").recipient == nil)
    #expect(try signalling("B").recipient == .agent(1))
    #expect(try signalling("topic:rumours").recipient == .topic(1))
    #expect(try signalling("topic:news", heeds: true).heeds)
    #expect(throws: ParameterError(name: "signal_to", expected: "one of: A, B")) {
      try signalling("C")
    }
    #expect(throws: ParameterError(name: "signal_to", expected: "one of: news, rumours")) {
      try signalling("topic:wrong")
    }
  }

  @Test func `only who has someone to tell sends`() throws {
    var commands: [Command] = []
    let signal = Signal(direction: 1, strength: 2)
    try signalling("").send(signal, to: &commands)
    #expect(commands.isEmpty)
    try signalling("B").send(signal, to: &commands)
    #expect(commands == [.sendMessage(to: .agent(1), payload: signal.payload)])
  }
}
