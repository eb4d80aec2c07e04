public import MarketModel

/// The memory of an array that was made unique, so that many changes in a row check that once.
///
/// Safe: it lives no longer than the closure it is given to, and every place is compared with the
/// count.
@usableFromInline @safe
struct PoolAccess<Element: BitwiseCopyable> {
  @usableFromInline let base: UnsafeMutablePointer<Element>
  @usableFromInline let count: Int

  @inlinable @inline(__always)
  init(_ buffer: UnsafeMutableBufferPointer<Element>) {
    // Safe: `subscript` refuses every place where there is no memory.
    unsafe base = buffer.baseAddress.unsafelyUnwrapped
    count = buffer.count
  }

  @inlinable
  subscript(place: Int) -> Element {
    @inline(__always) get {
      precondition(UInt(bitPattern: place) < count, "Invariant: places lie within their pool")
      return unsafe base[place]  // safe: compared above
    }
    @inline(__always) nonmutating _modify {
      precondition(UInt(bitPattern: place) < count, "Invariant: places lie within their pool")
      yield unsafe &base[place]  // safe: compared above
    }
  }

  @inlinable
  subscript(slot: Int32) -> Element {
    @inline(__always) get { self[Int(slot)] }
    @inline(__always) nonmutating _modify { yield &self[Int(slot)] }
  }
}

/// The pools of a book while they change: its slots, and the buckets of its index.
@usableFromInline
struct BookPools {
  @usableFromInline let slots: PoolAccess<RestingOrder>
  @usableFromInline let buckets: PoolAccess<Int32>

  /// Makes both arrays unique and lets `body` change them.
  @inlinable @inline(__always)
  static func change<Result>(
    _ slots: inout [RestingOrder], _ buckets: inout [Int32], _ body: (BookPools) -> Result
  ) -> Result {
    // Safe: neither pointer leaves the closures that it is given to.
    unsafe slots.withUnsafeMutableBufferPointer { slots in
      unsafe buckets.withUnsafeMutableBufferPointer { buckets in
        body(BookPools(slots: unsafe PoolAccess(slots), buckets: unsafe PoolAccess(buckets)))
      }
    }
  }

  @inlinable @inline(__always)
  init(slots: PoolAccess<RestingOrder>, buckets: PoolAccess<Int32>) {
    self.slots = slots
    self.buckets = buckets
  }

  /// Makes an order the last of its level; returns its hash and the next free slot.
  @inlinable @inline(__always)
  func append(
    _ key: CommandKey, _ keyHash: UInt64, _ quantity: Lots, in slot: Int32, at level: Int32
  ) -> (hash: UInt64, free: Int32) {
    let last = slots[level].last
    let hash = OrderBook.entryHash(
      keyHash, quantity, behind: slots[last].keyHash, at: slots[level].placeHash)
    let free = slots[slot].next
    slots[slot] = RestingOrder(
      key: key, place: slots[level].place, quantity: quantity, keyHash: keyHash,
      entryHash: hash, next: level, previous: last, level: level, chain: enter(slot, keyHash))
    slots[last].next = slot
    slots[level].join(slot, quantity)
    return (hash, free)
  }

  /// Takes an order out of its queue and frees its slot; returns how the digest changes, and
  /// whether its level is empty now.
  @inlinable @inline(__always)
  func remove(_ slot: Int32, free: Int32) -> (change: UInt64, isEmpty: Bool) {
    let (next, previous, level) = (slots[slot].next, slots[slot].previous, slots[slot].level)
    leave(slot, slots[slot].keyHash)
    slots[previous].next = next
    slots[next].previous = previous
    var change = 0 &- slots[slot].entryHash  // a wrapping sum
    if next != level { change &+= rehash(next) }
    slots[slot].next = free
    return (change, slots[level].leave(slots[slot].quantity))
  }

  /// Computes an order's hash anew, after a change of it or of the one before it; returns how the
  /// digest changes.
  @inlinable @inline(__always)
  func rehash(_ slot: Int32) -> UInt64 {
    let hash = OrderBook.entryHash(
      slots[slot].keyHash, slots[slot].quantity, behind: slots[slots[slot].previous].keyHash,
      at: slots[slots[slot].level].placeHash)
    let change = hash &- slots[slot].entryHash  // a wrapping sum
    slots[slot].entryHash = hash
    return change
  }

  /// Enters an order into the index; returns the one it comes before in its chain.
  @inlinable @inline(__always)
  func enter(_ slot: Int32, _ keyHash: UInt64) -> Int32 {
    let home = OrderIndex.home(keyHash, among: buckets.count)
    let next = buckets[home]
    buckets[home] = slot
    return next
  }

  /// Takes an order out of the index, where it is.
  @inlinable @inline(__always)
  func leave(_ slot: Int32, _ keyHash: UInt64) {
    let home = OrderIndex.home(keyHash, among: buckets.count)
    var before = buckets[home]
    if before == slot {
      buckets[home] = slots[slot].chain
      return
    }
    while slots[before].chain != slot { before = slots[before].chain }
    slots[before].chain = slots[slot].chain
  }
}
