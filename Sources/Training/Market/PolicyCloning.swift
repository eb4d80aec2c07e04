public import Agents
public import Learners

/// A policy that does what a demonstration shows, and how well it does.
public struct PolicyCloning: Sendable {
  /// The policy.
  public let policy: TradingPolicy
  /// How many decisions it was learned from, and on how many later ones it was tested.
  public let counts: (learned: Int, tested: Int)
  /// How well it does what was done in those that it was learned from, after the last epoch.
  public let learned: BehaviourCloning.Metrics
  /// How well in the later ones.
  public let tested: BehaviourCloning.Metrics
  /// The part of the later ones in which the action was the one that is most common in the others.
  public let common: Double

  /// Learns from the first decisions, and is tested on the last part of them.
  ///
  /// - Throws: `MarketTrainingError.setting` where too few decisions are left for either.
  public init(
    _ shown: Demonstration, settings: BehaviourCloning.Settings, seed: UInt64, testPart: Double
  ) throws(MarketTrainingError) {
    let count = shown.actions.count
    let tested = Int((Double(count) * testPart).rounded(.up))
    let width = TradingFeature.count(seesPair: false)
    guard tested > 0, tested < count else {
      throw .setting("test-part", expected: "one that leaves something of \(count) decisions")
    }
    try MarketTrainingError.expectPolicy(
      of: [width] + settings.hidden + [DiscreteAction.allCases.count])
    let cut = count - tested
    var moments = RunningMoments(columns: width)
    moments.add(shown.features.span.extracting(first: cut * width))
    try MarketTrainingError.expectFinite(shown.features, at: shown.ticks, of: shown.agent)
    var learner = BehaviourCloning(
      observationWidth: width, actions: DiscreteAction.allCases.count, settings: settings,
      seed: seed)
    let (shifts, scales) = moments.scaling
    let scale = TradingPolicy(
      network: learner.policy, parameters: learner.parameters, shifts: shifts, scales: scales,
      trading: shown.trading)
    let seen = scale.normalized(rows: shown.features)
    var workspace = BehaviourCloning.Workspace(learner)
    let (first, last) = (Array(seen[..<(cut * width)]), Array(seen[(cut * width)...]))
    let (done, later) = (Array(shown.actions[..<cut]), Array(shown.actions[cut...]))
    for _ in 0..<settings.epochs { _ = learner.learn(first, done, &workspace) }
    if !learner.parameters.allSatisfy({ $0.isFinite }) {
      throw .notFinite(
        agent: shown.agent, what: "a layer of the policy", place: "epoch \(learner.epochCount)")
    }
    var policy = scale
    policy.parameters = learner.parameters
    self.policy = policy
    counts = (cut, tested)
    learned = learner.judge(first, done, &workspace)
    self.tested = learner.judge(last, later, &workspace)
    let often = DiscreteAction.allCases.map { action in
      done.count { $0 == Int32(action.rawValue) }
    }
    let most = often.indices.reduce(0) { often[$1] > often[$0] ? $1 : $0 }
    common = Double(later.count { $0 == Int32(most) }) / Double(later.count)
  }
}
