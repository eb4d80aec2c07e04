import FoundationEssentials
import Glibc
import Replay

/// The figures of a benchmark: a line for each way to run the flow, with what shows the work.
struct BenchTable {
  static let rowNames = [
    "exchange", "session", "tape", "file-none", "file-frame", "replay", "scan", "watch",
    "filter",
  ]

  /// All runs of one row.
  private struct Row {
    var name: String
    var count: Int
    var seconds: [Double] = []
    var allocations: Int?
    var digest: UInt64

    var median: Double { seconds.sorted()[seconds.count / 2] }
    var isOfEvents: Bool { ["replay", "scan", "watch", "filter"].contains(name) }
  }

  let messages: Int
  let runs: Int
  var exchangeEvents = 0
  var tapeEvents = 0
  var tapeBytes = 0
  private var rows: [Row] = []
  private var outcome: FlowOutcome?

  init(messages: Int, runs: Int) {
    self.messages = messages
    self.runs = runs
  }

  /// Adds a run; `outcome` must be that of all runs before.
  mutating func add(
    _ name: String, _ measure: FlowMeasure, _ count: Int, _ outcome: FlowOutcome? = nil
  ) throws(CommandFailure) {
    if let outcome {
      if let known = self.outcome, known != outcome {
        throw CommandFailure(Exit.differs, "\(name): another outcome than the run before")
      }
      self.outcome = outcome
    }
    if let index = rows.firstIndex(where: { $0.name == name }) {
      guard rows[index].digest == measure.digest, rows[index].count == count else {
        throw CommandFailure(Exit.differs, "\(name): two runs of the same flow differ")
      }
      rows[index].seconds.append(measure.processorSeconds)
    } else {
      rows.append(
        Row(
          name: name, count: count, seconds: [measure.processorSeconds],
          allocations: measure.allocations, digest: measure.digest))
    }
  }

  /// Compares with the outcomes that everybody who times this flow must reach.
  func check() throws(CommandFailure) {
    let known: [Int: (Int, Int64, Int, UInt64)] = [
      1_000_000: (193_972, 4_951_546, 19_816, 0x723e_b9e7_fb97_4175),
      5_000_000: (983_052, 25_069_121, 21_947, 0x0c0b_9412_ac5c_c8bc),
    ]
    guard let (trades, volume, resting, hash) = known[messages], let outcome else { return }
    guard outcome.trades == trades, outcome.volume == volume, outcome.resting == resting,
      outcome.fillHash == hash
    else { throw CommandFailure(Exit.differs, "the flow's known outcome was not reached") }
  }

  // MARK: Showing

  var text: String {
    var lines = [
      "machine: \(Self.processor), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores; "
        + "one thread, processor time, median of \(runs)",
      "flow: \(messages) messages"
        + (tapeEvents > 0 ? ", \(tapeEvents) events" : "")
        + (tapeBytes > 0
          ? ", \(tapeBytes) bytes of tape (\((Double(tapeBytes) / Double(messages)).fixed(2)) "
            + "a message)" : ""),
    ]
    if let outcome {
      lines.append(
        "outcome: trades \(outcome.trades), volume \(outcome.volume), resting \(outcome.resting), "
          + "fills \(StateTree.hexadecimal(outcome.fillHash)), "
          + "books \(StateTree.hexadecimal(outcome.books))")
      if outcome.trades == 0 {
        lines.append("nothing trades: 20000 orders that rest come first; take more messages")
      }
    }
    lines.append("")
    lines.append(
      line("row", "million/s", "of", "ns each", "seconds", "allocations", "digest"))
    for row in rows {
      let rate = Double(row.count) / row.median / 1e6
      let each = row.median / Double(row.count) * 1e9
      let allocations =
        row.allocations.map { (Double($0) / Double((messages + 1) / 2)).fixed(4) } ?? "-"
      lines.append(
        line(
          row.name, rate.fixed(2), row.isOfEvents ? "events" : "messages", each.fixed(1),
          row.median.fixed(3), allocations, StateTree.hexadecimal(row.digest)))
    }
    lines.append("")
    lines.append("peak memory: \(Self.peakMemory / 1024) MiB")
    return lines.joined(separator: "\n")
  }

  private func line(_ cells: String...) -> String {
    let widths = [10, 10, 9, 8, 8, 12, 16]
    return zip(cells, widths).enumerated().map { index, cell in
      let padding = String(repeating: " ", count: max(cell.1 - cell.0.count, 0))
      return index == 0 || index == 2 || index == 6 ? cell.0 + padding : padding + cell.0
    }.joined(separator: "  ").trimmed
  }

  var json: String {
    var list: [[String: Any]] = []
    for row in rows {
      var entry: [String: Any] = [
        "name": row.name, "count": row.count, "unit": row.isOfEvents ? "events" : "messages",
        "cpu_seconds": row.median, "per_second": Double(row.count) / row.median,
        "digest": StateTree.hexadecimal(row.digest),
      ]
      if let allocations = row.allocations {
        entry["allocations_per_message"] = Double(allocations) / Double((messages + 1) / 2)
      }
      list.append(entry)
    }
    var document: [String: Any] = [
      "messages": messages, "runs": runs, "rows": list, "machine": Self.processor,
      "cores": sysconf(Int32(_SC_NPROCESSORS_ONLN)), "peak_memory_kib": Self.peakMemory,
    ]
    if tapeEvents > 0 { document["events"] = tapeEvents }
    if tapeBytes > 0 { document["tape_bytes"] = tapeBytes }
    if let outcome {
      document["trades"] = outcome.trades
      document["volume"] = outcome.volume
      document["resting"] = outcome.resting
      document["fill_hash"] = StateTree.hexadecimal(outcome.fillHash)
      document["books"] = StateTree.hexadecimal(outcome.books)
    }
    return Json.text(document)
  }

  /// The processor's name, as the system gives it.
  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { String($0).trimmed } ?? "unknown processor"
  }

  /// The most memory that the process had at once, in KiB.
  private static var peakMemory: Int {
    var usage = rusage()
    _ = unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }
}

extension String {
  /// The text without spaces at both ends.
  fileprivate var trimmed: String {
    let isSpace = { (character: Character) in character == " " }
    let rest = drop(while: isSpace)
    return String(rest.reversed().drop(while: isSpace).reversed())
  }
}
