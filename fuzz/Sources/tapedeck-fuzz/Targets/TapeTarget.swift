import Journal
import MarketModel

/// The scanner and the reader over a whole tape.
enum TapeTarget {
  static func run(_ input: [UInt8]) {
    let source = MemorySource(input)
    for level in [JournalScan.Level.framing, .chain] {
      guard let scan = try? JournalScanner.scan(source, level: level) else { continue }
      check(scan, input)
    }
    guard let reader = try? JournalReader(source, level: .chain) else { return }
    guard let first = TapeImage(at: 64, of: input)?.frames.first else {
      Campaign.fail("a genesis that the reader accepts is there")
    }
    Campaign.demand(reader.genesis.bytes, equals: first.raw, of: input, "genesis of a tape")
    TapeCheck.read(reader, of: input)
  }

  private static func check(_ scan: JournalScan, _ input: [UInt8]) {
    var end = UInt64(FileHeader.size)
    for entry in scan.entries {
      if entry.offset < end || entry.offset % 8 != 0 { Campaign.fail("frames do not overlap") }
      end = entry.offset + entry.header.frameLength
    }
    if end > UInt64(input.count) { Campaign.fail("frames lie within the file") }
    if scan.status == .sealed, scan.seal == nil { Campaign.fail("a sealed tape has a seal") }
    if scan.damages.isEmpty, scan.wholeLength != UInt64(input.count) {
      Campaign.fail("a tape without damage is whole")
    }
  }
}
