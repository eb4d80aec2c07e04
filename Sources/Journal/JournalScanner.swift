import MarketModel

/// Walks through a tape frame by frame.
///
/// Nothing in it is trusted; damage does not stop the walk:
/// the next intact frame is looked for, so that every whole frame stays readable.
public struct JournalScanner<Source: ByteSource> {
  private let source: Source
  private let level: JournalScan.Level
  private let isBeingWritten: Bool
  private let size: UInt64
  private var scan: JournalScan
  private var offset = UInt64(FileHeader.size)
  private var expectedIndex = 0
  private var expectedSequence: SequenceNumber?
  private var lastTick: Tick = 0
  /// The chain after the frame before; nil after a hole.
  private var chain: ChainLink? = .origin

  /// Scans a tape.
  ///
  /// Where it is being written, a frame that the file ends within is no damage: it is on its way.
  /// - Throws: `ReadError` where the source fails or the file header is not that of a tape.
  /// - Complexity: O(file) for checksums; frames are read one at a time.
  public static func scan(
    _ source: Source, watermark: Watermark? = nil, level: JournalScan.Level = .chain,
    isBeingWritten: Bool = false
  ) throws(ReadError<Source.Failure>) -> JournalScan {
    var scanner = try JournalScanner(source, watermark, level, isBeingWritten)
    try scanner.walk()
    scanner.conclude()
    return scanner.scan
  }

  private init(
    _ source: Source, _ watermark: Watermark?, _ level: JournalScan.Level, _ isBeingWritten: Bool
  ) throws(ReadError<Source.Failure>) {
    self.isBeingWritten = isBeingWritten
    self.source = source
    self.level = level
    do {
      size = try source.size()
    } catch {
      throw .source(error)
    }
    let bytes = try Self.read(source, 0, FileHeader.size)
    do {
      scan = JournalScan(fileHeader: try FileHeader(bytes), watermark: watermark)
    } catch {
      throw .journal(error)
    }
  }

  private static func read(
    _ source: Source, _ offset: UInt64, _ count: Int
  ) throws(ReadError<Source.Failure>) -> [UInt8] {
    do {
      return try source.read(at: offset, count: count)
    } catch {
      throw .source(error)
    }
  }

  // MARK: The walk

  private mutating func walk() throws(ReadError<Source.Failure>) {
    while offset < size {
      if scan.seal != nil {
        note(.limit("\(size - offset) bytes after the seal"))
        return
      }
      let bytes = try Self.read(source, offset, FrameHeader.size)
      let header: FrameHeader
      do {
        header = try FrameHeader(bytes)
      } catch {
        note(error)
        if case .truncated = error { return }
        guard try resynchronise(from: offset + 8) else { return }
        continue
      }
      try take(header)
    }
  }

  /// Takes a frame whose header is intact.
  private mutating func take(_ header: FrameHeader) throws(ReadError<Source.Failure>) {
    noteMissing(before: header)
    let end = offset + header.frameLength
    guard end <= size else {
      note(.truncated(missing: end - size))
      // An intact frame further on proves that bytes are missing here, not at the end.
      _ = try resynchronise(from: offset + 8)
      return
    }
    let start = offset + UInt64(FrameHeader.size)
    let content = try Self.read(
      source, start, Int(header.storedLength) + header.paddingLength)
    do throws(FrameFault) {
      try check(header)
      let raw = try FramePayload.check(header, content, decompressing: level >= .chain)
      if let raw, let chain, chain.next(header, raw: raw) != header.chain {
        throw FrameFault.chain
      }
      if let raw, header.kind == .seal { try takeSeal(header, raw) }
    } catch {
      note(error, header)
      chain = nil
      expectedIndex = max(expectedIndex, Int(header.index) + 1)
      expectedSequence = nil
      offset = end
      return
    }
    scan.entries.append(JournalScan.Entry(offset: offset, header: header))
    chain = header.chain
    expectedIndex += 1
    expectedSequence = header.firstSequence + Int64(header.count)
    lastTick = header.firstTick
    offset = end
  }

  /// Notes frames that are not there; the one that is can be read all the same.
  private mutating func noteMissing(before header: FrameHeader) {
    guard Int(header.index) > expectedIndex else { return }
    note(.continuity("frame \(header.index) where \(expectedIndex) was expected"), header)
    chain = nil
    expectedIndex = Int(header.index)
    expectedSequence = nil
  }

