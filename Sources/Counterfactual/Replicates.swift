public import Agents
import Determinism
import Market
public import MarketModel
public import Session

/// All runs of one replicate: they share all noise from the fork's tick on.
public struct Replicate: Equatable, Sendable {
  /// Without the difference: over each span, then to the end.
  public var controls: [RunOutcome]
  /// With the difference: over each span, then to the end.
  public var treated: [RunOutcome]
  /// With the difference while nobody reacts to it, or with its first step alone; nil where neither
  /// was asked.
  public var held: RunOutcome?
  /// Commands of agents that were held which the exchange refused only there.
  public var infeasible = 0
  /// With each placebo instead of the difference.
  public var placebos: [RunOutcome] = []

  /// Creates one of runs to the end, and over shorter spans before that.
  public init(controls: [RunOutcome], treated: [RunOutcome]) {
    self.controls = controls
    self.treated = treated
  }
}

/// Runs that share all noise: a fork with its differences, and one without.
///
/// Replicate r draws everything from the fork's tick on with a seed of its own, made of `seed` and
/// r. Those of a longer series begin with those of a shorter one.
public struct Replicates<Roster: AgentRoster>: Sendable {
  /// A fork at the tick, without a difference.
  public let plan: ForkPlan<Roster>
  /// The differences, without a reseed of their own: each replicate has its own noise.
  public let interventions: [Intervention]
  /// What all noise of the replicates is made of.
  public let seed: UInt64
  /// Spans of ticks from the fork on that are measured beside the whole, ascending.
  public var spans: [Tick] = []
  /// Interventions that stand for no effect but that of something of the same size.
  public var placebos: [Intervention] = []
  /// Asked before each placebo: once it says so, what was begun is not finished.
  public var isCalledOff: @Sendable () -> Bool = { false }
  /// Whether it is also run while nobody reacts.
  public var isDecomposed = false
  /// The first of two steps that the difference is thought to be made in; none for no steps.
  ///
  /// With it alone it is run instead of while nobody reacts.
  public var firstStep: [Intervention] = []

  /// Creates a series.
  ///
  /// - Throws: `ImpossibleIntervention`.
  public init(
    _ plan: ForkPlan<Roster>, interventions: [Intervention], seed: UInt64
  ) throws(ImpossibleIntervention) {
    self.plan = plan
    self.seed = seed
    self.interventions = interventions.filter {
      if case .reseed = $0 { return false }
      return true
    }
    var trial = plan
    try trial.add(self.interventions)
  }

  /// The seed from which all runs of a replicate draw, from the fork's tick on.
  public func reseed(_ number: Int) -> UInt64 {
    let key = NoiseKey(seed: seed, entity: "replicate", purpose: "reseed")
    return key.bits(tick: Int64(number), slot: 0, draw: 0)
  }

  // MARK: Running

  /// Runs one session of a replicate to the end, with other differences than those of the series.
  ///
  /// - Precondition: the differences are possible.
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func run(
    _ number: Int, with interventions: [Intervention]
  ) throws(SessionError<Never>) -> RunOutcome {
    try plan.with([.reseed(reseed(number))] + interventions).measure()
  }

  /// Runs a pair to the end.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func pair(
    _ number: Int
  ) throws(SessionError<Never>) -> (treated: RunOutcome, control: RunOutcome) {
    (try run(number, with: interventions), try run(number, with: []))
  }

  /// Runs all of a replicate; nil where it was called off.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func replicate(_ number: Int) throws(SessionError<Never>) -> Replicate? {
    let reseed = Intervention.reseed(reseed(number))
    let control = plan.with([reseed])
    let treated = plan.with([reseed] + interventions)
    var replicate = Replicate(
      controls: try control.measure(spans: spans), treated: try treated.measure(spans: spans))
    if !firstStep.isEmpty {
      replicate.held = try plan.with([reseed] + firstStep).measure()
    } else if isDecomposed {
      try decompose(control, reseed, &replicate)
    }
    for placebo in placebos {
      if isCalledOff() { return nil }
      replicate.placebos.append(try plan.with([reseed, placebo]).measure())
    }
    return replicate
  }

  private func decompose(
    _ control: ForkPlan<Roster>, _ reseed: Intervention, _ replicate: inout Replicate
  ) throws(SessionError<Never>) {
    var recorded = EventBuffer()
    _ = try control.run(into: &recorded)
    let held = plan.holding(others, asIn: recorded.records)
    let run = try held.with([reseed] + interventions).measureFeasibility()
    replicate.held = run.outcome
    let refused = recorded.records.compactMap { $0.event.refusedCommand }
    replicate.infeasible = run.refused.count { !refused.contains($0) }
  }

  /// The agents that no intervention names.
  private var others: [String] {
    let named = interventions.compactMap { $0.agent }
    return plan.session.state.scenario.agents.map { $0.account.name }.filter {
      !named.contains($0)
    }
  }
}

extension ForkPlan {
  /// The plan with differences of which it is known that they are possible.
  func with(_ interventions: [Intervention]) -> ForkPlan {
    var plan = self
    do {
      try plan.add(interventions)
    } catch {
      preconditionFailure("Invariant: a seed changes nothing about what is possible")
    }
    return plan
  }

  /// The plan in which agents give the commands that they gave in another run from its tick on.
  func holding(_ names: [String], asIn records: [EventRecord]) -> ForkPlan {
    var suffix = RecordedSuffix(state: session.state, held: heldAgents + names)
    for record in records where record.event.kind != .interventionApplied {
      suffix.take(record)
    }
    return ForkPlan(self, inputs: suffix.inputs)
  }
}

extension Event {
  /// The command that the exchange refused; nil for other events.
  var refusedCommand: CommandKey? {
    if case .orderRejected(let body) = self { return body.outcome.command }
    return nil
  }
}
