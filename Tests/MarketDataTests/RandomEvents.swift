import MarketModel

/// Events of every kind with fields anywhere in their ranges, keyed by a seed.
struct RandomEvents {
  var numbers: KeyedNumbers

  mutating func record(_ kind: EventKind, agents: Int64) throws -> EventRecord {
    let schema = EventSchema.of(kind)
    var row = EventRow(kind: kind.rawValue)
    for (index, field) in schema.fields.enumerated() {
      row.words[index] = word(field, agents: agents)
    }
    if schema.hasPayload {
      row.payload = (0..<numbers.number(0...20)).map { _ in UInt8(numbers.number(0...255)) }
    }
    let cause = numbers.number(0...2) == 0 ? nil : numbers.number(0...Int64.max)
    return EventRecord(
      time: numbers.number(0...Limits.maximumTime), cause: cause, event: try Event(row))
  }

  private mutating func word(_ field: FieldSchema, agents: Int64) -> Int64 {
    switch field.type {
    case .agent, .instrument, .process, .topic:
      numbers.number(0...1) == 0 ? numbers.number(0...agents) : numbers.number(0...Int64(Int32.max))
    case .side, .orderType, .flag: numbers.number(0...1)
    case .timeInForce, .reductionCause, .tradingStatus: numbers.number(0...2)
    case .rejectReason: numbers.number(1...17)
    case .cancelReason: numbers.number(1...6)
    case .flowAdjustment: numbers.number(1...5)
    case .interventionCode: numbers.number(1...10)
    case .agentFault: numbers.number(1...6)
    case .nanoseconds: numbers.number(0...Limits.maximumDelay)
    case .number where field.name == "reference" || field.name == "fact", .price, .quantity,
      .money, .priceThousandths, .tick:
      extreme()
    case .number: numbers.number(0...Int64(UInt32.max))
    }
  }

  private mutating func extreme() -> Int64 {
    switch numbers.number(0...3) {
    case 0: .max
    case 1: .min
    case 2: numbers.number(-9...9)
    default: numbers.number(Int64.min...Int64.max)
    }
  }
}
