/// What a series of replicates says of an intervention, number by number.
public struct EffectStudy: Sendable {
  /// The effect on one number.
  public struct Row: Sendable {
    /// The number.
    public let metric: OutcomeMetric
    /// The effect over the whole session.
    public let estimate: EffectEstimate
    /// The probability of `estimate` with all numbers of the study taken into account.
    public let adjusted: Double?
    /// The effect over each shorter span.
    public let spans: [EffectEstimate]
    /// The effect while nobody reacts, and what reactions add to it, or that of a first step and what
    /// the rest adds; nil where neither was asked.
    public let parts: (direct: EffectEstimate, reaction: EffectEstimate)?
    /// The mean effects of the placebos, ascending; empty where there are none.
    public let placebos: [Double]
    /// How probable an effect as large as this is among placebos; nil where there are none.
    public let placeboProbability: Double?
  }

  /// By number.
  public let rows: [Row]
  /// How many replicates there are.
  public let count: Int
  /// Commands of held agents that were refused only where nobody reacted, over all replicates.
  public let infeasible: Int

  /// Studies replicates.
  ///
  /// `resamples` are those of the bootstrap.
  /// - Complexity: O(metrics x replicates x resamples).
  public init(
    _ replicates: [Replicate], metrics: [OutcomeMetric], seed: UInt64, resamples: Int = 2000
  ) {
    count = replicates.count
    infeasible = replicates.reduce(0) { $0 + $1.infeasible }
    let student = count > 1 ? StudentT(degrees: count - 1) : nil
    let studied = metrics.map { Self.row(of: $0, replicates, seed, resamples, student) }
    let adjusted = Multiplicity.adjusted(studied.map { $0.estimate.probability ?? 1 })
    rows = zip(studied, adjusted).map { row, adjusted in
      Row(
        metric: row.metric, estimate: row.estimate,
        adjusted: row.estimate.probability == nil ? nil : adjusted, spans: row.spans,
        parts: row.parts, placebos: row.placebos, placeboProbability: row.placeboProbability)
    }
  }

  private static func row(
    of metric: OutcomeMetric, _ replicates: [Replicate], _ seed: UInt64, _ resamples: Int,
    _ student: StudentT?
  ) -> Row {
    func estimate(
      resamples: Int = 0, _ treated: (Replicate) -> RunOutcome?,
      _ control: (Replicate) -> RunOutcome?
    ) -> EffectEstimate {
      var pairs: [(treated: Double, control: Double)] = []
      for replicate in replicates {
        guard let treated = treated(replicate), let control = control(replicate) else { continue }
        pairs.append((metric.value(in: treated), metric.value(in: control)))
      }
      return EffectEstimate(pairs, seed: seed, resamples: resamples, by: student)
    }
    let whole = estimate(resamples: resamples, { $0.treated.last }, { $0.controls.last })
    let spans = (0..<max((replicates.first?.controls.count ?? 1) - 1, 0)).map { span in
      estimate({ $0.treated[span] }, { $0.controls[span] })
    }
    var parts: (direct: EffectEstimate, reaction: EffectEstimate)?
    if replicates.contains(where: { $0.held != nil }) {
      parts = (
        estimate({ $0.held }, { $0.controls.last }), estimate({ $0.treated.last }, { $0.held })
      )
    }
    let effects = (0..<(replicates.first?.placebos.count ?? 0)).map { placebo in
      estimate({ $0.placebos[placebo] }, { $0.controls.last }).mean
    }
    return Row(
      metric: metric, estimate: whole, adjusted: nil, spans: spans, parts: parts,
      placebos: effects.sorted(),
      placeboProbability: effects.isEmpty
        ? nil : Placebo.probability(of: whole.mean, among: effects))
  }
}
