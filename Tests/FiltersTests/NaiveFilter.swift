import Filters
import MarketModel

/// The twin of `EventFilter`, slow, and meant to be plainly right.
///
/// It walks the tree anew for each event, and compares what is written with what a value means.
enum NaiveFilter {
  /// A value as it is shown.
  enum Shown: Equatable {
    /// A number in units of 10^-20.
    case number(Int128)
    case nanoseconds(Int64)
    case word(String)
    case nothing(String)
  }

  static func matches(
    _ expression: FilterExpression, _ event: FlatEvent, _ sequence: SequenceNumber
  ) -> Bool {
    switch expression {
    case .not(let other): !matches(other, event, sequence)
    case .all(let parts): parts.allSatisfy { matches($0, event, sequence) }
    case .any(let parts): parts.contains { matches($0, event, sequence) }
    case .comparison(let comparison): holds(comparison, event, sequence)
    }
  }

  private static func holds(
    _ comparison: FilterComparison, _ event: FlatEvent, _ sequence: SequenceNumber
  ) -> Bool {
    let schema = EventSchema.all[Int(event.row.kind) - 1]
    if comparison.field == "agents" {
      return schema.fields.indices.contains {
        schema.fields[$0].type == .agent
          && shown(schema.fields[$0].type, event.row.words[$0], event)
            == value(comparison.values[0])
      }
    }
    guard let shown = shown(comparison.field, event, sequence, schema) else { return false }
    let isEqual = { (other: FilterValue) in
      let other = value(other)
      if case .nothing(let text) = shown { return other == .word(text) }
      if case .word(let kind) = shown, comparison.field == "kind", case .word(let word) = other {
        return kind == word
          || EventVocabulary.shortKinds.contains { $0.short == word && $0.kind == kind }
      }
      return shown == other
    }
    let order = order(shown, value(comparison.values[0]))
    switch comparison.relation {
    case .equal: return isEqual(comparison.values[0])
    case .notEqual: return !isEqual(comparison.values[0])
    case .oneOf: return comparison.values.contains { isEqual($0) }
    case .less: return order.map { $0 < 0 } ?? false
    case .lessOrEqual: return order.map { $0 <= 0 } ?? false
    case .greater: return order.map { $0 > 0 } ?? false
    case .greaterOrEqual: return order.map { $0 >= 0 } ?? false
    case .contains: return false
    }
  }

  private static func order(_ left: Shown, _ right: Shown) -> Int? {
    switch (left, right) {
    case (.number(let left), .number(let right)): left < right ? -1 : left > right ? 1 : 0
    case (.nanoseconds(let left), .nanoseconds(let right)):
      left < right ? -1 : left > right ? 1 : 0
    default: nil
    }
  }

  private static func shown(
    _ field: String, _ event: FlatEvent, _ sequence: SequenceNumber, _ schema: EventSchema
  ) -> Shown? {
    switch field {
    case "kind": return .word(schema.name)
    case "tick": return .number(fraction(Vocabulary.clock.tick(at: event.time), 0))
    case "time": return .nanoseconds(event.time)
    case "sequence": return .number(fraction(sequence, 0))
    case "cause": return event.cause.map { .number(fraction($0, 0)) } ?? .nothing("none")
    default:
      guard let index = schema.fields.firstIndex(where: { $0.name == field }) else { return nil }
      return shown(schema.fields[index].type, event.row.words[index], event)
    }
  }

  private static func shown(_ type: FieldType, _ word: Int64, _ event: FlatEvent) -> Shown {
    let schema = EventSchema.all[Int(event.row.kind) - 1]
    let place = schema.fields.firstIndex { $0.type == .instrument }
    let instrument = place.map { event.row.words[$0] } ?? 0
    let decimals = instrument == 1 ? 3 : 2
    let names = Vocabulary.names
    let name = { (list: [String]) -> Shown in
      word < 0 ? .nothing("none") : .word(word < list.count ? list[Int(word)] : "#")
    }
    switch type {
    case .agent: return name(names.agents)
    case .instrument: return name(names.instruments)
    case .process: return name(names.processes)
    case .topic: return name(names.topics)
    case .side: return .word(word == 0 ? "buy" : "sell")
    case .flag: return .word(word == 0 ? "no" : "yes")
    case .price: return .number(fraction(word, decimals))
    case .priceThousandths: return .number(fraction(word, decimals + 3))
    case .money: return .number(fraction(word, 2))
    case .nanoseconds: return word < 0 ? .nothing("never") : .nanoseconds(word)
    case .number, .tick, .quantity: return .number(fraction(word, 0))
    default:
      return .word(Vocabulary.words(type).first { $0.value == word }?.text ?? "?")
    }
  }

  private static func fraction(_ significand: Int64, _ decimals: Int) -> Int128 {
    var value = Int128(significand)
    for _ in decimals..<20 { value *= 10 }
    return value
  }

  private static func value(_ value: FilterValue) -> Shown {
    switch value.literal {
    case .number(let number): .number(fraction(number.significand, number.decimals))
    case .duration(let number, let unit):
      // The random ones are whole numbers.
      .nanoseconds(number.significand * unit.nanoseconds)
    case .text(let text), .word(let text): .word(text)
    }
  }
}
