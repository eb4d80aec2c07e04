import Determinism
public import Networks

/// Learning the worth of actions by a network, from steps that are kept and drawn again.
///
/// The value as a whole, kept steps included, is the state of the learner: gone on with, it gives the
/// same bits.
/// - Source: V. Mnih and others, Human-level control through deep reinforcement learning, Nature 518
///   (2015); H. van Hasselt, A. Guez, D. Silver, Deep reinforcement learning with double Q-learning,
///   <https://arxiv.org/abs/1509.06461>; Z. Wang and others, Dueling network architectures for deep
///   reinforcement learning, <https://arxiv.org/abs/1511.06581>; T. Schaul and others, Prioritized
///   experience replay, <https://arxiv.org/abs/1511.05952>; several steps at once as in M. Hessel and
///   others, Rainbow, <https://arxiv.org/abs/1710.02298>.
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
    /// Whether the last layer tells one worth of what is seen and what each action adds to it, of which the
    /// mean is taken off; both have the same hidden layers.
    public var isDueling = false
    /// Steps whose rewards are put together.
    public var chain = 1
    /// How strongly steps are preferred of which the error was large: 0 for all alike, 0.6 in the source.
    public var priority = 0.0
    /// How much of what that does to means is undone at the beginning; all of it at the end of all steps.
    public var firstCorrection = 0.4
    /// What an error costs: the square of CleanRL's is twice half the square.
    public var loss = RegressionLoss.halfSquare
    /// What the loss counts.
    public var lossWeight: Float = 2
    /// The numbers that each hidden layer has.
    public var hidden = [120, 84]

    /// The defaults.
    public init() {}
  }

  /// What an update came to.
  public struct Metrics: Sendable, Equatable {
    /// The mean loss.
    public internal(set) var loss: Float = 0
    /// The mean worth of what was done.
    public internal(set) var worth: Float = 0
  }

  /// How it learns.
  public let settings: Settings
  /// The worth of each action.
  public internal(set) var worth: LearningNetwork
  /// Steps so far.
  public private(set) var stepCount: Int64 = 0
  /// Updates so far.
  public private(set) var updateCount: Int64 = 0

  var target: [Float]
  private let seed: UInt64
  private var memory: ReplayMemory
  private var priorities: ReplayPriorities?
  private var chain: StepChain
  private let actions: Int

  /// Begins with uniform parameters, and nothing kept.
  public init(observationWidth: Int, actions: Int, settings: Settings, seed: UInt64) {
    self.settings = settings
    self.seed = seed
    self.actions = actions
    let outputs = settings.isDueling ? actions + 1 : actions
    let network = Perceptron([observationWidth] + settings.hidden + [outputs], hidden: .relu)
    worth = LearningNetwork(network, network.uniformParameters(seed: seed, name: "worth"))
    target = worth.parameters
    memory = ReplayMemory(
      capacity: settings.capacity, observationWidth: observationWidth, actionWidth: 1)
    chain = StepChain(length: settings.chain, discount: settings.discount)
    if settings.priority > 0 {
      priorities = ReplayPriorities(capacity: settings.capacity, exponent: settings.priority)
    }
  }

  /// Takes parameters for those of the network and of its target, before anything was learned.
  ///
  /// - Precondition: they are as many as the network has.
  public mutating func begin(from parameters: [Float]) {
    precondition(parameters.count == target.count, "Invariant: sizes are the network's")
    (worth.parameters, target) = (parameters, parameters)
  }

  /// The whole state, given settings and seed.
  public var state: LearnerState {
    var state = LearnerState()
    state.counts += [stepCount, updateCount]
    state.add(worth)
    state.numbers.append(target)
    memory.add(to: &state)
    chain.add(to: &state)
    priorities?.add(to: &state, count: memory.count)
    return state
  }

  /// Goes on from a state; returns whether it fits.
  public mutating func resume(_ state: LearnerState) -> Bool {
    var reader = LearnerStateReader(state)
    guard let steps = reader.count(), let updates = reader.count(),
      let worth = reader.network(worth), let target = reader.numbers(target.count),
      let memory = memory.read(from: &reader),
      let chain = chain.read(from: &reader, width: worth.network.inputs)
    else { return false }
    var priorities = priorities
    if let own = priorities {
      priorities = own.read(from: &reader, count: memory.count)
      if priorities == nil { return false }
    }
    // What was done is the number of an action.
    let isKnown = { (action: Float) in
      action >= 0 && action < Float(actions) && action == action.rounded(.down)
    }
    guard reader.isAtEnd, memory.allActions(isKnown), chain.allActions(isKnown) else {
      return false
    }
    (stepCount, updateCount, self.worth, self.target) = (steps, updates, worth, target)
    (self.memory, self.chain, self.priorities) = (memory, chain, priorities)
    return true
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
        key.integer(below: UInt64(actions), tick: stepCount, slot: 0, draw: 1))
    }
    return best(observation, &workspace)
  }

  /// The action of the greatest worth; the first of equal ones.
  public func best(_ observation: [Float], _ workspace: inout Workspace) -> Int {
    worth.forward(&workspace.network, observation, rows: 1)
    return best(workspace.network.output(rows: 1), 0)
  }

  /// The action of the greatest worth, given what came out of the network; the first of equal ones.
  private func best(_ output: ArraySlice<Float>, _ row: Int) -> Int {
    let first = output.startIndex + row * worth.network.outputs
    return GumbelChoice.likeliest(output[first..<first + actions])
  }

  /// The worth of an action, given what came out of the network.
  private func worth(_ output: ArraySlice<Float>, _ row: Int, _ action: Int) -> Float {
    let first = output.startIndex + row * worth.network.outputs
    if !settings.isDueling { return output[first + action] }
    var mean: Float = 0
    for other in first..<first + actions { mean += output[other] }
    return output[first + actions] + (output[first + action] - mean / Float(actions))
  }

  /// How what came out of the network is to change, given that for the worth of one action.
  private func setSlopes(_ slopes: inout [Float], _ row: Int, _ action: Int, _ slope: Float) {
    let first = row * worth.network.outputs
    let shared = settings.isDueling ? slope / Float(actions) : 0
    for other in 0..<actions { slopes[first + other] = (other == action ? slope : 0) - shared }
    if settings.isDueling { slopes[first + actions] = slope }
  }

  // MARK: Learning

  /// Keeps a step, and learns where it is time; returns what that came to.
  ///
  /// `isOver` says that nothing comes after it, `hasEnded` that the episode ends with it, over or cut off.
  @discardableResult
  public mutating func note(
    _ observation: [Float], _ action: Int, reward: Float, next: [Float], isOver: Bool,
    hasEnded: Bool, _ workspace: inout Workspace
  ) -> Metrics? {
    let whole = chain.add(
      observation, [Float(action)], reward: reward, isOver: isOver, hasEnded: hasEnded)
    for step in whole {
      priorities?.begin(memory.place)
      memory.note(
        step.observation, step.action, reward: step.reward, next: next, factor: step.factor)
    }
    var metrics: Metrics?
    // With a long chain nothing may be kept yet.
    if stepCount > Int64(settings.start), memory.count > 0 {
      if stepCount % Int64(settings.every) == 0 { metrics = update(&workspace) }
      if stepCount % Int64(settings.targetEvery) == 0 { target = worth.parameters }
    }
    stepCount += 1
    return metrics
  }

  @discardableResult
  mutating func update(_ workspace: inout Workspace) -> Metrics {
    var metrics = Metrics()
    let batch = settings.batch
    let weights = draw(&workspace.batch)
    let (seen, next) = (workspace.batch.observations, workspace.batch.nextObservations)
    workspace.target.forward(target.span, next.span, rows: batch)
    let future = workspace.target.output(rows: batch)
    var choosing = future
    if settings.isDouble {
      worth.forward(&workspace.network, next, rows: batch)
      choosing = workspace.network.output(rows: batch)
    }
    worth.forward(&workspace.network, seen, rows: batch)
    let now = workspace.network.output(rows: batch)
    for row in 0..<batch {
      let goal =
        workspace.batch.rewards[row]
        + workspace.batch.factors[row] * worth(future, row, best(choosing, row))
      let action = Int(workspace.batch.actions[row])
      let said = worth(now, row, action)
      let error = said - goal
      metrics.worth += said / Float(batch)
      metrics.loss += settings.lossWeight * settings.loss.value(error) / Float(batch)
      priorities?.note(workspace.batch.places[row], error: Double(error))
      let slope = settings.lossWeight * settings.loss.slope(error) / Float(batch)
      setSlopes(&workspace.outputGradient, row, action, weights.map { $0[row] * slope } ?? slope)
    }
    let given = workspace.outputGradient
    worth.learn(
      &workspace.network, seen, rows: batch, outputGradient: given, rate: settings.rate,
      &workspace.gradient)
    updateCount += 1
    return metrics
  }

  /// Draws a batch, and returns what each row counts; nothing where all count the same.
  private func draw(_ batch: inout ReplayBatch) -> [Float]? {
    let key = NoiseKey(seed: seed, entity: "memory", purpose: "draw")
    guard let priorities else {
      memory.draw(&batch, key: key, tick: updateCount)
      return nil
    }
    priorities.draw(&batch.places, count: memory.count, key: key, tick: updateCount)
    memory.fill(&batch)
    let part = min(1, Double(stepCount) / Double(settings.steps))
    let correction = settings.firstCorrection + (1 - settings.firstCorrection) * part
    return priorities.weights(batch.places, count: memory.count, correction: correction)
  }
}
