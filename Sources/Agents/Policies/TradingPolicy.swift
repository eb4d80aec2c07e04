import Determinism
import MarketModel
public import Networks

/// A policy is what an agent that learned does, given what it sees.
///
/// Its bytes are what a policy file holds and what `policyUpdated` has on a tape; FORMAT.md lists them.
/// It first brings what it sees to mean 0 and deviation 1, as its training did, and keeps it within
/// 10 either way; a network makes it what its head says, from which a `TradingAction` or the numbers of a
/// `ContinuousAction` are drawn. Where it has a memory the network sees what is remembered, and only the memory
/// what there is to see.
public struct TradingPolicy: Equatable, Sendable {
  /// What remembers: `TradingFeature`s in, at each wake-up; nil where nothing does.
  public let memory: GatedRecurrence?
  /// The network: `TradingFeature`s in, or what is remembered; what the head says out.
  public let network: Perceptron
  /// What comes out of it.
  public let head: PolicyHead
  /// The parameters of the memory, then of the network.
  public var parameters: [Float]
  /// What is taken from each feature first.
  public var shifts: [Float]
  /// What it is multiplied with then.
  public var scales: [Float]
  /// How whoever learned it traded, as parameters of `PolicyTrader`; nil for a policy that does not say.
  ///
  /// An agent that is given the policy has them too, unless it is told otherwise.
  public var trading: Parameters?

  /// Creates a policy.
  ///
  /// - Precondition: sizes fit.
  public init(
    memory: GatedRecurrence? = nil, network: Perceptron, head: PolicyHead = .scores,
    parameters: [Float], shifts: [Float], scales: [Float], trading: Parameters? = nil
  ) {
    let inputs = memory?.inputs ?? network.inputs
    precondition(
      parameters.count == (memory?.parameterCount ?? 0) + network.parameterCount
        && network.inputs == memory?.width ?? inputs && shifts.count == inputs
        && scales.count == inputs && head.outputs == network.outputs,
      "Invariant: a policy has the sizes of its network")
    self.memory = memory
    self.network = network
    self.head = head
    self.parameters = parameters
    self.shifts = shifts
    self.scales = scales
    self.trading = trading
  }

  /// The logarithms of deviations of plain numbers: only so far that all drawn are numbers.
  private static let plainDeviations: ClosedRange<Float> = -80...80

  /// How far from 0 what it sees may be, in deviations.
  public static let reach: Float = 10

  /// How whoever learned it traded, in full: what is left out of it has its default.
  public var wholeTrading: Parameters {
    guard var whole = trading else { return Parameters() }
    for schema in PolicyTrader.parameters where schema.omitsDefault {
      if whole[schema.name] == nil { whole.set(schema.name, schema.defaultValue) }
    }
    return whole
  }

  /// How many features it sees.
  public var width: Int { memory?.inputs ?? network.inputs }

  /// Whether it sees a second instrument.
  public var seesPair: Bool { width > TradingFeature.count(seesPair: false) }

  /// Brings one row of features to mean 0 and deviation 1, in place.
  public func normalize(_ features: inout [Float]) {
    for index in features.indices {
      let value = (features[index] - shifts[index]) * scales[index]
      features[index] = min(max(value, -Self.reach), Self.reach)
    }
  }

  /// Brings rows of features to mean 0 and deviation 1.
  ///
  /// - Precondition: rows are whole.
  public func normalized(rows features: [Float]) -> [Float] {
    let width = shifts.count
    var seen: [Float] = []
    seen.reserveCapacity(features.count)
    for first in stride(from: 0, to: features.count, by: width) {
      var row = Array(features[first..<first + width])
      normalize(&row)
      seen += row
    }
    return seen
  }

