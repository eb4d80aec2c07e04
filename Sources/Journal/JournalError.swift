public import MarketModel

/// Bytes that are no journal of ours, or a damaged one.
///
/// Offsets count from the start of the file.
public enum JournalError: Error, Equatable, Sendable {
  /// The file is shorter than a file header.
  case tooShort(size: UInt64)
  /// The first bytes are not those of a tape.
  case notATape(found: [UInt8])
  /// The file header's checksum does not match.
  case headerDamaged
  /// A newer major version, or a feature that this build does not know.
  case unsupportedVersion(major: UInt16, minor: UInt16, features: UInt32)
  /// A frame does not hold together.
  case frame(index: Int, offset: UInt64, FrameFault)
  /// The genesis cannot be read.
  case genesis(ByteError)
  /// The session uses a kind of event that this build does not know and may not ignore.
  case unknownKind(name: String, kind: UInt8, sequence: SequenceNumber)
  /// A kind that this build knows has another layout there.
  case otherLayout(name: String, revision: UInt8)
  /// A large value is missing from the tape and its ancestors.
  case missingChunk(sequence: SequenceNumber)
}

/// What is wrong with one frame.
public enum FrameFault: Error, Equatable, Sendable {
  /// The file ends within the frame.
  case truncated(missing: UInt64)
  /// The frame does not begin as frames do.
  case badMagic(found: UInt32)
  /// The header's checksum does not match.
  case headerChecksum(expected: UInt32, found: UInt32)
  /// A length, count or code is outside of its limits.
  case limit(String)
  /// The stored payload's checksum does not match.
  case payloadChecksum(expected: UInt32, found: UInt32)
  /// The padding is not zero.
  case padding
  /// The payload does not decompress to the length that the header gives.
  case decompression
  /// The frame does not continue the one before it.
  case continuity(String)
  /// The chain of hashes is broken.
  case chain
  /// The decompressed payload is not what an encoder writes.
  case payload(offset: Int, expected: String)
  /// An event's field is out of its range.
  case event(index: Int, EventDecodingError)
}
