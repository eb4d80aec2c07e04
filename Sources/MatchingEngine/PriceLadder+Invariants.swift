extension PriceLadder {
  /// Whether each cell of the window names a level exactly where its bit is set.
  ///
  /// - Complexity: O(window).
  var isWindowConsistent: Bool {
    guard window.count == occupied.count * UInt64.bitWidth else { return false }
    // Builds that check invariants look at the whole window after each event, and are debug ones, in
    // which ranges and the subscript of an array take some forty times as long as this.
    return unsafe window.withUnsafeBufferPointer { buffer in
      guard let cells = buffer.baseAddress else { return true }
      var cell = 0
      for bits in occupied {
        var found: UInt64 = 0
        var bit: UInt64 = 1
        while bit != 0 {
          // `occupied` has as many bits as there are cells, as was seen above.
          if unsafe cells[cell] >= 0 { found |= bit }
          bit = bit &<< 1
          cell += 1
        }
        if found != bits { return false }
      }
      return true
    }
  }
}
