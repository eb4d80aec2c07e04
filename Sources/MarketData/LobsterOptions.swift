public import MarketModel

/// How the numbers of LOBSTER files become facts.
public struct LobsterOptions: Equatable, Sendable {
  /// The feed that the facts belong to.
  public var feed: ProcessIndex
  /// The instrument that the facts are about.
  public var instrument: InstrumentIndex
  /// How many of LOBSTER's price units, 1/10000 dollar, make one price increment.
  public var priceUnitsPerIncrement: Int64

  /// Creates options; by default an increment is one cent.
  ///
  /// - Precondition: `priceUnitsPerIncrement` lies within 1...1,000,000.
  public init(
    feed: ProcessIndex = 0, instrument: InstrumentIndex = 0, priceUnitsPerIncrement: Int64 = 100
  ) {
    precondition(
      (1...1_000_000).contains(priceUnitsPerIncrement),
      "Invariant: an increment has 1 to 1,000,000 price units")
    self.feed = feed
    self.instrument = instrument
    self.priceUnitsPerIncrement = priceUnitsPerIncrement
  }
}
