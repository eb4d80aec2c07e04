import Agents
import ArgumentParser
import Journal
import JournalFiles
import MarketModel
import Replay
import Session

/// `tapedeck doctor`: lists everything that is wrong with a tape's bytes.
///
/// It changes nothing.
struct Doctor<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "doctor", abstract: "List everything that is wrong with a tape's bytes.")
  }

  @Argument(help: "The tape.")
  var tape: String

  @OptionGroup var options: OutputOptions

  func run() throws {
    let file: TapeFile
    let scan: JournalScan
    let unfinished: UnfinishedEvents
    do {
      file = try TapeFile(path: tape)
    } catch {
      throw CommandFailure(error)
    }
    let first: [Tick]
    do {
      (scan, unfinished) = try file.scan(level: .chain)
      first = try scan.firstTicks(file)
    } catch {
      throw CommandFailure(error, tape)
    }
    try Console.write(
      options.json ? json(scan, first, unfinished) + "\n" : text(scan, first, unfinished))
    let status = Self.exitStatus(scan, unfinished)
    if status != 0 { throw ExitCode(status) }
  }

  static func exitStatus(_ scan: JournalScan, _ unfinished: UnfinishedEvents) -> Int32 {
    if unfinished.isCorrupt { return Exit.trouble }
    switch scan.status {
    case .sealed: return scan.seal?.isSalvaged == true ? Exit.loss : 0
    case .open, .torn: return Exit.loss
    case .corrupt: return Exit.trouble
    }
  }

  private func word(_ status: JournalScan.Status) -> String {
    switch status {
    case .sealed: "sealed: finished and whole"
    case .open: "open: whole, not finished"
    case .torn(true): "torn: the end was never synced; what was is whole"
    case .torn(false): "torn: the end is missing, and no watermark tells how much"
    case .corrupt: "corrupt: bytes that were written have changed"
    }
  }

  /// `first` is the first tick that each damage may concern.
  private func text(
    _ scan: JournalScan, _ first: [Tick], _ unfinished: UnfinishedEvents
  ) -> String {
    var text = "\(tape): \(word(scan.status))\n"
    text += "  intact frames \(scan.entries.count), contiguous from the start \(scan.wholeCount), "
    text += "events before \(scan.nextSequence)\n"
    if let mark = scan.watermark {
      text += "  watermark: \(mark.offset) bytes, \(mark.frameCount) frames, "
      text += "events before \(mark.nextSequence)\n"
    }
    if !unfinished.records.isEmpty {
      text += "  side file: \(unfinished.records.count) events of the unfinished frame\n"
    }
    if unfinished.isTorn { text += "  side file: its end is torn\n" }
    if unfinished.isCorrupt { text += "  side file: a record before intact ones is damaged\n" }
    for (damage, first) in zip(scan.damages, first) {
      text += "  frame \(damage.frame) at offset \(damage.offset): \(damage.fault.words)\n"
      let end = damage.nextTick.map { "up to tick \($0)" } ?? "to the end"
      text += "    concerns ticks from \(first) \(end); "
      text += damage.verdict == .cut ? "never synced: may be cut\n" : "was written whole\n"
    }
    if scan.seal?.isSalvaged == true {
      text += "  salvaged: this is what `tapedeck recover` could save of another tape\n"
    }
    if scan.status != .sealed {
      text += "  save what is whole with: tapedeck recover \(tape) -o NEW.tape\n"
    }
    return text
  }

  private func json(
    _ scan: JournalScan, _ first: [Tick], _ unfinished: UnfinishedEvents
  ) -> String {
    Json.text([
      "tape": tape, "status": word(scan.status), "frames": scan.entries.count,
      "contiguous_frames": scan.wholeCount, "next_sequence": scan.nextSequence,
      "side_file_events": unfinished.records.count,
      "damages": zip(scan.damages, first).map { damage, first -> [String: Any] in
        [
          "frame": damage.frame, "offset": damage.offset, "fault": damage.fault.words,
          "first_tick": first, "next_tick": damage.nextTick as Any? ?? "end",
          "may_be_cut": damage.verdict == .cut,
        ]
      },
    ])
  }
}

extension JournalScan {
  /// The first tick that each damage may concern: none before that of the last event that is whole
  /// before it.
  fileprivate func firstTicks(_ file: TapeFile) throws(ReadError<FileFailure>) -> [Tick] {
    var ticks: [Tick] = []
    for damage in damages {
      do throws(ReadError<FileFailure>) {
        ticks.append(max(damage.firstTick, try lastTick(file, before: damage.offset)))
      } catch {
        // What cannot be decoded tells nothing; what cannot be read is told.
        guard case .journal = error else { throw error }
        ticks.append(damage.firstTick)
      }
    }
    return ticks
  }

