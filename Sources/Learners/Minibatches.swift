import Determinism

/// The order in which a batch is gone through.
enum Minibatches {
  /// Puts rows in an order that is a function of the seed, the update and the epoch.
  ///
  /// - Source: R. Durstenfeld, algorithm 235, Communications of the ACM 7 (1964).
  static func reorder(_ order: inout [Int], seed: UInt64, update: Int, epoch: Int) {
    let key = NoiseKey(seed: seed, entity: "minibatches", purpose: "order")
    for index in stride(from: order.count - 1, to: 0, by: -1) {
      let other = key.integer(
        below: UInt64(index + 1), tick: Int64(update), slot: UInt32(epoch), draw: UInt32(index))
      order.swapAt(index, Int(other))
    }
  }
}
