import Determinism
import Networks

/// Learning what to do with continuous actions, from steps that are kept and drawn again, so that
/// what is done stays as varied as its temperature asks.
///
/// Two critics and their slow copies tell what actions are worth; the smaller of both counts. The
/// value as a whole, kept steps included, is the state of the learner: gone on with, it gives the
/// same bits.
/// - Source: T. Haarnoja and others, Soft actor-critic algorithms and applications,
///   <https://arxiv.org/abs/1812.05905>, algorithm 1 with automatic temperature.
public struct SoftActorCritic: Sendable, Equatable {
  /// How it learns; the defaults are those of Stable-Baselines3, with the rate of its zoo for Pendulum.
  public struct Settings: Sendable, Equatable {
    /// Steps that are kept.
    public var capacity = 1_000_000
    /// Steps that are played with any action before anything is learned.
    public var start = 100
    /// Steps between two updates.
    public var every = 1
    /// Steps that an update draws, with repetition.
    public var batch = 256
    /// What a reward a step later is worth.
    public var discount: Float = 0.99
    /// The part of the way that the slow copies go to the critics after each update.
    public var blend: Float = 0.005
    /// The learning rate of actor, critics and temperature.
    public var rate: Float = 1e-3
    /// The entropy that the temperature is to keep; nil for less the number of actions.
    public var entropy: Float?
    /// The temperature at the beginning.
    public var temperature: Float = 1
    /// The numbers that each hidden layer has.
    public var hidden = [256, 256]

    /// The defaults.
    public init() {}
  }

  /// What an update came to.
  public struct Metrics: Sendable, Equatable {
    /// The mean of half the squared error of both critics.
    public internal(set) var criticLoss: Float = 0
    /// The mean of what the smaller opinion says of what the actor does.
    public internal(set) var worth: Float = 0
    /// The mean entropy of the actor, as drawn.
    public internal(set) var entropy: Float = 0
    /// The temperature before the update.
    public internal(set) var temperature: Float = 0
  }

  /// How it learns.
  public let settings: Settings
  /// Means of actions, then logarithms of deviations.
  public internal(set) var actor: LearningNetwork
  /// What an action is worth, of what is seen and what is done: two opinions.
  public internal(set) var critics: [LearningNetwork]
  /// The logarithm of the temperature.
  public internal(set) var logTemperature: [Float]
  /// Steps so far.
  public private(set) var stepCount: Int64 = 0
  /// Updates so far.
  public internal(set) var updateCount: Int64 = 0

  /// Their slow copies.
  var targets: [[Float]]
  var temperatureAdam: Adam<Float>
  var memory: ReplayMemory
  let seed: UInt64

  /// Begins with uniform parameters, and nothing kept.
  public init(observationWidth: Int, actionWidth: Int, settings: Settings, seed: UInt64) {
    self.settings = settings
    self.seed = seed
    let network = Perceptron(
      [observationWidth] + settings.hidden + [2 * actionWidth], hidden: .relu)
    actor = LearningNetwork(network, network.uniformParameters(seed: seed, name: "actor"))
    let critic = Perceptron(
      [observationWidth + actionWidth] + settings.hidden + [1], hidden: .relu)
    critics = ["first critic", "second critic"].map {
      LearningNetwork(critic, critic.uniformParameters(seed: seed, name: $0))
    }
    targets = critics.map { $0.parameters }
    logTemperature = [Elementary.log(settings.temperature)]
    temperatureAdam = Adam(parameterCount: 1)
    memory = ReplayMemory(
      capacity: settings.capacity, observationWidth: observationWidth, actionWidth: actionWidth)
  }

  /// How many numbers an action has.
  public var actionWidth: Int { actor.network.outputs / 2 }

  /// Takes parameters for those of the actor, before anything was learned.
  ///
  /// - Precondition: they are as many as the actor has.
  public mutating func begin(from parameters: [Float]) {
    precondition(
      parameters.count == actor.parameters.count, "Invariant: sizes are the network's")
    actor.parameters = parameters
  }

  /// The whole state, given settings and seed.
  public var state: LearnerState {
    var state = LearnerState()
    state.counts += [stepCount, updateCount]
    for network in [actor] + critics { state.add(network) }
    state.numbers += targets + [logTemperature]
    state.add(temperatureAdam)
    memory.add(to: &state)
    return state
  }

  /// Goes on from a state; returns whether it fits.
  public mutating func resume(_ state: LearnerState) -> Bool {
    var reader = LearnerStateReader(state)
    guard let steps = reader.count(), let updates = reader.count(),
      let actor = reader.network(actor), let first = reader.network(critics[0]),
      let second = reader.network(critics[1]),
      let firstTarget = reader.numbers(targets[0].count),
      let secondTarget = reader.numbers(targets[1].count),
      let logTemperature = reader.numbers(1),
      let temperatureAdam = reader.adam(temperatureAdam),
      let memory = memory.read(from: &reader), reader.isAtEnd, memory.count > 0 || steps == 0
    else { return false }
    (stepCount, updateCount, self.actor, self.memory) = (steps, updates, actor, memory)
    (critics, targets) = ([first, second], [firstTarget, secondTarget])
    (self.logTemperature, self.temperatureAdam) = (logTemperature, temperatureAdam)
    return true
  }

