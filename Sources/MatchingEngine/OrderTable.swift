import MarketModel

/// Finds the slot of an order by its id.
///
/// Open addressing with linear probing and backward-shift
/// deletion, at most half full. Lookup only: nothing ever iterates it.
struct OrderTable: Sendable {
  private var keys: [CommandKey]
  private var slots: [Int32]
  private var mask: Int
  private(set) var count = 0

  init(capacity: Int = 64) {
    var size = 64
    while size < 2 * capacity { size *= 2 }
    keys = Array(repeating: CommandKey(agent: 0, tick: 0, ordinal: 0), count: size)
    slots = Array(repeating: -1, count: size)
    mask = size - 1
  }

  @inline(__always)
  private func home(_ key: CommandKey) -> Int {
    // Fibonacci hashing; wrapping is the point of a hash.
    var mixed = UInt64(bitPattern: key.tick) &* 0x9E37_79B9_7F4A_7C15
    let who = UInt64(UInt32(bitPattern: key.agent)) << 32 | UInt64(key.ordinal)
    mixed = (mixed ^ (mixed >> 29) ^ who) &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: mixed >> 32) & mask
  }

  /// - Complexity: O(1) expected.
  func slot(of key: CommandKey) -> Int32? {
    var index = home(key)
    while slots[index] >= 0 {
      if keys[index] == key { return slots[index] }
      index = (index + 1) & mask
    }
    return nil
  }

  /// - Precondition: the key is absent.
  mutating func insert(_ key: CommandKey, slot: Int32) {
    if 2 * (count + 1) > slots.count { grow() }
    var index = home(key)
    while slots[index] >= 0 { index = (index + 1) & mask }
    keys[index] = key
    slots[index] = slot
    count += 1
  }

  /// - Precondition: the key is present.
  mutating func remove(_ key: CommandKey) {
    var hole = home(key)
    while keys[hole] != key || slots[hole] < 0 { hole = (hole + 1) & mask }
    var index = hole
    while true {
      index = (index + 1) & mask
      if slots[index] < 0 { break }
      let distance = (index - home(keys[index])) & mask
      // An entry may fill the hole only if that does not move it before its home.
      if distance >= (index - hole) & mask {
        keys[hole] = keys[index]
        slots[hole] = slots[index]
        hole = index
      }
    }
    slots[hole] = -1
    count -= 1
  }

  private mutating func grow() {
    let (oldKeys, oldSlots) = (keys, slots)
    self = OrderTable(capacity: oldSlots.count)
    for index in oldSlots.indices where oldSlots[index] >= 0 {
      insert(oldKeys[index], slot: oldSlots[index])
    }
  }
}
