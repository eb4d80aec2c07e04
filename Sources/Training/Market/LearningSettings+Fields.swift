import Learners
import Networks

// The fields of each algorithm's settings, in the order of their bytes.

extension LearningSettings {
  /// The most numbers that may be remembered.
  public static let maximumMemory: Int64 = 4096

  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    switch self {
    case .ppo(var settings, let isContinuous):
      try settings.code(&coder)
      self = .ppo(settings, isContinuous: isContinuous)
    case .recurrentPPO(var settings):
      try settings.base.code(&coder)
      try coder.code(&settings.memory, in: 1...Self.maximumMemory)
      self = .recurrentPPO(settings)
    case .dqn(var settings):
      try settings.code(&coder)
      self = .dqn(settings)
    case .sac(var settings):
      try settings.code(&coder)
      self = .sac(settings)
    }
  }
}

extension ProximalPolicyOptimization.Settings {
  fileprivate mutating func code<Coder: FieldCoder>(
    _ coder: inout Coder
  ) throws(Coder.Failure) {
    try coder.code(&minibatches, in: 1...1 << 16)
    try coder.code(&epochs, in: 1...1 << 16)
    try coder.code(&discount)
    try coder.code(&lambda)
    try coder.code(&clip)
    try coder.code(&entropyWeight)
    try coder.code(&valueWeight)
    try coder.code(&maximumGradient)
    try coder.code(&rate)
    try coder.code(&epsilon)
    try coder.code(&clipsValues)
    try coder.code(&normalizesAdvantages)
    try coder.code(&annealsRate)
    try coder.code(&annealsClip)
    try coder.code(&hasCentralCritic)
    try coder.code(layers: &hidden)
  }
}

extension ReplayingSettings {
  fileprivate mutating func codeReplay<Coder: FieldCoder>(
    _ coder: inout Coder
  ) throws(Coder.Failure) {
    try coder.code(&capacity, in: 1...1 << 20)
    try coder.code(&start, in: 0...1 << 31)
    try coder.code(count: &every)
    try coder.code(&batch, in: 1...1 << 16)
  }
}

extension DeepQLearning.Settings {
  fileprivate mutating func code<Coder: FieldCoder>(
    _ coder: inout Coder
  ) throws(Coder.Failure) {
    try codeReplay(&coder)
    try coder.code(count: &targetEvery)
    try coder.code(&discount)
    try coder.code(&rate)
    try coder.code(&firstExploration)
    try coder.code(&lastExploration)
    try coder.code(&explorationPart)
    try coder.code(&isDouble)
    try coder.code(&isDueling)
    try coder.code(&chain, in: 1...1 << 10)
    try coder.code(&priority)
    try coder.code(&firstCorrection)
    try loss.code(&coder)
    try coder.code(&lossWeight)
    try coder.code(layers: &hidden)
  }
}

extension SoftActorCritic.Settings {
  fileprivate mutating func code<Coder: FieldCoder>(
    _ coder: inout Coder
  ) throws(Coder.Failure) {
    try codeReplay(&coder)
    try coder.code(&discount)
    try coder.code(&blend)
    try coder.code(&rate)
    try coder.code(&temperature)
    var isGiven = entropy != nil
    try coder.code(&isGiven)
    if isGiven {
      var given = entropy ?? 0
      try coder.code(&given)
      entropy = given
    } else {
      entropy = nil
    }
    try coder.code(layers: &hidden)
  }
}

extension RegressionLoss {
  fileprivate mutating func code<Coder: FieldCoder>(
    _ coder: inout Coder
  ) throws(Coder.Failure) {
    var isHuber = self != .halfSquare
    try coder.code(&isHuber)
    guard isHuber else {
      self = .halfSquare
      return
    }
    var delta = 1.0
    if case .huber(let given) = self { delta = given }
    try coder.code(&delta)
    self = .huber(delta: delta)
  }
}
