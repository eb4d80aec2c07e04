import Agents
import Features
import MarketModel
import Networks
import TestSupport
import Testing

@Suite struct PolicyTraderTests {
  /// A policy that likes one action far more than the others, whatever it sees.
  private func fixed(_ action: DiscreteAction) -> TradingPolicy {
    var policy = randomPolicy(seed: 1, hidden: [])
    for index in policy.parameters.indices { policy.parameters[index] = 0 }
    let biases = policy.network.layers[0].biases
    policy.parameters[biases.lowerBound + action.rawValue] = 1000
    return policy
  }

  private func observation(
    _ board: PublicBoard, _ policy: TradingPolicy?
  ) -> Observation {
    var seen = AgentsTests.observation(board)
    seen.policy = policy?.bytes ?? []
    return seen
  }

  private func commands(
    _ action: DiscreteAction, _ board: PublicBoard,
    _ prepare: (inout Desk<PolicyTrader>) -> Void = { _ in }
  ) throws -> String {
    var desk = try Desk<PolicyTrader>([
      ("quantity", .integer(3)), ("maximum_inventory", .integer(4)),
    ])
    prepare(&desk)
    let seen = observation(board, fixed(action))
    desk.member.remember(.woken(seen), in: &desk.memory)
    let choice = try #require(desk.member.choose(seen, memory: desk.memory, noise: noise()))
    #expect(choice.action == UInt32(action.rawValue))
    var commands: [Command] = []
    desk.member.act(choice, seen, memory: desk.memory, commands: &commands)
    return text(commands)
  }

  @Test func `each action does what it says`() throws {
    let full = board(bid: (98, 6), ask: (102, 2))
    #expect(try commands(.wait, full) == "")
    #expect(try commands(.buy, full) == "buy 3 market")
    #expect(try commands(.sell, full) == "sell 3 market")
    #expect(try commands(.bid, full) == "buy 3@98")
    #expect(try commands(.ask, full) == "sell 3@102")
    #expect(try commands(.quote, full) == "buy 3@98, sell 3@102")
    #expect(try commands(.cancel, full) == "")
    #expect(try commands(.quote, board()) == "buy 3@75, sell 3@125")
  }

  @Test func `what is said goes to who is told, beside what is done`() throws {
    let full = board(bid: (98, 6), ask: (102, 2))
    for (recipient, words) in [("", []), ("B", [Signal(direction: -1, strength: 25_000)])] {
      var desk = try Desk<PolicyTrader>([("signal_to", .text(recipient))])
      let seen = observation(full, nil)
      desk.member.remember(.woken(seen), in: &desk.memory)
      let action = TradingAction(.sell, saying: -1)
      #expect(action.number == 16 && TradingAction(number: 16) == action)
      var commands: [Command] = []
      desk.member.act(
        ActionChoice(action: UInt32(action.number), scores: []), seen, memory: desk.memory,
        commands: &commands)
      #expect(commands.count == 1 + words.count)
      #expect(signals(commands) == words)
      commands = []
      // Numbers: only what is beyond a half is said, as strongly as it is beyond.
      for (number, direction, strength) in [
        (0.5, 0, 0), (-0.75, -1, 12_500), (7, 1, 25_000),
      ] as [(Float, Int64, Int64)] {
        let numbers: [Float] = [0, 0, -1, -1, 0, number]
        commands = []
        desk.member.act(
          ActionChoice(
            action: ActionChoice.numbers, scores: [Float](repeating: 0, count: 12) + numbers),
          seen, memory: desk.memory, commands: &commands)
        let expected =
          direction == 0 || recipient.isEmpty
          ? [] : [Signal(direction: direction, strength: strength)]
        #expect(signals(commands) == expected && commands.count == expected.count)
      }
    }
  }

  private func signals(_ commands: [Command]) -> [Signal] {
    commands.compactMap { command in
      guard case .sendMessage(_, let payload) = command else { return nil }
      return Signal(payload: payload)
    }
  }

  @Test func `numbers beyond 1 count as 1`() throws {
    var desk = TradingDesk()
    (desk.quantity, desk.halfSpread) = (4, 10)
    let quotes = board(bid: (98, 6), ask: (102, 2)).views[0].quotes
    let inside = desk.wishes([-1, 1, -1, 1, 1] as [Float], quotes)
    for far in [3, 1e30, .infinity] as [Float] {
      #expect(desk.wishes([-far, far, -far, far, far], quotes) == inside)
    }
  }

  @Test func `the maximum inventory is kept`() throws {
    let full = board(bid: (98, 6), ask: (102, 2))
    #expect(try commands(.buy, full) { $0.trade(.buy, 3) } == "buy 1 market")
    #expect(try commands(.buy, full) { $0.trade(.buy, 4) } == "")
    #expect(try commands(.quote, full) { $0.trade(.sell, 4) } == "buy 3@98")
  }

