import Journal
import MarketModel

/// What must hold for every tape that is accepted.
enum TapeCheck {
  /// Reads all frames of a tape that stands for an input, up to one that is refused.
  static func read(_ reader: JournalReader<MemorySource>, of input: [UInt8]) {
    for entry in reader.intactEntries {
      guard let frame = try? reader.frame(entry) else { return }
      Campaign.uncounted { demandCanonical(frame, reader, entry, input) }
    }
  }

  /// Demands that a frame is written with the same payload again.
  private static func demandCanonical(
    _ frame: EventFrame, _ reader: JournalReader<MemorySource>, _ entry: JournalScan.Entry,
    _ input: [UInt8]
  ) {
    guard let written = write([frame], reader.genesis, from: frame.firstSequence) else { return }
    let read = TapeImage(at: entry.offset, of: reader.source.bytes)?.frames.first
    let other = TapeImage(written)?.frames.last { $0.kind == 3 }
    guard let payload = read?.raw, let other else { return }
    Campaign.demand(other.raw, equals: payload, of: input, "events frame")
  }

  /// Writes frames again, borders, checkpoints and digests included; nil where one has events that
  /// this build does not know.
  static func write(
    _ frames: [EventFrame], _ genesis: Genesis, from first: SequenceNumber, sealing: Bool = false
  ) -> [UInt8]? {
    var encoder = JournalEncoder(genesis: genesis, firstSequence: first, usesCompression: false)
    for frame in frames {
      var checkpoints = frame.checkpoints[...]
      for (index, event) in frame.events.enumerated() {
        while let next = checkpoints.first, Int(next.position) == index {
          encoder.checkpoint(next.digests)
          checkpoints.removeFirst()
        }
        guard case .known(let record) = event else { return nil }
        encoder.append(record)
      }
      for last in checkpoints { encoder.checkpoint(last.digests) }
      encoder.endFrame(frame.digests)
    }
    if sealing {
      encoder.seal(
        DigestRecord(root: 0, memoryRoot: nil), components: [], memories: [], isSalvaged: true)
    }
    return encoder.output
  }
}

extension TapeImage {
  /// The frame at an offset, and those after it.
  init?(at offset: UInt64, of bytes: [UInt8]) {
    self.init([UInt8](repeating: 0, count: 64) + bytes[Int(offset)...])
  }
}
