/// The key of one entity's random numbers for one purpose.
///
/// A number depends on the key, the tick, the slot and the draw alone. Nobody's numbers move when
/// somebody else is added, or draws once more.
///
/// ```
/// key     = first 8 bytes of SHA-256(seed | count, entity | count, purpose), as two UInt32
/// counter = | x0 tick, low half | x1 tick, high half | x2 slot | x3 draw |
/// ```
/// Everything is little-endian: the seed has 8 bytes, each count of UTF-8 bytes has 4.
public struct NoiseKey: Equatable, Sendable {
  /// Bytes 0...3 of the hash, little-endian.
  public let key0: UInt32
  /// Bytes 4...7 of the hash, little-endian.
  public let key1: UInt32

  /// Creates the key of `entity` for `purpose` in the run with this seed.
  /// - Precondition: both texts have fewer than 2^32 UTF-8 bytes.
  public init(seed: UInt64, entity: String, purpose: String) {
    var hasher = SHA256()
    hasher.update(word: seed)
    Self.append(entity, to: &hasher)
    Self.append(purpose, to: &hasher)
    let first = hasher.finalize().word0.byteSwapped
    key0 = UInt32(truncatingIfNeeded: first)
    key1 = UInt32(truncatingIfNeeded: first >> 32)
  }

  /// Returns the 128 random bits of this tick, slot and draw.
  @inlinable
  public func block(tick: Int64, slot: UInt32, draw: UInt32) -> Philox.Block {
    Philox.block(
      key0: key0, key1: key1,
      counter: Philox.Block(
        x0: UInt32(truncatingIfNeeded: tick), x1: UInt32(truncatingIfNeeded: tick >> 32),
        x2: slot, x3: draw))
  }

  private static func append(_ text: String, to hasher: inout SHA256) {
    let bytes = Array(text.utf8)
    let count = UInt32(bytes.count)
    hasher.update((0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(8 * $0)) })
    hasher.update(bytes)
  }
}
