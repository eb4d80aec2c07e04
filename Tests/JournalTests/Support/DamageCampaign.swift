@testable import Journal

/// Damages a tape in place, scans it, and compares with what must be found.
struct DamageCampaign {
  let tape: SampleTape
  var watermark: Watermark?
  /// What was missed, with enough to repeat it; only the first few.
  private(set) var failures: [String] = []
  private(set) var count = 0
  private let frames: [JournalScan.Entry]
  private let isSealed: Bool
  private var source: MemorySource

  init(_ tape: SampleTape) {
    self.tape = tape
    let scan = tape.scan(.framing)
    frames = scan.entries
    isSealed = scan.status == .sealed
    source = MemorySource(tape.bytes)
  }

  mutating func flip(_ bit: Int) {
    source.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    expect(altered: bit / 8...bit / 8, "flip of bit \(bit)")
    source.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
  }

  /// Zeroes a window; nothing is counted where that alters no byte.
  mutating func zero(_ start: Int, _ size: Int) {
    let end = min(start + size, tape.bytes.count)
    guard let first = (start..<end).first(where: { tape.bytes[$0] != 0 }),
      let last = (start..<end).last(where: { tape.bytes[$0] != 0 })
    else { return }
    for index in first...last { source.bytes[index] = 0 }
    expect(altered: first...last, "zeros at \(start), \(size)")
    for index in first...last { source.bytes[index] = tape.bytes[index] }
  }

  mutating func truncate(_ length: Int) {
    let label = "truncation to \(length)"
    count += 1
    let cut = MemorySource(Array(tape.bytes[..<length]))
    guard length >= FileHeader.size else {
      if (try? JournalScanner.scan(cut, watermark: watermark, level: .framing)) != nil {
        fail(label, "was opened")
      }
      return
    }
    guard let scan = try? JournalScanner.scan(cut, watermark: watermark, level: .framing) else {
      return fail(label, "was not opened")
    }
    let whole = frames.filter { $0.offset + $0.header.frameLength <= length }
    let isBorder = length == whole.last.map { Int($0.offset + $0.header.frameLength) }
    let isBelow = watermark.map { UInt64(length) < $0.offset } ?? false
    var status = JournalScan.Status.torn(isCertain: watermark != nil)
    if isBelow { status = .corrupt } else if isBorder { status = .open }
    if scan.status != status { fail(label, "\(scan.status)") }
    if scan.entries != whole { fail(label, "\(scan.entries.count) frames") }
    if isBorder && !isBelow {
      if !scan.damages.isEmpty { fail(label, "\(scan.damages)") }
    } else if scan.damages.map({ $0.frame }) != [whole.count] {
      fail(label, "\(scan.damages)")
    }
  }

  private mutating func expect(altered: ClosedRange<Int>, _ label: String) {
    count += 1
    let found = try? JournalScanner.scan(source, watermark: watermark, level: .framing)
    if altered.lowerBound < FileHeader.size {
      if found != nil { fail(label, "was opened") }
      return
    }
    guard let scan = found else { return fail(label, "was not opened") }
    var hit: [JournalScan.Entry] = []
    var intact: [JournalScan.Entry] = []
    for frame in frames {
      let start = max(Int(frame.offset), altered.lowerBound)
      let end = min(
        Int(frame.offset + frame.header.frameLength), altered.upperBound + 1)
      let isHit = start < end && source.bytes[start..<end] != tape.bytes[start..<end]
      if isHit { hit.append(frame) } else { intact.append(frame) }
    }
    if scan.entries != intact { fail(label, "\(scan.entries.count) intact frames") }
    guard let first = hit.first, let damage = scan.damages.first else {
      return fail(label, "was not found")
    }
    if damage.frame != Int(first.header.index) || damage.offset != first.offset {
      fail(label, "\(damage)")
    }
    if scan.damages.count > hit.count { fail(label, "\(scan.damages)") }
    if scan.status != status(first, intact) { fail(label, "\(scan.status)") }
  }

  /// The status after damage from `first` on.
  private func status(
    _ first: JournalScan.Entry, _ intact: [JournalScan.Entry]
  ) -> JournalScan.Status {
    guard let watermark, first.offset >= watermark.offset else { return .corrupt }
    let isLast = !intact.contains { $0.offset > first.offset }
    return isLast ? .torn(isCertain: true) : .corrupt
  }

  private mutating func fail(_ label: String, _ found: String) {
    if failures.count < 5 { failures.append("\(label): \(found)") }
  }
}
