import Agents
import ArgumentParser
import Determinism
import Journal
import JournalFiles
import Market
import MarketData
import MarketModel
import Replay
import Scenarios
import Session
import Training

/// `tapedeck info`: what a tape is and what is on it.
struct Info<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "info", abstract: "Tell what a tape is and what is on it.")
  }

  @OptionGroup var input: TapeOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    let tape = try input.open()
    var counts = [Int64](repeating: 0, count: 256)
    var own: Int64 = 0
    var cursor = tape.lineage.cursor()
    do {
      while let item = try cursor.next() {
        guard case .event(let sequence, let event) = item,
          sequence >= tape.lineage.firstOwnSequence
        else { continue }
        own += 1
        switch event {
        case .known(let record): counts[Int(record.event.kind.rawValue)] += 1
        case .unknown(let unknown): counts[Int(unknown.schema.kind)] += 1
        }
      }
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    let size = (try? tape.lineage.tape.source.size()) ?? 0
    let status = tape.warn()
    try Console.write(
      options.json
        ? try json(tape, counts, own, size) + "\n" : text(tape, counts, own, size))
    if status != 0 { throw ExitCode(status) }
  }

  private func facts(_ tape: OpenedTape, _ own: Int64, _ size: UInt64) -> [(String, String)] {
    let scenario = tape.lineage.scenario
    let genesis = tape.lineage.tape.genesis
    var facts = [
      ("tape", tape.path), ("status", tape.statusWord),
      ("scenario", scenario.name), ("provenance", "\(scenario.provenance)"),
      ("seed", "\(scenario.seed)"), ("session", tape.scan.fileHeader.sessionId.hexadecimal),
      ("identity", tape.scan.seal == nil ? "(not sealed)" : tape.scan.chain.hexadecimal),
      ("format", "\(FileHeader.majorVersion).\(FileHeader.minorVersion)"),
      ("semantics", "\(genesis.semanticsRevision)"),
    ]
    if case .fork(let origin) = genesis.origin {
      facts += [
        ("parent", origin.parentId.hexadecimal), ("fork_tick", "\(origin.tick)"),
        ("depth", "\(origin.depth)"), ("shared_events", "\(origin.sharedCount)"),
        ("interventions", tape.interventionWords.joined(separator: "; ")),
      ]
    }
    if case .fork(let origin) = genesis.origin,
      let plan = try? TrainingPlan(bytes: origin.training)
    {
      facts.append(("training", plan.words))
    }
    if case .flattened(_, let forks) = genesis.origin {
      facts += forks.map { fork in
        (
          "flattened_fork",
          "of \(fork.parentId.hexadecimal.prefix(16)) at tick \(fork.tick): "
            + (fork.words.isEmpty ? "no difference" : fork.words.joined(separator: "; "))
        )
      }
    }
    facts += [
      ("ticks", "\(scenario.horizon) of \(DurationText.text(scenario.clock.tickLength))"),
      ("instruments", Self.list(scenario.instruments.map { $0.name })),
      ("agents", Self.list(tape.names.agents)),
      ("events", "\(own)"), ("frames", "\(tape.scan.entries.count)"), ("bytes", "\(size)"),
    ]
    return facts
  }

  /// Names that a line has room for, or how many there are and some of them.
  private static func list(_ names: [String]) -> String {
    if names.count <= 16 { return names.joined(separator: ", ") }
    return "\(names.count): \(names.prefix(3).joined(separator: ", ")), ... \(names.last ?? "")"
  }

  private func text(
    _ tape: OpenedTape, _ counts: [Int64], _ own: Int64, _ size: UInt64
  ) -> String {
    var text = ""
    for (name, value) in facts(tape, own, size) {
      text += name + String(repeating: " ", count: max(1, 16 - name.count)) + value + "\n"
    }
    for schema in tape.lineage.tape.genesis.schemas.all where counts[Int(schema.kind)] > 0 {
      let name = "  " + schema.name
      text += name + String(repeating: " ", count: max(1, 28 - name.count))
      text += "\(counts[Int(schema.kind)])\n"
    }
    return text
  }

  private func json(
    _ tape: OpenedTape, _ counts: [Int64], _ own: Int64, _ size: UInt64
  ) throws(CommandFailure) -> String {
    var object: [String: Any] = [:]
    for (name, value) in facts(tape, own, size) where name != "flattened_fork" {
      object[name] = value
    }
    if case .flattened(_, let forks) = tape.lineage.tape.genesis.origin {
      object["flattened_forks"] = forks.map { fork -> [String: Any] in
        [
          "parent": fork.parentId.hexadecimal, "fork_tick": fork.tick, "held": fork.held,
          "interventions": fork.words,
        ]
      }
    }
    object["events"] = own
    object["bytes"] = size
    object["frames"] = tape.scan.entries.count
    object["agents"] = tape.names.agents
    let scenario = tape.lineage.scenario
    object["instruments"] = scenario.instruments.map { $0.name }
    object["ticks"] = scenario.horizon
    object["tick_length"] = scenario.clock.tickLength
    if case .fork(let origin) = tape.lineage.tape.genesis.origin {
      object["fork_tick"] = origin.tick
      object["depth"] = Int64(origin.depth)
      object["shared_events"] = origin.sharedCount
      object["interventions"] = tape.interventionWords
    }
    object["semantics"] = Int64(tape.lineage.tape.genesis.semanticsRevision)
    if let tick = try tape.unfinishedTick() { object["last_tick"] = tick }
    var kinds: [String: Any] = [:]
    for schema in tape.lineage.tape.genesis.schemas.all where counts[Int(schema.kind)] > 0 {
      kinds[schema.name] = counts[Int(schema.kind)]
    }
    object["kinds"] = kinds
    return Json.text(object)
  }
}
