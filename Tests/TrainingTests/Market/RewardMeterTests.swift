import Testing

@testable import Training

@Suite struct RewardMeterTests {
  private func rewards(
    _ settings: RewardSettings, _ steps: [(gain: Double, share: Double, traded: Double)]
  ) -> [Double] {
    var meter = RewardMeter(settings)
    return steps.map { meter.reward(gain: $0.gain, share: $0.share, traded: $0.traded) }
  }

  @Test func `each part by itself`() {
    let steps = [(10.0, 0.5, 2.0), (4, -0.5, 0), (7, 0, 1), (12, 1, 3)]
    var settings = RewardSettings()
    #expect(rewards(settings, steps) == [10, -6, 3, 5])
    settings.gain = 0
    settings.inventoryPenalty = 8
    #expect(rewards(settings, steps) == [-2, -2, 0, -8])
    settings.inventoryPenalty = 0
    settings.drawdownPenalty = 2
    #expect(rewards(settings, steps) == [0, -12, 0, 0])
    settings.drawdownPenalty = 0
    settings.tradingCost = 3
    #expect(rewards(settings, steps) == [-6, 0, -3, -9])
    (settings.tradingCost, settings.slippage) = (1, 2)
    var meter = RewardMeter(settings)
    #expect(
      [0, 0.5, 3].map { meter.reward(gain: 0, share: 0, traded: 2, luck: $0) } == [-2, -4, -14])
    #expect(meter.countsLuck && !RewardMeter(RewardSettings()).countsLuck)
  }

  @Test func `what others gain, for them or against them`() {
    for (weight, expected) in [(0.5, [2, -1.5, 0]), (-2, [-8.0, 6, 0])] {
      var settings = RewardSettings()
      (settings.gain, settings.othersGain) = (0, weight)
      var meter = RewardMeter(settings)
      let found = [4, 1, 1].map { meter.reward(gain: 9, othersGain: $0, share: 1, traded: 1) }
      #expect(found == expected && meter.countsOthers)
    }
    #expect(!RewardMeter(RewardSettings()).countsOthers)
  }

  /// The averages A and B and the ratio D of the paper, by hand for a rate of 1/2.
  @Test func `differential Sharpe ratio`() {
    var settings = RewardSettings()
    (settings.gain, settings.differentialSharpe, settings.sharpeRate) = (0, 1, 0.5)
    let made = rewards(settings, [(2, 0, 0), (3, 0, 0), (3, 0, 0)])
    #expect(made[0] == 0)
    // A = 1, B = 2, variance 1: (2 * (1 - 1) - 1 * (1 - 2) / 2) / 1
    #expect(made[1] == 0.5)
    // A = 1, B = 1.5, variance 0.5: (1.5 * -1 - 1 * -1.5 / 2) / 0.5^1.5
    #expect((made[2] + 0.75 / (0.5 * 0.5.squareRoot())).magnitude < 1e-15)
  }
}
