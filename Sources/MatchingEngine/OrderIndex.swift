public import MarketModel

/// Finds the slot of a resting order by the hash of its id.
///
///     buckets: the slot of an order with such a hash, or -1; home = hash & (buckets - 1)
///     chain    in each order: the next order of its bucket, or -1
///
/// At least twice as many buckets as orders. Lookup only: nothing ever iterates it, so that the order
/// within a chain has no meaning.
@usableFromInline
struct OrderIndex: Sendable {
  @usableFromInline var buckets: [Int32]
  @usableFromInline var count = 0

  init() { buckets = Array(repeating: -1, count: 64) }

  /// The bucket of a hash; `count` is a power of two.
  @inlinable @inline(__always)
  static func home(_ hash: UInt64, among count: Int) -> Int {
    // Cannot wrap: there is at least one bucket.
    Int(truncatingIfNeeded: hash) & (count &- 1)
  }

  /// The slot of an order, or -1.
  @inlinable @inline(__always)
  func slot(of key: CommandKey, hash: UInt64, in orders: [RestingOrder]) -> Int32 {
    var slot = buckets[Self.home(hash, among: buckets.count)]
    while slot >= 0 && orders[Int(slot)].key != key { slot = orders[Int(slot)].chain }
    return slot
  }

  /// Counts one more order, and makes room for it.
  @inlinable @inline(__always)
  mutating func makeRoom(_ orders: inout [RestingOrder]) {
    if 2 &* count >= buckets.count { grow(&orders) }
    count &+= 1  // cannot wrap: OrderBook.maximumOrders
  }

  @usableFromInline @inline(never)
  mutating func grow(_ orders: inout [RestingOrder]) {
    let old = buckets
    buckets = Array(repeating: -1, count: 2 * old.count)
    BookPools.change(&orders, &buckets) { pools in
      for first in old {
        var slot = first
        while slot >= 0 {
          let next = pools.slots[slot].chain
          pools.slots[slot].chain = pools.enter(slot, pools.slots[slot].keyHash)
          slot = next
        }
      }
    }
  }
}
