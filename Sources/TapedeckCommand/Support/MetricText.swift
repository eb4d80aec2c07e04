import Counterfactual
import Market
import Session

/// How numbers of outcomes are shown: money and prices in the units that people read.
extension OutcomeMetric {
  /// Its name.
  func name(in scenario: Scenario) -> String {
    name(
      agents: scenario.agents.map { $0.account.name },
      instruments: scenario.instruments.map { $0.name })
  }

  /// How many of its unit a number has, and with how many decimals it is shown.
  func unit(in scenario: Scenario) -> (scale: Double, decimals: Int) {
    let currency = Int(scenario.currencyDecimals)
    switch self {
    case .agent(_, .gain), .agent(_, .fees), .agent(_, .drawdown):
      return (scenario.moneyUnit, currency)
    case .market(let instrument, .price), .market(let instrument, .spread),
      .market(let instrument, .volatility):
      let decimals = Int(scenario.instruments[Int(instrument)].priceDecimals)
      return (Self.power(decimals), decimals + 1)
    default: return (1, 2)
    }
  }

  fileprivate static func power(_ decimals: Int) -> Double {
    (0..<decimals).reduce(1.0) { value, _ in value * 10 }
  }

  /// The value of one run.
  func text(_ value: Double, in scenario: Scenario) -> String {
    shown(value, in: scenario, isSigned: false, isMean: false)
  }

  /// A mean with its sign, or a change of one run.
  func signed(_ value: Double, in scenario: Scenario, isMean: Bool = true) -> String {
    shown(value, in: scenario, isSigned: true, isMean: isMean)
  }

  private func shown(
    _ value: Double, in scenario: Scenario, isSigned: Bool, isMean: Bool
  ) -> String {
    var (scale, decimals) = unit(in: scenario)
    if isCount, !isMean { decimals = 0 }
    let text = (value / scale).fixed(decimals, isSigned: isSigned)
    return Self.isNothing(text) ? 0.0.fixed(decimals, isSigned: isSigned) : text
  }

  /// Whether it is a whole number in each run.
  private var isCount: Bool {
    switch self {
    case .agent(_, .inventory), .agent(_, .fills), .market(_, .volume), .market(_, .trades): true
    default: false
    }
  }

  /// Whether only zeros are left, so that a sign would say nothing.
  private static func isNothing(_ text: String) -> Bool {
    !text.contains { ("1"..."9").contains($0) }
  }
}

extension Scenario {
  /// How many minor units a unit of the currency has.
  var moneyUnit: Double { OutcomeMetric.power(Int(currencyDecimals)) }
}
