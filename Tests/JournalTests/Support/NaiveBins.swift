@testable import Journal

/// The bins of FORMAT.md, section 7.3, level by level of the tree, as the page says it.
enum NaiveBins {
  struct Subtree {
    var bin: BinRule.Bin
    var cost: Int
    var bins: [BinRule.Bin]
  }

  static func choose(_ values: [Int64]) -> [BinRule.Bin] {
    let smallest = values.min() ?? 0
    var level = [Subtree?](repeating: nil, count: 1024)
    for value in values {
      let offset = UInt64(bitPattern: value &- smallest)
      var bin = level[bucket(offset)]?.bin ?? BinRule.Bin(low: offset, high: offset, count: 0)
      bin.low = min(bin.low, offset)
      bin.high = max(bin.high, offset)
      bin.count += 1
      level[bucket(offset)] = Subtree(bin: bin, cost: cost(bin, values.count), bins: [bin])
    }
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { index in
        guard let left = level[index], let right = level[index + 1] else {
          return level[index] ?? level[index + 1]
        }
        return joined(left, right, values.count)
      }
    }
    return level[0]?.bins ?? []
  }

  private static func joined(_ left: Subtree, _ right: Subtree, _ total: Int) -> Subtree {
    let bin = BinRule.Bin(
      low: left.bin.low, high: right.bin.high, count: left.bin.count + right.bin.count)
    let cost = cost(bin, total)
    if cost <= left.cost + right.cost { return Subtree(bin: bin, cost: cost, bins: [bin]) }
    return Subtree(bin: bin, cost: left.cost + right.cost, bins: left.bins + right.bins)
  }

  static func bucket(_ offset: UInt64) -> Int {
    if offset < 16 { return Int(offset) }
    let exponent = 63 - offset.leadingZeroBitCount
    return 16 * (exponent - 3) + Int((offset >> UInt64(exponent - 4)) & 15)
  }

  private static func cost(_ bin: BinRule.Bin, _ total: Int) -> Int {
    let bits = 64 - (bin.high - bin.low).leadingZeroBitCount
    return bin.count * (16 * bits + logarithm(total) - logarithm(bin.count)) + 416
  }

  private static func logarithm(_ value: Int) -> Int {
    let table = [
      0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 13, 14,
      14, 15, 15, 15, 16,
    ]
    let exponent = 63 - value.leadingZeroBitCount
    return 16 * exponent + table[((value << 5) >> exponent) & 31]
  }
}