  /// What a policy with a memory does depends on what was seen before, and goes on from what was kept.
  @Test func `it remembers by its policy alone`() throws {
    let policies = [1, 2].map { rememberingPolicy(seed: $0) }
    let boards = (0..<6 as Range<Int64>).map { board(bid: (98 - $0 % 3, 6), ask: (102, 2 + $0)) }
    var desk = try Desk<PolicyTrader>()
    var scores: [[Float]] = []
    for (number, board) in boards.enumerated() {
      let seen = observation(board, policies[number < 4 ? 0 : 1])
      desk.member.remember(.woken(seen), in: &desk.memory)
      var writer = ByteWriter()
      desk.memory.encode(into: &writer)
      var reader = ByteReader(writer.bytes)
      let kept = try PolicyTrader.Memory(from: &reader)
      #expect(kept == desk.memory)
      scores.append(
        try #require(desk.member.choose(seen, memory: desk.memory, noise: noise())).scores)
      // What was kept knows no policy until it is woken, as in a session that goes on from it.
      if number % 2 == 1 { desk.memory = kept }
    }
    // Another policy begins anew: it saw what there was at the fifth wake-up and the sixth, no more.
    var fresh = [Float](repeating: 0, count: 5)
    var remembered = [fresh, fresh]
    desk = try Desk<PolicyTrader>()
    for (number, board) in boards.enumerated() {
      let (place, seen) = (number < 4 ? 0 : 1, observation(board, nil))
      desk.member.remember(.woken(seen), in: &desk.memory)
      let features = desk.member.features(seen, memory: desk.memory)
      remembered[place] = policies[place].remember(features, after: remembered[place])
      #expect(
        policies[place].choice(remembered[place], isGreedy: false, noise()).scores
          == scores[number])
      fresh = policies[place].remember(features, after: [Float](repeating: 0, count: 5))
      #expect((fresh == remembered[place]) == (number == 0 || number == 4))
    }
    #expect(desk.memory.remembered(by: policies[0]) == [0, 0, 0, 0, 0])
  }

  @Test func `without a policy it does nothing`() throws {
    var desk = try Desk<PolicyTrader>()
    let seen = observation(board(bid: (98, 6), ask: (102, 2)), nil)
    desk.member.remember(.woken(seen), in: &desk.memory)
    #expect(desk.member.choose(seen, memory: desk.memory, noise: noise()) == nil)
    #expect(desk.decide(seen.board).isEmpty)
  }

  @Test func `a policy that is none is refused with the scenario`() throws {
    let resolved = try Parameters().resolved(by: PolicyTrader.parameters)
    #expect(throws: ParameterError.self) {
      try PolicyTrader(
        parameters: resolved,
        setting: AgentSetting(
          agent: 0, agents: ["A"], instruments: ["X"], processes: [], topics: [],
          policy: [1, 2, 3]))
    }
  }

  @Test func `features`() throws {
    var desk = try Desk<PolicyTrader>([("quantity", .integer(2)), ("value", .text("fair"))])
    desk.see(board(bid: (98, 6), ask: (102, 2)))
    desk.trade(.buy, 10)
    let now = board(bid: (99, 4), ask: (105, 4), last: 101, fair: 104_000)
    desk.see(now)
    let features = desk.member.features(AgentsTests.observation(now), memory: desk.memory)
    #expect(features.count == TradingFeature.ofOneInstrument.count)
    let expected: [(TradingFeature, Float)] = [
      (.inventory, 0.1), (.ownBids, 0), (.gain, 10), (.spread, 6), (.imbalance, 0), (.depth, 4),
      (.microPrice, 0), (.lastTrade, -1), (.flowImbalance, 3), (.change1, 2), (.change16, 2),
      (.volatility, 2), (.trend, 1), (.signal, 0), (.knownValue, 2),
    ]
    for (feature, value) in expected {
      #expect(features[feature.rawValue] == value, "\(feature)")
    }
  }

  @Test func `memories give their encodings again`() throws {
    var desk = try Desk<PolicyTrader>([("heed_signals", .flag(true))])
    for step in 0..<40 as Range<Int64> {
      desk.see(board(bid: (90 + step, 6), ask: (102 + step, 2)))
      desk.trade(step % 3 == 0 ? .sell : .buy, step + 1)
      desk.hear(Signal(direction: step - 20, strength: 1))
      var reader = ByteReader(encoded(desk.memory))
      let again = try PolicyTrader.Memory(from: &reader)
      #expect(again == desk.memory && reader.remaining == 0)
    }
  }

  @Test func `what was held before it came is worth what it first sees`() throws {
    var desk = try Desk<PolicyTrader>([("quantity", .integer(1))])
    desk.member.remember(
      .tookOver(KnownAccount(positions: [7, 0], orders: [])), in: &desk.memory)
    let first = board(bid: (98, 6), ask: (102, 2))
    desk.see(first)
    let gain = { (desk: Desk<PolicyTrader>, board: PublicBoard) in
      desk.member.features(AgentsTests.observation(board), memory: desk.memory)[
        TradingFeature.gain.rawValue]
    }
    #expect(gain(desk, first) == 0)
    let second = board(bid: (100, 6), ask: (104, 2))
    desk.see(second)
    #expect(gain(desk, second) == 14)
  }
}
