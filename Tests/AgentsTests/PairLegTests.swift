import Features
import Market
import MarketModel
import TestSupport
import Testing

@testable import Agents

@Suite struct PairLegTests {
  /// Y is held against X, two lots for three.
  private static let trading: [(String, ParameterValue)] = [
    ("quantity", .integer(3)), ("maximum_inventory", .integer(30)), ("pair", .text("Y")),
    ("pair_quantity", .integer(2)),
  ]

  private func board(_ first: BestQuotes, _ second: BestQuotes) -> PublicBoard {
    var board = AgentsTests.board()
    for (place, quotes) in [first, second].enumerated() {
      (board.views[place].bidPrice, board.views[place].bidQuantity) = (
        quotes.bid, quotes.bidQuantity
      )
      (board.views[place].askPrice, board.views[place].askQuantity) = (
        quotes.ask, quotes.askQuantity
      )
    }
    return board
  }

  private func quotes(_ middle: Int64) -> BestQuotes {
    BestQuotes(bid: middle - 2, bidQuantity: 6, ask: middle + 2, askQuantity: 2)
  }

  private func act(_ desk: Desk<PolicyTrader>, _ action: DiscreteAction) -> [Command] {
    var commands: [Command] = []
    let choice = ActionChoice(action: UInt32(action.rawValue), scores: [])
    desk.member.act(
      choice, observation(AgentsTests.board()), memory: desk.memory, commands: &commands)
    return commands
  }

  @Test func `the second follows what is taken of the first, and not what is quoted`() throws {
    var desk = try Desk<PolicyTrader>(Self.trading)
    desk.see(board(quotes(100), quotes(50)))
    #expect(text(act(desk, .buy)) == "buy 3 market, sell 2 market")
    #expect(text(act(desk, .sell)) == "sell 3 market, buy 2 market")
    #expect(text(act(desk, .bid)) == "buy 3@98")
    #expect(text(act(desk, .wait)) == "")
    // Filled while nothing was done: the second comes after.
    desk.trade(.buy, 4)
    #expect(text(act(desk, .wait)) == "sell 2 market")
    #expect(text(act(desk, .sell)) == "sell 3 market")
  }

