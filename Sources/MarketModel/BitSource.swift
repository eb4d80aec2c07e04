/// A part of a byte array as a stream of bits, the lowest bit of the first byte first.
public struct BitSource: Sendable {
  @usableFromInline let bytes: [UInt8]
  @usableFromInline let start: Int
  private let end: Int

  init(_ bytes: [UInt8], from start: Int, to end: Int) {
    self.bytes = bytes
    self.start = start
    self.end = end
  }

  /// Lends the bits to a loop that reads many of them.
  @inlinable @inline(__always)
  public func lend<Result>(_ body: (LentBits) -> Result) -> Result {
    // Safe: `start` lies within the bytes, and the pointer does not leave the closure.
    unsafe bytes.withUnsafeBytes {
      body(unsafe LentBits(UnsafeRawBufferPointer(rebasing: $0[start...])))
    }
  }

  /// Whether all bits from a position on are 0.
  public func isZero(from position: Int) -> Bool {
    lend { bits in
      let count = (end - start) * 8
      var position = position
      while position < count {
        let width = min(LentBits.least, count - position)
        if bits.word(at: position) << UInt64(64 - width) != 0 { return false }
        position += width
      }
      return true
    }
  }
}

/// Bits where they stand, lent for as long as a closure runs.
///
/// Safe: only `BitSource.lend` makes one, and every word is compared with where the bytes end.
@safe
public struct LentBits {
  /// How many bits of a word are of a meaning, at least.
  public static let least = 57

  @usableFromInline let bytes: UnsafeRawBufferPointer
  /// Where the last eight bytes begin, and one more; 0 where there are fewer.
  @usableFromInline let wordsEnd: UInt

  @unsafe @inlinable @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.bytes = bytes
    wordsEnd = UInt(max(0, bytes.count - 7))
  }

  /// The 57 bits from a position on, and more that are of no meaning; bits beyond the end of the
  /// array are 0.
  ///
  /// - Precondition: `position` is not negative.
  @inlinable @inline(__always)
  public func word(at position: Int) -> UInt64 {
    let index = position >> 3
    guard UInt(bitPattern: index) < wordsEnd else { return lastWord(at: position) }
    // Safe: eight bytes from `index` on lie within the array, as compared above.
    let word = unsafe bytes.baseAddress.unsafelyUnwrapped.loadUnaligned(
      fromByteOffset: index, as: UInt64.self)
    return UInt64(littleEndian: word) &>> UInt64(truncatingIfNeeded: position & 7)
  }

  /// The number in `width` bits from a position on, 0 to 64.
  @inlinable @inline(__always)
  public func number(at position: Int, _ width: Int) -> UInt64 {
    if width <= Self.least {
      return word(at: position) & (1 &<< UInt64(truncatingIfNeeded: width) &- 1)
    }
    let high = word(at: position &+ 32) << 32
    let value = word(at: position) & 0xFFFF_FFFF | high
    return value & (UInt64.max >> UInt64(truncatingIfNeeded: 64 &- width))
  }

  @usableFromInline @inline(never)
  func lastWord(at position: Int) -> UInt64 {
    var word: UInt64 = 0
    let index = position >> 3
    precondition(index >= 0, "Invariant: bits are read from their beginning on")
    // Safe: compared with where the buffer begins, above, and with where it ends.
    for byte in 0..<8 where unsafe index + byte < bytes.count {
      unsafe word |= UInt64(bytes[index + byte]) << UInt64(8 * byte)
    }
    return word >> UInt64(position & 7)
  }
}
