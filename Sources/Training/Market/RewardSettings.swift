/// What a trader that learns is rewarded for, in minor units from one of its wake-ups to the next.
public struct RewardSettings: Equatable, Sendable {
  /// The weight of the gain: cash, and the position at the middle of what others quote.
  public var gain = 1.0
  /// What holding the maximum inventory costs; it grows with the square of what is held.
  ///
  /// - Source: the running penalty of O. Guéant, C.-A. Lehalle, J. Fernandez-Tapia, Dealing with the
  ///   inventory risk, Mathematics and Financial Economics 7 (2013).
  public var inventoryPenalty = 0.0
  /// What each minor unit costs by which the gain falls further below its highest so far.
  ///
  /// - Source: S. Almahdi, S. Yang, An adaptive portfolio trading system, Expert Systems with
  ///   Applications 87 (2017).
  public var drawdownPenalty = 0.0
  /// What each lot costs by which the position changed, beyond the fees that are in the gain.
  public var tradingCost = 0.0
  /// What each of those lots costs on average by luck, beyond what the book gives: an exponential number that is
  /// drawn for each step, so that nobody learns to rely on prices that he may not get.
  public var slippage = 0.0
  /// The weight of the differential Sharpe ratio of the gains.
  ///
  /// - Source: J. Moody, L. Wu, Y. Liao, M. Saffell, Performance functions and reinforcement learning
  ///   for trading systems and portfolios, Journal of Forecasting 17 (1998), equation 11.
  public var differentialSharpe = 0.0
  /// How fast its averages forget, 0 to 1.
  public var sharpeRate = 0.01
  /// The weight of what all other agents gained, on average: above 0 for who helps them, below 0 for who is
  /// against them.
  public var othersGain = 0.0

  /// The gain alone.
  public init() {}
}

/// Computes rewards, step by step.
struct RewardMeter: Equatable, Sendable {
  private let settings: RewardSettings
  private var gain = 0.0
  private var othersGain = 0.0
  private var highest = 0.0
  /// Averages of gains and of their squares.
  private var mean = 0.0
  private var square = 0.0

  init(_ settings: RewardSettings) { self.settings = settings }

  /// Whether luck changes a reward.
  var countsLuck: Bool { settings.slippage != 0 }

  /// Whether what others gain changes a reward.
  var countsOthers: Bool { settings.othersGain != 0 }

  /// The reward of a step after which so much was gained since the beginning, and so much by others on
  /// average, `share` of the maximum inventory is held, and in which so many lots were traded; `luck` is what the
  /// mean slippage is multiplied with.
  mutating func reward(
    gain: Double, othersGain: Double = 0, share: Double, traded: Double, luck: Double = 1
  ) -> Double {
    let step = gain - self.gain
    let fall = max(0, highest - gain) - max(0, highest - self.gain)
    highest = max(highest, gain)
    self.gain = gain
    var reward = settings.gain * step
    reward -= settings.inventoryPenalty * share * share
    reward -= settings.drawdownPenalty * max(0, fall)
    reward -= (settings.tradingCost + settings.slippage * luck) * traded
    reward += settings.othersGain * (othersGain - self.othersGain)
    self.othersGain = othersGain
    if settings.differentialSharpe != 0 { reward += settings.differentialSharpe * sharpe(step) }
    return reward
  }

  /// How fast the Sharpe ratio changes with this gain, and the averages after it; 0 while gains do
  /// not vary.
  private mutating func sharpe(_ step: Double) -> Double {
    let (moveOfMean, moveOfSquare) = (step - mean, step * step - square)
    let variance = square - mean * mean
    var ratio = 0.0
    if variance > 0 {
      ratio = (square * moveOfMean - mean * moveOfSquare / 2) / (variance * variance.squareRoot())
    }
    mean += settings.sharpeRate * moveOfMean
    square += settings.sharpeRate * moveOfSquare
    return ratio
  }
}
