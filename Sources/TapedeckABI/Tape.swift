import CTapedeck
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Session
import TapedeckCommand

/// A tape with its ancestors, read from the first event on.
final class Tape: Handle {
  let count: Int64
  /// The kinds and the names, as JSON that ends with a zero.
  let schema: UnsafeMutablePointer<CChar>
  private var scan: EventScan<TapeFile>

  init(path: String, isDamageAllowed: Bool) throws {
    let tape = try OpenedTape(path)
    if !isDamageAllowed { try tape.expectWhole() }
    scan = EventScan(tape.lineage)
    count = tape.lineage.nextSequence
    let kinds = tape.lineage.tape.genesis.schemas.all.map { schema -> [String: Any] in
      [
        "kind": Int(schema.kind), "name": schema.name,
        "fields": schema.fields.map { ["name": $0.name, "type": Int($0.type.rawValue)] },
      ]
    }
    let scenario = tape.lineage.scenario
    let document: [String: Any] = [
      "kinds": kinds, "status": tape.statusWord, "scenario": scenario.name,
      "seed": String(scenario.seed),
      "agents": scenario.agents.map { $0.account.name },
      "instruments": scenario.instruments.map { $0.name },
      "processes": scenario.processes.map { $0.name },
      "tick_length": tape.lineage.tape.genesis.clock.tickLength,
      "start": tape.lineage.tape.genesis.clock.start,
    ]
    let text = Json.line(document).utf8CString
    schema = .allocate(capacity: text.count)
    for (index, character) in text.enumerated() { schema[index] = character }
  }

  deinit { schema.deallocate() }

  /// Reads the next events into columns and returns how many.
  func read(_ columns: td_columns, capacity: Int) throws -> Int {
    guard let sequences = columns.sequence, let times = columns.time,
      let causes = columns.cause, let kinds = columns.kind,
      let fields = columns.fields
    else { throw CallFailure.refused("columns: one of them is NULL") }
    var event = FlatEvent()
    var number = 0
    do {
      while number < capacity, let sequence = try scan.next(into: &event) {
        sequences[number] = sequence
        times[number] = event.time
        causes[number] = event.cause ?? -1
        kinds[number] = event.row.kind
        for field in 0..<Int(TD_FIELDS) {
          fields[number * Int(TD_FIELDS) + field] = event.row.words[field]
        }
        number += 1
      }
    } catch {
      throw CallFailure(status: TD_TROUBLE, message: "event \(number) cannot be read: \(error)")
    }
    return number
  }
}