  /// The exchange of a simple world: everything sent is reported later, whole, in part or not at all.
  @Test(arguments: 0..<30 as Range<UInt64>)
  func `what is held of both and on its way stays at the ratio`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    var desk = try Desk<PolicyTrader>(Self.trading)
    desk.see(board(quotes(100), quotes(50)))
    var (held, flying): ([Lots], [(key: CommandKey, terms: OrderTerms)]) = ([0, 0], [])
    for step in 0..<200 as Range<Int64> {
      let action = numbers.pick([.buy, .sell, .wait] as [DiscreteAction])
      for (place, command) in act(desk, action).enumerated() {
        let key = CommandKey(agent: 0, tick: step, ordinal: UInt32(place))
        guard case .placeOrder(let terms) = command else {
          Issue.record("only orders are sent")
          return
        }
        #expect(terms.type == .market)
        desk.member.remember(.commanded(key, command), in: &desk.memory)
        flying.append((key, terms))
      }
      var expected = held
      for order in flying {
        expected[Int(order.terms.instrument)] += order.terms.side.sign * order.terms.quantity
      }
      #expect(expected[1] == -(expected[0] * 2 / 3))
      while !flying.isEmpty, numbers.once(in: 2) {
        let (key, terms) = flying.removeFirst()
        let filled = numbers.once(in: 3) ? numbers.number(0...terms.quantity) : terms.quantity
        held[Int(terms.instrument)] += terms.side.sign * filled
        for report in reports(key, terms, filled) {
          desk.member.remember(.report(report), in: &desk.memory)
        }
      }
      let features = desk.member.features(observation(AgentsTests.board()), memory: desk.memory)
      #expect(features[TradingFeature.inventory.rawValue] == Float(Double(held[0]) / 30))
      #expect(
        features[TradingFeature.pairInventory.rawValue] == Float(Double(held[1]) * 1.5 / 30))
      var reader = ByteReader(encoded(desk.memory))
      #expect(try PolicyTrader.Memory(from: &reader) == desk.memory && reader.remaining == 0)
    }
  }

  private func reports(_ key: CommandKey, _ terms: OrderTerms, _ filled: Lots) -> [Report] {
    var bodies: [Report.Body] = []
    if filled > 0 {
      bodies.append(
        .filled(
          Report.Fill(
            order: key, instrument: terms.instrument, side: terms.side, price: 100,
            quantity: filled, fee: 0, isMaker: false)))
    }
    if filled < terms.quantity {
      let left = terms.quantity - filled
      bodies.append(.cancelled(order: key, quantity: left, reason: .immediateOrCancel))
    }
    return bodies.enumerated().map {
      Report(outcome: OutcomeKey(command: key, number: UInt32($0.offset)), body: $0.element)
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `the gap is what the first is worth less what stands against it`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    var desk = try Desk<PolicyTrader>(Self.trading)
    var gaps: [Double] = []
    for _ in 0..<50 {
      let (first, second) = (numbers.number(90...110), numbers.number(40...60))
      let seen = board(quotes(first), quotes(second))
      desk.see(seen)
      gaps.append(Double(first) - Double(second) * 2 / 3)
      if gaps.count > 33 { gaps.removeFirst() }
      let features = desk.member.features(observation(seen), memory: desk.memory)
      #expect(features.count == 24)
      let mean = gaps.reduce(0, +) / Double(gaps.count)
      let changes = zip(gaps, gaps.dropFirst()).map { ($1 - $0) * ($1 - $0) }
      let volatility = (changes.reduce(0, +) / Double(max(1, changes.count))).squareRoot()
      let expected: [(TradingFeature, Double)] = [
        (.pairSpread, 4), (.pairImbalance, 0.5), (.gapTrend, gaps[gaps.count - 1] - mean),
        (.gapVolatility, volatility),
      ]
      for (feature, value) in expected {
        #expect(abs(Double(features[feature.rawValue]) - value) < 1e-4, "\(feature)")
      }
    }
  }

  @Test func `what somebody else held of both is taken over`() throws {
    var desk = try Desk<PolicyTrader>(Self.trading)
    var account = KnownAccount(positions: [6, 5], orders: [])
    let (own, other) = (
      CommandKey(agent: 0, tick: 1, ordinal: 0), CommandKey(agent: 0, tick: 1, ordinal: 1)
    )
    account.add(own, 0, .buy, 98, 1)
    account.add(other, 1, .sell, 60, 1)
    desk.member.remember(.tookOver(account), in: &desk.memory)
    let seen = board(quotes(100), quotes(50))
    desk.see(seen)
    // The order in the second is no part of it; nine are missing from what stands against six.
    #expect(text(act(desk, .wait)) == "cancel 1.1, sell 9 market")
    let features = desk.member.features(observation(seen), memory: desk.memory)
    #expect(features[TradingFeature.gain.rawValue] == 0)
    #expect(features[TradingFeature.inventory.rawValue] == Float(6.0 / 30))
  }

  @Test func `a pair that is none is refused`() throws {
    func refusal(_ values: [(String, ParameterValue)], policy: [UInt8] = []) -> String? {
      let setting = AgentSetting(
        agent: 0, agents: ["A"], instruments: ["X", "Y"], processes: [], topics: [],
        policy: policy)
      do throws(ParameterError) {
        _ = try PolicyTrader(
          parameters: try parameters(values).resolved(by: PolicyTrader.parameters),
          setting: setting)
        return nil
      } catch {
        return "\(error.name): \(error.expected)"
      }
    }
    #expect(refusal([("pair", .text("Y"))]) == nil)
    #expect(refusal([("pair", .text("X"))])?.contains("another instrument") == true)
    #expect(refusal([("pair", .text("Z"))])?.contains("pair: one of: X, Y") == true)
    #expect(refusal([("pair_quantity", .integer(-1))])?.contains("pair_quantity") == true)
    #expect(refusal([("pair_quantity", .integer(2))])?.contains("pair: an instrument") == true)
    let policy = randomPolicy(seed: 1, hidden: [], width: 24)
    #expect(refusal([], policy: policy.bytes)?.contains("sees beside the first") == true)
    #expect(refusal([("pair", .text("Y"))], policy: policy.bytes) == nil)
  }

  /// A session may be given another policy on its way.
  @Test func `a policy that sees more or less than there is chooses all the same`() throws {
    for (values, width) in [(Self.trading, 19), ([], 24)] {
      var desk = try Desk<PolicyTrader>(values)
      var seen = observation(board(quotes(100), quotes(50)))
      let policy = randomPolicy(seed: 1, width: width)
      seen.policy = policy.bytes
      desk.member.remember(.woken(seen), in: &desk.memory)
      let features = desk.member.features(seen, memory: desk.memory)
      #expect(features.count == 43 - width)
      let known = Array((features + [0, 0, 0, 0, 0]).prefix(width))
      let choice = desk.member.choose(seen, memory: desk.memory, noise: noise())
      #expect(choice == policy.choice(known, isGreedy: false, noise()))
    }
  }

  /// Scenarios from before there were pairs stay what they were.
  @Test func `parameters that were added later are left out where they are not used`() throws {
    let plain = try Parameters().resolved(by: PolicyTrader.parameters)
    #expect(plain["pair"] == nil && plain["pair_quantity"] == nil && plain["value"] != nil)
    var said = plain
    said.set("pair", .text(""))
    said.set("pair_quantity", .integer(0))
    #expect(try said.resolved(by: PolicyTrader.parameters) == plain)
    said.set("pair", .text("Y"))
    #expect(try said.resolved(by: PolicyTrader.parameters)["pair"] == .text("Y"))
  }
}
