/// One session, sampled at the end of each step.
///
/// All arrays are parallel to `steps`; where their lengths differ, the surplus is not drawn. Steps
/// ascend. A value that is not finite counts as missing.
public struct RunSeries: Sendable {
  /// What the session is called; the heading of the page.
  public var title: String
  /// What sort of run it is, for example "simulated, seed 7" or "fork at step 500".
  public var label: String
  /// Decimals that amounts of currency are printed with, limited to 0 through 8.
  public var currencyDecimals: Int
  /// The sampled steps, ascending.
  public var steps: [Int64]
  /// The theoretical price, in currency units, one for each step.
  public var midPrice: [Double]
  /// The best bid, in currency units, or nil where that side of the book was empty.
  public var bestBid: [Double?]
  /// The best ask, in currency units, or nil where that side of the book was empty.
  public var bestAsk: [Double?]
  /// The agents, in the order in which they are listed.
  public var agents: [AgentSeries]

  /// Creates a session from its samples.
  public init(
    title: String, label: String, currencyDecimals: Int, steps: [Int64], midPrice: [Double],
    bestBid: [Double?], bestAsk: [Double?], agents: [AgentSeries]
  ) {
    self.title = title
    self.label = label
    self.currencyDecimals = currencyDecimals
    self.steps = steps
    self.midPrice = midPrice
    self.bestBid = bestBid
    self.bestAsk = bestAsk
    self.agents = agents
  }

  /// `currencyDecimals` within the limits.
  var printedDecimals: Int { min(max(currencyDecimals, 0), FixedDecimal.maximumDecimals) }
}
