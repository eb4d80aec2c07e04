/// A canonical prefix code by Huffman's rule, at most 14 bits long.
enum PrefixCode {
  /// Codes by their lowest bits: the bin and, above 8 bits, the length of its code.
  struct Table {
    var width: Int
    var entries: [UInt16]
  }

  /// The lengths of the codes for bins with so many values each.
  ///
  /// Weights below a 1,024th of the total count as that much, which keeps codes within 14 bits:
  /// a code of 15 would need a sum of weights of at least Fibonacci(17) = 1,597 of the smallest.
  /// - Source: Huffman, <https://doi.org/10.1109/JRPROC.1952.273898>.
  static func lengths(of counts: [Int], total: Int) -> [UInt8] {
    let floor = total / 1024
    // Leaves are numbered by their bins, inner nodes after them in the order they are made; the
    // two nodes of the least (weight, number) are joined, so that the code is the same everywhere.
    var weights = counts.map { max($0, floor) }
    var parents = [Int](repeating: -1, count: counts.count)
    let leaves = counts.indices.sorted { (weights[$0], $0) < (weights[$1], $1) }
    var nextLeaf = 0
    var nextInner = counts.count
    func takeLeast() -> Int {
      // Inner nodes come in ascending order of weight: two queues replace a heap.
      if nextLeaf < leaves.count {
        let leaf = leaves[nextLeaf]
        if nextInner >= weights.count || weights[leaf] <= weights[nextInner] {
          nextLeaf += 1
          return leaf
        }
      }
      nextInner += 1
      return nextInner - 1
    }
    for _ in 1..<counts.count {
      let first = takeLeast()
      let second = takeLeast()
      let node = weights.count
      weights.append(weights[first] + weights[second])
      parents.append(-1)
      parents[first] = node
      parents[second] = node
    }
    var depths = [UInt8](repeating: 0, count: weights.count)
    for node in stride(from: weights.count - 2, through: 0, by: -1) {
      depths[node] = depths[parents[node]] + 1
    }
    return Array(depths[0..<counts.count])
  }

  /// The codes, their bits reversed: the first bit of a code is the lowest.
  static func codes(_ lengths: [UInt8]) -> [UInt64] {
    var codes = [UInt64](repeating: 0, count: lengths.count)
    var code: UInt64 = 0
    for length in 1...UInt8(Bins.maximumLength) {
      code <<= 1
      for bin in lengths.indices where lengths[bin] == length {
        var reversed: UInt64 = 0
        for bit in 0..<length { reversed |= (code >> UInt64(bit) & 1) << UInt64(length - 1 - bit) }
        codes[bin] = reversed
        code += 1
      }
    }
    return codes
  }

  /// The table to decode with, or nil where the lengths make no complete code.
  static func table(_ lengths: [UInt8]) -> Table? {
    let width = Int(lengths.max() ?? 0)
    guard width >= 1, width <= Bins.maximumLength else { return nil }
    var sum = 0
    for length in lengths {
      if length == 0 { return nil }
      sum += 1 << (Bins.maximumLength - Int(length))
    }
    guard sum == 1 << Bins.maximumLength else { return nil }
    var entries = [UInt16](repeating: 0, count: 1 << width)
    let codes = codes(lengths)
    for bin in lengths.indices {
      let step = 1 << Int(lengths[bin])
      let entry = UInt16(bin) | UInt16(lengths[bin]) << 8
      for index in stride(from: Int(codes[bin]), to: entries.count, by: step) {
        entries[index] = entry
      }
    }
    return Table(width: width, entries: entries)
  }
}
