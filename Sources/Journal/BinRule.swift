import MarketModel

/// Which intervals the values of a column are put into: the rule of FORMAT.md, section 7.3.
///
/// Offsets fall into 976 buckets, 16 to each power of two. Buckets are joined pairwise, level by
/// level of a binary tree, wherever that takes fewer bits: the cost of a bin is that of its
/// offsets and codes, and 26 bits for the bin itself. Costs are counted in 16ths of a bit.
///
/// It keeps its memory from one column to the next.
struct BinRule: Sendable {
  /// An interval of offsets.
  struct Bin: Sendable, BitwiseCopyable {
    /// Its lowest and highest offset from the smallest value.
    var low: UInt64
    var high: UInt64
    var count: Int

    /// The bits of what its offsets are above the lowest.
    var width: Int { 64 - (high - low).leadingZeroBitCount }
  }

  /// What is known of a subtree: a bin, or several that it keeps apart.
  private struct Node: Sendable, BitwiseCopyable {
    /// Its position on its level of the tree.
    var position: Int32
    /// Where its bins begin among those kept; it has one where `isOne`.
    var first: Int32
    var bin: Bin
    var cost: Int
    var isOne: Bool
  }

  static let bucketCount = 1024

  private(set) var smallest: Int64 = 0
  private(set) var bins: [Bin] = []
  /// The bucket of each value.
  private(set) var buckets: [UInt16] = []
  /// By bucket: empty where `count` is 0.
  private var leaves = [Bin](repeating: Bin(low: 0, high: 0, count: 0), count: bucketCount)
  /// The buckets that have values, ascending.
  private var used: [Int] = []
  private var nodes: [Node] = []
  private var parents: [Node] = []
  private var keptBelow: [Bin] = []

  /// Finds the bins of at least one value; false where there would be more than 256.
  mutating func choose(_ values: Span<Int64>) -> Bool {
    fillLeaves(values)
    let total = Self.logarithm(values.count)
    nodes.removeAll(keepingCapacity: true)
    // The bins of all subtrees of a level, in order; joining subtrees replaces theirs.
    bins.removeAll(keepingCapacity: true)
    used.removeAll(keepingCapacity: true)
    for bucket in leaves.indices where leaves[bucket].count > 0 {
      used.append(bucket)
      nodes.append(
        Node(
          position: Int32(bucket), first: Int32(bins.count), bin: leaves[bucket],
          cost: Self.cost(leaves[bucket], total), isOne: true))
      bins.append(leaves[bucket])
    }
    while nodes.count > 1 || nodes[0].position > 0 { join(total) }
    if nodes[0].isOne { bins = [nodes[0].bin] }
    return bins.count <= 256
  }

  /// Makes one bin of all.
  mutating func joinAll() {
    bins = [
      Bin(
        low: bins[0].low, high: bins[bins.count - 1].high,
        count: bins.reduce(0) { $0 + $1.count })
    ]
  }

  /// The bin of each bucket that has values.
  var places: [UInt8] {
    var places = [UInt8](repeating: 0, count: Self.bucketCount)
    var bin = 0
    for bucket in used {
      while leaves[bucket].low > bins[bin].high { bin += 1 }
      places[bucket] = UInt8(bin)
    }
    return places
  }

  private mutating func fillLeaves(_ values: Span<Int64>) {
    for bucket in used { leaves[bucket].count = 0 }
    var smallest = Int64.max
    for index in values.indices { smallest = min(smallest, values[index]) }
    self.smallest = smallest
    if buckets.count < values.count { buckets = [UInt16](repeating: 0, count: values.count) }
    Self.fill(&leaves, &buckets, values, smallest)
  }

  private static func fill(
    _ leaves: inout [Bin], _ buckets: inout [UInt16], _ values: Span<Int64>, _ smallest: Int64
  ) {
    var leaves = leaves.mutableSpan
    var buckets = buckets.mutableSpan
    for index in values.indices {
      // The difference fits 64 unsigned bits.
      let offset = UInt64(bitPattern: values[index] &- smallest)
      let bucket = bucket(offset)
      buckets[index] = UInt16(truncatingIfNeeded: bucket)
      let leaf = leaves[bucket]
      leaves[bucket] = Bin(
        low: leaf.count == 0 ? offset : min(leaf.low, offset),
        high: leaf.count == 0 ? offset : max(leaf.high, offset), count: leaf.count &+ 1)
    }
  }

  /// Goes to the next level: siblings joined to one bin, or kept apart, whichever takes fewer bits.
  private mutating func join(_ total: Int) {
    parents.removeAll(keepingCapacity: true)
    keptBelow.removeAll(keepingCapacity: true)
    swap(&keptBelow, &bins)
    var index = 0
    while index < nodes.count {
      let left = nodes[index]
      let hasSibling =
        index + 1 < nodes.count && nodes[index + 1].position == left.position ^ 1
        && left.position & 1 == 0
      var parent = left
      if hasSibling { parent = Self.parent(left, nodes[index + 1], total) }
      index += hasSibling ? 2 : 1
      parent.position = left.position >> 1
      parent.first = Int32(bins.count)
      if parent.isOne {
        bins.append(parent.bin)
      } else {
        let end = index < nodes.count ? Int(nodes[index].first) : keptBelow.count
        for kept in Int(left.first)..<end { bins.append(keptBelow[kept]) }
      }
      parents.append(parent)
    }
    swap(&nodes, &parents)
  }

  private static func parent(_ left: Node, _ right: Node, _ total: Int) -> Node {
    var parent = left
    parent.bin = Bin(
      low: left.bin.low, high: right.bin.high, count: left.bin.count + right.bin.count)
    parent.isOne = true
    parent.cost = cost(parent.bin, total)
    if parent.cost > left.cost + right.cost {
      parent.cost = left.cost + right.cost
      parent.isOne = false
    }
    return parent
  }

  @inline(__always)
  private static func bucket(_ offset: UInt64) -> Int {
    if offset < 16 { return Int(truncatingIfNeeded: offset) }
    let exponent = 63 &- offset.leadingZeroBitCount
    let step = UInt64(truncatingIfNeeded: exponent &- 4)
    return 16 &* (exponent &- 3) &+ Int(truncatingIfNeeded: offset &>> step & 15)
  }

  private static func cost(_ bin: Bin, _ total: Int) -> Int {
    bin.count * (16 * bin.width + total - logarithm(bin.count)) + 416
  }

  /// About 16 times the binary logarithm of a positive number.
  private static func logarithm(_ value: Int) -> Int {
    let exponent = 63 - value.leadingZeroBitCount
    return 16 * exponent + table[(value << 5) >> exponent & 31]
  }

  private static let table = [
    0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 13, 14, 14,
    15, 15, 15, 16,
  ]
}
