import Agents
import Counterfactual
import Learners
public import MarketModel
import Networks

/// What a training is: enough to run it again, given the fork that it plays.
public struct TrainingPlan: Equatable, Sendable {
  /// How the agent is trained; environments and steps of the learner follow from the episodes.
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
    update % every == 0 || update == settings.learning.updates
  }

  // MARK: Bytes

  private static let version: UInt8 = 1

  /// The canonical encoding, as a training's genesis has it.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.version)
    writer.write(seed)
    writer.write(Int64(publishEvery))
    writer.write(Int64(saveEvery))
    writer.write(settings.agent)
    settings.parameters.encode(into: &writer)
    for number in [settings.episodes, settings.seeds] { writer.write(Int64(number)) }
    writer.write(settings.firstSeed)
    writer.write(settings.end ?? -1)
    let reward = settings.reward
    for number in [
      reward.gain, reward.inventoryPenalty, reward.drawdownPenalty, reward.tradingCost,
      reward.differentialSharpe, reward.sharpeRate,
    ] { writer.write(number) }
    let learning = settings.learning
    for number in [learning.minibatches, learning.epochs, learning.updates] {
      writer.write(Int64(number))
    }
    for number in [
      learning.discount, learning.lambda, learning.clip, learning.entropyWeight,
      learning.valueWeight, learning.maximumGradient, learning.rate, learning.epsilon,
    ] { writer.write(number.bitPattern) }
    for flag in [
      learning.clipsValues, learning.normalizesAdvantages, learning.annealsRate,
      learning.annealsClip,
    ] { writer.write(flag) }
    writer.write(count: learning.hidden.count)
    for width in learning.hidden { writer.write(UInt32(width)) }
    return writer.bytes
  }

  /// Reads the canonical encoding.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public init(bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    guard try reader.readByte() == Self.version else {
      throw ByteError(offset: 0, expected: "a training of version \(Self.version)")
    }
    let seed = try reader.readUInt64()
    let publishEvery = try Self.count(&reader, 1...1 << 31)
    let saveEvery = try Self.count(&reader, 1...1 << 31)
    var settings = MarketTrainingSettings(agent: try reader.readText())
    settings.parameters = try Parameters(from: &reader)
    settings.episodes = try Self.count(&reader, 1...1 << 16)
    settings.seeds = try Self.count(&reader, 1...1 << 31)
    settings.firstSeed = try reader.readUInt64()
    let end = try reader.readInt64()
    guard end >= -1 else {
      throw ByteError(offset: reader.offset - 8, expected: "a tick, or -1 for none")
    }
    settings.end = end < 0 ? nil : end
    settings.reward.gain = try Self.number(&reader)
    settings.reward.inventoryPenalty = try Self.number(&reader)
    settings.reward.drawdownPenalty = try Self.number(&reader)
    settings.reward.tradingCost = try Self.number(&reader)
    settings.reward.differentialSharpe = try Self.number(&reader)
    settings.reward.sharpeRate = try Self.number(&reader)
    settings.learning.minibatches = try Self.count(&reader, 1...1 << 16)
    settings.learning.epochs = try Self.count(&reader, 1...1 << 16)
    settings.learning.updates = try Self.count(&reader, 1...1 << 31)
    settings.learning.discount = try Self.float(&reader)
    settings.learning.lambda = try Self.float(&reader)
    settings.learning.clip = try Self.float(&reader)
    settings.learning.entropyWeight = try Self.float(&reader)
    settings.learning.valueWeight = try Self.float(&reader)
    settings.learning.maximumGradient = try Self.float(&reader)
    settings.learning.rate = try Self.float(&reader)
    settings.learning.epsilon = try Self.float(&reader)
    settings.learning.clipsValues = try reader.readBool()
    settings.learning.normalizesAdvantages = try reader.readBool()
    settings.learning.annealsRate = try reader.readBool()
    settings.learning.annealsClip = try reader.readBool()
    settings.learning.hidden = []
    for _ in 0..<(try reader.readCount(limit: 8)) {
      let width = Int(try reader.readUInt32())
      guard (1...1 << 12).contains(width) else {
        throw ByteError(offset: reader.offset - 4, expected: "a layer of 1 to 4,096 numbers")
      }
      settings.learning.hidden.append(width)
    }
    try reader.expectEnd()
    self.init(settings: settings, seed: seed)
    self.publishEvery = publishEvery
    self.saveEvery = saveEvery
  }

  private static func count(
    _ reader: inout ByteReader, _ range: ClosedRange<Int64>
  ) throws(ByteError) -> Int {
    let value = try reader.readInt64()
    guard range.contains(value) else {
      throw ByteError(
        offset: reader.offset - 8,
        expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(value)
  }

  private static func number(_ reader: inout ByteReader) throws(ByteError) -> Double {
    let value = try reader.readDouble()
    guard value.isFinite else {
      throw ByteError(offset: reader.offset - 8, expected: "a finite number")
    }
    return value
  }

  private static func float(_ reader: inout ByteReader) throws(ByteError) -> Float {
    let value = Float(bitPattern: try reader.readUInt32())
    guard value.isFinite else {
      throw ByteError(offset: reader.offset - 4, expected: "a finite number")
    }
    return value
  }
}

// MARK: The state of a training

extension MarketTraining {
  /// The whole state of the training, given its plan.
  public var stateBytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Int64(learner.updateCount))
    let adam = learner.adam
    writer.write(adam.stepCount)
    writer.write(adam.power1.bitPattern)
    writer.write(adam.power2.bitPattern)
    for numbers in [learner.parameters, adam.mean, adam.square] {
      writer.write(count: numbers.count)
      for number in numbers { writer.write(number.bitPattern) }
    }
    for moments in [moments, returnMoments] {
      writer.write(moments.count)
      for number in moments.means { writer.write(number) }
      for number in moments.squares { writer.write(number) }
    }
    return writer.bytes
  }

  /// Goes on from a state that was kept of this training.
  ///
  /// - Throws: `ByteError` where the bytes hold something else; nothing changed then.
  public mutating func resume(_ bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    let updates = try reader.readInt64()
    guard (0...Int64(settings.learning.updates)).contains(updates) else {
      throw ByteError(offset: 0, expected: "an update of this training")
    }
    let steps = try reader.readInt64()
    let powers = (
      Float(bitPattern: try reader.readUInt32()), Float(bitPattern: try reader.readUInt32())
    )
    let parameters = try numbers(&reader)
    let (mean, square) = (try numbers(&reader), try numbers(&reader))
    let (seen, returns) = (
      try Self.moments(&reader, columns: moments.means.count), try Self.moments(&reader, columns: 1)
    )
    try reader.expectEnd()
    learner.resume(
      parameters,
      Adam(
        stepCount: steps, mean: mean, square: square, powers: powers,
        settings: learner.adam.settings), updateCount: Int(updates))
    (moments, returnMoments) = (seen, returns)
  }

  private func numbers(_ reader: inout ByteReader) throws(ByteError) -> [Float] {
    guard try reader.readCount(limit: learner.parameters.count) == learner.parameters.count else {
      throw ByteError(
        offset: reader.offset - 4, expected: "\(learner.parameters.count) parameters")
    }
    var numbers: [Float] = []
    numbers.reserveCapacity(learner.parameters.count)
    for _ in learner.parameters.indices {
      numbers.append(Float(bitPattern: try reader.readUInt32()))
    }
    return numbers
  }

  private static func moments(
    _ reader: inout ByteReader, columns: Int
  ) throws(ByteError) -> RunningMoments {
    let count = try reader.readInt64()
    var means: [Double] = []
    var squares: [Double] = []
    for _ in 0..<columns { means.append(try reader.readDouble()) }
    for _ in 0..<columns { squares.append(try reader.readDouble()) }
    return RunningMoments(count: count, means: means, squares: squares)
  }
}
