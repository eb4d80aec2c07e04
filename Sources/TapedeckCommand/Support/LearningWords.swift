import Agents
import Learners
import Training

/// A setting of a learner, as `--learn` and candidates name it.
private struct LearningWord<Settings> {
  enum Place {
    case count(WritableKeyPath<Settings, Int>, ClosedRange<Int>)
    case number(WritableKeyPath<Settings, Float>, ClosedRange<Float>)
    case wide(WritableKeyPath<Settings, Double>, ClosedRange<Double>)
    case flag(WritableKeyPath<Settings, Bool>)
    case layers(WritableKeyPath<Settings, [Int]>)
  }

  let name: String
  let place: Place

  init(_ name: String, _ place: Place) {
    self.name = name
    self.place = place
  }

  /// Sets it, or says what is expected instead.
  func set(_ value: String, _ settings: inout Settings) -> String? {
    switch place {
    case .count(let path, let range):
      guard let count = Int(value), range.contains(count) else {
        return "\(range.lowerBound) to \(range.upperBound)"
      }
      settings[keyPath: path] = count
    case .number(let path, let range):
      guard let number = Float(value), range.contains(number) else {
        return Self.words(Double(range.lowerBound), Double(range.upperBound))
      }
      settings[keyPath: path] = number
    case .wide(let path, let range):
      guard let number = Double(value), range.contains(number) else {
        return Self.words(range.lowerBound, range.upperBound)
      }
      settings[keyPath: path] = number
    case .flag(let path):
      guard let flag = Bool(value) else { return "true or false" }
      settings[keyPath: path] = flag
    case .layers(let path):
      let widths = value.split(separator: "x", omittingEmptySubsequences: false).map {
        Int($0) ?? 0
      }
      guard !widths.isEmpty, widths.count <= 8, widths.allSatisfy({ (1...4096).contains($0) })
      else { return "1 to 8 layers of 1 to 4096 numbers, as in 64x64" }
      settings[keyPath: path] = widths
    }
    return nil
  }

  private static func words(_ low: Double, _ high: Double) -> String {
    // The least of those that are not 0 is written as what it stands for.
    if low > 0, low < 1e-5 { return "a number above 0" }
    let least = low == low.rounded() ? low.fixed(0) : "\(low)"
    // The largest numbers of a Float and of a Double.
    let most = high > 1e300 ? "1.79e308" : high > 1e30 ? "3.40e38" : high.fixed(0)
    return "a number from \(least) to \(most)"
  }
}

extension LearningWord {
  /// Sets the setting of a name; `others` are names that somebody else knows.
  static func set(
    _ name: String, _ value: String, _ words: [LearningWord], _ settings: inout Settings,
    _ algorithm: String, and others: [String] = []
  ) throws(CommandFailure) {
    guard let word = words.first(where: { $0.name == name }) else {
      throw CommandFailure.unknown(
        "setting", name, among: words.map { $0.name } + others, in: algorithm)
    }
    if let expected = word.set(value, &settings) {
      throw CommandFailure(Exit.usage, "\(name)=\(value): expected \(expected)")
    }
  }
}

/// Everything from 0 on that is a number.
private let amount: ClosedRange<Float> = 0...Float.greatestFiniteMagnitude
private let part: ClosedRange<Float> = 0...1

extension LearningSettings {
  /// Sets a setting of the learner: `rate=0.001`.
  mutating func set(_ text: String) throws(CommandFailure) {
    let (name, value) = try TrainingOptions.sides(text, "--learn rate=0.001")
    switch self {
    case .ppo(var settings, let isContinuous):
      let central = [
        LearningWord<ProximalPolicyOptimization.Settings>(
          "central_critic", .flag(\.hasCentralCritic))
      ]
      try LearningWord.set(
        name, value, Self.clippedWords + central, &settings, algorithm.name)
      self = .ppo(settings, isContinuous: isContinuous)
    case .recurrentPPO(var settings):
      if name == "memory" {
        let words = [
          LearningWord<RecurrentPolicyOptimization.Settings>(
            name, .count(\.memory, 1...Int(Self.maximumMemory)))
        ]
        try LearningWord.set(name, value, words, &settings, algorithm.name)
      } else {
        // Its critic sees what it remembers, and no more.
        try LearningWord.set(
          name, value, Self.clippedWords, &settings.base, algorithm.name, and: ["memory"])
      }
      self = .recurrentPPO(settings)
    case .dqn(var settings):
      try LearningWord.set(name, value, Self.worthWords, &settings, "dqn")
      self = .dqn(settings)
    case .sac(var settings):
      if name == "entropy" {
        guard let number = Float(value), number.isFinite else {
          throw CommandFailure(Exit.usage, "\(text): expected a number, the entropy to keep")
        }
        settings.entropy = number
      } else {
        try LearningWord.set(name, value, Self.softWords, &settings, "sac", and: ["entropy"])
      }
      self = .sac(settings)
    }
  }

