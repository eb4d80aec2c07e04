public import MarketModel

/// The occupied prices of one side of one instrument, best first.
///
///     window    slot of the level for each price from `base` on, -1 where nobody stands
///     occupied  a bit for each cell of the window
///     far       slots of the levels outside of the window, by price, the best last
///
/// The window covers what trades; a book too wide for it keeps its outliers in `far`. Looking a
/// price up in the window is one load. Levels come and go much more rarely than orders.
@usableFromInline
struct PriceLadder: Sendable {
  /// The most prices a window covers; 256 KiB of slots.
  static let maximumWindow = 1 << 16

  let isBuy: Bool
  /// The slot of the best level; -1 where the side is empty.
  @usableFromInline private(set) var best: Int32 = -1
  @usableFromInline private(set) var base: PriceIncrements = 0
  @usableFromInline private(set) var window: [Int32] = []
  private(set) var occupied: [UInt64] = []
  private(set) var far: [Int32] = []

  init(isBuy: Bool) { self.isBuy = isBuy }

  /// The slot of the level at a price within the window, or -1.
  @inlinable @inline(__always)
  func nearLevel(at price: PriceIncrements) -> Int32 {
    // Prices lie within Limits.maximumPrice: the difference cannot wrap.
    let cell = Int(price &- base)
    return window.indices.contains(cell) ? window[cell] : -1
  }

  /// The slot of the level at a price, or -1.
  ///
  /// - Complexity: O(1) in the window, else O(log levels).
  func level(at price: PriceIncrements, _ slots: [RestingOrder]) -> Int32 {
    if far.isEmpty || covers(price) { return nearLevel(at: price) }
    let (position, exists) = farPosition(price, slots)
    return exists ? far[position] : -1
  }

  /// Adds a level whose price is absent.
  mutating func insert(_ slot: Int32, _ slots: [RestingOrder]) {
    let price = slots[Int(slot)].price
    if best < 0 || isBetter(price, slots[Int(best)].price) { best = slot }
    if !covers(price) { makeRoom(for: price, slots) }
    if covers(price) {
      set(slot, price)
    } else {
      far.insert(slot, at: farPosition(price, slots).0)
    }
  }

  /// Removes a level.
  mutating func remove(_ slot: Int32, _ slots: [RestingOrder]) {
    let price = slots[Int(slot)].price
    if covers(price) {
      let cell = Int(price - base)
      window[cell] = -1
      occupied[cell >> 6] &= ~(1 << UInt64(cell & 63))
      if best == slot { best = bestOf(nextCell(after: cell), slots) }
    } else {
      far.remove(at: farPosition(price, slots).0)
      if best == slot { best = bestOf(outerCell(best: true), slots) }
    }
  }

  /// The slot of the best level that is worse than that of a slot, or -1.
  ///
  /// - Complexity: O(cells between both) / 64, and O(log levels) outside of the window.
  func level(after slot: Int32, _ slots: [RestingOrder]) -> Int32 {
    let price = slots[Int(slot)].price
    var cell = covers(price) ? nextCell(after: Int(price - base)) : outerCell(best: true)
    if let better = cell, isBetter(slots[Int(window[better])].price, price) { cell = nil }
    let position = far.isEmpty ? 0 : farPosition(price, slots).0
    let outer = position > 0 ? far[position - 1] : -1
    guard let cell else { return outer }
    let inner = window[cell]
    if outer < 0 { return inner }
    return isBetter(slots[Int(outer)].price, slots[Int(inner)].price) ? outer : inner
  }

  /// The slots of all levels, the best last.
  func slots(_ slots: [RestingOrder]) -> [Int32] {
    var inside = occupiedSlots
    if !isBuy { inside.reverse() }
    if far.isEmpty { return inside }
    return (inside + far).sorted { isBetter(slots[Int($1)].price, slots[Int($0)].price) }
  }

  /// The slots in the window, by price from the lowest.
  private var occupiedSlots: [Int32] {
    var slots: [Int32] = []
    for (word, bits) in occupied.enumerated() {
      var left = bits
      while left != 0 {
        slots.append(window[word << 6 + left.trailingZeroBitCount])
        left &= left - 1
      }
    }
    return slots
  }

