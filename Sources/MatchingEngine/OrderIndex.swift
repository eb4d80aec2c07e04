public import MarketModel

/// Finds the slot of a resting order by the hash of its id.
///
///     places: hash << 32 | slot + 1, or 0 where nothing is; home = hash & mask
///
/// Open addressing with linear probing and backward-shift deletion, at most half full. A place
/// keeps 32 bits of the hash, so that most probes and every shift look at the table alone; the
/// caller compares ids. Lookup only: nothing ever iterates it.
@usableFromInline
struct OrderIndex: Sendable {
  @usableFromInline var places: [UInt64]
  @usableFromInline var mask: Int
  @usableFromInline var count = 0

  init() {
    places = Array(repeating: 0, count: 64)
    mask = 63
  }

  /// The slot of an order, or -1.
  @inlinable @inline(__always)
  func slot(of key: CommandKey, hash: UInt64, in orders: [RestingOrder]) -> Int32 {
    let tag = UInt32(truncatingIfNeeded: hash)
    var index = Int(tag) & mask
    while true {
      let place = places[index]
      if place == 0 { return -1 }
      if UInt32(truncatingIfNeeded: place >> 32) == tag {
        let slot = Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: place)) &- 1
        if orders[Int(slot)].key == key { return slot }
      }
      index = (index &+ 1) & mask
    }
  }

  /// Adds an order whose id is absent.
  @inline(__always)
  mutating func insert(slot: Int32, hash: UInt64) {
    if 2 * (count + 1) > mask { grow() }
    let place = hash << 32 | UInt64(UInt32(bitPattern: slot &+ 1))
    var index = Int(UInt32(truncatingIfNeeded: hash)) & mask
    while places[index] != 0 { index = (index &+ 1) & mask }
    places[index] = place
    count += 1
  }

  /// Removes an order.
  ///
  /// - Precondition: it is there.
  @inline(__always)
  mutating func remove(slot: Int32, hash: UInt64) {
    let place = hash << 32 | UInt64(UInt32(bitPattern: slot &+ 1))
    var hole = Int(UInt32(truncatingIfNeeded: hash)) & mask
    while places[hole] != place {
      precondition(places[hole] != 0, "Invariant: only an order that is present is removed")
      hole = (hole &+ 1) & mask
    }
    var index = hole
    while true {
      index = (index &+ 1) & mask
      let next = places[index]
      if next == 0 { break }
      let distance = (index &- Int(next >> 32)) & mask
      // An entry may fill the hole only if that does not move it before its home.
      if distance >= (index &- hole) & mask {
        places[hole] = next
        hole = index
      }
    }
    places[hole] = 0
    count -= 1
  }

  private mutating func grow() {
    let old = places
    mask = 2 * old.count - 1
    places = Array(repeating: 0, count: 2 * old.count)
    for place in old where place != 0 {
      var index = Int(place >> 32) & mask
      while places[index] != 0 { index = (index + 1) & mask }
      places[index] = place
    }
  }
}