  /// Draws an action, or takes the likeliest one, given one row of features, or what is remembered of this
  /// one and those before where it has a memory.
  ///
  /// - Precondition: there are as many numbers as it sees, or remembers.
  public func choice(
    _ seen: [Float], isGreedy: Bool, _ noise: DecisionNoise
  ) -> ActionChoice {
    let output = look(seen)
    let scores: [Float]
    switch head.output {
    case .scores: scores = output
    case .worths(_, let exploration):
      scores = Self.scores(ofWorths: output[..<head.actionCount], exploration)
      if isGreedy {
        // Also where what is explored makes all scores the same.
        let best = GumbelChoice.likeliest(output[..<scores.count])
        return ActionChoice(action: UInt32(best), scores: scores)
      }
    case .numbers, .plainNumbers:
      let bounds = head.output == .numbers ? SquashedGaussian.logDeviations : Self.plainDeviations
      var numbers = Self.numbers(output, isGreedy: isGreedy, within: bounds, noise)
      if head.output == .numbers { numbers = numbers.map { Elementary.tanh($0) } }
      return ActionChoice(action: ActionChoice.numbers, scores: output + numbers)
    }
    let action = isGreedy ? GumbelChoice.likeliest(scores[...]) : Self.choose(scores[...], noise)
    return ActionChoice(action: UInt32(action), scores: scores)
  }

  /// What is remembered after one more row of features; before the first one nothing is, all zeros.
  ///
  /// - Precondition: it has a memory, and sizes are its.
  public func remember(_ features: [Float], after remembered: [Float]) -> [Float] {
    guard let memory else { preconditionFailure("Invariant: a policy with a memory") }
    var features = features
    normalize(&features)
    var arena = GatedRecurrenceArena<Float>(memory, capacity: 1)
    arena.forward(
      parameters.span.extracting(first: memory.parameterCount), features.span,
      memory: remembered.span, starts: [false])
    return Self.numbers(arena.output(rows: 1))
  }

  /// What comes out of the network, given one row of features, or what is remembered.
  func look(_ seen: [Float]) -> [Float] {
    var seen = seen
    if memory == nil { normalize(&seen) }
    var arena = PerceptronArena<Float>(network, capacity: 1)
    arena.forward(
      parameters.span.extracting(last: network.parameterCount), seen.span, rows: 1)
    return Self.numbers(arena.output(rows: 1))
  }

  /// Parameters may be so large that no number comes out: 0 then, of the same bits everywhere.
  private static func numbers(_ output: ArraySlice<Float>) -> [Float] {
    output.map { $0.isNaN ? 0 : $0 }
  }

  /// Logarithms of the probabilities of actions of which the one of the greatest worth is taken, but for
  /// a part of the times.
  ///
  /// An action that is never taken has -100, which no noise makes up for.
  private static func scores(ofWorths worths: ArraySlice<Float>, _ exploration: Float) -> [Float] {
    let count = worths.count
    let best = GumbelChoice.likeliest(worths)
    let any = exploration / Float(count)
    return (0..<count).map { action in
      let probability = action == best ? 1 - exploration + any : any
      return probability > 0 ? max(Elementary.log(probability), -100) : -100
    }
  }

  /// Draws the numbers of a continuous action, before tanh: each with the noise of its place.
  private static func numbers(
    _ output: [Float], isGreedy: Bool, within bounds: ClosedRange<Float>, _ noise: DecisionNoise
  ) -> [Float] {
    let count = output.count / 2
    return (0..<count).map { place in
      if isGreedy { return output[place] }
      let log = min(max(output[count + place], bounds.lowerBound), bounds.upperBound)
      return output[place] + Elementary.exp(log) * Float(noise.normal(UInt32(place)))
    }
  }

  /// The action of the largest sum of its score and a Gumbel number of its own.
  ///
  /// It is drawn in proportion to e^score; of equal sums the first counts.
  public static func choose(_ scores: ArraySlice<Float>, _ noise: DecisionNoise) -> Int {
    GumbelChoice.choose(scores: scores) { noise.gumbel(UInt32($0)) }
  }
}
