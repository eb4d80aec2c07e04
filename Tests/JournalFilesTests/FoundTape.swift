import Journal
import JournalFiles
import MarketModel

/// What a reader finds at a path, with the code that commands read with.
struct FoundTape {
  /// The events, those of the side file too.
  var records: [EventRecord]
  /// The bytes of the contiguous frames.
  var wholeBytes: [UInt8]
  let status: JournalScan.Status
  /// Whether the side file is rotten.
  let isSideFileCorrupt: Bool

  init(_ path: String) throws {
    let file = try TapeFile(path: path)
    let (scan, unfinished) = try file.scan(level: .chain)
    let reader = try JournalReader(file, scan)
    records = []
    for entry in reader.eventEntries {
      for case .known(let record) in try reader.frame(entry).events { records.append(record) }
    }
    records += unfinished.records
    wholeBytes = try file.read(at: 0, count: Int(scan.wholeLength))
    status = scan.status
    isSideFileCorrupt = unfinished.isCorrupt
  }

  /// What is wrong with it as the beginning of an undisturbed recording of which the events below
  /// `certain` were acknowledged; nil where nothing is.
  ///
  /// Without durability there is no watermark to tell by what was torn.
  func fault(
    asPartOf whole: RecordedCalls, acknowledged: SequenceNumber, isDurable: Bool = true
  ) -> String? {
    if isSideFileCorrupt { return "the side file counts as rotten" }
    switch status {
    case .corrupt: return "the tape counts as corrupt"
    case .torn(isCertain: false):
      if isDurable { return "the tape counts as torn without a watermark" }
    case .open, .torn(isCertain: true): break
    case .sealed: if records.count != whole.records.count { return "it is sealed too early" }
    }
    if SequenceNumber(records.count) <= acknowledged {
      return "\(acknowledged) was acknowledged, \(records.count) events are there"
    }
    if records != Array(whole.records.prefix(records.count)) { return "other events are there" }
    if wholeBytes != Array(whole.bytes.prefix(wholeBytes.count)) { return "other bytes are there" }
    return nil
  }
}
