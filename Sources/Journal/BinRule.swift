import MarketModel

/// Which intervals the values of a column are put into: the rule of FORMAT.md, section 7.3.
///
/// Offsets fall into 976 buckets, 16 to each power of two. Buckets are joined pairwise, up a binary
/// tree, wherever that takes fewer bits: the cost of a bin is that of its offsets and codes, and 26
/// bits for the bin itself. Costs are counted in 16ths of a bit.
///
/// It keeps its memory from one column to the next.
struct BinRule: Sendable {
  /// An interval of offsets.
  struct Bin: Sendable, BitwiseCopyable {
    /// Its lowest and highest offset from the smallest value.
    var low: UInt64
    var high: UInt64
    var count: Int

    /// What takes in the first offset as any other.
    static let empty = Bin(low: .max, high: 0, count: 0)

    @inline(__always)
    mutating func take(_ offset: UInt64) {
      if offset < low { low = offset }
      if offset > high { high = offset }
      count &+= 1
    }

    /// The bits of what its offsets are above the lowest.
    var width: Int { 64 - (high - low).leadingZeroBitCount }
  }

  static let bucketCount = 1024

  private(set) var smallest: Int64 = 0
  /// Those found, `count` of them, and room for more.
  private(set) var bins = [Bin](repeating: .empty, count: bucketCount)
  private(set) var count = 0
  /// The bucket of each value.
  private(set) var buckets: [UInt16] = []
  /// By bucket.
  private var leaves = [Bin](repeating: .empty, count: bucketCount)
  /// The last bucket that has values.
  private var lastBucket = 0

  /// Finds the bins of at least one value; false where there would be more than 256.
  ///
  /// - Complexity: O(values + buckets).
  mutating func choose(_ values: Span<Int64>) -> Bool {
    fillLeaves(values)
    count = Self.join(leaves, through: lastBucket, &bins, BinCost(of: values.count))
    return count <= 256
  }

  /// Makes one bin of all.
  mutating func joinAll() {
    bins[0] = Bin(
      low: bins[0].low, high: bins[count - 1].high,
      count: bins[..<count].reduce(0) { $0 + $1.count })
    count = 1
  }

  /// Calls back for each bucket that has values, ascending, with its bin.
  @inline(__always)
  func forEachBucket(_ body: (_ bucket: Int, _ bin: Int) -> Void) {
    var bin = 0
    for bucket in 0...lastBucket where leaves[bucket].count > 0 {
      while leaves[bucket].low > bins[bin].high { bin += 1 }
      body(bucket, bin)
    }
  }

  // MARK: Leaves

  private mutating func fillLeaves(_ values: Span<Int64>) {
    for bucket in 0...lastBucket { leaves[bucket] = .empty }
    let (smallest, largest) = Blocks.extremes(of: values)
    self.smallest = smallest
    // The difference of two Int64 always fits 64 unsigned bits.
    lastBucket = Self.bucket(UInt64(bitPattern: largest &- smallest))
    if buckets.count < values.count { buckets = [UInt16](repeating: 0, count: values.count) }
    Self.fill(&leaves, &buckets, values, smallest)
  }

  private static func fill(
    _ leaves: inout [Bin], _ buckets: inout [UInt16], _ values: Span<Int64>, _ smallest: Int64
  ) {
    precondition(
      leaves.count == bucketCount && buckets.count >= values.count, "Invariant: leaves have room")
    var leaves = leaves.mutableSpan
    var buckets = buckets.mutableSpan
    for index in values.indices {
      // The difference fits 64 unsigned bits.
      let offset = UInt64(bitPattern: values[index] &- smallest)
      let bucket = bucket(offset)
      // Safe: there are as many buckets as values, and more leaves than the 976 there may be.
      unsafe buckets[unchecked: index] = UInt16(truncatingIfNeeded: bucket)
      unsafe leaves[unchecked: bucket].take(offset)
    }
  }

  /// The bucket of an offset: its highest bit and the four below it; small offsets themselves.
  @inline(__always)
  static func bucket(_ offset: UInt64) -> Int {
    let step = 59 &- (offset | 16).leadingZeroBitCount
    return 16 &* step &+ Int(truncatingIfNeeded: offset &>> UInt64(truncatingIfNeeded: step))
  }

  // MARK: The tree

  /// A subtree that waits for what comes after it: one bin, or several that it keeps apart.
  private struct Subtree: BitwiseCopyable {
    /// The level on which it meets the subtree before it.
    var level = 0
    /// Where its bins begin.
    var first = 0
    /// All its offsets as one bin.
    var bin = Bin.empty
    var cost = 0
  }

  /// Joins leaves from left to right, and returns how many bins that made.
  ///
  /// Each subtree that waits meets the one before it on a lower level than that one its own, so
  /// that there are never more of them than levels, and one.
  private static func join(
    _ leaves: [Bin], through last: Int, _ bins: inout [Bin], _ cost: BinCost
  ) -> Int {
    let leaves = leaves.span
    var bins = bins.mutableSpan
    var count = 0
    var waiting = InlineArray<12, Subtree>(repeating: Subtree())
    var top = -1
    var previous = 0
    for bucket in 0...last where leaves[bucket].count > 0 {
      // Two leaves meet on the level of the highest bit in which they differ.
      let level = Int.bitWidth - (bucket ^ previous).leadingZeroBitCount
      previous = bucket
      while top > 0, waiting[top].level < level {
        join(&waiting[top - 1], waiting[top], &bins, &count, cost)
        top -= 1
      }
      top += 1
      let leaf = leaves[bucket]
      waiting[top] = Subtree(level: level, first: count, bin: leaf, cost: cost.of(leaf))
      bins[count] = leaf
      count += 1
    }
    while top > 0 {
      join(&waiting[top - 1], waiting[top], &bins, &count, cost)
      top -= 1
    }
    return count
  }

  /// Makes one subtree of two: one bin, or the bins of both, whichever takes fewer bits.
  @inline(__always)
  private static func join(
    _ left: inout Subtree, _ right: Subtree, _ bins: inout MutableSpan<Bin>, _ count: inout Int,
    _ cost: BinCost
  ) {
    left.bin = Bin(
      low: left.bin.low, high: right.bin.high, count: left.bin.count + right.bin.count)
    let apart = left.cost + right.cost
    left.cost = cost.of(left.bin)
    if left.cost > apart {
      left.cost = apart
    } else {
      bins[left.first] = left.bin
      count = left.first + 1
    }
  }
}

/// What a bin costs in 16ths of a bit, in a column of so many values.
struct BinCost {
  private let total: Int

  init(of count: Int) { total = Self.logarithm(count) }

  @inline(__always)
  func of(_ bin: BinRule.Bin) -> Int {
    bin.count * (16 * bin.width + total - Self.logarithm(bin.count)) + 416
  }

  /// About 16 times the binary logarithm of a positive number.
  @inline(__always)
  private static func logarithm(_ value: Int) -> Int {
    let exponent = 63 - value.leadingZeroBitCount
    return 16 * exponent + table[(value << 5) &>> exponent & 31]
  }

  private static let table: InlineArray<32, Int> = [
    0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 13, 14, 14,
    15, 15, 15, 16,
  ]
}
