import MarketModel
import MatchingEngine

/// What both order books can do, so that one suite holds for both.
protocol TestBook: Sendable {
  mutating func insert(
    _ key: CommandKey, _ instrument: InstrumentIndex, _ side: Side, price: PriceIncrements,
    quantity: Lots)
  mutating func reduce(_ key: CommandKey, by quantity: Lots)
  mutating func rename(_ key: CommandKey, to newKey: CommandKey, quantity: Lots)
  mutating func appendAgent(_ name: String)
  var digest: UInt64 { get }
  func open(_ key: CommandKey) -> Lots?
  /// The orders of a side, first in line first.
  func line(_ instrument: InstrumentIndex, _ side: Side) -> [Entry]
  func check()
}

/// An order as a test sees it.
struct Entry: Equatable {
  var key: CommandKey
  var price: PriceIncrements
  var quantity: Lots
}

extension OrderBook: TestBook {
  func open(_ key: CommandKey) -> Lots? { order(key)?.quantity }

  func line(_ instrument: InstrumentIndex, _ side: Side) -> [Entry] {
    levels(instrument, side).reversed().flatMap { queue($0) }
      .map { Entry(key: $0.key, price: $0.price, quantity: $0.quantity) }
  }

  func check() { checkInvariants() }
}

extension ReferenceOrderBook: TestBook {
  func open(_ key: CommandKey) -> Lots? { order(key)?.quantity }

  func line(_ instrument: InstrumentIndex, _ side: Side) -> [Entry] {
    queue(instrument, side).map { Entry(key: $0.key, price: $0.price, quantity: $0.quantity) }
  }

  func check() {}
}

/// Which of the two books a test is about.
enum BookKind: CaseIterable {
  case fast
  case reference

  func make(_ identities: Identities = .example) -> any TestBook {
    switch self {
    case .fast: OrderBook(identities: identities)
    case .reference: ReferenceOrderBook(identities: identities)
    }
  }
}

extension Identities {
  static let example = Identities(
    agents: ["A", "B", "C", "D"], instruments: ["X", "Y"], processes: ["F"])
}

/// `A3` is the order that agent A submitted in tick 0 as its third command.
func key(_ text: Substring) -> CommandKey {
  let letter = text.utf8.first.map { AgentIndex($0) - AgentIndex(UInt8(ascii: "A")) } ?? 0
  return CommandKey(agent: letter, tick: 0, ordinal: UInt32(text.dropFirst()) ?? 0)
}

func name(_ key: CommandKey) -> String {
  String(UnicodeScalar(UInt8(ascii: "A") + UInt8(key.agent))) + "\(key.ordinal)"
}

extension TestBook {
  /// Runs lines such as `A0 buy 5@100`, `reduce A0 2`, `rename A0 A1 3`.
  mutating func run(_ script: String) {
    for line in script.split(separator: "\n") {
      let words = line.split(separator: " ")
      switch words[0] {
      case "reduce": reduce(key(words[1]), by: Lots(words[2]) ?? 0)
      case "rename": rename(key(words[1]), to: key(words[2]), quantity: Lots(words[3]) ?? 0)
      default:
        let terms = words[2].split(separator: "@")
        insert(
          key(words[0]), 0, words[1] == "buy" ? .buy : .sell, price: Int64(terms[1]) ?? 0,
          quantity: Lots(terms[0]) ?? 0)
      }
      check()
    }
  }

  /// The side as `100: A0x5 B0x2 | 99: C0x1`, the best level first.
  func text(_ side: Side, _ instrument: InstrumentIndex = 0) -> String {
    var levels: [String] = []
    var price: PriceIncrements = -1
    for entry in line(instrument, side) {
      let order = "\(name(entry.key))x\(entry.quantity)"
      if entry.price == price {
        levels[levels.count - 1] += " " + order
      } else {
        levels.append("\(entry.price): \(order)")
      }
      price = entry.price
    }
    return levels.joined(separator: " | ")
  }
}
