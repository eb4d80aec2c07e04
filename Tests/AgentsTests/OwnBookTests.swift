import Agents
import MarketModel
import Testing

@Suite struct OwnBookTests {
  private func key(_ ordinal: UInt32) -> CommandKey {
    CommandKey(agent: 3, tick: 7, ordinal: ordinal)
  }

  private func placed(_ ordinal: UInt32, _ side: Side, _ quantity: Lots) -> Occurrence {
    .commanded(
      key(ordinal),
      .placeOrder(OrderTerms(instrument: 0, side: side, price: 100, quantity: quantity)))
  }

  private func report(_ ordinal: UInt32, _ body: Report.Body) -> Occurrence {
    .report(Report(outcome: OutcomeKey(command: key(ordinal), number: 0), body: body))
  }

  private func filled(_ ordinal: UInt32, _ side: Side, _ quantity: Lots) -> Occurrence {
    report(
      9,
      .filled(
        Report.Fill(
          order: key(ordinal), instrument: 0, side: side, price: 100, quantity: quantity, fee: 0,
          isMaker: true)))
  }

  private func text(_ occurrences: [Occurrence]) -> String {
    var book = OwnBook()
    for occurrence in occurrences { book.remember(occurrence) }
    let orders = book.orders.map { "\($0.ordinal):\($0.side) \($0.quantity)@\($0.price)" }
    return "\(book.inventory) | \(orders.joined(separator: " "))"
  }

  @Test func `orders come with commands and go with reports`() {
    #expect(text([]) == "0 | ")
    #expect(text([placed(0, .buy, 5), report(0, .accepted)]) == "0 | 0:buy 5@100")
    #expect(text([placed(0, .buy, 5), report(0, .rejected(.overflow))]) == "0 | ")
    #expect(text([placed(0, .buy, 5), filled(0, .buy, 2)]) == "2 | 0:buy 3@100")
    #expect(text([placed(0, .sell, 5), filled(0, .sell, 5)]) == "-5 | ")
    let cancelled = Report.Body.cancelled(order: key(0), quantity: 4, reason: .requested)
    #expect(text([placed(0, .buy, 5), report(1, cancelled)]) == "0 | 0:buy 1@100")
    #expect(text([placed(0, .buy, 4), report(1, cancelled)]) == "0 | ")
  }

  @Test func `a refused cancel changes nothing`() {
    #expect(
      text([placed(0, .buy, 5), report(1, .rejected(.unknownOrder))]) == "0 | 0:buy 5@100")
  }

  @Test func `a fill of an order that it forgot still counts`() {
    #expect(text([filled(0, .buy, 2)]) == "2 | ")
  }

  @Test func `a replaced order has its new id, price and quantity`() {
    let asked = Occurrence.commanded(
      key(1), .replaceOrder(order: key(0), price: 103, quantity: 8))
    let start = [placed(0, .sell, 5), asked]
    #expect(text(start) == "0 | 0:sell 5@100 1:sell 8@103")
    #expect(text(start + [report(1, .rejected(.overflow))]) == "0 | 0:sell 5@100")
    let replaced = start + [report(1, .replaced(order: key(0)))]
    #expect(text(replaced) == "0 | 1:sell 8@103")
    #expect(text(replaced + [filled(1, .sell, 8)]) == "-8 | ")
    // A fill before the replacement took place belongs to the old order.
    let late = start + [filled(0, .sell, 2), report(1, .replaced(order: key(0)))]
    #expect(text(late) == "-2 | 1:sell 8@103")
  }

  @Test func `an order's key has the owner that is given`() {
    var book = OwnBook()
    book.remember(placed(4, .buy, 5))
    #expect(book.orders.first?.key(of: 3) == key(4))
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `it comes back from its bytes whatever happened`(_ seed: UInt64) throws {
    var occurrences = RandomOccurrences(seed: seed)
    var book = OwnBook()
    for _ in 0..<100 {
      book.remember(occurrences.next())
      let bytes = encoded(book)
      var reader = ByteReader(bytes)
      #expect(try OwnBook(from: &reader) == book)
      try reader.expectEnd()
    }
  }
}
