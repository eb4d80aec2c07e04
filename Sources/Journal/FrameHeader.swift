import Determinism
public import MarketModel

/// What a frame holds.
public enum FrameKind: UInt8, Sendable, CaseIterable {
  /// Where the session comes from; the first frame.
  case genesis = 1
  /// A part of a large value.
  case chunk = 2
  /// Events.
  case events = 3
  /// The end of a finished journal; the last frame.
  case seal = 4
}

/// How a payload is stored.
public enum FrameCodec: UInt8, Sendable, CaseIterable {
  /// As it is.
  case store = 0
  /// As one LZ4 block.
  case lz4 = 1
}

/// The link of a frame in the chain of hashes: the first 16 bytes of a SHA-256.
public struct ChainLink: Equatable, Sendable {
  /// The 16 bytes.
  public let bytes: [UInt8]

  /// What the first frame continues.
  public static let origin = ChainLink(bytes: [UInt8](repeating: 0, count: 16))

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads a link; nil unless there are 16 bytes.
  public init?(exactly bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// 32 hexadecimal digits.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The link of the frame that follows this one.
  ///
  /// It covers what a frame says, never how it is compressed.
  func next(_ header: FrameHeader, raw: [UInt8]) -> ChainLink {
    var writer = ByteWriter()
    writer.write(raw: bytes)
    writer.write(header.kind.rawValue)
    writer.write(UInt64(bitPattern: header.firstSequence))
    writer.write(header.firstTick)
    writer.write(header.count)
    var hash = SHA256()
    hash.update(writer.bytes)
    hash.update(raw)
    return ChainLink(bytes: hash.finalize().prefix16)
  }
}

/// The 64 bytes before every payload.
///
///     0   4  magic "TFRM"
///     4   1  kind             5   1  codec           6   2  zero
///     8   4  stored length    12  4  raw length
///     16  8  first sequence   24  8  first tick      32  4  count of events
///     36  4  CRC32C of the stored payload
///     40 16  chain after this frame
///     56  4  index of the frame in the file
///     60  4  CRC32C of bytes 0 ..< 60
///
/// After the payload come zeros up to a multiple of 8.
public struct FrameHeader: Equatable, Sendable {
  /// The size in bytes.
  public static let size = 64
  /// `TFRM`, little-endian.
  public static let magic: UInt32 = 0x4D52_4654

  /// What it holds.
  public var kind: FrameKind
  /// How the payload is stored.
  public var codec: FrameCodec
  /// Bytes of the stored payload.
  public var storedLength: UInt32
  /// Bytes of the decompressed payload.
  public var rawLength: UInt32
  /// The sequence number of its first event, or of the next event where it has none.
  public var firstSequence: SequenceNumber
  /// The tick of its first event, or of the latest event before it where it has none.
  public var firstTick: Tick
  /// How many events it has.
  public var count: UInt32
  /// CRC32C of the stored payload.
  public var payloadChecksum: UInt32
  /// The chain after this frame.
  public var chain: ChainLink
  /// Its position in the file, from 0.
  public var index: UInt32

  /// Zeros after the payload.
  public var paddingLength: Int { (8 - Int(storedLength % 8)) % 8 }

  /// Bytes of the whole frame.
  public var frameLength: UInt64 {
    UInt64(Self.size) + UInt64(storedLength) + UInt64(paddingLength)
  }

  /// The 64 bytes.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.magic)
    writer.write(kind.rawValue)
    writer.write(codec.rawValue)
    writer.write(UInt8(0))
    writer.write(UInt8(0))
    writer.write(storedLength)
    writer.write(rawLength)
    writer.write(firstSequence)
    writer.write(firstTick)
    writer.write(count)
    writer.write(payloadChecksum)
    writer.write(raw: chain.bytes)
    writer.write(index)
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }

  init(
    kind: FrameKind, firstSequence: SequenceNumber, firstTick: Tick, count: UInt32, index: UInt32
  ) {
    self.kind = kind
    self.firstSequence = firstSequence
    self.firstTick = firstTick
    self.count = count
    self.index = index
    codec = .store
    storedLength = 0
    rawLength = 0
    payloadChecksum = 0
    chain = .origin
  }

  /// Reads a header and checks everything that can be checked without the payload.
  ///
  /// - Throws: `FrameFault`.
  public init(_ bytes: [UInt8]) throws(FrameFault) {
    guard bytes.count >= Self.size else {
      throw .truncated(missing: UInt64(Self.size - bytes.count))
    }
    let word = { (offset: Int) in
      UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
        | UInt32(bytes[offset + 3]) << 24
    }
    let long = { (offset: Int) in UInt64(word(offset)) | UInt64(word(offset + 4)) << 32 }
    let checksum = CRC32C.checksum(Array(bytes[0..<60]))
    if word(0) != Self.magic { throw .badMagic(found: word(0)) }
    if checksum != word(60) { throw .headerChecksum(expected: word(60), found: checksum) }
    guard let kind = FrameKind(rawValue: bytes[4]) else { throw .limit("kind \(bytes[4])") }
    guard let codec = FrameCodec(rawValue: bytes[5]) else { throw .limit("codec \(bytes[5])") }
    guard bytes[6] == 0, bytes[7] == 0 else { throw .limit("reserved bytes are not zero") }
    self.init(
      kind: kind, firstSequence: SequenceNumber(bitPattern: long(16)),
      firstTick: Tick(bitPattern: long(24)), count: word(32), index: word(56))
    self.codec = codec
    storedLength = word(8)
    rawLength = word(12)
    payloadChecksum = word(36)
    chain = ChainLink(bytes: Array(bytes[40..<56]))
    try checkLimits()
  }

  private func checkLimits() throws(FrameFault) {
    let raw = UInt64(rawLength)
    let stored = UInt64(storedLength)
    if raw > UInt64(Limits.maximumRawFrame) { throw .limit("raw length \(raw)") }
    // The bound of LZ4's own compressBound; nothing larger comes from an encoder.
    if stored > raw + raw / 255 + 16 { throw .limit("stored length \(stored)") }
    if raw > 255 * stored + 64 { throw .limit("raw length \(raw) of \(stored) stored bytes") }
    if codec == .store && raw != stored { throw .limit("stored length \(stored)") }
    if Int(count) > Limits.maximumFrameEvents { throw .limit("\(count) events") }
    // Sums of a sequence number and a count never overflow after this.
    if firstSequence < 0 || firstSequence > Limits.maximumSequence {
      throw .limit("first sequence \(firstSequence)")
    }
  }
}
