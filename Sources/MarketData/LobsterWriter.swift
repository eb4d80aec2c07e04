public import MarketModel

/// A row of each LOBSTER file, without line ends.
public struct LobsterRow: Equatable, Sendable {
  /// `time,type,order_id,size,price,direction`.
  public let message: String
  /// `ask_price,ask_size,bid_price,bid_size` for each level.
  public let orderbook: String
}

/// Turns the facts of one instrument back into LOBSTER's two files.
///
/// A row begins with a fact that is a message and takes in the levels that entered or left the
/// window after it. What facts do not hold is written by rule:
/// * the message of the row that seeds the book becomes `time,7,0,0,1,-1`, "trading";
/// * hidden executions and status changes have the order id 0, crosses -1 and direction -1;
/// * trailing zeros of a time are not written, nor the point of a whole second;
/// * `flowAdjusted` and facts of other feeds or instruments are skipped and counted.
public struct LobsterWriter: Sendable {
  /// How many records were skipped.
  public private(set) var skippedCount = 0
  private let options: LobsterOptions
  private let levelCount: Int
  private var book = WindowBook()
  /// The message of the row that is not finished yet.
  private var message: String?

  /// Creates a writer of that many levels.
  ///
  /// - Precondition: `levelCount` lies within 1...200.
  public init(levelCount: Int, options: LobsterOptions = LobsterOptions()) {
    precondition(
      (1...LobsterBookRow.maximumLevels).contains(levelCount), "Invariant: 1 to 200 levels")
    self.options = options
    self.levelCount = levelCount
  }

  /// Folds the next record; returns the row before, where this record begins a new one.
  ///
  /// - Throws: `ExportError`; the writer is unchanged then.
  public mutating func append(_ record: EventRecord) throws(ExportError) -> LobsterRow? {
    if let fact = record.event.factKey, record.time < 0 {
      throw .notRepresentable(fact: fact, expected: "a time after midnight", found: record.time)
    }
    switch record.event {
    case .levelSeeded(let level) where concerns(level.fact, level.instrument):
      try reveal(level)
      if message == nil { message = "\(Self.seconds(record.time)),7,0,0,1,-1" }
      return nil
    case .levelRevealed(let level) where concerns(level.fact, level.instrument):
      try reveal(level)
      return nil
    case .levelConcealed(let level) where concerns(level.fact, level.instrument):
      guard book.conceal(level.side, level.price) != nil else {
        throw .doesNotFold(fact: level.fact, expected: "a level that is shown")
      }
      return nil
    default:
      // The row before is written from the book as it is until the message changes it.
      let row = finish()
      do {
        guard let columns = try fold(record.event) else {
          skippedCount += 1
          message = row?.message
          return nil
        }
        message = "\(Self.seconds(record.time)),\(columns)"
      } catch {
        message = row?.message
        throw error
      }
      return row
    }
  }

  /// Returns the last row, if any.
  public mutating func finish() -> LobsterRow? {
    guard let message else { return nil }
    self.message = nil
    return LobsterRow(message: message, orderbook: orderbook)
  }

  private func concerns(_ fact: FactKey, _ instrument: InstrumentIndex) -> Bool {
    fact.feed == options.feed && instrument == options.instrument
  }

  private mutating func reveal(_ level: LevelObserved) throws(ExportError) {
    try checkPrice(level.price, level.fact)
    guard book.reveal(level.side, level.price, level.quantity) else {
      throw .doesNotFold(fact: level.fact, expected: "a level that is not shown")
    }
  }

  /// Folds a message and returns its columns after the time, or nil where it is to be skipped.
  private mutating func fold(_ event: Event) throws(ExportError) -> String? {
    switch event {
    case .orderObserved(let order) where concerns(order.fact, order.instrument):
      try checkPrice(order.price, order.fact)
      guard book.join(order.reference, order.side, order.price, order.quantity) else {
        throw .doesNotFold(fact: order.fact, expected: "an order that does not rest yet")
      }
      return visible(1, order.reference, order.side, order.price, order.quantity)
    case .reductionObserved(let order) where concerns(order.fact, order.instrument):
      try checkPrice(order.price, order.fact)
      let isDone =
        order.isKnown
        ? book.shrink(order.reference, by: order.quantity)
        : book.shrinkAnonymous(order.side, order.price, by: order.quantity)
      guard isDone else {
        throw .doesNotFold(fact: order.fact, expected: "at least that quantity at the level")
      }
      let type = 2 + Int(order.cause.rawValue)
      return visible(type, order.reference, order.side, order.price, order.quantity)
    case .hiddenExecutionObserved(let hidden) where concerns(hidden.fact, hidden.instrument):
      let price = try units(hidden.price, hidden.fact)
      return "5,0,\(hidden.quantity),\(price),\(hidden.side.sign)"
    case .crossObserved(let cross) where concerns(cross.fact, cross.instrument):
      return "6,-1,\(cross.quantity),\(try units(cross.price, cross.fact)),-1"
    case .tradingStatusObserved(let status) where concerns(status.fact, status.instrument):
      return "7,0,0,\(Int(status.status.rawValue) - 1),-1"
    default:
      return nil
    }
  }

  private func visible(
    _ type: Int, _ reference: Int64, _ side: Side, _ price: PriceIncrements, _ quantity: Lots
  ) -> String {
    "\(type),\(reference),\(quantity),\(price * options.priceUnitsPerIncrement),\(side.sign)"
  }

  /// Checks that a visible price can be written; then so can that of every level of the book.
  private func checkPrice(_ price: PriceIncrements, _ fact: FactKey) throws(ExportError) {
    guard price > 0, price <= Limits.maximumPrice else {
      throw .notRepresentable(
        fact: fact, expected: "a price from 1 to \(Limits.maximumPrice)", found: price)
    }
  }

  private func units(_ price: PriceThousandths, _ fact: FactKey) throws(ExportError) -> Int64 {
    let (product, overflow) = price.multipliedReportingOverflow(by: options.priceUnitsPerIncrement)
    guard !overflow, product >= 0, product % 1000 == 0 else {
      throw .notRepresentable(
        fact: fact, expected: "a price that makes whole price units",
        found: price)
    }
    return product / 1000
  }

  private var orderbook: String {
    var columns: [String] = []
    for index in 0..<levelCount {
      for (side, empty) in [
        (Side.sell, LobsterBookRow.emptyPrice), (.buy, -LobsterBookRow.emptyPrice),
      ] {
        let levels = book[side]
        if index < levels.count {
          columns.append("\(levels[index].price * options.priceUnitsPerIncrement)")
          columns.append("\(levels[index].quantity)")
        } else {
          columns.append("\(empty)")
          columns.append("0")
        }
      }
    }
    return columns.joined(separator: ",")
  }

  /// Nanoseconds as seconds, exactly, without trailing zeros.
  private static func seconds(_ time: Nanoseconds) -> String {
    let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard rest != 0 else { return "\(seconds)" }
    var digits = Array("\(1_000_000_000 + rest)".dropFirst())
    while digits.last == "0" { digits.removeLast() }
    return "\(seconds)." + String(digits)
  }
}

extension Event {
  /// The identity of an imported fact; nil for every other event.
  fileprivate var factKey: FactKey? {
    switch self {
    case .levelSeeded(let body), .levelRevealed(let body), .levelConcealed(let body): body.fact
    case .orderObserved(let body): body.fact
    case .reductionObserved(let body): body.fact
    case .hiddenExecutionObserved(let body): body.fact
    case .tradingStatusObserved(let body): body.fact
    case .crossObserved(let body): body.fact
    default: nil
    }
  }
}
