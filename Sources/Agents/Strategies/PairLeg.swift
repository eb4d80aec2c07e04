import Features
import Market
public import MarketModel

/// Two instruments one of which is held against the other.
public struct HeldPair: Sendable {
  /// What is traded.
  public let first: InstrumentIndex
  /// What is held against it.
  public let second: InstrumentIndex
  /// How many lots of the first a lot of the second stands against.
  public let ratio: Double
}

/// The second instrument of a trader of pairs, held against the first at a fixed ratio.
///
/// Whatever was wanted of the first, so much of the second is bought or sold at any price that the ratio is kept:
/// the trader wagers on the gap between the two, not on where both go.
struct PairLeg: Sendable {
  /// What is traded against the first.
  let instrument: InstrumentIndex
  /// So many lots of it stand against `quantity` lots of the first.
  let lots: Lots
  /// Lots of the first.
  let quantity: Lots

  /// What is remembered of it.
  struct Memory: Equatable, Sendable {
    /// Orders and inventory in the second instrument.
    var own = OwnBook()
    /// What was seen of it last.
    var quotes = BestQuotes()
    /// The last gaps: twice what `quantity` lots of the first are worth less the lots that stand against them.
    var gaps = PriceWindow(capacity: 33)
    /// What was paid for what was bought less what was got for what was sold, in increments times lots.
    var spent: Int64 = 0
  }

  /// Sees both instruments.
  func look(_ first: BestQuotes, _ second: BestQuotes, in memory: inout Memory?) {
    memory?.quotes = second
    // Within 2^62: a price is at most 2^40, a quantity 2^20.
    memory?.gaps.append(first.twiceMiddle &* quantity &- second.twiceMiddle &* lots)
  }

  /// The features of the pair, in the order of `TradingFeature`.
  func features(_ memory: Memory, maximumInventory: Lots) -> [Double] {
    let gaps = memory.gaps.prices
    let unit = 2 * Double(quantity)
    let gap = Double(gaps.last ?? 0)
    let held = Double(memory.own.inventory) * Double(quantity) / Double(lots)
    return [
      held / Double(maximumInventory), Double(memory.quotes.spread), memory.quotes.imbalance,
      (gap - PriceFeatures.mean(gaps.span)) / unit, PriceFeatures.volatility(gaps.span) / unit,
    ]
  }

  /// Appends what keeps the ratio where `held` lots of the first will be held.
  ///
  /// Orders of another strategy that still rest are withdrawn first.
  func balance(_ held: Lots, _ memory: Memory, of agent: AgentIndex, _ commands: inout [Command]) {
    for order in memory.own.orders where order.price > 0 {
      commands.append(.cancelOrder(order: order.key(of: agent), quantity: 0))
    }
    let against = held / quantity &* lots &+ held % quantity &* lots / quantity
    let missing = 0 &- against &- memory.own.inventory &- memory.own.takingQuantity
    if missing == 0 { return }
    commands.append(
      .placeOrder(
        OrderTerms(
          instrument: instrument, side: missing > 0 ? .buy : .sell, type: .market,
          timeInForce: .immediateOrCancel, price: 0,
          quantity: Lots(min(missing.magnitude, UInt64(Limits.maximumQuantity))))))
  }
}

extension PolicyTrader {
  /// What is remembered of a pair is of that pair, at that ratio.
  public static func keepsMemory(_ old: Parameters, _ new: Parameters) -> Bool {
    if old["pair"] == nil, new["pair"] == nil { return true }
    return ["instrument", "quantity", "pair", "pair_quantity"].allSatisfy { old[$0] == new[$0] }
  }
}

extension OwnBook {
  /// What market orders on their way will buy less what they will sell, if they are filled.
  var takingQuantity: Lots {
    var lots: Lots = 0
    for order in orders where order.price == 0 { lots &+= order.side.sign &* order.quantity }
    return lots
  }
}

extension Occurrence {
  /// What of it concerns an instrument; nil where nothing does.
  func part(of instrument: InstrumentIndex) -> Occurrence? {
    switch self {
    case .commanded(_, .placeOrder(let terms)): return terms.instrument == instrument ? self : nil
    case .report(let report):
      if case .filled(let fill) = report.body { return fill.instrument == instrument ? self : nil }
      return self
    case .tookOver(let account):
      var part = account
      for place in part.positions.indices where place != Int(instrument) {
        part.positions[place] = 0
      }
      part.orders.removeAll { $0.instrument != instrument }
      return .tookOver(part)
    default: return self
    }
  }
}

extension PairLeg.Memory {
  /// Reads the canonical encoding.
  init(from reader: inout ByteReader) throws(ByteError) {
    own = try OwnBook(from: &reader)
    quotes = try BestQuotes(from: &reader)
    for _ in 0..<(try reader.readCount(limit: gaps.capacity)) {
      gaps.append(try reader.readInt64())
    }
    spent = try reader.readInt64()
  }

  /// Appends the canonical encoding.
  func encode(into writer: inout ByteWriter) {
    own.encode(into: &writer)
    quotes.encode(into: &writer)
    writer.write(count: gaps.prices.count)
    for gap in gaps.prices { writer.write(gap) }
    writer.write(spent)
  }
}
