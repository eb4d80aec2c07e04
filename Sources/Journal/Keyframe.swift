public import Determinism
public import MarketModel

/// A whole state as of the end of a frame, kept beside a tape so that seeking need not begin at
/// the opening.
///
/// It is a cache: whoever uses it compares the digests of the state with those on the tape, and
/// folds from an earlier place where anything does not fit. FORMAT.md, section 11.
public struct Keyframe: Equatable, Sendable {
  /// The bytes of the header.
  public static let headerSize = 96
  static let magic = Array("TAPEKEYF".utf8)

  /// What stands before the state.
  public struct Header: Equatable, Sendable {
    /// Which encoding of states; another build's is of no use.
    public var revision: UInt32
    /// The session whose tape it belongs to.
    public var sessionId: Hash256
    /// The chain of the frame after which the state stands.
    public var chain: ChainLink
    /// The sequence number of the next event.
    public var nextSequence: SequenceNumber
    /// The tick of the latest event.
    public var tick: Tick
    /// The bytes of the encoded state.
    public var rawLength: UInt32
    /// The bytes of its LZ4 block, which follows.
    public var storedLength: UInt32

    /// Where the next keyframe begins, counted from the beginning of this header.
    public var totalSize: Int { Keyframe.headerSize + (Int(storedLength) + 7) / 8 * 8 }
  }

  /// What stands before the state.
  public let header: Header
  /// The encoded state.
  public let state: [UInt8]

  /// Creates a keyframe of an encoded state.
  public init(
    state: [UInt8], revision: UInt32, sessionId: Hash256, chain: ChainLink,
    nextSequence: SequenceNumber, tick: Tick
  ) {
    self.state = state
    header = Header(
      revision: revision, sessionId: sessionId, chain: chain, nextSequence: nextSequence,
      tick: tick, rawLength: UInt32(state.count), storedLength: 0)
  }

  /// The bytes of the keyframe, a multiple of 8; nil for a state that is too large to keep.
  public var bytes: [UInt8]? {
    guard state.count <= Limits.maximumPayload, let stored = BlockCompression.compress(state)
    else { return nil }
    var writer = ByteWriter()
    writer.write(raw: Self.magic)
    writer.write(header.revision)
    writer.write(UInt32(state.count))
    writer.write(UInt32(stored.count))
    writer.write(CRC32C.checksum(stored))
    writer.write(header.nextSequence)
    writer.write(header.tick)
    writer.write(raw: header.sessionId.bytes)
    writer.write(raw: header.chain.bytes)
    writer.write(UInt32(0))
    writer.write(CRC32C.checksum(writer.bytes))
    writer.write(raw: stored)
    writer.write(raw: [UInt8](repeating: 0, count: (8 - stored.count % 8) % 8))
    return writer.bytes
  }

  /// Reads a header; nil for bytes that are none.
  public static func header(_ bytes: [UInt8]) -> Header? {
    guard bytes.count >= headerSize else { return nil }
    var reader = ByteReader(bytes, from: 0, to: headerSize)
    do throws(ByteError) {
      guard try reader.readRaw(8) == magic else { return nil }
      let revision = try reader.readUInt32()
      let rawLength = try reader.readUInt32()
      let storedLength = try reader.readUInt32()
      _ = try reader.readUInt32()
      let nextSequence = try reader.readInt64()
      let tick = try reader.readInt64()
      guard let session = Hash256(bytes: try reader.readRaw(32)),
        let chain = ChainLink(exactly: try reader.readRaw(16)),
        try reader.readUInt32() == 0,
        try reader.readUInt32() == CRC32C.checksum(Array(bytes[0..<headerSize - 4])),
        rawLength <= UInt32(Limits.maximumPayload), storedLength <= rawLength,
        UInt64(rawLength) <= 255 * UInt64(storedLength) + 64
      else { return nil }
      return Header(
        revision: revision, sessionId: session, chain: chain, nextSequence: nextSequence,
        tick: tick, rawLength: rawLength, storedLength: storedLength)
    } catch {
      return nil
    }
  }

  /// Reads a keyframe; nil for bytes that are none, or damaged.
  public init?(_ bytes: [UInt8]) {
    guard let header = Self.header(bytes), bytes.count >= header.totalSize else { return nil }
    let stored = Array(bytes[Self.headerSize..<Self.headerSize + Int(header.storedLength)])
    var reader = ByteReader(bytes, from: 20, to: 24)
    guard (try? reader.readUInt32()) == CRC32C.checksum(stored),
      let state = BlockCompression.decompress(stored, count: Int(header.rawLength))
    else { return nil }
    self.header = header
    self.state = state
  }
}
