/// The figures that sum up one agent's run.
public struct AgentMetrics: Equatable, Sendable {
  /// The PnL at the end of the last step, in currency units; 0 without steps.
  public var finalPnl: Double
  /// The Sharpe ratio of the run, or nil where it is not defined.
  ///
  /// The mean of the per-step PnL changes, divided by their standard deviation, times the square
  /// root of the number of steps. The first change is counted from 0. The standard deviation is
  /// that of a sample (divisor one less than the number of steps). It is nil where the deviation
  /// is 0 (up to the rounding of the PnL itself) or there are fewer than two steps. Not annualised.
  ///
  /// - Source: W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21(1), 1994,
  ///   equations 3 to 6 (<https://web.stanford.edu/~wfsharpe/art/sr/SR.htm>); the benchmark is 0.
  public var sharpe: Double?
  /// The largest fall of the PnL from a peak to a later trough, in currency units, at least 0.
  ///
  /// The PnL of 0 before the first step counts as a peak.
  public var maximumDrawdown: Double
  /// How many fills the agent had.
  public var fillCount: Int
  /// What the agent paid in fees, in currency units.
  public var fees: Double
  /// The lowest inventory at the end of a step, in lots; 0 without steps.
  public var minimumInventory: Int64
  /// The highest inventory at the end of a step, in lots; 0 without steps.
  public var maximumInventory: Int64

  /// Computes the figures of a series.
  ///
  /// - Complexity: O(number of steps).
  public init(_ series: AgentSeries) {
    finalPnl = series.pnl.last ?? 0
    sharpe = Self.sharpe(series.pnl)
    maximumDrawdown = Self.maximumDrawdown(series.pnl)
    fillCount = series.fillCount
    fees = series.fees
    minimumInventory = series.inventory.min() ?? 0
    maximumInventory = series.inventory.max() ?? 0
  }

  private static func sharpe(_ pnl: [Double]) -> Double? {
    guard pnl.count > 1, let last = pnl.last else { return nil }
    let count = Double(pnl.count)
    let mean = last / count
    var squares = 0.0
    var largest = 0.0
    var previous = 0.0
    for value in pnl {
      let deviation = value - previous - mean
      squares += deviation * deviation
      largest = max(largest, value.magnitude)
      previous = value
    }
    let deviation = (squares / (count - 1)).squareRoot()
    // Equal changes that have no exact binary form differ by a few units in the last place.
    guard deviation.isFinite, deviation > 8 * largest.ulp else { return nil }
    return mean / deviation * count.squareRoot()
  }

  private static func maximumDrawdown(_ pnl: [Double]) -> Double {
    var peak = 0.0
    var largest = 0.0
    for value in pnl {
      peak = max(peak, value)
      largest = max(largest, peak - value)
    }
    return largest
  }
}
