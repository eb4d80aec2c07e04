import CKernels
public import MarketModel

/// Asking for memory before it is needed.
///
/// A book is larger than the processor's near caches, and who works on one command at a time waits
/// for one line of it after the other: that took half the time of a session. What a command will
/// look at is known when it is submitted. Asked for then, in two steps, it is there when the
/// exchange decides, while the command's event is written, counted and scheduled.
///
/// These are hints: they change nothing and nothing depends on what they find. All are `mutating`
/// only to be cheap.
extension OrderBook {
  /// Asks for an order that will leave the book or shrink.
  public mutating func prefetch(_ key: CommandKey) {
    let slot = likelySlot(of: key)
    if slot >= 0 { prefetch(slot: slot) }
  }

  /// Asks for the neighbours of an order that was asked for before.
  public mutating func prefetchNeighbours(of key: CommandKey) {
    let slot = likelySlot(of: key)
    if slot < 0 { return }
    prefetch(slot: slots[Int(slot)].previous)
    prefetch(slot: slots[Int(slot)].next)
    prefetch(slot: slots[Int(slot)].level)
  }

  /// Asks for the level that an order may come to rest at, and its place in the index.
  public mutating func prefetchLevel(
    _ instrument: InstrumentIndex, _ side: Side, at price: PriceIncrements, for key: CommandKey
  ) {
    let level = likelyLevel(instrument, side, at: price)
    if level >= 0 { prefetch(slot: level) }
    guard identities.knows(ownerOf: key) else { return }
    let home = OrderIndex.home(identities.hash(key), among: index.buckets.count)
    // Safe: a hint, for which any address will do.
    unsafe index.buckets.withUnsafeBufferPointer {
      unsafe tapedeck_prefetch($0.baseAddress.unsafelyUnwrapped + home)
    }
  }

  /// Asks for the last order of a level that was asked for before.
  public mutating func prefetchLast(
    _ instrument: InstrumentIndex, _ side: Side, at price: PriceIncrements
  ) {
    let level = likelyLevel(instrument, side, at: price)
    if level >= 0 { prefetch(slot: slots[Int(level)].last) }
  }

  /// The first order with the hash of a key, which mostly is the one with the key; or -1.
  @inline(__always)
  private mutating func likelySlot(of key: CommandKey) -> Int32 {
    guard identities.knows(ownerOf: key) else { return -1 }
    return index.buckets[OrderIndex.home(identities.hash(key), among: index.buckets.count)]
  }

  /// The level at a price near to where trading is, or -1.
  @inline(__always)
  private mutating func likelyLevel(
    _ instrument: InstrumentIndex, _ side: Side, at price: PriceIncrements
  ) -> Int32 {
    let ladder = 2 &* Int(instrument) &+ Int(side.rawValue)
    // A command may name any instrument and any price; those of no order are not looked for.
    guard ladders.indices.contains(ladder), (0...Limits.maximumPrice).contains(price) else {
      return -1
    }
    return ladders[ladder].nearLevel(at: price)
  }

  @inline(__always)
  private mutating func prefetch(slot: Int32) {
    // Safe: a hint, for which any address will do.
    unsafe slots.withUnsafeBufferPointer {
      unsafe tapedeck_prefetch($0.baseAddress.unsafelyUnwrapped + Int(slot))
    }
  }
}
