import Agents
import Determinism
import MarketModel
import Networks

/// What a trader that learns saw, did and got in one session, wake-up by wake-up.
public struct MarketEpisode: Equatable, Sendable {
  /// What its policy remembered before the first decision, where it has a memory.
  var memory: [Float] = []
  /// When it decided.
  var ticks: [Int64] = []
  /// What it saw, as it is, row by row.
  var features: [Float] = []
  /// Which decisions they were, of all of those who learn.
  var turns: [Int] = []
  /// What it saw, as its networks did.
  var observations: [Float] = []
  /// What its critic saw, where that is more: what it saw, and then what each of the others saw last.
  var criticObservations: [Float] = []
  /// What it did: numbers of actions.
  var actions: [Int32] = []
  /// The numbers of what it did, where actions are continuous: as many as each has.
  var numbers: [Float] = []
  /// The logarithm of the probability of what it did.
  var logProbabilities: [Float] = []
  /// What the critic said.
  var values: [Float] = []
  /// What came of it, in minor units.
  var rewards: [Double] = []
  /// What it gained from its first wake-up to the end, in minor units, at the middle of what others
  /// quote.
  public internal(set) var gain = 0.0

  /// How often it decided.
  public var count: Int { rewards.count }

  /// The mean gain of episodes, in minor units.
  static func meanGain(_ episodes: [MarketEpisode]) -> Double {
    let gains = episodes.map { $0.gain }
    return OrderedReduction.sum(gains.span) / Double(gains.count)
  }

  /// What it saw at a decision and at the one after it, and what came of it.
  struct Step {
    let number: Int
    let observation: [Float]
    let reward: Double
    let next: [Float]
    let isLast: Bool
  }

  /// Puts beside what it saw what each of the others saw last before; zeros where one saw nothing yet.
  mutating func join(_ others: [MarketEpisode]) {
    let width = observations.count / max(1, count)
    criticObservations = []
    var seen = others.map { _ in 0 }
    for (step, turn) in turns.enumerated() {
      criticObservations += observations[step * width..<(step + 1) * width]
      for (place, other) in others.enumerated() {
        while seen[place] < other.turns.count, other.turns[seen[place]] < turn { seen[place] += 1 }
        let last = seen[place] - 1
        criticObservations +=
          last < 0
          ? [Float](repeating: 0, count: width)[...]
          : other.observations[last * width..<(last + 1) * width]
      }
    }
  }

  /// Goes through all decisions in order; after the last one it sees what it saw then.
  func forEachStep(_ body: (Step) -> Void) {
    let width = observations.count / max(1, count)
    let row = { (number: Int) in Array(observations[number * width..<(number + 1) * width]) }
    for number in 0..<count {
      body(
        Step(
          number: number, observation: row(number), reward: rewards[number],
          next: row(min(number + 1, count - 1)), isLast: number == count - 1))
    }
  }
}

/// A training that cannot be, or cannot go on.
public enum MarketTrainingError: Error, Equatable, Sendable {
  /// No agent has that name.
  case unknownAgent(String)
  /// The agent cannot be replaced by one with a policy.
  case impossible(reason: String)
  /// The agent never decides between the fork's tick and the end.
  case neverDecides(String)
  /// A number of an agent is infinite or none: something that it saw at a tick, or a layer after an
  /// update.
  case notFinite(agent: String, what: String, place: String)
  /// A recorded input does not fit.
  case session(reason: String)
  /// A setting does not fit.
  case setting(String, expected: String)
}

extension MarketTrainingError {
  /// Looks whether a policy with such layers can stand in a scenario, before much work is done for it.
  static func expectPolicy(
    of widths: [Int], after memory: GatedRecurrence? = nil
  ) throws(MarketTrainingError) {
    let network = Perceptron(widths, hidden: .tanh)
    let size = TradingPolicy.size(of: network, after: memory)
    if size <= Limits.maximumPolicy { return }
    let isMemory = (memory?.parameterCount ?? 0) > network.parameterCount
    throw tooLarge(policyOf: size, isMemory ? "memory" : "hidden")
  }

  /// What is said of a policy of so many bytes that no scenario has room for.
  static func tooLarge(
    policyOf size: Int, _ setting: String = "hidden"
  ) -> MarketTrainingError {
    .setting(
      setting,
      expected: "fewer numbers: the policy has \(size) bytes, and a scenario keeps "
        + "\(Limits.maximumPolicy)")
  }

  /// Looks whether all that an agent saw, row by row, are numbers.
  static func expectFinite(
    _ features: [Float], at ticks: [Tick], of agent: String
  ) throws(MarketTrainingError) {
    let width = features.count / max(1, ticks.count)
    guard let odd = features.firstIndex(where: { !$0.isFinite }) else { return }
    let feature = TradingFeature(rawValue: odd % width) ?? .gain
    throw .notFinite(agent: agent, what: "\(feature)", place: "tick \(ticks[odd / width])")
  }
}
