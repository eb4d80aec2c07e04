extension NoiseKey {
  /// Returns 64 random bits: words x0 (low half) and x1 (high half) of the block.
  @inlinable
  public func bits(tick: Int64, slot: UInt32, draw: UInt32) -> UInt64 {
    let block = block(tick: tick, slot: slot, draw: draw)
    return UInt64(block.x0) | UInt64(block.x1) << 32
  }

  /// Returns a number that is uniform in the open interval from 0 to 1.
  ///
  /// It is (n + 1/2) / 2^52, where n is the top 52 of the 64 bits; no step rounds. The least is
  /// 2^-53 and the greatest 1 - 2^-53; u and 1 - u are equally likely.
  @inlinable
  public func uniform(tick: Int64, slot: UInt32, draw: UInt32) -> Double {
    (Double(bits(tick: tick, slot: slot, draw: draw) >> 12) + 0.5) * 0x1p-52
  }

  /// Returns an integer that is uniform in 0..<bound: the high half of bits times bound.
  ///
  /// Each value's probability is within 2^-64 of 1 / bound, so that no event's probability is off
  /// by more than bound / 2^64, below 2^-32 for a bound below 2^32.
  /// - Precondition: bound > 0.
  @inlinable
  public func integer(
    below bound: UInt64, tick: Int64, slot: UInt32, draw: UInt32
  ) -> UInt64 {
    precondition(bound > 0, "Invariant: an empty range has no random value")
    return bits(tick: tick, slot: slot, draw: draw).multipliedFullWidth(by: bound).high
  }

  /// Returns a number from the standard normal distribution, by its inverse: one draw each.
  ///
  /// It lies within 8.21 of zero, since `uniform` stays 2^-53 away from 0 and 1.
  @inlinable
  public func normal(tick: Int64, slot: UInt32, draw: UInt32) -> Double {
    Elementary.inverseNormal(uniform(tick: tick, slot: slot, draw: draw))
  }

  /// Returns a number from the exponential distribution with mean 1: -log of a uniform.
  ///
  /// It is greater than 0 and less than 36.74.
  @inlinable
  public func exponential(tick: Int64, slot: UInt32, draw: UInt32) -> Double {
    -Elementary.log(uniform(tick: tick, slot: slot, draw: draw))
  }

  /// Returns a number from the standard Gumbel distribution: -log(-log of a uniform).
  ///
  /// The index of the greatest of (log weight + own Gumbel number) is a sample in proportion to
  /// the weights.
  @inlinable
  public func gumbel(tick: Int64, slot: UInt32, draw: UInt32) -> Double {
    -Elementary.log(exponential(tick: tick, slot: slot, draw: draw))
  }
}
