import Determinism
public import MarketModel

/// How much of an unfinished tape is certainly on disk.
///
/// Everything below it was synced: damage there is rot and never cut. What lies above may be torn
/// by a crash: damage there is cut, and said. It stands beside the tape in two slots of 4 KiB,
/// written in turn, so that a torn watermark leaves the one before it.
///
///     0   8  magic "TAPEMARK"
///     8   8  number of the write, from 1
///     16  8  bytes of the tape that are synced
///     24  8  the sequence number after the last synced event
///     32  8  the tick of that event
///     40 16  chain
///     56  4  count of frames
///     60  4  CRC32C of bytes 0 ..< 60, then zeros up to 4096
public struct Watermark: Equatable, Sendable {
  /// The bytes of one slot.
  public static let slotSize = 4096
  static let magic: [UInt8] = Array("TAPEMARK".utf8)

  /// The number of the write, from 1.
  public var number: UInt64
  /// Bytes of the tape that are synced.
  public var offset: UInt64
  /// The sequence number after the last synced event.
  public var nextSequence: SequenceNumber
  /// The tick of that event.
  public var tick: Tick
  /// The chain there.
  public var chain: ChainLink
  /// Frames up to there.
  public var frameCount: UInt32

  /// Creates a watermark.
  public init(
    number: UInt64, offset: UInt64, nextSequence: SequenceNumber, tick: Tick, chain: ChainLink,
    frameCount: UInt32
  ) {
    self.number = number
    self.offset = offset
    self.nextSequence = nextSequence
    self.tick = tick
    self.chain = chain
    self.frameCount = frameCount
  }

  /// Which of the two slots this write goes to.
  public var slot: Int { Int(number % 2) }

  /// The bytes of the slot.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(raw: Self.magic)
    writer.write(number)
    writer.write(offset)
    writer.write(nextSequence)
    writer.write(tick)
    writer.write(raw: chain.bytes)
    writer.write(frameCount)
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes + [UInt8](repeating: 0, count: Self.slotSize - writer.bytes.count)
  }

  /// The newest intact watermark of a file with two slots; nil where there is none.
  public static func newest(in file: [UInt8]) -> Watermark? {
    let slots = [0, slotSize].compactMap { Watermark(slot: file, at: $0) }
    return slots.max { $0.number < $1.number }
  }

  private init?(slot file: [UInt8], at start: Int) {
    guard file.count >= start + 64 else { return nil }
    let bytes = Array(file[start..<start + 64])
    var reader = ByteReader(bytes)
    do {
      guard try reader.readRaw(8) == Self.magic else { return nil }
      self.init(
        number: try reader.readUInt64(), offset: try reader.readUInt64(),
        nextSequence: try reader.readInt64(), tick: try reader.readInt64(),
        chain: ChainLink(bytes: try reader.readRaw(16)), frameCount: try reader.readUInt32())
      guard try reader.readUInt32() == CRC32C.checksum(Array(bytes[0..<60])) else { return nil }
    } catch {
      return nil
    }
  }
}