  // MARK: Helpers

  @inline(__always)
  private func isBetter(_ price: PriceIncrements, _ other: PriceIncrements) -> Bool {
    isBuy ? price > other : price < other
  }

  private func covers(_ price: PriceIncrements) -> Bool {
    price >= base && price - base < PriceIncrements(window.count)
  }

  private mutating func set(_ slot: Int32, _ price: PriceIncrements) {
    let cell = Int(price - base)
    window[cell] = slot
    occupied[cell >> 6] |= 1 << UInt64(cell & 63)
  }

  /// The better of the level in a cell of the window and the best one outside of it.
  private func bestOf(_ cell: Int?, _ slots: [RestingOrder]) -> Int32 {
    let outer = far.last ?? -1
    guard let cell else { return outer }
    let inner = window[cell]
    if outer < 0 { return inner }
    return isBetter(slots[Int(outer)].price, slots[Int(inner)].price) ? outer : inner
  }

  /// The next occupied cell, away from the best price.
  private func nextCell(after cell: Int) -> Int? {
    isBuy ? lower(cell) : upper(cell)
  }

  /// The occupied cell with the best or the worst price.
  private func outerCell(best: Bool) -> Int? {
    best == isBuy ? lower(window.count) : upper(-1)
  }

  /// The highest occupied cell below `cell`.
  private func lower(_ cell: Int) -> Int? {
    if cell <= 0 { return nil }
    var word = (cell - 1) >> 6
    var bits = occupied[word] & (UInt64.max >> UInt64(63 - (cell - 1) & 63))
    while bits == 0 {
      if word == 0 { return nil }
      word -= 1
      bits = occupied[word]
    }
    return word << 6 + 63 - bits.leadingZeroBitCount
  }

  /// The lowest occupied cell above `cell`.
  private func upper(_ cell: Int) -> Int? {
    if cell + 1 >= window.count { return nil }
    var word = (cell + 1) >> 6
    var bits = occupied[word] & (UInt64.max << UInt64((cell + 1) & 63))
    while bits == 0 {
      word += 1
      if word == occupied.count { return nil }
      bits = occupied[word]
    }
    return word << 6 + bits.trailingZeroBitCount
  }

  /// Where a price stands outside of the window, or would be inserted.
  private func farPosition(_ price: PriceIncrements, _ slots: [RestingOrder]) -> (Int, Bool) {
    var low = 0
    var high = far.count
    while low < high {
      let middle = (low + high) / 2
      let found = slots[Int(far[middle])].price
      if found == price { return (middle, true) }
      if isBetter(price, found) { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }

  /// Moves and widens the window to cover `price` too, where it can hold all it holds now.
  private mutating func makeRoom(for price: PriceIncrements, _ slots: [RestingOrder]) {
    var low = price
    var high = price
    if let first = upper(-1), let last = lower(window.count) {
      low = min(low, base + PriceIncrements(first))
      high = max(high, base + PriceIncrements(last))
    }
    let span = high - low + 1  // cannot overflow: prices lie within Limits.maximumPrice
    if span > Self.maximumWindow { return }
    let inside = occupiedSlots
    clear(inside, atLeast: 2 * Int(span), slots)
    base = max(0, low - (PriceIncrements(window.count) - span) / 2)
    for slot in inside { set(slot, slots[Int(slot)].price) }
    if far.isEmpty { return }
    for slot in far where covers(slots[Int(slot)].price) { set(slot, slots[Int(slot)].price) }
    far = far.filter { !covers(slots[Int($0)].price) }
  }

  /// Empties the window, which holds the levels `inside`, and gives it about so many cells, where it may
  /// have them: prices that wander move it often, and it then keeps its memory.
  private mutating func clear(
    _ inside: [Int32], atLeast least: Int, _ slots: [RestingOrder]
  ) {
    var size = 256
    while size < least && size < Self.maximumWindow { size *= 2 }
    if window.count < size || window.count > 8 * size {
      window = Array(repeating: -1, count: size)
      occupied = Array(repeating: 0, count: size / 64)
      return
    }
    for slot in inside {
      let cell = Int(slots[Int(slot)].price - base)
      window[cell] = -1
      occupied[cell >> 6] = 0
    }
  }
}
