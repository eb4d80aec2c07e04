import MarketModel
import TestSupport
import Testing

@Suite struct EventSchemaTests {
  @Test func `there is one layout for each kind, in the order of raw values`() {
    #expect(EventSchema.all.map { $0.kind } == Array(1...33))
    for kind in EventKind.allCases {
      #expect(EventSchema.of(kind).kind == kind.rawValue)
      #expect(EventSchema.of(kind).name == "\(kind)")
      #expect(EventSchema.of(kind).revision == 1)
    }
  }

  @Test(arguments: EventKind.allCases)
  func `words beyond the layout stay 0`(_ kind: EventKind) throws {
    let count = EventSchema.of(kind).fields.count
    #expect(count <= EventRow.maximumFields)
    for seed in 0..<20 as Range<UInt64> {
      var rows = RandomRows(numbers: KeyedNumbers(seed: seed))
      var row = rows.row(kind)
      // Nothing that stands there may reach the event.
      for index in count..<EventRow.maximumFields { row.words[index] = -1 }
      let written = words(of: try Event(row).row)
      #expect(written[count...].allSatisfy { $0 == 0 })
      #expect(written[..<count] == words(of: row)[..<count])
    }
  }

  @Test(arguments: EventKind.allCases)
  func `a kind without payload loses none and has none`(_ kind: EventKind) throws {
    var rows = RandomRows(numbers: KeyedNumbers(seed: 3))
    var row = rows.row(kind)
    row.payload = [1, 2, 3]
    #expect(try Event(row).row.payload == (EventSchema.of(kind).hasPayload ? [1, 2, 3] : []))
  }

  @Test(arguments: EventKind.allCases)
  func `field names are distinct and references point at fields that exist`(_ kind: EventKind) {
    let schema = EventSchema.of(kind)
    #expect(Set(schema.fields.map { $0.name }).count == schema.fields.count)
    let targets: [EventKind] = [.cancelSubmitted, .replaceSubmitted]
    let commands: [EventKind] = [
      .orderSubmitted, .cancelSubmitted, .replaceSubmitted, .messageSent, .transferSubmitted,
    ]
    for (index, field) in schema.fields.enumerated() {
      switch field.reference {
      case .none: break
      case .ownTick: #expect(field.type == .tick)
      case .field(let other):
        #expect(other < index, "a field may look back only")
        #expect(schema.fields[Int(other)].type == field.type)
      case .running: #expect(field.type == .number)
      case .command(let other): expect(field, is: other, in: commands)
      case .order(let other): expect(field, is: other, in: [.orderSubmitted])
      case .target(let other): expect(field, is: other, in: targets)
      }
    }
  }

  private func expect(_ field: FieldSchema, is other: UInt8, in kinds: [EventKind]) {
    for kind in kinds {
      #expect(EventSchema.of(kind).fields[Int(other)].type == field.type, "\(field.name) \(kind)")
    }
  }

  @Test func `the size of a row counts kind, time, cause, fields and the payload's length`() {
    #expect(EventSchema.of(.agentWoken).rowSize == 17 + 4 * 8)
    #expect(EventSchema.of(.orderFilled).rowSize == 17 + 15 * 8)
    #expect(EventSchema.of(.noteAdded).rowSize == 17 + 4)
    #expect(EventSchema.of(.messageSent).rowSize == 17 + 6 * 8 + 4)
  }

  @Test func `notes, choices and what is said of a training are inert`() {
    let inert = ["noteAdded", "actionChosen", "episodePlayed", "learnerUpdated", "learnerSaved"]
    #expect(EventSchema.all.filter { $0.isInert }.map { $0.name } == inert)
    let ofTraining = EventKind.allCases.filter { $0.isOfTraining }
    #expect(ofTraining == [.episodePlayed, .learnerUpdated, .learnerSaved])
  }

  /// Frames end by what a payload weighs.
  @Test func `shapes know which kinds have a payload`() throws {
    for schema in EventSchema.all {
      var row = EventRow(kind: schema.kind)
      for field in schema.fields.indices { row.words[field] = 1 }
      row.payload = schema.hasPayload ? [1, 2, 3] : []
      let event = try Event(row)
      var flat = FlatEvent()
      flat.set(EventRecord(time: 0, cause: nil, event: event))
      #expect(flat.shape().payloadSize == row.payload.count, "\(schema.name)")
      #expect(EventShape(flat.record).payloadSize == row.payload.count, "\(schema.name)")
    }
  }

  @Test func `commands and facts are the kinds that their names say`() {
    let commands = EventKind.allCases.filter { $0.isCommand }
    #expect(
      commands == [
        .orderSubmitted, .cancelSubmitted, .replaceSubmitted, .messageSent, .transferSubmitted,
      ])
    let facts = EventKind.allCases.filter { $0.isFact }
    #expect(facts.map { $0.rawValue } == Array(18...25))
  }
}