  /// The tick of the last event in the whole frames before an offset, 0 where there is none.
  private func lastTick(
    _ file: TapeFile, before offset: UInt64
  ) throws(ReadError<FileFailure>) -> Tick {
    let reader = try JournalReader(file, self)
    guard let entry = reader.eventEntries.last(where: { $0.offset < offset }) else { return 0 }
    let frame = try reader.decoded(entry)
    return frame.count > 0 ? reader.genesis.clock.tick(at: frame.time(frame.count - 1)) : 0
  }
}

/// `tapedeck recover`: saves the contiguous part of a damaged tape into a new one.
struct Recover<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "recover",
      abstract: "Save what is whole of a damaged tape into a new one, and list each loss.",
      discussion: "The old tape stays as it is. Exit 3 if anything was lost, 0 if nothing was.")
  }

  @Argument(help: "The damaged tape.")
  var tape: String

  @Option(name: [.short, .long], help: "The tape to write.")
  var output: String

  @Flag(help: "Replace a file that exists.")
  var force = false

  func run() throws {
    let file: TapeFile
    do {
      file = try TapeFile(path: tape)
    } catch {
      throw CommandFailure(error)
    }
    let reader: JournalReader<TapeFile>
    let unfinished: UnfinishedEvents
    let first: [Tick]
    do {
      let found = try file.scan(level: .chain)
      unfinished = found.unfinished
      reader = try JournalReader(file, found.scan)
      first = try found.scan.firstTicks(file)
    } catch {
      throw CommandFailure(error, tape)
    }
    try OutputFile.expectOther(output, than: [tape])
    let scan = reader.scan
    try salvage(reader, unfinished)
    // The new tape is believed only after it was opened and scanned again.
    let written: JournalScan
    do {
      let new = try TapeFile(path: output)
      written = try JournalScanner.scan(new, level: .chain)
    } catch let error as FileFailure {
      throw CommandFailure(error)
    } catch let error as ReadError<FileFailure> {
      throw CommandFailure(error, output)
    }
    guard written.status == .sealed else {
      throw CommandFailure(Exit.trouble, "\(output): cannot be read back; do not trust it")
    }
    Console.say("saved events before \(written.nextSequence) in \(output), marked as salvaged")
    for (damage, first) in zip(scan.damages, first) {
      let end = damage.nextTick.map { "up to tick \($0)" } ?? "to the end"
      Console.say(
        "lost: frame \(damage.frame) at offset \(damage.offset) (\(damage.fault.words)), "
          + "ticks from \(first) \(end)")
    }
    let beyond = scan.entries.count - scan.wholeCount
    if beyond > 0 { Console.say("lost: \(beyond) whole frames after the first damage") }
    if unfinished.isTorn { Console.say("lost: the torn end of the side file") }
    if !scan.damages.isEmpty || unfinished.isTorn { throw ExitCode(Exit.loss) }
  }

  private func salvage(
    _ reader: JournalReader<TapeFile>, _ unfinished: UnfinishedEvents
  ) throws {
    let digests = unfinished.records.isEmpty ? nil : try digestsAtEnd()
    do {
      let writer = try TapeWriter(path: output, durability: .frame, replacing: force)
      var first: SequenceNumber = 0
      if case .fork(let origin) = reader.genesis.origin { first = origin.sharedCount }
      var encoder = JournalEncoder(
        genesis: reader.genesis, firstSequence: first,
        lastTick: reader.scan.entries[0].header.firstTick)
      for entry in reader.eventEntries {
        try copy(try reader.frame(entry), &encoder)
        try writer.write(encoder.takeOutput(), encoder.progress)
      }
      for record in unfinished.records { encoder.append(record) }
      if let digests {
        encoder.endFrame(
          digests.record, components: digests.components, memories: digests.memories)
      }
      encoder.seal(
        DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [], isSalvaged: true)
      try writer.write(encoder.takeOutput(), encoder.progress)
      try writer.finish(isSealed: true)
    } catch let error as WriteError {
      throw CommandFailure(error)
    } catch let error as ReadError<FileFailure> {
      throw CommandFailure(error, tape)
    }
  }

  /// The digests of the state that the saved events lead to.
  private func digestsAtEnd() throws(CommandFailure) -> SessionDigests {
    let opened = try OpenedTape(tape).readingAhead
    do {
      var replayer = try Replayer<Roster, TapeFile>(opened.lineage)
      try replayer.run()
      return replayer.state.digests()
    } catch {
      throw CommandFailure(error, opened.paths)
    }
  }

  /// Writes a frame again, with the digests it had.
  private func copy(_ frame: EventFrame, _ encoder: inout JournalEncoder) throws {
    var checkpoints = frame.checkpoints[...]
    for (index, event) in frame.events.enumerated() {
      while let next = checkpoints.first, Int(next.position) == index {
        encoder.checkpoint(next.digests)
        checkpoints.removeFirst()
      }
      guard case .known(let record) = event else {
        throw CommandFailure(
          Exit.trouble, "\(tape): has events of a kind that this build does not know",
          next: "recover it with the build that recorded it")
      }
      encoder.append(record)
    }
    encoder.endFrame(frame.digests)
  }
}
