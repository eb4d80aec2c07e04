public import MarketModel

/// Ticks to learn from and ticks to be tested on, again and again: what is tested always comes later.
///
/// The ticks after the first part are cut into tests of one length. A test is preceded by all ticks from the
/// beginning on, but for a gap (purge): what an agent learns from there may not reach into the test.
/// - Source: M. López de Prado, Advances in financial machine learning (2018), chapters 7 and 12.
public struct WalkForward: Equatable, Sendable {
  /// A part to learn from and one to be tested on.
  public struct Fold: Equatable, Sendable {
    /// Where it learns: up to the tick before the end.
    public let training: Range<Tick>
    /// Where it is tested.
    public let test: Range<Tick>
  }

  /// The folds, the earliest first.
  public let folds: [Fold]

  /// Cuts ticks; nil where a part would have none.
  public init?(_ ticks: Range<Tick>, folds: Int, purge: Tick) {
    let length = Tick(ticks.count) / Tick(folds + 1)
    guard folds > 0, purge >= 0, length > purge else { return nil }
    self.folds = (1...Tick(folds)).map { number in
      let start = ticks.upperBound - (Tick(folds) + 1 - number) * length
      return Fold(training: ticks.lowerBound..<start - purge, test: start..<start + length)
    }
  }
}
