import Determinism
public import MarketModel

/// The first 64 bytes of a tape.
///
///     0   8  magic 89 54 41 50 45 0D 0A 1A
///     8   2  major version     10  2  minor version
///     12  4  features that a reader must know
///     16  4  features that a reader may ignore
///     20 32  session id: SHA-256 of the genesis
///     52  8  zero
///     60  4  CRC32C of bytes 0 ..< 60
public struct FileHeader: Equatable, Sendable {
  /// The size in bytes.
  public static let size = 64
  /// The first bytes: a byte above 127, the name, and the line ends that text modes mangle.
  public static let magic: [UInt8] = [0x89, 0x54, 0x41, 0x50, 0x45, 0x0D, 0x0A, 0x1A]
  /// The major version that this build writes and reads.
  public static let majorVersion: UInt16 = 1
  /// The minor version that this build writes.
  public static let minorVersion: UInt16 = 0

  /// SHA-256 of the genesis.
  public var sessionId: Hash256

  /// Creates a header.
  public init(sessionId: Hash256) { self.sessionId = sessionId }

  /// The 64 bytes.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(raw: Self.magic)
    writer.write(UInt32(Self.majorVersion) | UInt32(Self.minorVersion) << 16)
    writer.write(UInt32(0))
    writer.write(UInt32(0))
    writer.write(raw: sessionId.bytes)
    writer.write(UInt64(0))
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }

  /// Reads the header.
  ///
  /// - Throws: `JournalError` for a short, foreign, damaged or newer file.
  public init(_ bytes: [UInt8]) throws(JournalError) {
    let beginsWell = bytes.starts(with: Self.magic)
    guard bytes.count >= Self.size else {
      if bytes.count >= Self.magic.count && !beginsWell {
        throw .notATape(found: Array(bytes.prefix(8)))
      }
      throw .tooShort(size: UInt64(bytes.count))
    }
    var reader = ByteReader(bytes, from: 0, to: Self.size)
    do {
      let magic = try reader.readRaw(8)
      let version = try reader.readUInt32()
      let features = try reader.readUInt32()
      _ = try reader.readUInt32()
      let id = Hash256(bytes: try reader.readRaw(32))
      let zero = try reader.readUInt64()
      let checksum = try reader.readUInt32()
      let isWhole = CRC32C.checksum(Array(bytes[0..<60])) == checksum
      // A damaged magic with an intact checksum elsewhere cannot be told from another format.
      if magic != Self.magic { throw JournalError.notATape(found: magic) }
      guard isWhole, zero == 0, let id else { throw JournalError.headerDamaged }
      let major = UInt16(truncatingIfNeeded: version)
      guard major == Self.majorVersion, features == 0 else {
        throw JournalError.unsupportedVersion(
          major: major, minor: UInt16(truncatingIfNeeded: version >> 16), features: features)
      }
      sessionId = id
    } catch let error as JournalError {
      throw error
    } catch {
      throw .tooShort(size: UInt64(bytes.count))
    }
  }
}
