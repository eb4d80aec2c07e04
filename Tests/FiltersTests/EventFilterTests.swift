import Filters
import MarketModel
import TestSupport
import Testing

@Suite struct EventFilterTests {
  /// An event of a kind with fields by name; what is not named is 0.
  static func event(_ kind: EventKind, _ fields: [String: Int64] = [:], time: Nanoseconds = 0)
    -> FlatEvent
  {
    var event = FlatEvent()
    event.time = time
    event.row = EventRow(kind: kind.rawValue)
    for (index, field) in EventSchema.of(kind).fields.enumerated() {
      event.row.words[index] = fields[field.name] ?? 0
    }
    return event
  }

  static func matches(
    _ text: String, _ event: FlatEvent, sequence: SequenceNumber = 9
  ) throws(FilterError) -> Bool {
    var event = event
    let filter = try EventFilter(
      try FilterExpression(text), Vocabulary.standard, Vocabulary.clock)
    return filter.matches(&event, sequence: sequence)
  }

  /// MM_01 (0) takes 150 lots at 101.25 from Arb_01 (2).
  static let fill = event(
    .orderFilled,
    ["agent": 0, "maker_agent": 2, "price": 10125, "quantity": 150, "taker_fee": -7, "side": 1],
    time: 5_500_000_000)

  @Test(arguments: [
    ("agent == \"MM_01\" and kind == \"fill\" and quantity > 100", true),
    ("kind == orderFilled", true), ("kind == order", false),
    ("kind in (\"order\", \"cancel\", \"fill\")", true), ("kind != fill", false),
    ("quantity == 150", true), ("quantity == 150.0", true), ("quantity == 150.5", false),
    ("quantity != 150.5", true), ("quantity > 149.5", true), ("quantity < 150", false),
    ("quantity <= 150", true), ("quantity >= 150.1", false),
    ("price == 101.25", true), ("price < 101.3", true), ("price <= 101.249", false),
    ("price > 101.249", true), ("price in (1, 101.250)", true),
    ("taker_fee == -0.07", true), ("taker_fee < 0", true), ("taker_fee < -0.071", false),
    ("side == sell", true), ("side == 'buy'", false), ("side != 'buy'", true),
    ("agents contains Arb_01", true), ("agents contains \"MM_01\"", true),
    ("agents contains Trend_01", false), ("maker_agent in (Trend_01, Arb_01)", true),
    ("tick == 5", true), ("time == 5.5s", true), ("time < 5500ms", false),
    ("time >= 5500000us", true),
    ("sequence == 9", true), ("cause == none", true), ("cause < 100", false),
    ("cause != none", false), ("cause != 4", true),
    // A field that a fill does not have.
    ("latency == 0ns", false), ("latency != 0ns", false), ("not (latency == 0ns)", true),
    ("recipient == none", false), ("reason != selfTrade", false),
    ("not (kind == order or quantity < 10) and (tick == 1 or tick == 5)", true),
  ])
  func `comparisons hold or not`(text: String, holds: Bool) throws {
    #expect(try Self.matches(text, Self.fill) == holds)
  }

  @Test func `a word of one kind's type equals nothing in another's`() throws {
    let refused = Self.event(.orderRejected, ["reason": 4])  // RejectReason.offLotSize
    let cancelled = Self.event(.orderCancelled, ["reason": 4])  // CancelReason.selfTrade
    #expect(try !Self.matches("reason == selfTrade", refused))
    #expect(try Self.matches("reason != selfTrade", refused))
    #expect(try Self.matches("reason == selfTrade", cancelled))
    #expect(try Self.matches("reason == offLotSize", refused))
    #expect(try !Self.matches("reason == offLotSize", cancelled))
    #expect(try Self.matches("reason in (offLotSize, selfTrade)", cancelled))
  }

  @Test func `prices are those of the event's instrument`() throws {
    let first = Self.event(.orderSubmitted, ["instrument": 0, "price": 12345])
    let second = Self.event(.orderSubmitted, ["instrument": 1, "price": 12345])
    #expect(try Self.matches("price == 123.45", first))
    #expect(try !Self.matches("price == 123.45", second))
    #expect(try Self.matches("price == 12.345", second))
    #expect(try Self.matches("price < 12.346 and instrument == BOND", second))
    let hidden = Self.event(.hiddenExecutionObserved, ["instrument": 1, "price": 12_345_500])
    #expect(try Self.matches("price == 12.3455", hidden))
    let step = Self.event(.processStepped, ["value": 10_000_123])
    #expect(try Self.matches("value == 100.00123 and process == fair", step))
  }

  @Test func `payloads are searched, and only those of kinds that have one`() throws {
    var message = Self.event(.messageSent, ["recipient": 1, "topic": -1])
    message.row.payload = Array("hello world".utf8)
    for (text, holds) in [
      ("hello", true), ("world", true), ("o w", true), ("", true), ("hellooo", false),
      ("hello world!", false),
    ] {
      #expect(try Self.matches("payload contains \"\(text)\"", message) == holds, "\(text)")
    }
    #expect(try Self.matches("topic == none", message))
    var other = Self.event(.agentWoken, ["delay": -1])
    other.row.payload = message.row.payload
    #expect(try !Self.matches("payload contains \"hello\"", other))
    #expect(try Self.matches("delay == never and not (delay < 5h) and delay != 1ns", other))
  }

  @Test func `what makes no sense is told with its place and what is near`() throws {
    let cases: [(String, Range<Int>, (FilterFault) -> Bool)] = [
      (
        "agnet == x", 0..<5,
        { if case .unknownField("agnet", "agent"?, _) = $0 { true } else { false } }
      ),
      (
        "agent == MM_O1", 9..<14,
        { if case .unknownWord(_, "an agent", "MM_01"?, _) = $0 { true } else { false } }
      ),
      (
        "kind == fil", 8..<11,
        { if case .unknownWord(_, _, "fill"?, _) = $0 { true } else { false } }
      ),
      (
        "reason == selftrade", 10..<19,
        { if case .unknownWord(_, _, "selfTrade"?, _) = $0 { true } else { false } }
      ),
      ("agent < MM_01", 6..<7, { if case .otherRelation("agent", _) = $0 { true } else { false } }),
      ("price contains x", 6..<14, { if case .otherRelation = $0 { true } else { false } }),
      ("payload == x", 8..<10, { if case .otherRelation = $0 { true } else { false } }),
      ("latency > 5", 10..<11, { if case .otherType("latency", _) = $0 { true } else { false } }),
      ("quantity > 5ms", 11..<14, { if case .otherType = $0 { true } else { false } }),
      ("cause < none", 8..<12, { if case .otherType = $0 { true } else { false } }),
      ("agent == 5", 9..<10, { if case .otherType = $0 { true } else { false } }),
      (
        "tick == 1 and post_only == maybe", 27..<32,
        { if case .unknownWord = $0 { true } else { false } }
      ),
    ]
    for (text, range, isRight) in cases {
      let error = try #require(throws: FilterError.self) { try Self.matches(text, Self.fill) }
      #expect(error.range == range, "\(text)")
      #expect(isRight(error.fault), "\(text): \(error.fault)")
    }
  }

  @Test func `every short name is that of one kind, and of no other`() {
    let short = EventVocabulary.shortKinds
    #expect(short.count == EventKind.allCases.count)
    for kind in EventKind.allCases {
      #expect(short.count { $0.kind == EventSchema.of(kind).name } == 1)
    }
    #expect(Set(short.map { $0.short }).count == short.count)
    #expect(Set(short.map { $0.short }).isDisjoint(with: EventSchema.all.map { $0.name }))
  }
}
