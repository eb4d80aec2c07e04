import MarketData
import MarketModel
import Testing

/// A whole book, and the LOBSTER rows that its window of levels gives.
private struct WholeBook {
  var orders: [(reference: Int64, isBid: Bool, price: Int64, quantity: Int64)] = []

  func levels(_ isBid: Bool) -> [(price: Int64, quantity: Int64)] {
    var sums: [Int64: Int64] = [:]
    for order in orders where order.isBid == isBid {
      sums[order.price, default: 0] += order.quantity
    }
    return sums.sorted { isBid ? $0.key > $1.key : $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func row(_ count: Int) -> String {
    let asks = levels(false)
    let bids = levels(true)
    return (0..<count).map { index in
      let ask =
        index < asks.count ? "\(asks[index].price),\(asks[index].quantity)" : "9999999999,0"
      let bid =
        index < bids.count ? "\(bids[index].price),\(bids[index].quantity)" : "-9999999999,0"
      return "\(ask),\(bid)"
    }.joined(separator: ",")
  }

  /// Changes one order and returns the columns after the time.
  mutating func step(_ reference: Int64, _ numbers: inout KeyedNumbers) -> String {
    if orders.count < 3 || numbers.number(0...2) == 0 {
      let isBid = numbers.number(0...1) == 0
      let price = (isBid ? 900 : 1000) + 100 * numbers.number(isBid ? -7...0 : 0...7)
      let quantity = numbers.number(1...9)
      orders.append((reference, isBid, price, quantity))
      return "1,\(reference),\(quantity),\(price),\(isBid ? 1 : -1)"
    }
    let index = Int(numbers.number(0...Int64(orders.count - 1)))
    let order = orders[index]
    let quantity = numbers.number(1...order.quantity)
    let type =
      quantity == order.quantity ? 3 + numbers.number(0...1) : 2 + 2 * numbers.number(0...1)
    orders[index].quantity -= quantity
    if quantity == order.quantity { orders.remove(at: index) }
    return "\(type),\(order.reference),\(quantity),\(order.price),\(order.isBid ? 1 : -1)"
  }
}

struct LobsterWindowTests {
  @Test(arguments: 0..<24)
  func `Every window of a random book is explained and folded, whole or cut`(seed: Int) throws {
    let scratch = try Scratch()
    var numbers = KeyedNumbers(seed: UInt64(seed))
    let levels = 1 + seed % 5
    var book = WholeBook()
    var messages = ["0,5,0,1,1000,1"]
    for reference in 1...20 { _ = book.step(Int64(reference), &numbers) }
    var rows = [book.row(levels)]
    for reference in 21...400 {
      let columns = book.step(Int64(reference), &numbers)
      let row = book.row(levels)
      // LOBSTER lists only what happens within the window, every other seed beyond it too.
      if row == rows.last, seed % 2 == 0 { continue }
      messages.append("\(reference).5,\(columns)")
      rows.append(row)
    }
    let paths = (
      try scratch.file("m.csv", lines: messages), try scratch.file("b.csv", lines: rows)
    )
    let (facts, summary) = try importAll(paths.0, paths.1)
    #expect(summary.explained == rows.count - 1, "seed \(seed)")
    #expect(summary.explainedOnTopLevels == rows.count - 1)
    var naive = NaiveBook()
    var next = 0
    for (row, expected) in rows.enumerated() {
      while next < facts.count, factNumber(facts[next].event).map({ $0 / 1000 }) == Int64(row) {
        try naive.fold(facts[next].event)
        next += 1
      }
      try #require(naive.row(levels) == expected, "seed \(seed), row \(row)")
    }
    try expectRewritten(facts, rows, levels)
  }

  private func expectRewritten(_ facts: [EventRecord], _ rows: [String], _ levels: Int) throws {
    var writer = LobsterWriter(levelCount: levels)
    // Rows about orders that no level shows become adjusted flows, which have no LOBSTER form.
    let adjusted = facts.filter { $0.event.kind == .flowAdjusted }.count
    var written: [String] = []
    for fact in facts {
      if let row = try writer.append(fact) { written.append(row.orderbook) }
    }
    if let row = writer.finish() { written.append(row.orderbook) }
    #expect(writer.skippedCount == adjusted)
    if adjusted == 0 { #expect(written == rows) }
    #expect(written.last == rows.last)
    #expect(written.count == rows.count - adjusted)
  }
}
