import Determinism
import MarketModel

@testable import Journal

/// A tape taken apart, to be altered and put together again with every checksum repaired.
struct ForgedTape {
  struct Frame {
    var header: FrameHeader
    var raw: [UInt8]
  }

  var frames: [Frame] = []
  /// Whether payloads are compressed again.
  var usesCompression = true

  init(_ tape: SampleTape) {
    for entry in tape.frames {
      let content = Array(tape.frame(entry)[FrameHeader.size...])
      let raw = try? FramePayload.check(entry.header, content, decompressing: true)
      frames.append(Frame(header: entry.header, raw: raw.flatMap { $0 } ?? []))
    }
  }

  /// The tape with lengths, checksums, chain and session id of what it says now.
  var bytes: [UInt8] {
    var bytes = FileHeader(sessionId: SHA256.hash(frames.first?.raw ?? [])).bytes
    var chain = ChainLink.origin
    for frame in frames {
      var header = frame.header
      var stored = frame.raw
      header.codec = .store
      if usesCompression, let packed = BlockCompression.compress(frame.raw) {
        stored = packed
        header.codec = .lz4
      }
      header.rawLength = UInt32(frame.raw.count)
      header.storedLength = UInt32(stored.count)
      header.payloadChecksum = CRC32C.checksum(stored)
      chain = chain.next(header, raw: frame.raw)
      header.chain = chain
      bytes += header.bytes + stored + [UInt8](repeating: 0, count: header.paddingLength)
    }
    return bytes
  }

  /// Opens it and decodes every event frame; the frames with what they were decoded from.
  static func open(_ bytes: [UInt8]) throws -> [(EventFrame, JournalScan.Entry)] {
    let reader = try JournalReader(MemorySource(bytes), level: .chain)
    return try reader.intactEntries.map { (try reader.frame($0), $0) }
  }
}
