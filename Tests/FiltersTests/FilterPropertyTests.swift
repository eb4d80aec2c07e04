import Filters
import MarketModel
import TestSupport
import Testing

@Suite struct FilterPropertyTests {
  /// A comparison that makes sense of some field.
  private static func comparison(_ numbers: inout KeyedNumbers) -> FilterComparison {
    let order: [FilterRelation] = [
      .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .oneOf,
    ]
    let equality: [FilterRelation] = [.equal, .notEqual, .oneOf]
    let words: (inout KeyedNumbers, [String]) -> FilterValue = { numbers, list in
      FilterValue(.word(numbers.pick(list)))
    }
    let make = {
      (
        field: String, relations: [FilterRelation], numbers: inout KeyedNumbers,
        value: (inout KeyedNumbers) -> FilterValue
      ) -> FilterComparison in
      let relation = numbers.pick(relations)
      let count = relation == .oneOf ? Int(numbers.number(1...3)) : 1
      return FilterComparison(field, relation, (0..<count).map { _ in value(&numbers) })
    }
    switch numbers.number(0...8) {
    case 0:
      return make("kind", equality, &numbers) {
        words(&$0, ["fill", "order", "orderCancelled", "rejected", "reduced", "hidden"])
      }
    case 1:
      let field = numbers.pick(["agent", "maker_agent", "recipient"])
      return make(field, equality, &numbers) { words(&$0, ["MM_01", "Arb_01", "none"]) }
    case 2:
      let field = numbers.pick(["latency", "delay", "time"])
      return make(field, order, &numbers) {
        FilterValue(
          .duration(
            FilterDecimal(significand: $0.number(-1...4)), $0.pick([.nanoseconds, .seconds])))
      }
    case 3:
      let field = numbers.pick(["price", "value", "quantity", "taker_fee", "amount", "tick"])
      return make(field, order, &numbers) {
        let decimals = Int($0.number(0...6))
        return FilterValue(
          .number(FilterDecimal(significand: $0.number(-40...40), decimals: decimals)))
      }
    case 4:
      return make(numbers.pick(["delay", "latency"]), equality, &numbers) { _ in
        FilterValue(.word("never"))
      }
    case 5:
      return make("reason", equality, &numbers) {
        words(&$0, ["selfTrade", "overflow", "requested", "offLotSize"])
      }
    case 6: return FilterComparison("agents", .contains, [words(&numbers, ["MM_01", "Arb_01"])])
    case 7: return make("side", equality, &numbers) { words(&$0, ["buy", "sell"]) }
    default:
      return make("cause", order, &numbers) {
        FilterValue(.number(FilterDecimal(significand: $0.number(-2...3))))
      }
    }
  }

  private static func event(_ numbers: inout KeyedNumbers) -> FlatEvent {
    var event = FlatEvent()
    let kind = numbers.pick(EventKind.allCases)
    event.row = EventRow(kind: kind.rawValue)
    event.time = numbers.number(0...4) * numbers.pick([1, 1_000_000_000])
    event.cause = numbers.once(in: 2) ? nil : numbers.number(0...3)
    for (index, field) in EventSchema.of(kind).fields.enumerated() {
      event.row.words[index] =
        switch field.type {
        case .agent, .topic: numbers.number(-1...3)
        case .instrument, .side, .flag: numbers.number(0...1)
        case .nanoseconds: numbers.pick([-1, 0, 1, 2, 1_000_000_000])
        case .price, .priceThousandths, .money, .quantity: numbers.number(-40...40)
        default: numbers.number(0...6)
        }
    }
    return event
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func `a compiled filter and its naive twin agree, whatever the events`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    let expression = RandomExpressions.tree(&numbers, depth: 4) { Self.comparison(&$0) }
    let filter = try EventFilter(expression, Vocabulary.standard, Vocabulary.clock)
    for sequence in 0..<40 as Range<SequenceNumber> {
      var event = Self.event(&numbers)
      let isWanted = filter.matches(&event, sequence: sequence)
      #expect(
        isWanted == NaiveFilter.matches(expression, event, sequence),
        "seed \(seed): \(expression.text): \(event)")
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `not, and, or follow de Morgan, and a double not is none`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    let parts = (0..<3).map { _ in
      RandomExpressions.tree(&numbers, depth: 2) { Self.comparison(&$0) }
    }
    let pairs: [(FilterExpression, FilterExpression)] = [
      (.not(.all(parts)), .any(parts.map { .not($0) })),
      (.not(.any(parts)), .all(parts.map { .not($0) })),
      (.not(.not(parts[0])), parts[0]),
    ]
    for (left, right) in pairs {
      let one = try EventFilter(left, Vocabulary.standard, Vocabulary.clock)
      let other = try EventFilter(right, Vocabulary.standard, Vocabulary.clock)
      for _ in 0..<40 {
        var event = Self.event(&numbers)
        let isWanted = one.matches(&event, sequence: 1)
        #expect(
          isWanted == other.matches(&event, sequence: 1), "seed \(seed): \(left.text): \(event)")
      }
    }
  }
}