  private static var clippedWords: [LearningWord<ProximalPolicyOptimization.Settings>] {
    [
      .init("rate", .number(\.rate, amount)), .init("discount", .number(\.discount, part)),
      .init("hidden", .layers(\.hidden)), .init("entropy", .number(\.entropyWeight, amount)),
      .init("lambda", .number(\.lambda, part)), .init("clip", .number(\.clip, amount)),
      .init("epochs", .count(\.epochs, 1...4096)),
      .init("minibatches", .count(\.minibatches, 1...4096)),
      .init("value_weight", .number(\.valueWeight, amount)),
      .init("maximum_gradient", .number(\.maximumGradient, amount)),
    ]
  }

  private static var worthWords: [LearningWord<DeepQLearning.Settings>] {
    [
      .init("rate", .number(\.rate, amount)), .init("discount", .number(\.discount, part)),
      .init("hidden", .layers(\.hidden)), .init("batch", .count(\.batch, 1...65_536)),
      .init("capacity", .count(\.capacity, 1...1 << 20)),
      .init("start", .count(\.start, 0...1 << 30)), .init("every", .count(\.every, 1...1 << 20)),
      .init("target_every", .count(\.targetEvery, 1...1 << 30)),
      .init("exploration", .wide(\.lastExploration, 0...1)),
      .init("exploration_part", .wide(\.explorationPart, 0.001...1)),
      .init("double", .flag(\.isDouble)), .init("dueling", .flag(\.isDueling)),
      .init("chain", .count(\.chain, 1...1024)), .init("priority", .wide(\.priority, 0...1)),
    ]
  }

  private static var softWords: [LearningWord<SoftActorCritic.Settings>] {
    [
      .init("rate", .number(\.rate, amount)), .init("discount", .number(\.discount, part)),
      .init("hidden", .layers(\.hidden)), .init("batch", .count(\.batch, 1...65_536)),
      .init("capacity", .count(\.capacity, 1...1 << 20)),
      .init("start", .count(\.start, 0...1 << 30)), .init("every", .count(\.every, 1...1 << 20)),
      .init("blend", .number(\.blend, part)),
      .init("temperature", .number(\.temperature, 1e-6...Float.greatestFiniteMagnitude)),
    ]
  }
}

extension BehaviourCloning.Settings {
  /// Sets a setting of the learner: `rate=0.001`.
  mutating func set(_ text: String) throws(CommandFailure) {
    let (name, value) = try TrainingOptions.sides(text, "--learn rate=0.001")
    try LearningWord.set(
      name, value,
      [
        .init("rate", .number(\.rate, amount)), .init("hidden", .layers(\.hidden)),
        .init("batch", .count(\.batch, 1...65_536)),
        .init("weight_decay", .number(\.weightDecay, amount)),
      ], &self, "clone")
  }
}

extension LearningAlgorithm {
  /// The algorithm of a name.
  init(named name: String) throws(CommandFailure) {
    guard let algorithm = Self.allCases.first(where: { $0.name == name }) else {
      throw CommandFailure.unknown(
        "algorithm", name, among: Self.allCases.map { $0.name }, in: "algorithm")
    }
    self = algorithm
  }
}

extension LearningMeasure {
  /// What it is, in a sentence; nil for what says nothing to who looks at a picture.
  var description: String? {
    switch self {
    case .valueLoss: "How far what is expected to come was from what came: the mean loss."
    case .entropy: "The mean entropy of the policy, in nats: how undecided it is."
    case .divergence:
      "The estimated divergence (KL) of the policy after the update from that which played."
    case .gradient: "The longest gradient of an update, before it is shortened."
    case .explained:
      "How much of the variance of what came the critic explained; 1 is all."
    case .worth: "The mean worth of what was done, as the learner sees it."
    case .exploration: "The part of actions that were any."
    case .temperature: "What a unit of entropy was worth to the learner."
    case .policyLoss, .clipped, .firstDivergence, .unmoved: nil
    }
  }
}

/// Something that options and lines name as the parameters of strategies are named.
protocol Worded {}

extension Worded {
  /// Its name: `micro_price` for `microPrice`.
  var word: String {
    "\(self)".reduce(into: "") { word, letter in
      word += letter.isUppercase ? "_\(letter.lowercased())" : "\(letter)"
    }
  }
}

extension TradingFeature: Worded {}
extension DiscreteAction: Worded {}
extension ContinuousAction: Worded {}

extension TradingAction {
  /// Its name: that of the trade, and what is said beside it, as in `buy+up`.
  var word: String { trade.word + (saying == 0 ? "" : saying > 0 ? "+up" : "+down") }
}
