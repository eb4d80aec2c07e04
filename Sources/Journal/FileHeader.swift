public import Determinism
import MarketModel

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
    // A damaged magic with an intact checksum elsewhere cannot be told from another format.
    if !beginsWell { throw .notATape(found: Array(bytes.prefix(8))) }
    let word = { (offset: Int) in
      UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
        | UInt32(bytes[offset + 3]) << 24
    }
    guard CRC32C.checksum(Array(bytes[0..<60])) == word(60),
      bytes[52..<60].allSatisfy({ $0 == 0 }), let id = Hash256(bytes: Array(bytes[20..<52]))
    else { throw .headerDamaged }
    let major = UInt16(truncatingIfNeeded: word(8))
    guard major == Self.majorVersion, word(12) == 0 else {
      throw .unsupportedVersion(
        major: major, minor: UInt16(truncatingIfNeeded: word(8) >> 16), features: word(12))
    }
    sessionId = id
  }
}
