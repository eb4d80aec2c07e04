import MarketData
import MarketModel
import Testing

/// Hand-made files: what each kind of row becomes, and what happens at the edges of the window.
struct LobsterImporterTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Imports rows of `message` and `orderbook`, both without the lines' ends.
  private func facts(
    _ messages: [String], _ orderbook: [String]?
  ) throws -> ([Event], LobsterSummary) {
    let first = try scratch.file("m.csv", lines: messages)
    let second = try orderbook.map { try scratch.file("b.csv", lines: $0) }
    let (records, summary) = try importAll(first, second)
    if let orderbook { try expectBook(records, equals: orderbook) }
    return (records.map(\.event), summary)
  }

  private func expectBook(_ records: [EventRecord], equals orderbook: [String]) throws {
    let levels = (orderbook[0].filter { $0 == "," }.count + 1) / 4
    var book = NaiveBook()
    for (row, expected) in orderbook.enumerated() {
      for record in records where factNumber(record.event).map({ $0 / 1000 }) == Int64(row) {
        try book.fold(record.event)
      }
      #expect(book.row(levels) == expected, "row \(row)")
    }
  }

  private func level(
    _ number: Int64, _ side: Side, _ price: PriceIncrements, _ quantity: Lots
  ) -> LevelObserved {
    LevelObserved(
      fact: FactKey(feed: 0, number: number), instrument: 0, side: side, price: price,
      quantity: quantity)
  }

  @Test func `Row 0 seeds both sides, best first, bids then asks`() throws {
    let (found, summary) = try facts(
      ["1.5,1,7,5,1000,1"], ["1100,4,1000,5,1200,6,900,7,9999999999,0,-9999999999,0"])
    #expect(
      found == [
        .levelSeeded(level(0, .buy, 10, 5)), .levelSeeded(level(1, .buy, 9, 7)),
        .levelSeeded(level(2, .sell, 11, 4)), .levelSeeded(level(3, .sell, 12, 6)),
      ])
    #expect(summary.seedRows == 1)
    #expect(summary.messages(ofType: 1) == 1)
  }

  @Test func `Halts, quoting and trading become status facts over duplicated rows`() throws {
    let row = "1100,4,1000,5"
    let (found, summary) = try facts(
      ["1,1,7,5,1000,1", "2,7,0,0,-1,-1", "3,7,0,0,0,-1", "4,7,0,0,1,-1"], [row, row, row, row])
    let statuses = found.compactMap { event -> TradingStatus? in
      if case .tradingStatusObserved(let body) = event { body.status } else { nil }
    }
    #expect(statuses == [.halted, .quoting, .trading])
    #expect(summary.halts == 1)
    #expect(summary.messages(ofType: 7) == 3)
    #expect(summary.explained == 3)
  }

  @Test func `Crosses and hidden executions keep prices between increments`() throws {
    let row = "1100,4,1000,5"
    let (found, summary) = try facts(
      ["1,1,7,5,1000,1", "2,6,-1,500,1050,-1", "2,5,0,3,1033,1", "3,6,-2,0,0,-1"],
      [row, row, row, row])
    #expect(
      Array(found.dropFirst(2)) == [
        .crossObserved(
          CrossObserved(
            fact: FactKey(feed: 0, number: 1000), instrument: 0, price: 10_500, quantity: 500)),
        .hiddenExecutionObserved(
          HiddenExecutionObserved(
            fact: FactKey(feed: 0, number: 2000), instrument: 0, side: .buy, price: 10_330,
            quantity: 3)),
        .crossObserved(
          CrossObserved(
            fact: FactKey(feed: 0, number: 3000), instrument: 0, price: 0, quantity: 0)),
      ])
    #expect(summary.crosses == 2)
    #expect(summary.hiddenExecutions == 1)
  }

  @Test func `An order whose level left and came back is no longer known`() throws {
    let (found, summary) = try facts(
      [
        "1,1,7,5,1000,1", "2,1,8,2,1000,1", "3,1,9,1,1001,1", "4,3,9,1,1001,1",
        "5,4,8,2,1000,1",
      ].map { $0.replacing("1001,", with: "1100,") },
      ["1200,4,1000,5", "1200,4,1000,7", "1200,4,1100,1", "1200,4,1000,7", "1200,4,1000,5"])
    #expect(found.contains(.levelConcealed(level(2001, .buy, 10, 7))))
    #expect(found.contains(.levelRevealed(level(3001, .buy, 10, 7))))
    let known = found.compactMap { event -> Bool? in
      if case .reductionObserved(let body) = event { body.isKnown } else { nil }
    }
    #expect(known == [true, false])
    #expect(summary.unseenReferences == 1)
    #expect(summary.explained == 4)
    #expect((summary.concealed, summary.revealed) == (1, 1))
  }

  @Test func `A ghost that left with its level comes back as part of the anonymous quantity`()
    throws
  {
    // Order 8 is pushed out, deleted unseen, and the level returns without it.
    let (_, summary) = try facts(
      ["1,1,7,5,1000,1", "2,1,8,2,1000,1", "3,1,9,1,1100,1", "4,3,9,1,1100,1"],
      ["1200,4,1000,5", "1200,4,1000,7", "1200,4,1100,1", "1200,4,1000,5"])
    #expect(summary.explained == 3)
    #expect(summary.disagreementCount == 0)
  }

  @Test func `An order beyond the window joins and is concealed at once`() throws {
    let (found, summary) = try facts(
      ["1,1,7,5,1000,1", "2,1,8,2,900,1", "3,3,8,2,900,1"],
      ["1200,4,1000,5", "1200,4,1000,5", "1200,4,1000,5"])
    #expect(found.contains(.levelConcealed(level(1001, .buy, 9, 2))))
    #expect(summary.explained == 2)
    #expect(summary.adjusted == 1)
  }

  @Test func `A disagreement is named, and the book follows the orderbook all the same`() throws {
    let (found, summary) = try facts(
      ["1,1,7,5,1000,1", "2,1,8,2,1000,1", "3,1,9,1,1000,1", "4,4,9,1,1000,1"],
      ["1200,4,1000,5", "1200,4,1000,7", "1200,3,1000,9", "1200,3,1000,8"])
    #expect(
      summary.disagreements.map { [Int64($0.row), $0.price, $0.expected, $0.found] }
        == [[2, 10, 8, 9], [2, 12, 4, 3]])
    #expect(summary.disagreements.map(\.side) == [.buy, .sell])
    #expect((summary.explained, summary.transitions) == (2, 3))
    #expect(summary.explainedOnTopLevels == 2)
    // Row 2: the message, both levels forgotten, both shown anew; then order 9 is not known.
    #expect(
      Array(found.dropFirst(4).prefix(4)) == [
        .levelConcealed(level(2001, .buy, 10, 8)), .levelConcealed(level(2002, .sell, 12, 4)),
        .levelRevealed(level(2003, .buy, 10, 9)), .levelRevealed(level(2004, .sell, 12, 3)),
      ])
    #expect(summary.unseenReferences == 1)
  }

  @Test func `A level that enters though none emptied is a disagreement`() throws {
    let (_, summary) = try facts(
      ["1,1,7,5,1000,1", "2,1,8,2,1000,1"],
      [
        "1200,4,1000,5,9999999999,0,-9999999999,0", "1200,4,1000,7,9999999999,0,900,1",
      ])
    #expect(summary.disagreementCount == 1)
    #expect(summary.explained == 0)
    #expect(summary.explainedOnTopLevels == 1)
  }

  @Test func `A reduction takes no more than there is, and says so`() throws {
    let (found, summary) = try facts(
      ["1,1,7,5,1000,1", "2,1,8,2,1000,1", "3,4,8,3,1000,1", "4,4,6,9,1000,1"],
      ["1200,4,1000,5", "1200,4,1000,7", "1200,4,1000,5", "1200,4,1000,5"])
    let quantities = found.compactMap { event -> Lots? in
      if case .reductionObserved(let body) = event { body.quantity } else { nil }
    }
    #expect(quantities == [2, 5])
    #expect(summary.oversizedReductions == 2)
    // 7 - 3 is not the 5 that the row shows, nor 5 - 9.
    #expect(summary.disagreements.map(\.expected) == [4, -4])
  }

  @Test func `A reference at another price is treated as unseen`() throws {
    let (_, summary) = try facts(
      ["1,1,7,5,1000,1", "2,1,8,2,1100,1", "3,4,8,1,1000,1"],
      ["1200,4,1000,5,1300,1,900,1", "1200,4,1100,2,1300,1,1000,5", "1200,4,1100,2,1300,1,1000,4"])
    #expect(summary.mismatchedReferences == 1)
    #expect(summary.unseenReferences == 1)
    #expect(summary.explained == 2)
  }

  @Test func `Without an orderbook an unseen reference becomes an adjusted flow`() throws {
    let (found, summary) = try facts(
      ["1,1,7,5,1000,1", "2,4,6,3,1100,-1", "3,3,7,4,1000,1"], nil)
    #expect(found.count == 3)
    #expect(
      found[1]
        == .flowAdjusted(
          FlowAdjusted(
            fact: FactKey(feed: 0, number: 1000), adjustment: .unseenReference, quantity: 3)))
    #expect((summary.unseenReferences, summary.adjusted) == (1, 1))
    #expect(summary.undersizedDeletions == 1)
  }

  @Test(arguments: [
    ("34200", 34_200_000_000_000), ("34200.5", 34_200_500_000_000),
    ("34200.000000001", 34_200_000_000_001), ("0.1234567891", 123_456_789),
  ])
  func `Times are read as decimal text`(_ text: String, _ expected: Nanoseconds) throws {
    let path = try scratch.file("m.csv", lines: ["\(text),1,7,5,1000,1"])
    let (records, summary) = try importAll(path, nil)
    #expect(records.map(\.time) == [expected])
    #expect(summary.truncatedTimes == (text.count == 12 ? 1 : 0))
  }

  @Test func `Line ends of Windows, a missing last line end and gzip change nothing`() throws {
    let messages = ["1,1,7,5,1000,1", "2,1,8,2,1000,1"]
    let rows = ["1200,4,1000,5", "1200,4,1000,7"]
    let plain = try importAll(
      try scratch.file("a.csv", lines: messages), try scratch.file("b.csv", lines: rows)
    ).0
    let windows = try importAll(
      try scratch.file("c.csv", Array(messages.joined(separator: "\r\n").utf8)),
      try scratch.file("d.csv", Array(rows.joined(separator: "\r\n").utf8))
    ).0
    let packed = try importAll(
      try scratch.file("e.csv.gz", scratch.packed(messages.joined(separator: "\n"))),
      try scratch.file("f", scratch.packed(rows.joined(separator: "\n")))
    ).0
    #expect(windows == plain)
    #expect(packed == plain)
  }
}
