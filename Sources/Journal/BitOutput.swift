import MarketModel

/// Bits on their way into bytes, lowest first.
///
///     words      [full | full | ... | room]
///     pending    the bits after those of the full words, `filled` of them
///
/// The words are the caller's, so that loops keep all of this in registers and memory is taken once
/// for many columns.
struct BitOutput {
  private var pending: UInt64 = 0
  private var filled = 0
  private var count = 0

  /// The words that so many bits need, and one for what is left at the end.
  static func wordCount(_ bits: Int) -> Int { bits / 64 + 1 }

  /// Appends the lowest `width` bits of a value that has no others; `width` is 0 to 64.
  @inline(__always)
  mutating func append(_ value: UInt64, _ width: Int, to words: inout MutableSpan<UInt64>) {
    pending |= value &<< UInt64(truncatingIfNeeded: filled)
    filled &+= width
    if filled >= 64 {
      words[count] = pending
      count &+= 1
      filled &-= 64
      // A shift by 64 gives 0: everything went into the word before.
      pending = value >> UInt64(truncatingIfNeeded: width &- filled)
    }
  }

  /// Puts what is left into its word, and returns how many bits were appended.
  mutating func finish(in words: inout MutableSpan<UInt64>) -> Int {
    words[count] = pending
    return 64 * count + filled
  }
}

extension [UInt64] {
  /// Makes room for so many bits, and one word more.
  mutating func reserve(bits: Int) {
    let needed = BitOutput.wordCount(bits)
    if count < needed { self = [UInt64](repeating: 0, count: Swift.max(needed, 2 * count)) }
  }
}
