import MarketData
import MarketModel
import Testing

struct LobsterWriterTests {
  private let key = FactKey(feed: 0, number: 0)

  private func status(_ time: Nanoseconds) -> EventRecord {
    EventRecord(
      time: time, cause: nil,
      event: .tradingStatusObserved(
        TradingStatusObserved(fact: key, instrument: 0, status: .halted)))
  }

  @Test(arguments: [
    (0, "0"), (34_200_000_000_000, "34200"), (34_200_017_459_617, "34200.017459617"),
    (34_200_189_607_670, "34200.18960767"), (1_500_000_000, "1.5"),
  ])
  func `Times are written without trailing zeros`(_ time: Nanoseconds, _ text: String) throws {
    var writer = LobsterWriter(levelCount: 1)
    #expect(try writer.append(status(time)) == nil)
    #expect(writer.finish()?.message == "\(text),7,0,0,-1,-1")
    #expect(writer.finish() == nil)
  }

  @Test func `Crosses, hidden executions and empty levels have their fixed columns`() throws {
    var writer = LobsterWriter(levelCount: 1)
    let cross = CrossObserved(fact: key, instrument: 0, price: 10_500, quantity: 500)
    let hidden = HiddenExecutionObserved(
      fact: key, instrument: 0, side: .buy, price: 10_330, quantity: 3)
    _ = try writer.append(EventRecord(time: 1, cause: nil, event: .crossObserved(cross)))
    let first = try writer.append(
      EventRecord(time: 2, cause: nil, event: .hiddenExecutionObserved(hidden)))
    #expect(first?.message == "0.000000001,6,-1,500,1050,-1")
    #expect(first?.orderbook == "9999999999,0,-9999999999,0")
    #expect(writer.finish()?.message == "0.000000002,5,0,3,1033,1")
  }

  @Test func `Facts of other feeds and instruments, and other events, are skipped`() throws {
    var writer = LobsterWriter(levelCount: 1, options: LobsterOptions(feed: 3))
    _ = try writer.append(status(5))
    _ = try writer.append(
      EventRecord(time: 6, cause: nil, event: .noteAdded(NoteAdded(payload: []))))
    #expect(writer.skippedCount == 2)
    #expect(writer.finish() == nil)
  }

  @Test func `What does not fold or fit is refused and changes nothing`() throws {
    var writer = LobsterWriter(levelCount: 1)
    _ = try writer.append(status(5))
    let unknown = ReductionObserved(
      fact: key, instrument: 0, reference: 7, side: .buy, price: 10, quantity: 1,
      cause: .execution, isKnown: true)
    #expect(
      throws: ExportError.doesNotFold(fact: key, expected: "at least that quantity at the level")
    ) {
      try writer.append(EventRecord(time: 6, cause: nil, event: .reductionObserved(unknown)))
    }
    let odd = HiddenExecutionObserved(
      fact: key, instrument: 0, side: .buy, price: 10_335, quantity: 3)
    #expect(
      throws: ExportError.notRepresentable(
        fact: key, expected: "a price that makes whole price units", found: 10_335)
    ) {
      try writer.append(EventRecord(time: 6, cause: nil, event: .hiddenExecutionObserved(odd)))
    }
    let far = OrderObserved(
      fact: key, instrument: 0, reference: 7, side: .buy, price: .max, quantity: 1)
    #expect(throws: ExportError.self) {
      try writer.append(EventRecord(time: 6, cause: nil, event: .orderObserved(far)))
    }
    #expect(writer.finish()?.message == "0.000000005,7,0,0,-1,-1")
  }
}