  private mutating func check(_ header: FrameHeader) throws(FrameFault) {
    guard Int(header.index) == expectedIndex else {
      throw .continuity("frame \(header.index) where \(expectedIndex) was expected")
    }
    if let expectedSequence, header.firstSequence != expectedSequence {
      throw .continuity("event \(header.firstSequence) where \(expectedSequence) was expected")
    }
    if (header.kind == .genesis) != (header.index == 0) {
      throw .continuity("the genesis is the first frame, and only that")
    }
    guard (header.count == 0) != (header.kind == .events) else {
      throw .continuity("event frames have events, others none")
    }
    if expectedSequence != nil, header.firstTick < lastTick {
      throw .continuity("tick \(header.firstTick) after \(lastTick)")
    }
  }

  private mutating func takeSeal(_ header: FrameHeader, _ raw: [UInt8]) throws(FrameFault) {
    let seal: Seal
    do {
      seal = try Seal(raw)
    } catch {
      throw .payload(offset: error.offset, expected: error.expected)
    }
    guard seal.frameCount == header.index, seal.nextSequence == header.firstSequence,
      seal.lastTick == header.firstTick
    else { throw .continuity("the seal counts other frames, events or ticks") }
    scan.seal = seal
  }

  // MARK: Damage

  private mutating func note(_ fault: FrameFault, _ header: FrameHeader? = nil) {
    scan.damages.append(
      JournalScan.Damage(
        frame: expectedIndex, offset: offset, fault: fault, verdict: .corrupt,
        firstTick: header?.firstTick ?? lastTick, nextTick: nil))
  }

  /// Looks for the next intact frame header, at multiples of 8.
  private mutating func resynchronise(
    from start: UInt64
  ) throws(ReadError<Source.Failure>) -> Bool {
    var position = start
    // It grows, so that frames in quick succession are not read again and again.
    var span = 1 << 9
    chain = nil
    expectedSequence = nil
    while position < size {
      let window = try Self.read(source, position, span)
      span = min(2 * span, 1 << 16)
      var index = 0
      while index < window.count {
        if let header = try candidate(window, index, position) {
          offset = position + UInt64(index)
          expectedIndex = Int(header.index)
          return true
        }
        index += 8
      }
      position += UInt64(max(index, 8))
    }
    offset = size
    return false
  }

  private func candidate(
    _ window: [UInt8], _ index: Int, _ position: UInt64
  ) throws(ReadError<Source.Failure>) -> FrameHeader? {
    guard index + 4 <= window.count, window[index] == 0x54, window[index + 1] == 0x46,
      window[index + 2] == 0x52, window[index + 3] == 0x4D
    else { return nil }
    let bytes = try Self.read(source, position + UInt64(index), FrameHeader.size)
    guard let header = try? FrameHeader(bytes), Int(header.index) > expectedIndex else {
      return nil
    }
    return header
  }

  // MARK: The end

  private mutating func conclude() {
    let isSealed = scan.seal != nil
    if scan.entries.isEmpty && scan.damages.isEmpty {
      note(.truncated(missing: UInt64(FrameHeader.size)))
    }
    if let mark = scan.watermark, !isSealed, scan.damages.isEmpty, size < mark.offset {
      note(.truncated(missing: mark.offset - size))
    }
    if isBeingWritten, let last = scan.damages.last, !isSynced(last), !scan.entries.isEmpty,
      last.offset >= scan.entries[scan.entries.count - 1].offset, case .truncated = last.fault
    {
      scan.damages.removeLast()
    }
    // Both lists ascend, so one pass finds the intact frame after each damage.
    var following = 0
    for (position, damage) in scan.damages.enumerated() {
      while following < scan.entries.count, scan.entries[following].offset < damage.offset {
        following += 1
      }
      let next = following < scan.entries.count ? scan.entries[following] : nil
      let facts = FrameFacts(
        hasHeader: false, hasPayload: false, continuesChain: false, isSynced: isSynced(damage),
        isLast: next == nil, isSealed: isSealed)
      scan.damages[position] = JournalScan.Damage(
        frame: damage.frame, offset: damage.offset, fault: damage.fault,
        verdict: RecoveryDecision.decide(facts), firstTick: damage.firstTick,
        nextTick: next?.header.firstTick)
    }
    if scan.damages.contains(where: { $0.verdict == .corrupt }) {
      scan.status = .corrupt
    } else if !scan.damages.isEmpty {
      scan.status = .torn(isCertain: scan.watermark != nil)
    } else {
      scan.status = isSealed ? .sealed : .open
    }
  }

  private func isSynced(_ damage: JournalScan.Damage) -> Bool {
    if let mark = scan.watermark { return damage.offset < mark.offset }
    // Without a watermark only missing bytes can be told from rot.
    if case .truncated = damage.fault { return false }
    return true
  }
}
