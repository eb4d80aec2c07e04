import MarketModel
import TestSupport
import Testing

@Suite struct EventRowTests {
  @Test(arguments: EventKind.allCases)
  func `a row of any kind comes back from its event`(_ kind: EventKind) throws {
    for seed in 0..<200 as Range<UInt64> {
      var rows = RandomRows(numbers: KeyedNumbers(seed: seed))
      let row = rows.row(kind)
      let event = try Event(row)
      #expect(event.kind == kind)
      let again = event.row
      #expect(again.kind == kind.rawValue, "seed \(seed)")
      #expect(words(of: again) == words(of: row), "seed \(seed)")
      #expect(again.payload == row.payload, "seed \(seed)")
      #expect(try Event(again) == event, "seed \(seed)")
    }
  }

  @Test(arguments: EventKind.allCases)
  func `events of different rows differ`(_ kind: EventKind) throws {
    let schema = EventSchema.of(kind)
    var rows = RandomRows(numbers: KeyedNumbers(seed: 7))
    let row = rows.row(kind)
    let event = try Event(row)
    for (index, field) in schema.fields.enumerated() {
      let range = RandomRows.range(of: field, in: schema)
      var other = row
      other.words[index] =
        row.words[index] == range.lowerBound ? range.upperBound : range.lowerBound
      #expect(try Event(other) != event, "field \(field.name)")
    }
    if schema.hasPayload {
      var other = row
      other.payload.append(1)
      #expect(try Event(other) != event)
    }
  }

  @Test(arguments: EventKind.allCases)
  func `a field out of range is refused with its position`(_ kind: EventKind) throws {
    let schema = EventSchema.of(kind)
    var rows = RandomRows(numbers: KeyedNumbers(seed: 11))
    let row = rows.row(kind)
    for (index, field) in schema.fields.enumerated() {
      let range = RandomRows.range(of: field, in: schema)
      for value in RandomRows.outside(range) {
        var bad = row
        bad.words[index] = value
        let error = #expect(throws: EventDecodingError.self) { try Event(bad) }
        #expect(error?.kind == kind.rawValue)
        #expect(error?.field == index, "field \(field.name)")
        #expect(error?.value == value, "field \(field.name)")
      }
    }
  }

  @Test func `an unknown kind is refused`() {
    for raw in [0, 34, 35, 128, 255] as [UInt8] {
      let error = #expect(throws: EventDecodingError.self) { try Event(EventRow(kind: raw)) }
      #expect(error?.kind == raw)
      #expect(error?.field == -1)
    }
  }

  @Test func `a new row is empty`() {
    let row = EventRow(kind: 9)
    #expect(words(of: row) == [Int64](repeating: 0, count: EventRow.maximumFields))
    #expect(row.payload.isEmpty)
  }
}
