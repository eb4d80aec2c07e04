import MarketModel
import TestSupport

/// Rows of every kind, in and out of their ranges, keyed by a seed.
struct RandomRows {
  var numbers: KeyedNumbers

  /// Fields that may be -1: nobody, no topic, never.
  static let mayBeMinusOne: Set<String> = [
    "messageSent.recipient", "messageSent.topic", "agentWoken.delay", "processStepped.delay",
    "interventionApplied.agent",
  ]

  /// Numbers that are more than counts.
  static let wideNumbers: Set<String> = ["fact", "reference", "seed", "hash"]

  /// A row whose fields lie anywhere within their ranges, often at a border.
  mutating func row(_ kind: EventKind) -> EventRow {
    let schema = EventSchema.of(kind)
    var row = EventRow(kind: kind.rawValue)
    for (index, field) in schema.fields.enumerated() {
      let range = Self.range(of: field, in: schema)
      switch numbers.number(0...3) {
      case 0: row.words[index] = range.lowerBound
      case 1: row.words[index] = range.upperBound
      default: row.words[index] = numbers.number(range)
      }
    }
    if schema.hasPayload {
      row.payload = (0..<numbers.number(0...40)).map { _ in UInt8(numbers.number(0...255)) }
    }
    return row
  }

  static func lowest(_ field: FieldSchema, _ schema: EventSchema) -> Int64 {
    mayBeMinusOne.contains("\(schema.name).\(field.name)") ? -1 : 0
  }

  /// The values that a field may have, written down once more, from the documentation.
  static func range(of field: FieldSchema, in schema: EventSchema) -> ClosedRange<Int64> {
    switch field.type {
    case .agent, .instrument, .process, .topic: lowest(field, schema)...Int64(Int32.max)
    case .side, .orderType, .flag: 0...1
    case .timeInForce, .reductionCause, .tradingStatus: 0...2
    case .rejectReason: 1...17
    case .cancelReason: 1...6
    case .flowAdjustment: 1...5
    case .interventionCode: 1...11
    case .agentFault: 1...6
    case .nanoseconds: lowest(field, schema)...1 << 50
    case .number where !wideNumbers.contains(field.name): 0...0xFFFF_FFFF
    case .number, .tick, .price, .quantity, .money, .priceThousandths: .min ... .max
    }
  }

  /// Values just and far outside a range.
  static func outside(_ range: ClosedRange<Int64>) -> [Int64] {
    var values: [Int64] = []
    if range.lowerBound > .min { values += [range.lowerBound - 1, .min] }
    if range.upperBound < .max { values += [range.upperBound + 1, .max] }
    // What a byte would forget.
    if range.upperBound < 256 { values += [range.upperBound + 256, range.lowerBound + (1 << 32)] }
    return values
  }
}

func words(of row: EventRow) -> [Int64] { row.words.indices.map { row.words[$0] } }
