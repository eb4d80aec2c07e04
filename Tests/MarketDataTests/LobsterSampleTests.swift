import MarketData
import MarketModel
import Testing

@Suite(.enabled(if: Samples.arePresent, Samples.comment))
struct LobsterSampleTests {
  /// Folds the facts naively and compares the book with every orderbook row.
  private func expectBookEqualsRows(_ paths: (String, String), levels: Int) throws
    -> LobsterSummary
  {
    let rows = try lines(of: paths.1)
    var importer = try LobsterImporter(messages: paths.0, orderbook: paths.1)
    #expect(importer.levelCount == levels)
    var book = NaiveBook()
    var row: Int64 = 0
    var expectedNumber: Int64 = 0
    var lastTime: Nanoseconds = 0
    while let fact = try importer.next() {
      let number = try #require(factNumber(fact.event))
      if number / 1000 != row {
        try #require(book.row(levels) == rows[Int(row)], "row \(row)")
        row += 1
        expectedNumber = row * 1000
      }
      try #require(number == expectedNumber)
      try #require(fact.time >= lastTime)
      try #require(fact.cause == nil)
      expectedNumber += 1
      lastTime = fact.time
      try book.fold(fact.event)
    }
    try #require(book.row(levels) == rows[Int(row)])
    #expect(Int(row) + 1 == rows.count)
    return importer.summary
  }

  @Test func `Amazon at one level: all 57,514 transitions are explained`() throws {
    let summary = try expectBookEqualsRows(Samples.amazon, levels: 1)
    #expect(summary.rows == 57_515)
    #expect(summary.transitions == 57_514)
    #expect(summary.explained == 57_514)
    #expect(summary.explainedOnTopLevels == 57_514)
    #expect(summary.disagreementCount == 0)
    #expect((1...7).map(summary.messages) == [27_845, 16, 18_235, 8974, 2445, 0, 0])
    #expect(summary.hiddenExecutions == 2444)
    #expect(summary.seedRows == 1)
  }

  @Test func `Apple at ten levels: all 998 transitions are explained on the top nine`() throws {
    let summary = try expectBookEqualsRows(Samples.appleHead, levels: 10)
    #expect(summary.transitions == 998)
    #expect(summary.explainedOnTopLevels == 998)
  }

  @Test func `The first 2,000 rows of Amazon are read alike without gzip`() throws {
    let summary = try expectBookEqualsRows(Samples.amazonHead, levels: 1)
    #expect(summary.explained == 1999)
    let (head, _) = try importAll(Samples.amazonHead.0, Samples.amazonHead.1)
    let (whole, _) = try importAll(Samples.amazon.0, Samples.amazon.1)
    #expect(Array(whole.prefix(head.count)) == head)
  }

  @Test func `A file name tells ticker, date, beginning and levels`() throws {
    let importer = try LobsterImporter(messages: Samples.amazon.0, orderbook: Samples.amazon.1)
    #expect(importer.ticker == "AMZN")
    #expect(importer.date == "2012-06-21")
    #expect(importer.startNanoseconds == 34_200_000_000_000)
    #expect(importer.endNanoseconds == 57_600_000_000_000)
    #expect(importer.levelCount == 1)
    let head = try LobsterImporter(messages: Samples.appleHead.0, orderbook: Samples.appleHead.1)
    #expect(head.ticker == "AAPL_message_10.first999")
    #expect(head.date == nil)
    #expect(head.startNanoseconds == 34_200_004_241_176)
    #expect(head.levelCount == 10)
  }

  @Test func `Fifty levels of Apple are read without an orderbook`() throws {
    let (facts, summary) = try importAll(
      Samples.path("AAPL_message_50.first30000.csv.gz"), nil)
    #expect(facts.count == 30_000)
    #expect(summary.rows == 30_000)
    #expect(summary.seedRows == 0)
    #expect(summary.transitions == 0)
    #expect(summary.unseenReferences == summary.adjusted)
    var book = NaiveBook()
    for fact in facts.prefix(5000) { try book.fold(fact.event) }
  }

  @Test func `The writer gives back both files of Amazon's first 2,000 rows`() throws {
    try expectRoundTrip(Samples.amazonHead, levels: 1)
  }

  @Test func `The writer gives back both files of Apple's first 999 rows`() throws {
    try expectRoundTrip(Samples.appleHead, levels: 10)
  }

  @Test func `The writer gives back all of Amazon's day`() throws {
    try expectRoundTrip(Samples.amazon, levels: 1)
  }

  private func expectRoundTrip(_ paths: (String, String), levels: Int) throws {
    let (facts, _) = try importAll(paths.0, paths.1)
    var writer = LobsterWriter(levelCount: levels)
    var rows: [LobsterRow] = []
    for fact in facts {
      if let row = try writer.append(fact) { rows.append(row) }
    }
    if let row = writer.finish() { rows.append(row) }
    let messages = try lines(of: paths.0)
    let time = try #require(messages.first?.split(separator: ",").first)
    // Row 0's own message is not among the facts: the opening book contains it already.
    #expect(rows.first?.message == "\(time),7,0,0,1,-1")
    #expect(rows.dropFirst().map(\.message) == Array(messages.dropFirst()))
    #expect(rows.map(\.orderbook) == (try lines(of: paths.1)))
    #expect(writer.skippedCount == 0)
  }
}
