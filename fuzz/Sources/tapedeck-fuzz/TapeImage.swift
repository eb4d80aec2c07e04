import CFuzzer
import Determinism
import MarketModel

/// A tape taken apart without the code under test, and put together with checksums that match.
struct TapeImage {
  struct Frame {
    var kind: UInt8
    var firstSequence: Int64
    var firstTick: Int64
    var count: UInt32
    var raw: [UInt8]
    var isPacked = false
  }

  var frames: [Frame] = []

  init(frames: [Frame]) { self.frames = frames }

  /// Takes a tape apart up to the first thing that is no frame; nil where there is none.
  init?(_ bytes: [UInt8]) {
    var offset = 64
    while offset + 64 <= bytes.count, Array(bytes[offset..<offset + 4]) == Array("TFRM".utf8) {
      var header = ByteReader(bytes, from: offset, to: offset + 64)
      guard let fields = try? Self.fields(&header), fields.stored <= bytes.count - offset - 64,
        fields.raw <= 1 << 22
      else { break }
      let stored = Array(bytes[offset + 64..<offset + 64 + fields.stored])
      var frame = fields.frame
      if fields.codec == 1 {
        guard let raw = Self.unpack(stored, fields.raw) else { break }
        frame.raw = raw
        frame.isPacked = true
      } else {
        frame.raw = stored
      }
      frames.append(frame)
      offset += 64 + (fields.stored + 7) / 8 * 8
    }
    if frames.isEmpty { return nil }
  }

  private static func fields(
    _ header: inout ByteReader
  ) throws(ByteError) -> (frame: Frame, codec: UInt8, stored: Int, raw: Int) {
    _ = try header.readUInt32()
    let kind = try header.readByte()
    let codec = try header.readByte()
    _ = try header.readRaw(2)
    let stored = Int(try header.readUInt32())
    let raw = Int(try header.readUInt32())
    let frame = Frame(
      kind: kind, firstSequence: try header.readInt64(), firstTick: try header.readInt64(),
      count: try header.readUInt32(), raw: [])
    return (frame, codec, stored, raw)
  }

  private static func unpack(_ stored: [UInt8], _ count: Int) -> [UInt8]? {
    var raw = [UInt8](repeating: 0, count: count)
    // Safe: both lengths are those of the arrays.
    let size = unsafe fuzzer_unpack(stored, Int32(stored.count), &raw, Int32(count))
    return Int(size) == count ? raw : nil
  }

  /// The tape with indices, sequence numbers, lengths, checksums, chain and seal made to match.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(raw: [0x89, 0x54, 0x41, 0x50, 0x45, 0x0D, 0x0A, 0x1A])
    writer.write(UInt32(1))
    writer.write(UInt64(0))
    writer.write(raw: SHA256.hash(frames.first?.raw ?? []).bytes)
    writer.write(UInt64(0))
    writer.write(CRC32C.checksum(writer.bytes))
    var chain = [UInt8](repeating: 0, count: 16)
    var sequence = frames.first?.firstSequence ?? 0
    for (index, frame) in frames.enumerated() {
      var frame = frame
      frame.firstSequence = sequence
      sequence &+= Int64(frame.count)
      if frame.kind == 4 { Self.repairSeal(&frame, index: index) }
      chain = Self.next(chain, frame)
      Self.write(frame, chain, index: index, into: &writer)
    }
    return writer.bytes
  }

  private static func repairSeal(_ frame: inout Frame, index: Int) {
    guard frame.raw.count >= 20 else { return }
    var counts = ByteWriter()
    counts.write(frame.firstSequence)
    counts.write(UInt32(index))
    counts.write(frame.firstTick)
    frame.raw.replaceSubrange(0..<20, with: counts.bytes)
  }

  private static func next(_ chain: [UInt8], _ frame: Frame) -> [UInt8] {
    var link = ByteWriter()
    link.write(raw: chain)
    link.write(frame.kind)
    link.write(frame.firstSequence)
    link.write(frame.firstTick)
    link.write(frame.count)
    link.write(raw: frame.raw)
    return Array(SHA256.hash(link.bytes).bytes.prefix(16))
  }

  private static func write(
    _ frame: Frame, _ chain: [UInt8], index: Int, into writer: inout ByteWriter
  ) {
    var stored = frame.raw
    if frame.isPacked, frame.raw.count >= 16 {
      var packed = [UInt8](repeating: 0, count: frame.raw.count - 1)
      // Safe: both lengths are those of the arrays.
      let size = unsafe fuzzer_pack(
        frame.raw, Int32(frame.raw.count), &packed, Int32(packed.count))
      if size > 0 { stored = Array(packed.prefix(Int(size))) }
    }
    var header = ByteWriter()
    header.write(raw: Array("TFRM".utf8))
    header.write(frame.kind)
    header.write(UInt8(stored.count == frame.raw.count ? 0 : 1))
    header.write(raw: [0, 0])
    header.write(UInt32(stored.count))
    header.write(UInt32(frame.raw.count))
    header.write(frame.firstSequence)
    header.write(frame.firstTick)
    header.write(frame.count)
    header.write(CRC32C.checksum(stored))
    header.write(raw: chain)
    header.write(UInt32(index))
    header.write(CRC32C.checksum(header.bytes))
    writer.write(raw: header.bytes)
    writer.write(raw: stored)
    writer.write(raw: [UInt8](repeating: 0, count: (8 - stored.count % 8) % 8))
  }
}
