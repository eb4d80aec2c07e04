import Market
import MarketModel
import MatchingEngine
import Testing

extension MarketRules {
  /// Agents A to E with the given balances; A to D are one group, E is alone.
  static func example(
    _ instrument: InstrumentRules = InstrumentRules(name: "X", referencePrice: 100),
    cash: MinorUnits = 10_000, maximumPosition: Lots = 0, maximumOpenOrders: Int64 = 0,
    selfTradePrevention: SelfTradePrevention = .cancelResting
  ) -> MarketRules {
    var second = instrument
    second.name = "Y"
    return MarketRules(
      instruments: [instrument, second],
      accounts: ["A", "B", "C", "D", "E"].map {
        AccountRules(
          name: $0, group: $0 == "E" ? 1 : 0, openingCash: cash,
          maximumPosition: maximumPosition, maximumOpenOrders: maximumOpenOrders)
      },
      groups: ["together", "alone"], processes: ["F"], selfTradePrevention: selfTradePrevention)
  }
}

/// Runs text on both exchanges and shows what came of it.
///
/// A line is `A buy 5 @ 100 ioc`, `A sell 5 market`, `A cancel B0 2`, `A replace A0 5 @ 101`,
/// `A transfer B 100`, `halt` or `open`; `#1` at its end names the second instrument. `A0` is the
/// first command of agent A.
struct MarketScript {
  var pair: MarketPair
  private var next = [UInt32](repeating: 0, count: 26)

  init(_ rules: MarketRules) { pair = MarketPair(rules: rules) }

  /// Runs lines `command => outcomes` and checks the outcomes of each.
  mutating func run(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    for line in text.split(separator: "\n") {
      let halves = line.split(separator: ">", maxSplits: 1)
      let command = halves[0].split(separator: "=")[0]
      let expected = halves.count > 1 ? halves[1].drop { $0 == " " } : ""
      let outcomes = run(line: command)
      #expect(outcomes == expected, "\(line)", sourceLocation: sourceLocation)
    }
  }

  /// Runs a line, whatever comes of it.
  mutating func play(_ line: String) { _ = run(line: Substring(line)) }

  private mutating func run(line: Substring) -> String {
    var words = line.split(separator: " ")
    var instrument: InstrumentIndex = 0
    if let last = words.last, last.first == "#" {
      instrument = InstrumentIndex(last.dropFirst()) ?? 0
      words.removeLast()
    }
    if words[0] == "halt" || words[0] == "quote" || words[0] == "open" {
      let status: TradingStatus =
        words[0] == "halt" ? .halted : words[0] == "quote" ? .quoting : .trading
      pair.observe(
        .tradingStatusObserved(
          TradingStatusObserved(
            fact: FactKey(feed: 0, number: 1), instrument: instrument, status: status)))
      return ""
    }
    let agent = Self.agent(words[0])
    let key = CommandKey(agent: agent, tick: 0, ordinal: next[Int(agent)])
    next[Int(agent)] += 1
    let events = pair.run(PendingCommand(key: key, body: Self.body(words, instrument)))
    return events.map { Self.text($0) }.joined(separator: ", ")
  }

  static func agent(_ word: Substring) -> AgentIndex {
    word.utf8.first.map { AgentIndex($0) - AgentIndex(UInt8(ascii: "A")) } ?? 0
  }

  static func order(_ word: Substring) -> CommandKey {
    CommandKey(agent: agent(word), tick: 0, ordinal: UInt32(word.dropFirst()) ?? 0)
  }

  private static func body(
    _ words: [Substring], _ instrument: InstrumentIndex
  ) -> PendingCommand.Body {
    let numbers = words.map { Int64($0) ?? 0 }
    switch words[1] {
    case "cancel":
      return .cancel(order: order(words[2]), quantity: words.count > 3 ? numbers[3] : 0)
    case "replace":
      return .replace(order: order(words[2]), price: numbers[5], quantity: numbers[3])
    case "transfer": return .transfer(recipient: agent(words[2]), amount: numbers[3])
    default:
      let isMarket = words[3] == "market"
      var terms = OrderTerms(
        instrument: instrument, side: words[1] == "buy" ? .buy : .sell,
        type: isMarket ? .market : .limit, price: isMarket ? 0 : numbers[4], quantity: numbers[2])
      for word in words.dropFirst(isMarket ? 4 : 5) {
        if word == "ioc" { terms.timeInForce = .immediateOrCancel }
        if word == "fok" { terms.timeInForce = .fillOrKill }
        if word == "post" { terms.isPostOnly = true }
      }
      return .place(terms)
    }
  }

  static func name(_ key: CommandKey) -> String {
    key.agent < 0
      ? "F\(key.tick)" : String(UnicodeScalar(UInt8(65 + key.agent))) + "\(key.ordinal)"
  }

  static func text(_ event: Event) -> String {
    switch event {
    case .orderAccepted: return "accepted"
    case .orderRejected(let body): return "rejected \(body.reason)"
    case .orderFilled(let body):
      let fees = body.takerFee == 0 && body.makerFee == 0
      return "\(name(body.maker)) \(body.quantity)@\(body.price)"
        + (fees ? "" : " fees \(body.takerFee)/\(body.makerFee)")
    case .orderCancelled(let body):
      return "cancelled \(name(body.order)) \(body.quantity) \(body.reason)"
    case .orderReplaced(let body):
      return "replaced \(name(body.order)) \(body.keepsPriority ? "in place" : "anew")"
    case .capitalTransferred(let body): return "transferred \(body.amount)"
    default: return "?"
    }
  }

  /// A side as `100: A0x5 B0x2 | 99: C0x1`, the best level first.
  func book(_ side: Side, _ instrument: InstrumentIndex = 0) -> String {
    pair.market.book.levels(instrument, side).reversed().map { level in
      let orders = pair.market.book.queue(level).map { "\(Self.name($0.key))x\($0.quantity)" }
      return "\(level.price): \(orders.joined(separator: " "))"
    }.joined(separator: " | ")
  }

  func cash(_ agent: Substring) -> MinorUnits { pair.market.cash[Int(Self.agent(agent))] }

  func position(_ agent: Substring) -> Lots { pair.market.position(Self.agent(agent), 0) }
}
