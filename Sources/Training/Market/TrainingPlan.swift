import Agents
import Learners
public import MarketModel

/// What a training is: enough to run it again, given the fork that it plays.
public struct TrainingPlan: Equatable, Sendable {
  /// How the agent is trained.
  public var settings: MarketTrainingSettings
  /// What the learner's own draws are made of.
  public var seed: UInt64
  /// Updates between two publications of the policy.
  public var publishEvery: Int
  /// Updates after which the learner's state is kept.
  public var saveEvery: Int

  /// Creates a plan that publishes the policy every 10 updates, and keeps the state every 50.
  public init(settings: MarketTrainingSettings, seed: UInt64) {
    self.settings = settings
    self.seed = seed
    publishEvery = 10
    saveEvery = 50
  }

  /// Whether the policy is published, and the state kept, after an update.
  public func isDue(_ every: Int, after update: Int) -> Bool {
    update % every == 0 || update == settings.updates
  }

  // MARK: Bytes

  /// Where each agent learns a policy of its own, and where all learn one.
  private static let version: UInt8 = 4
  private static let sharedVersion: UInt8 = 5

  /// The canonical encoding, as a training's genesis has it.
  public var bytes: [UInt8] {
    var coder = FieldWriter()
    coder.writer.write(settings.isShared ? Self.sharedVersion : Self.version)
    coder.writer.write(count: settings.trainees.count)
    for trainee in settings.trainees {
      coder.writer.write(trainee.learning.algorithm.rawValue)
    }
    var plan = self
    plan.code(&coder)
    return coder.writer.bytes
  }

  /// Reads the canonical encoding.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public init(bytes: [UInt8]) throws(ByteError) {
    var coder = FieldReader(reader: ByteReader(bytes))
    let version = try coder.reader.readByte()
    guard version == Self.version || version == Self.sharedVersion else {
      throw ByteError(
        offset: 0, expected: "a training of version \(Self.version) or \(Self.sharedVersion)")
    }
    var trainees: [TraineeSettings] = []
    for _ in 0..<(try coder.reader.readCount(limit: MarketTrainingSettings.maximumTrainees)) {
      let place = coder.reader.offset
      guard let algorithm = LearningAlgorithm(rawValue: try coder.reader.readByte()) else {
        throw ByteError(offset: place, expected: "an algorithm, 0 to 4")
      }
      trainees.append(TraineeSettings(agent: "", algorithm))
    }
    self.init(settings: MarketTrainingSettings(trainees), seed: 0)
    settings.isShared = version == Self.sharedVersion
    try code(&coder)
    try coder.reader.expectEnd()
  }

  private mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.code(&seed)
    try coder.code(count: &publishEvery)
    try coder.code(count: &saveEvery)
    try coder.code(&settings.episodes, in: 1...1 << 16)
    try coder.code(count: &settings.seeds)
    try coder.code(&settings.firstSeed)
    var end = Int(settings.end ?? -1)
    try coder.code(&end, in: -1...Int64.max)
    settings.end = end < 0 ? nil : Tick(end)
    try coder.code(count: &settings.updates)
    for place in settings.trainees.indices { try settings.trainees[place].code(&coder) }
    var count = settings.opponents.count
    try coder.code(&count, in: 0...Int64(OpponentSettings.maximumCount))
    while settings.opponents.count < count {
      settings.opponents.append(OpponentSettings(agent: "", ways: []))
    }
    for place in settings.opponents.indices { try settings.opponents[place].code(&coder) }
  }
}

extension OpponentSettings {
  fileprivate mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.code(&agent)
    var count = ways.count
    try coder.code(&count, in: 1...Int64(Self.maximumCount))
    while ways.count < count { ways.append(Way(policy: [])) }
    for place in ways.indices {
      try coder.code(bytes: &ways[place].policy, limit: Self.maximumSize)
      try coder.code(&ways[place].weight)
    }
  }
}

extension TraineeSettings {
  fileprivate mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.code(&agent)
    try coder.code(&parameters)
    // A bit for each feature; those of one instrument alone, all of them, stand for all there are.
    let (all, plain) = (TradingFeature.allCases, (1 << TradingFeature.count(seesPair: false)) - 1)
    var seen = sight == all ? plain : sight.reduce(0) { $0 | 1 << $1.rawValue }
    try coder.code(&seen, in: 0...(1 << Int64(all.count)) - 1)
    sight = all.filter { seen == plain || seen & 1 << $0.rawValue != 0 }
    try reward.code(&coder)
    try learning.code(&coder)
  }
}

extension RewardSettings {
  fileprivate mutating func code<Coder: FieldCoder>(
    _ coder: inout Coder
  ) throws(Coder.Failure) {
    try coder.code(&gain)
    try coder.code(&inventoryPenalty)
    try coder.code(&drawdownPenalty)
    try coder.code(&tradingCost)
    try coder.code(&slippage)
    try coder.code(&differentialSharpe)
    try coder.code(&sharpeRate)
    try coder.code(&othersGain)
  }
}
