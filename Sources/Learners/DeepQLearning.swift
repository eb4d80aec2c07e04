import Determinism
import Networks

/// Learning the worth of actions by a network, from steps that are kept and drawn again.
///
/// The value as a whole, kept steps included, is the state of the learner: gone on with, it gives the
/// same bits.
/// - Source: V. Mnih and others, Human-level control through deep reinforcement learning, Nature 518
///   (2015); H. van Hasselt, A. Guez, D. Silver, Deep reinforcement learning with double Q-learning,
///   <https://arxiv.org/abs/1509.06461>.
public struct DeepQLearning: Sendable, Equatable {
  /// How it learns; the defaults are those of CleanRL's `dqn.py` for CartPole.
  public struct Settings: Sendable, Equatable {
    /// Steps that will be played.
    public var steps = 500_000
    /// Steps that are kept.
    public var capacity = 10_000
    /// Steps that are played before anything is learned.
    public var start = 10_000
    /// Steps between two updates.
    public var every = 10
    /// Steps that an update draws, with repetition.
    public var batch = 128
    /// Steps after which the target becomes the network.
    public var targetEvery = 500
    /// What a reward a step later is worth.
    public var discount: Float = 0.99
    /// The learning rate.
    public var rate: Float = 2.5e-4
    /// The part of actions that are any, at the beginning.
    public var firstExploration = 1.0
    /// That part from the end of the exploration on.
    public var lastExploration = 0.05
    /// The part of all steps over which it falls, in a straight line.
    public var explorationPart = 0.5
    /// Whether the network chooses the action whose worth the target tells (double Q-learning).
    public var isDouble = false
    /// The numbers that each hidden layer has.
    public var hidden = [120, 84]

    /// The defaults.
    public init() {}
  }

  /// How it learns.
  public let settings: Settings
  /// The worth of each action.
  public private(set) var worth: LearningNetwork
  /// Steps so far.
  public private(set) var stepCount: Int64 = 0
  /// Updates so far.
  public private(set) var updateCount: Int64 = 0

  private var target: [Float]
  private let seed: UInt64
  private var memory: ReplayMemory

  /// Begins with uniform parameters, and nothing kept.
  public init(observationWidth: Int, actions: Int, settings: Settings, seed: UInt64) {
    self.settings = settings
    self.seed = seed
    let network = Perceptron([observationWidth] + settings.hidden + [actions], hidden: .relu)
    worth = LearningNetwork(network, network.uniformParameters(seed: seed, name: "worth"))
    target = worth.parameters
    memory = ReplayMemory(
      capacity: settings.capacity, observationWidth: observationWidth, actionWidth: 1)
  }

  /// The hash of all parameters, bit by bit.
  public var parameterHash: UInt64 { BitHash.of(worth.parameters) }

  /// Where the network works.
  public struct Workspace: Sendable {
    var network: PerceptronArena<Float>
    var target: PerceptronArena<Float>
    var batch: ReplayBatch
    var outputGradient: [Float]
    var gradient: [Float]

    /// Makes room.
    public init(_ learner: DeepQLearning) {
      let batch = learner.settings.batch
      network = PerceptronArena(learner.worth.network, capacity: batch)
      target = PerceptronArena(learner.worth.network, capacity: batch)
      self.batch = ReplayBatch(
        rows: batch, observationWidth: learner.worth.network.inputs, actionWidth: 1)
      outputGradient = [Float](repeating: 0, count: batch * learner.worth.network.outputs)
      gradient = [Float](repeating: 0, count: learner.worth.network.parameterCount)
    }
  }

  // MARK: Playing

  /// The part of actions that are any, at this step.
  public var exploration: Double {
    let length = settings.explorationPart * Double(settings.steps)
    let slope = (settings.lastExploration - settings.firstExploration) / length
    return max(
      settings.firstExploration + slope * Double(stepCount), settings.lastExploration)
  }

  /// Chooses an action: any, as often as is explored, else the one of the greatest worth.
  public func choose(_ observation: [Float], _ workspace: inout Workspace) -> Int {
    let key = NoiseKey(seed: seed, entity: "policy", purpose: "action")
    if key.uniform(tick: stepCount, slot: 0, draw: 0) < exploration {
      return Int(
        key.integer(below: UInt64(worth.network.outputs), tick: stepCount, slot: 0, draw: 1))
    }
    return best(observation, &workspace)
  }

  /// The action of the greatest worth; the first of equal ones.
  public func best(_ observation: [Float], _ workspace: inout Workspace) -> Int {
    worth.forward(&workspace.network, observation, rows: 1)
    return Self.best(workspace.network.output(rows: 1), 0, worth.network.outputs)
  }

  private static func best(_ worths: ArraySlice<Float>, _ row: Int, _ count: Int) -> Int {
    let first = worths.startIndex + row * count
    return GumbelChoice.likeliest(worths[first..<first + count])
  }

  // MARK: Learning

  /// Keeps a step, and learns where it is time.
  ///
  /// `isOver` says that nothing comes after it; a step at which an episode was only cut off is none.
  public mutating func note(
    _ observation: [Float], _ action: Int, reward: Float, next: [Float], isOver: Bool,
    _ workspace: inout Workspace
  ) {
    memory.note(observation, [Float(action)], reward: reward, next: next, isOver: isOver)
    if stepCount > Int64(settings.start) {
      if stepCount % Int64(settings.every) == 0 { update(&workspace) }
      if stepCount % Int64(settings.targetEvery) == 0 { target = worth.parameters }
    }
    stepCount += 1
  }

  private mutating func update(_ workspace: inout Workspace) {
    let (count, batch) = (worth.network.outputs, settings.batch)
    let key = NoiseKey(seed: seed, entity: "memory", purpose: "draw")
    memory.draw(&workspace.batch, key: key, tick: updateCount)
    let (seen, next) = (workspace.batch.observations, workspace.batch.nextObservations)
    workspace.target.forward(target.span, next.span, rows: batch)
    let future = workspace.target.output(rows: batch)
    var chosen = future
    if settings.isDouble {
      worth.forward(&workspace.network, next, rows: batch)
      chosen = workspace.network.output(rows: batch)
    }
    worth.forward(&workspace.network, seen, rows: batch)
    let worths = workspace.network.output(rows: batch)
    for row in 0..<batch {
      let best = future[future.startIndex + row * count + Self.best(chosen, row, count)]
      let goal =
        workspace.batch.rewards[row] + (workspace.batch.ends[row] ? 0 : settings.discount * best)
      for action in 0..<count { workspace.outputGradient[row * count + action] = 0 }
      let index = row * count + Int(workspace.batch.actions[row])
      workspace.outputGradient[index] =
        2 * (worths[worths.startIndex + index] - goal) / Float(batch)
    }
    let given = workspace.outputGradient
    worth.learn(
      &workspace.network, seen, rows: batch, outputGradient: given, rate: settings.rate,
      &workspace.gradient)
    updateCount += 1
  }
}
