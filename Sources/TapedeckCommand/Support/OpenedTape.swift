import Counterfactual
import Determinism
import FoundationEssentials
import Journal
package import JournalFiles
import Market
import MarketData
import MarketModel
package import Replay
import Session
import Workers

/// A tape with its ancestors, opened from disk.
package struct OpenedTape {
  /// The paths, the root first.
  let paths: [String]
  /// The tapes as one journal.
  package private(set) var lineage: Lineage<TapeFile>
  /// What the side file said.
  let unfinished: UnfinishedEvents

  var path: String { paths[paths.count - 1] }
  var scan: JournalScan { lineage.tape.scan }

  /// Opens a tape and finds its ancestors: by `parents`, by the hint beside it, or by session id
  /// in its folder.
  package init(_ path: String) throws(CommandFailure) { try self.init(path, level: .framing) }

  /// Does the same at another level, or with named ancestors.
  init(
    _ path: String, level: JournalScan.Level = .framing, parents: [String] = []
  ) throws(CommandFailure) {
    var paths = [path]
    let (first, unfinished) = try Self.read(path, level)
    var readers = [first]
    // The tapes that were seen to fit their parents, by their places from the last one, which has 1.
    var fitting: [Int] = []
    self.unfinished = unfinished
    while case .fork(let origin) = readers[0].genesis.origin {
      guard readers.count <= Limits.maximumForkDepth else {
        throw CommandFailure(LineageFault.tooDeep, [path])
      }
      let (parent, reader) = try Self.findParent(of: paths[0], origin, parents)
      if let reader, level == .framing {
        fitting.append(readers.count)
        readers.insert(reader, at: 0)
      } else {
        readers.insert(try Self.read(parent, level).reader, at: 0)
      }
      paths.insert(parent, at: 0)
    }
    // Large values are stored once, in whichever ancestor had them first.
    var chunks = ChunkStore()
    for index in readers.indices {
      chunks.formUnion(readers[index].chunks)
      do {
        readers[index] = try JournalReader(
          readers[index].source, readers[index].scan, chunks)
      } catch {
        throw CommandFailure(error, paths[index])
      }
    }
    do {
      var lineage = try Lineage(readers, fitting: fitting.map { readers.count - $0 })
      lineage.unfinished = unfinished.records
      self.lineage = lineage
    } catch {
      throw CommandFailure(error, paths)
    }
    self.paths = paths
  }

  private static func read(
    _ path: String, _ level: JournalScan.Level
  ) throws(CommandFailure) -> (reader: JournalReader<TapeFile>, unfinished: UnfinishedEvents) {
    let file: TapeFile
    do {
      file = try TapeFile(path: path)
    } catch {
      throw CommandFailure(error)
    }
    do {
      let (scan, unfinished) = try file.scan(level: level)
      return (try JournalReader(file, scan), unfinished)
    } catch {
      throw CommandFailure(error, path)
    }
  }

  /// The same, with frames decoded on other threads before they are needed: for what reads on and on
  /// and is alone in doing so.
  var readingAhead: OpenedTape {
    var tape = self
    if Workers.available > 1 { tape.lineage.begin = { Workers.begin($0) } }
    return tape
  }

  /// Refuses a tape that is damaged, or whose ancestors are: what is missing would go into what is
  /// said of it.
  func expectUndamaged() throws(CommandFailure) {
    for (index, reader) in lineage.readers.enumerated() where !reader.scan.damages.isEmpty {
      throw CommandFailure(
        Exit.trouble, "\(paths[index]): is damaged, and what is left would be taken for the whole",
        next: "see what is wrong with: tapedeck doctor \(paths[index])")
    }
  }

  /// Refuses a tape that ends too early or is damaged, or one of its ancestors.
  ///
  /// What is left would be taken for the whole; one that is still open is as whole as it says.
  package func expectWhole() throws(CommandFailure) {
    try expectUndamaged()
    for (index, reader) in lineage.readers.enumerated() {
      switch reader.scan.status {
      case .sealed, .open, .torn(isCertain: true): continue
      case .torn, .corrupt:
        throw CommandFailure(
          Exit.trouble,
          "\(paths[index]): ends too early: what is left would be taken for the whole",
          next: "see what is wrong with: tapedeck doctor \(paths[index])")
      }
    }
  }

  // MARK: Ancestors

  /// The tape that a fork was cut from, read at `.framing`; or another one of that session, unread, where
  /// none fits.
  private static func findParent(
    of path: String, _ origin: ForkOrigin, _ given: [String]
  ) throws(CommandFailure) -> (path: String, fitting: JournalReader<TapeFile>?) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var candidates = given
    let hint = (try? TapeFile(path: path))?.parentHint.map {
      $0.hasPrefix("/") ? $0 : "\(folder)/\($0)"
    }
    if let hint { candidates.append(hint) }
    let neighbours = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    candidates += neighbours.sorted().filter { $0.hasSuffix(".tape") }.map { "\(folder)/\($0)" }
    // Of several tapes of that session the one that the fork was cut from counts; mostly it is the first.
    var first: String?
    for candidate in candidates where sessionId(of: candidate) == origin.parentId {
      if let parent = try? read(candidate, .framing).reader, origin.fits(parent) {
        return (candidate, parent)
      }
      first = first ?? candidate
    }
    if let first { return (first, nil) }
    if let named = given.first {
      throw CommandFailure(
        Exit.trouble,
        "\(path): its parent is session \(origin.parentId.hexadecimal.prefix(16)), and \(named) "
          + "is another",
        next: "name the right parent with --parent PARENT.tape")
    }
    if let hint, FileManager.default.fileExists(atPath: hint), sessionId(of: hint) == nil {
      throw CommandFailure(
        Exit.trouble, "\(path): is a fork of \(hint), whose beginning cannot be read",
        next: "see what is wrong with: tapedeck doctor \(hint)")
    }
    throw CommandFailure(
      Exit.trouble,
      "\(path): is a fork of session \(origin.parentId.hexadecimal.prefix(16)) at tick "
        + "\(origin.tick), and no tape of that session is beside it",
      next: "name the parent with --parent PARENT.tape")
  }

  /// The session id in a tape's header; nil for any other file.
  static func sessionId(of path: String) -> Hash256? {
    guard let file = try? TapeFile(path: path),
      let bytes = try? file.read(at: 0, count: FileHeader.size),
      let header = try? FileHeader(bytes)
    else { return nil }
    return header.sessionId
  }

  // MARK: Names

  /// The names of everything, agents that interventions added included.
  var names: NameTables {
    let scenario = lineage.scenario
    var agents = scenario.agents.map { $0.account.name }
    for origin in lineage.forks {
      for intervention in origin.interventions where intervention.code == .addAgent {
        if case .addAgent(let agent)? = try? Intervention(
          code: intervention.code, payload: intervention.payload)
        {
          agents.append(agent.account.name)
        }
      }
    }
    return NameTables(
      agents: agents, instruments: scenario.instruments.map { $0.name },
      processes: scenario.processes.map { $0.name }, topics: scenario.topics)
  }

  /// The index of an agent.
  func agent(_ name: String) throws(CommandFailure) -> AgentIndex {
    let agents = names.agents
    if let index = agents.firstIndex(of: name) { return AgentIndex(index) }
    throw CommandFailure.unknown("agent", name, among: agents, in: path)
  }

  /// Whether it is the tape of a training, whose session does not go on.
  var isTraining: Bool { lineage.forks.last?.isTraining == true }

  /// Refuses the tape of a training, where a session is asked for.
  func expectSession() throws(CommandFailure) {
    if isTraining { throw CommandFailure(ForkError<FileFailure>.ofTraining, paths) }
  }

  /// The tick in which a tape ends before its session does: one that is open, or that was saved from a damaged
  /// one; nil for one that is whole.
  func unfinishedTick() throws(CommandFailure) -> Tick? {
    if let seal = scan.seal, !seal.isSalvaged { return nil }
    guard lineage.nextSequence > 0, let last = try event(at: lineage.nextSequence - 1) else {
      return 0
    }
    let scenario = lineage.scenario
    let tick = scenario.clock.tick(at: last.time)
    return tick < scenario.horizon ? tick : nil
  }

  /// Which of several tapes ends first before its session does, and in which tick; nil where all are whole.
  static func unfinished(
    _ tapes: [OpenedTape]
  ) throws(CommandFailure) -> (path: String, tick: Tick)? {
    var first: (path: String, tick: Tick)?
    for tape in tapes {
      guard let tick = try tape.unfinishedTick(), tick < first?.tick ?? .max else { continue }
      first = (tape.path, tick)
    }
    return first
  }

  /// What JSON says of a tape that is unfinished.
  static func object(_ unfinished: (path: String, tick: Tick)) -> [String: Any] {
    ["tape": unfinished.path, "tick": unfinished.tick]
  }

  /// Says where a state was asked for that was never recorded, so that it is the last one that was.
  func noteEnd(before tick: Tick) throws(CommandFailure) {
    guard let last = try unfinishedTick(), tick > last else { return }
    Console.say("tapedeck: \(path): is unfinished: this is what it was in its last tick, \(last)")
  }

  /// The word for how a tape ends.
  package var statusWord: String {
    switch scan.status {
    case .sealed: scan.seal?.isSalvaged == true ? "salvaged" : "sealed"
    case .open: "open"
    case .torn: "torn"
    case .corrupt: "corrupt"
    }
  }

  /// Says what is wrong with the tape, and how a command that reads it all the same should end.
  func warn() -> Int32 {
    for damage in scan.damages {
      Console.say(
        "tapedeck: \(path): frame \(damage.frame) at offset \(damage.offset): "
          + damage.fault.words)
    }
    if unfinished.isCorrupt {
      Console.say("tapedeck: \(SideFiles.unfinished(path)): a record before intact ones is damaged")
      return Exit.trouble
    }
    switch scan.status {
    case .sealed, .open: return 0
    case .torn(let isCertain):
      Console.say(
        isCertain
          ? "tapedeck: \(path): the torn end was never synced; what was is all here"
          : "tapedeck: \(path): torn, and no watermark tells how much is missing; "
            + "save the rest with: tapedeck recover \(path) -o NEW.tape")
      return isCertain ? 0 : Exit.loss
    case .corrupt:
      Console.say(
        "tapedeck: \(path): corrupt; events before \(scan.nextSequence) are intact; "
          + "list everything with: tapedeck doctor \(path)")
      return Exit.trouble
    }
  }
}
