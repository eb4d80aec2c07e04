import Agents
import ArgumentParser
import Determinism
import Journal
import JournalFiles
import MarketModel
import MatchingEngine
import Replay
import Session

/// `tapedeck bench`: how fast this build is here, with the digests of what it did.
struct Bench<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "bench", abstract: "Time the exchange and the tape on the common order flow.",
      discussion: """
        The flow is that of a splitmix64 generator with seed 42: 20,000 limit orders, then half
        limit orders, 40 % cancels and 10 % marketable orders. Its outcome is known: a run that
        trades otherwise is no result. Medians of several runs.
        """)
  }

  @Option(help: "How many messages.")
  var messages = 200_000

  @Option(help: "How many runs; the median counts.")
  var runs = 3

  @OptionGroup var options: OutputOptions

  func run() throws {
    guard messages > 0, runs > 0 else {
      throw CommandFailure(Exit.usage, "--messages and --runs are at least 1")
    }
    let flow = OrderFlow.make(messages)
    var results: [BenchResult] = []
    for _ in 0..<runs { results.append(try OrderFlow.run(flow)) }
    guard let first = results.first, results.allSatisfy({ $0.outcome == first.outcome }) else {
      throw CommandFailure(Exit.differs, "two runs of the same flow ended differently")
    }
    try check(first)
    let exchange = median(results.map { $0.exchangeSeconds })
    let tape = median(results.map { $0.tapeSeconds })
    let replay = median(results.map { $0.replaySeconds })
    let rows = [
      ("exchange", exchange, Double(messages)), ("exchange onto tape", tape, Double(messages)),
      ("replay V3", replay, Double(first.eventCount)),
    ]
    if options.json {
      try Console.data(json(first, rows))
      return
    }
    try Console.data(
      "\(messages) messages, \(first.eventCount) events, \(first.tapeBytes) bytes of tape "
        + "(\(hundredths(Double(first.tapeBytes) / Double(messages))) a message)")
    try Console.data(
      "trades \(first.outcome.trades), volume \(first.outcome.volume), resting "
        + "\(first.outcome.resting), fills \(StateTree.hexadecimal(first.outcome.fillHash)), "
        + "root \(StateTree.hexadecimal(first.outcome.root))")
    for (name, seconds, count) in rows {
      let unit = name == "replay V3" ? "events" : "messages"
      try Console.data(
        "\(name): \(hundredths(count / seconds / 1e6)) M \(unit)/s (CPU, median of \(runs))")
    }
  }

  /// The outcomes that everybody who times this flow must reach.
  private func check(_ result: BenchResult) throws(CommandFailure) {
    let known: [Int: (UInt64, UInt64, Int, UInt64)] = [
      1_000_000: (193_972, 4_951_546, 19_816, 0x723e_b9e7_fb97_4175),
      5_000_000: (983_052, 25_069_121, 21_947, 0x0c0b_9412_ac5c_c8bc),
    ]
    guard let (trades, volume, resting, hash) = known[messages] else { return }
    let outcome = result.outcome
    guard outcome.trades == trades, outcome.volume == volume, outcome.resting == resting,
      outcome.fillHash == hash
    else { throw CommandFailure(Exit.differs, "the flow's known outcome was not reached") }
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted[sorted.count / 2]
  }

  private func hundredths(_ value: Double) -> String {
    let scaled = Int64((value * 100).rounded())
    return "\(scaled / 100).\("\(100 + scaled % 100)".dropFirst())"
  }

  private func json(_ result: BenchResult, _ rows: [(String, Double, Double)]) -> String {
    var rates: [String: Any] = [:]
    for (name, seconds, count) in rows { rates[name] = count / seconds }
    return Json.text([
      "messages": messages, "events": result.eventCount, "tape_bytes": result.tapeBytes,
      "per_second": rates, "trades": result.outcome.trades, "volume": result.outcome.volume,
      "resting": result.outcome.resting,
      "fill_hash": StateTree.hexadecimal(result.outcome.fillHash),
      "root": StateTree.hexadecimal(result.outcome.root),
    ])
  }
}
