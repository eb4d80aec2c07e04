import Agents
import Counterfactual
import Determinism
import MarketModel
import Session
import SessionSupport
import TestSupport
import Testing

/// What effects are held against.
@Suite struct PlaceboTests {
  private func series(_ interventions: [Intervention]) throws -> Replicates<BuiltInAgents> {
    let lineage = try SmallSession.open([try SmallSession.record(Forks.scenario(hasLatency: false))]
    )
    let plan = try ForkPlan<BuiltInAgents>(lineage, at: 45, interventions: [])
    return try Replicates(plan, interventions: interventions, seed: 5)
  }

  @Test(.enabled(if: Effort.isFull, "statistics are for release builds"))
  func `probabilities of interventions without an effect of their own are uniform`() throws {
    // Each is drawn as the nine placebos are that it is held against.
    var series = try series([])
    let opening = series.plan.opening
    let family = Placebo(size: 2, seed: 77)
    series.placebos = (0..<5000).map { family.intervention($0, in: opening) }
    let effects = try #require(try series.replicate(0))
    let metric = OutcomeMetric.agent(0, .gain)
    let control = metric.value(in: effects.controls[0])
    // Many have no effect at all: those are told apart by lot.
    let lots = NoiseKey(seed: 1, entity: "placebo", purpose: "test")
    let sizes = effects.placebos.enumerated().map {
      (metric.value(in: $1) - control).magnitude
        + 1e-6 * lots.uniform(tick: Int64($0), slot: 0, draw: 0)
    }
    #expect(Set(sizes.map { $0.rounded() }).count > 20)
    let found = (0..<500).map { index in
      Placebo.probability(
        of: sizes[10 * index], among: Array(sizes[10 * index + 1..<10 * index + 10]))
    }
    #expect(kolmogorovSmirnov(found, steps: 10) > 0.001)
  }

  /// The probability of a distance as large to the uniform distribution on so many steps up to 1.
  private func kolmogorovSmirnov(_ values: [Double], steps: Int) -> Double {
    let count = Double(values.count)
    let distance =
      (1...steps).map { step in
        let bound = Double(step) / Double(steps) + 1e-12
        return abs(Double(values.count { $0 <= bound }) / count - Double(step) / Double(steps))
      }.max() ?? 0
    // Marsaglia, Tsang and Wang, 2003: the tail of the limit distribution.
    let scaled = (count.squareRoot() + 0.12 + 0.11 / count.squareRoot()) * distance
    var total = 0.0
    for term in 1...100 {
      let exponent = -2 * Double(term * term) * scaled * scaled
      total += (term % 2 == 1 ? 2 : -2) * Elementary.exp(exponent)
    }
    return min(max(total, 0), 1)
  }

  @Test func `an order of a thousand lots is no placebo of two`() throws {
    let whale = OrderTerms(
      instrument: 0, side: .buy, type: .market, timeInForce: .immediateOrCancel, price: 0,
      quantity: 1000)
    var series = try series([.insert(agent: "Trend_01", .place(instrument: "STOCK", whale))])
    #expect(Placebo.size(of: series.interventions) == 1000)
    let opening = series.plan.opening
    let family = Placebo(size: 1, seed: 3)
    series.placebos = (0..<19).map { family.intervention($0, in: opening) }
    let runs = try (0..<3).map { try #require(try series.replicate($0)) }
    let metric = OutcomeMetric.agent(1, .inventory)
    let study = EffectStudy(runs, metrics: [metric], seed: 1)
    #expect(study.rows[0].placeboProbability == 0.05)
    #expect(study.rows[0].placebos.count == 19)
    #expect(study.rows[0].placebos == study.rows[0].placebos.sorted())
  }

  @Test func `false discoveries are controlled as in the example of the paper`() {
    // Benjamini and Hochberg 1995, table 1, of which the first four are rejected at 5 %.
    let found = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1,
    ]
    let adjusted = Multiplicity.adjusted(found.reversed())
    #expect(adjusted.count { $0 <= 0.05 } == 4)
    #expect(adjusted.reversed()[0] == 0.0001 * 15)
    #expect(Multiplicity.adjusted([]).isEmpty)
    #expect(Multiplicity.adjusted([0.03, 0.03]) == [0.03, 0.03])
  }
}