  /// The hash of all parameters that learn, bit by bit.
  public var parameterHash: UInt64 {
    BitHash.of(
      actor.parameters + critics[0].parameters + critics[1].parameters + logTemperature)
  }

  /// Where the networks work.
  public struct Workspace: Sendable {
    var batch: ReplayBatch
    /// The actor where it is learned, and where it only looks.
    var actor: PerceptronArena<Float>
    var onlooker: PerceptronArena<Float>
    var critics: [PerceptronArena<Float>]
    /// What is seen and what is done, row by row.
    var inputs: [Float]
    /// What the actor does with what is seen now, and next.
    var drawn: DrawnActions
    var next: DrawnActions
    var goals: [Float]
    var outputGradient: [Float]
    var inputGradients: [[Float]]
    var actorGradient: [Float]
    var criticGradient: [Float]
    var actorOutputGradient: [Float]

    /// Makes room.
    public init(_ learner: SoftActorCritic) {
      let rows = learner.settings.batch
      let (width, actions) = (learner.actor.network.inputs, learner.actionWidth)
      batch = ReplayBatch(rows: rows, observationWidth: width, actionWidth: actions)
      actor = PerceptronArena(learner.actor.network, capacity: rows)
      onlooker = PerceptronArena(learner.actor.network, capacity: rows)
      let critic = PerceptronArena<Float>(learner.critics[0].network, capacity: rows)
      critics = [critic, critic]
      inputs = [Float](repeating: 0, count: rows * (width + actions))
      drawn = DrawnActions(count: rows * actions)
      next = drawn
      goals = [Float](repeating: 0, count: rows)
      outputGradient = goals
      inputGradients = [inputs, inputs]
      actorGradient = [Float](repeating: 0, count: learner.actor.parameters.count)
      criticGradient = [Float](repeating: 0, count: learner.critics[0].parameters.count)
      actorOutputGradient = [Float](repeating: 0, count: rows * 2 * actions)
    }
  }

  /// Actions that were drawn, number by number, and what they were made of.
  struct DrawnActions: Sendable, Equatable {
    var actions: [Float]
    var noises: [Float]
    var deviations: [Float]
    /// Whether the logarithm of the deviation lay within its bounds.
    var isFree: [Bool]
    /// By row: the logarithm of the density.
    var logDensities: [Float]

    init(count: Int) {
      actions = [Float](repeating: 0, count: count)
      noises = actions
      deviations = actions
      isFree = [Bool](repeating: false, count: count)
      logDensities = actions
    }
  }

  // MARK: Playing

  /// Chooses an action, each number within -1 to 1: any before the start, else one that is drawn.
  public func choose(_ observation: [Float], _ workspace: inout Workspace) -> [Float] {
    let key = NoiseKey(seed: seed, entity: "policy", purpose: "action")
    if stepCount < Int64(settings.start) {
      return (0..<actionWidth).map {
        Float(2 * key.uniform(tick: stepCount, slot: 0, draw: UInt32($0)) - 1)
      }
    }
    let output = look(observation, &workspace)
    return (0..<actionWidth).map { index in
      let bounds = SquashedGaussian.logDeviations
      let log = min(max(output[actionWidth + index], bounds.lowerBound), bounds.upperBound)
      let noise = Float(key.normal(tick: stepCount, slot: 0, draw: UInt32(index)))
      return Elementary.tanh(output[index] + Elementary.exp(log) * noise)
    }
  }

  /// The action in the middle of those that are drawn.
  public func best(_ observation: [Float], _ workspace: inout Workspace) -> [Float] {
    look(observation, &workspace).prefix(actionWidth).map { Elementary.tanh($0) }
  }

  private func look(_ observation: [Float], _ workspace: inout Workspace) -> [Float] {
    actor.forward(&workspace.onlooker, observation, rows: 1)
    return Array(workspace.onlooker.output(rows: 1))
  }

  // MARK: Learning

  /// Keeps a step, and learns where it is time; returns what that came to.
  ///
  /// `isOver` says that nothing comes after it; a step at which an episode was only cut off is none.
  @discardableResult
  public mutating func note(
    _ observation: [Float], _ action: [Float], reward: Float, next: [Float], isOver: Bool,
    _ workspace: inout Workspace
  ) -> Metrics? {
    memory.note(
      observation, action, reward: reward, next: next, factor: isOver ? 0 : settings.discount)
    stepCount += 1
    guard stepCount > Int64(settings.start), stepCount % Int64(settings.every) == 0 else {
      return nil
    }
    return update(&workspace)
  }
}
