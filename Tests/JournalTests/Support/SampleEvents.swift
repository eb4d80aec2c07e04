import Journal
import MarketModel

/// Valid events of every kind, made by the schema.
struct SampleEvents {
  var generator: TestGenerator
  let clock: TickClock
  private(set) var records: [EventRecord] = []
  private let first: SequenceNumber
  private var time: Nanoseconds

  init(seed: UInt64, clock: TickClock, first: SequenceNumber = 0) {
    generator = TestGenerator(seed: seed)
    self.clock = clock
    self.first = first
    time = clock.start
  }

  /// The next event, of a random kind unless one is given.
  mutating func next(_ kind: EventKind? = nil, extreme: Bool = false) -> EventRecord {
    if generator.chance(1, in: 3) {
      time += generator.word(0...(generator.chance(1, in: 4) ? 3 * clock.tickLength : 1000))
    }
    let sequence = first + Int64(records.count)
    var cause: SequenceNumber?
    if sequence > 0, generator.chance(2, in: 3) {
      cause = sequence - generator.word(1...min(sequence, generator.chance(1, in: 8) ? 5000 : 6))
    }
    let kind = kind ?? EventKind.allCases[generator.below(EventKind.allCases.count)]
    let record = EventRecord(
      time: time, cause: cause, event: event(kind, cause, extreme: extreme))
    records.append(record)
    return record
  }

  private mutating func event(
    _ kind: EventKind, _ cause: SequenceNumber?, extreme: Bool
  ) -> Event {
    let schema = EventSchema.of(kind)
    var row = EventRow(kind: kind.rawValue)
    for (index, field) in schema.fields.enumerated() {
      row.words[index] = value(field.type, extreme: extreme)
      if let origin = origin(cause), generator.chance(3, in: 4) {
        switch field.reference {
        case .command(let from), .target(let from), .order(let from):
          let copied = row
          row.words[index] = origin.words[Int(from)]
          if (try? Event(row)) == nil { row = copied }
        default: break
        }
      }
    }
    if schema.hasPayload { row.payload = generator.bytes(generator.below(40)) }
    do {
      return try Event(row)
    } catch {
      fatalError("\(error)")
    }
  }

  private func origin(_ cause: SequenceNumber?) -> EventRow? {
    guard let cause, cause >= first, records[Int(cause - first)].event.kind.isCommand else {
      return nil
    }
    return records[Int(cause - first)].event.row
  }

  private mutating func value(_ type: FieldType, extreme: Bool) -> Int64 {
    switch type {
    case .number: generator.word(0...(extreme ? Int64(UInt32.max) : 9))
    case .agent, .instrument, .process, .topic:
      generator.word(0...(extreme ? Int64(Int32.max) : 20))
    case .tick:
      extreme ? generator.anyWord() : max(clock.tick(at: time) - generator.word(0...9), 0)
    case .side, .orderType, .flag: generator.word(0...1)
    case .timeInForce, .reductionCause, .tradingStatus: generator.word(0...2)
    case .rejectReason: generator.word(1...17)
    case .cancelReason: generator.word(1...6)
    case .flowAdjustment: generator.word(1...5)
    case .interventionCode: generator.word(1...10)
    case .agentFault: generator.word(1...6)
    case .nanoseconds: generator.word(0...(extreme ? Limits.maximumDelay : 100_000))
    case .price, .priceThousandths, .money, .quantity:
      extreme ? generator.anyWord() : generator.word(-3...10_000)
    }
  }
}
