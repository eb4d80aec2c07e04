public import MarketModel

/// What a `SlotTable` finds slots by.
public protocol SlotTableKey: Equatable, Sendable {
  /// A hash whose middle bits are well mixed; it never enters a digest.
  var tableHash: UInt64 { get }
  /// Any key; fills unused places.
  static var filler: Self { get }
}

extension CommandKey: SlotTableKey {
  /// Mixes all three parts.
  @inlinable public var tableHash: UInt64 {
    // Wrapping is the point of a hash.
    let mixed = UInt64(bitPattern: tick) &* 0x9E37_79B9_7F4A_7C15
    let who = UInt64(UInt32(bitPattern: agent)) << 32 | UInt64(ordinal)
    return (mixed ^ (mixed >> 29) ^ who) &* 0xBF58_476D_1CE4_E5B9
  }

  /// The first command of the first agent.
  public static var filler: CommandKey { CommandKey(agent: 0, tick: 0, ordinal: 0) }
}

/// Finds the slot of an entry in a flat pool by its key.
///
/// Open addressing with linear probing and backward-shift
/// deletion, at most half full. Lookup only: nothing ever iterates it.
public struct SlotTable<Key: SlotTableKey>: Sendable {
  @usableFromInline var keys: [Key]
  @usableFromInline var slots: [Int32]
  @usableFromInline var mask: Int
  @usableFromInline var entryCount = 0

  /// How many keys there are.
  @inlinable public var count: Int { entryCount }

  /// Creates an empty table with room for `capacity` keys.
  @inlinable
  public init(capacity: Int = 64) {
    var size = 64
    while size < 2 * capacity { size *= 2 }
    keys = Array(repeating: Key.filler, count: size)
    slots = Array(repeating: -1, count: size)
    mask = size - 1
  }

  @inlinable
  func home(_ key: Key) -> Int { Int(truncatingIfNeeded: key.tableHash >> 32) & mask }

  /// Returns the slot of a key, or nil.
  ///
  /// - Complexity: O(1) expected.
  @inlinable
  public func slot(of key: Key) -> Int32? {
    var index = home(key)
    while slots[index] >= 0 {
      if keys[index] == key { return slots[index] }
      index = (index + 1) & mask
    }
    return nil
  }

  /// Adds a key.
  ///
  /// - Precondition: the key is absent.
  @inlinable
  public mutating func insert(_ key: Key, slot: Int32) {
    if 2 * (entryCount + 1) > slots.count { grow() }
    var index = home(key)
    while slots[index] >= 0 { index = (index + 1) & mask }
    keys[index] = key
    slots[index] = slot
    entryCount += 1
  }

  /// Removes a key.
  ///
  /// - Precondition: the key is present.
  @inlinable
  public mutating func remove(_ key: Key) {
    var hole = home(key)
    while keys[hole] != key || slots[hole] < 0 {
      precondition(slots[hole] >= 0, "Invariant: only a key that is present is removed")
      hole = (hole + 1) & mask
    }
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
    entryCount -= 1
  }

  @usableFromInline
  mutating func grow() {
    let (oldKeys, oldSlots) = (keys, slots)
    self = SlotTable(capacity: oldSlots.count)
    for index in oldSlots.indices where oldSlots[index] >= 0 {
      insert(oldKeys[index], slot: oldSlots[index])
    }
  }
}
