import MarketModel

/// Which intervals the values of a column are put into: the rule of FORMAT.md, section 7.3.
///
/// Offsets fall into 976 buckets, 16 to each power of two. Buckets are joined pairwise, level by
/// level of a binary tree, wherever that takes fewer bits: the cost of a bin is that of its
/// offsets and codes, and 26 bits for the bin itself. Costs are counted in 16ths of a bit.
struct BinRule {
  private(set) var lows: [UInt64] = []
  private(set) var widths: [UInt8] = []
  private(set) var counts: [Int] = []

  /// What is known of a subtree: a bin, or several that it keeps apart.
  private struct Node: BitwiseCopyable {
    /// Its position on its level of the tree.
    var position: Int32
    /// Where its bins begin among those kept; it has one where `isOne`.
    var first: Int32
    var count: Int
    var low: UInt64
    var high: UInt64
    var cost: Int
    var isOne: Bool
  }

  private static let buckets = 1024

  /// Finds the bins; nil where there would be more than 256.
  init?(_ values: Span<Int64>, _ smallest: Int64) {
    let total = Self.logarithm(values.count)
    var nodes = Self.leaves(values, smallest, total)
    // The bins of all subtrees of a level, in order; joining subtrees replaces theirs.
    var kept = nodes
    while nodes.count > 1 || nodes[0].position > 0 {
      nodes = Self.joined(nodes, &kept, total)
    }
    let bins = nodes[0].isOne ? nodes : kept
    if bins.count > 256 { return nil }
    for bin in bins {
      lows.append(bin.low)
      widths.append(UInt8(64 - (bin.high - bin.low).leadingZeroBitCount))
      counts.append(bin.count)
    }
  }

  /// A leaf for each bucket that has values, in order.
  private static func leaves(
    _ values: Span<Int64>, _ smallest: Int64, _ total: Int
  ) -> [Node] {
    var counts = [Int](repeating: 0, count: buckets)
    var lows = [UInt64](repeating: .max, count: buckets)
    var highs = [UInt64](repeating: 0, count: buckets)
    for index in values.indices {
      let offset = UInt64(bitPattern: values[index] &- smallest)
      let bucket = bucket(offset)
      counts[bucket] += 1
      lows[bucket] = min(lows[bucket], offset)
      highs[bucket] = max(highs[bucket], offset)
    }
    var nodes: [Node] = []
    for bucket in 0..<buckets where counts[bucket] > 0 {
      var node = Node(
        position: Int32(bucket), first: Int32(nodes.count), count: counts[bucket],
        low: lows[bucket], high: highs[bucket], cost: 0, isOne: true)
      node.cost = cost(node, total)
      nodes.append(node)
    }
    return nodes
  }

  /// The next level: siblings joined to one bin, or kept apart, whichever takes fewer bits.
  private static func joined(_ nodes: [Node], _ kept: inout [Node], _ total: Int) -> [Node] {
    var parents: [Node] = []
    var bins: [Node] = []
    parents.reserveCapacity(nodes.count)
    bins.reserveCapacity(kept.count)
    var index = 0
    while index < nodes.count {
      let left = nodes[index]
      let hasSibling =
        index + 1 < nodes.count && nodes[index + 1].position == left.position ^ 1
        && left.position & 1 == 0
      var parent = left
      let end = index + (hasSibling ? 2 : 1)
      if hasSibling {
        let right = nodes[index + 1]
        parent.count = left.count + right.count
        parent.high = right.high
        parent.isOne = true
        parent.cost = cost(parent, total)
        if parent.cost > left.cost + right.cost {
          parent.cost = left.cost + right.cost
          parent.isOne = false
        }
      }
      parent.position = left.position >> 1
      let first = Int32(bins.count)
      if parent.isOne {
        bins.append(parent)
      } else {
        let last = end < nodes.count ? Int(nodes[end].first) : kept.count
        bins.append(contentsOf: kept[Int(left.first)..<last])
      }
      parent.first = first
      parents.append(parent)
      index = end
    }
    kept = bins
    return parents
  }

  private static func bucket(_ offset: UInt64) -> Int {
    if offset < 16 { return Int(offset) }
    let exponent = 63 - offset.leadingZeroBitCount
    return 16 * (exponent - 3) + Int(offset >> UInt64(exponent - 4) & 15)
  }

  private static func cost(_ node: Node, _ total: Int) -> Int {
    let width = 64 - (node.high - node.low).leadingZeroBitCount
    return node.count * (16 * width + total - logarithm(node.count)) + 416
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
