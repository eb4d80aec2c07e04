import MarketData
import MarketModel

/// Event tables, line by line: JSON lines where the first byte is an opening brace, else CSV.
enum TableTarget {
  static let names = NameTables(
    agents: ["maker", "taker, of \"all\""], instruments: ["STOCK"], processes: ["tape.feed"],
    topics: ["talk"])

  static func run(_ input: [UInt8]) {
    guard let text = String(validating: input, as: UTF8.self) else { return }
    let format = input.first == UInt8(ascii: "{") ? EventTableFormat.jsonLines : .csv
    let writer = EventTableWriter(
      format: format, names: names, clock: TickClock(start: 0, tickLength: 1_000_000_000))
    var reader = EventTableReader(format: format, names: names, file: "campaign")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let found: (sequence: SequenceNumber, record: EventRecord)?
      do {
        found = try reader.read(line: String(line))
      } catch {
        continue
      }
      guard let (sequence, record) = found else { continue }
      let written = writer.line(sequence: sequence, record: record)
      var again = EventTableReader(format: format, names: names, file: "campaign")
      if let header = writer.header { _ = try? again.read(line: header) }
      guard let copy = try? again.read(line: written), copy.sequence == sequence,
        copy.record == record
      else { Campaign.fail("a line that was written is read as the same event") }
      Campaign.demand(
        Array(writer.line(sequence: copy.sequence, record: copy.record).utf8),
        equals: Array(written.utf8), of: input, "line")
    }
  }
}
