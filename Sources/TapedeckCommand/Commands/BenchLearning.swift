import Agents
import ArgumentParser
import Determinism
import Learners
import Market
import MarketModel
import Replay
import Session
import Training

/// `tapedeck bench learning`: how fast learners are here.
struct BenchLearning: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "learning", abstract: "Time kernels and a training.",
      discussion: """
        The most fused multiply-adds of 32 bits that the core does at all, which other rows can be held \
        against; a product of 256x64 by 64x64 numbers, elementary functions, and PPO on CartPole with \
        the settings of CleanRL, of SB3 and of its zoo, steps and updates together; DQN on CartPole with two layers \
        of 256 and batches of 64, SAC on Pendulum with two of 256 and batches of 256, an update a step; a \
        market in which three agents are driven by random actions and see it all. Processor time of one \
        core, medians of several runs, each with the hash of what came of it, which is the same on \
        every machine and at every TAPEDECK_KERNELS.
        """)
  }

  @Option(help: "How many steps of CartPole.")
  var steps = 100_000

  @Option(help: "How many runs; the median counts.")
  var runs = 3

  @Option(
    help: """
      Only one row: peak, product, exp, tanh, log, ppo-cleanrl, ppo-sb3, ppo-zoo, market, dqn or sac.
      """)
  var only: String?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard (1000...100_000_000).contains(steps) else {
      throw ValidationError("--steps: 1000 to 100000000")
    }
    guard (1...1000).contains(runs) else { throw ValidationError("--runs: 1 to 1000") }
    let names = works.map { $0.name }
    if let only, !names.contains(only) {
      throw ValidationError("--only is one of: \(names.joined(separator: ", "))")
    }
  }

  /// One line of the table.
  private struct Row {
    var name: String
    var value: Double
    var unit: String
    var hash: UInt64
  }

  /// What is timed: how much of what was done in a second, and the hash of what came of it.
  private typealias Work = (name: String, unit: String, body: () -> (value: Double, hash: UInt64))

  private var works: [Work] {
    [
      ("peak", "GFLOP/s", peak), ("product", "GFLOP/s", product),
      ("exp", "million/s", { elementary(Self.exponentials) }),
      ("tanh", "million/s", { elementary(Self.tangents) }),
      ("log", "million/s", { elementary(Self.logarithms) }),
      ("ppo-cleanrl", "steps/s", { training(ProximalPolicyOptimization.Settings()) }),
      ("ppo-sb3", "steps/s", { training(Self.stableBaselines) }),
      ("ppo-zoo", "steps/s", { training(Self.zoo) }),
      ("market", "agent-steps/s", market), ("dqn", "updates/s", worths),
      ("sac", "updates/s", softly),
    ]
  }

  func run() throws {
    let rows = try works.filter { only == nil || only == $0.name }.map(row)
    if options.json {
      let list = rows.map { row -> [String: Any] in
        [
          "name": row.name, "value": row.value, "unit": row.unit,
          "digest": StateTree.hexadecimal(row.hash),
        ]
      }
      try Console.data(
        Json.text(["rows": list, "runs": runs, "kernels": "\(Kernels.active)"]))
    } else {
      var table = [["row", "value", "unit", "digest"]]
      for row in rows {
        table.append([
          row.name, row.value.fixed(row.value < 10_000 ? 1 : 0), row.unit,
          StateTree.hexadecimal(row.hash),
        ])
      }
      try Console.write("kernels: \(Kernels.active); median of \(runs)\n" + TextTable.text(table))
    }
  }

  /// The median of some runs, which must all come to the same.
  private func row(_ work: Work) throws -> Row {
    let measured = (0..<runs).map { _ in work.body() }
    guard measured.allSatisfy({ $0.hash == measured[0].hash }) else {
      throw CommandFailure(Exit.differs, "\(work.name): two runs differ")
    }
    return Row(
      name: work.name, value: measured.map { $0.value }.sorted()[runs / 2], unit: work.unit,
      hash: measured[0].hash)
  }

  private static func numbers(_ count: Int, _ entity: String) -> [Float] {
    let key = NoiseKey(seed: 1, entity: entity, purpose: "bench")
    return (0..<count).map { Float(key.normal(tick: 0, slot: UInt32($0), draw: 0)) }
  }

  private func peak() -> (Double, UInt64) {
    let rounds = Kernels.active == .scalar ? 1_000_000 : 10_000_000
    let start = FlowRun.seconds()
    let (operations, result) = Kernels.peak(rounds: rounds)
    return (Double(operations) / (FlowRun.seconds() - start) / 1e9, BitHash.of([result]))
  }

  private func product() -> (Double, UInt64) {
    let shape = ProductShape(rows: 256, columns: 64, depth: 64)
    let (one, other) = (Self.numbers(256 * 64, "a"), Self.numbers(64 * 64, "b"))
    var result = [Float](repeating: 0, count: 256 * 64)
    // Long enough for the processor to come to its pace.
    let count = Kernels.active == .scalar ? 20 : 30_000
    let start = FlowRun.seconds()
    for _ in 0..<count {
      var span = result.mutableSpan
      MatrixProduct.multiply(shape, one.span, other.span, into: &span)
    }
    let seconds = FlowRun.seconds() - start
    return (2 * 256 * 64 * 64 * Double(count) / seconds / 1e9, BitHash.of(result))
  }

  private func elementary(_ function: (inout [Float]) -> Void) -> (Double, UInt64) {
    let given = Self.numbers(1 << 16, "x").map { $0.magnitude * 3 }
    var values = given
    var seconds = 0.0
    let count = Kernels.active == .scalar ? 20 : 400
    for _ in 0..<count {
      // Place by place: a whole array would be copied when it is first written to, in the time.
      for index in given.indices { values[index] = given[index] }
      let start = FlowRun.seconds()
      function(&values)
      seconds += FlowRun.seconds() - start
    }
    return (Double(count * given.count) / seconds / 1e6, BitHash.of(values))
  }

  private static func exponentials(_ values: inout [Float]) {
    var span = values.mutableSpan
    VectorKernels.exp(&span)
  }

  private static func tangents(_ values: inout [Float]) {
    var span = values.mutableSpan
    VectorKernels.tanh(&span)
  }

  private static func logarithms(_ values: inout [Float]) {
    var span = values.mutableSpan
    VectorKernels.log(&span)
  }

  /// Those that Stable-Baselines3 is timed with: its own, with eight environments and batches of 256.
  private static var stableBaselines: ProximalPolicyOptimization.Settings {
    var settings = ProximalPolicyOptimization.Settings()
    (settings.environments, settings.steps, settings.minibatches) = (8, 256, 8)
    (settings.epochs, settings.rate, settings.annealsRate) = (10, 3e-4, false)
    (settings.entropyWeight, settings.clipsValues) = (0, false)
    return settings
  }

  /// The settings of rl-baselines3-zoo for CartPole-v1, which goes over its data twice as often.
  private static var zoo: ProximalPolicyOptimization.Settings {
    var settings = ProximalPolicyOptimization.Settings()
    (settings.environments, settings.steps, settings.minibatches) = (8, 32, 1)
    (settings.epochs, settings.discount, settings.lambda) = (20, 0.98, 0.8)
    (settings.rate, settings.annealsClip, settings.entropyWeight) = (1e-3, true, 0)
    settings.clipsValues = false
    return settings
  }

  /// Three agents, a random walk, one-second steps: a thousand to an episode.
  private static var crowd: Scenario {
    var scenario = Scenario(name: "bench", seed: 1)
    scenario.horizon = 1000
    scenario.instruments = [InstrumentRules(name: "STOCK", referencePrice: 10_000)]
    scenario.groups = ["all"]
    scenario.processes = [
      ProcessDescription(
        name: "fair", motion: .walk(start: 10_000_000, deviation: 50, reversion: 0),
        firstStep: 0, interval: 1_000_000_000)
    ]
    scenario.agents = (1...3).map { number in
      var agent = AgentDescription(
        account: AccountRules(name: "Agent_\(number)", group: 0),
        type: AgentDescription.foreignType)
      (agent.firstWake, agent.wakeInterval) = (0, 1_000_000_000)
      return agent
    }
    return scenario
  }

  private func market() -> (Double, UInt64) {
    var settings = EnvironmentSettings(agents: (1...3).map { "Agent_\($0)" })
    settings.signals = [0]
    guard
      var environment = try? MarketEnvironment<BuiltInAgents>(
        scenario: Self.crowd, settings: settings)
    else { return (0, 0) }
    let key = NoiseKey(seed: 1, entity: "market", purpose: "bench")
    let choices = (0..<3 * 4096).map {
      Float(key.integer(below: 7, tick: 0, slot: UInt32($0), draw: 0))
    }
    let width = environment.observationWidth
    var seen = [Float](repeating: 0, count: 3 * width)
    let start = FlowRun.seconds()
    for step in 0..<steps {
      let first = step * 3 % choices.count
      let actions = Array(choices[first..<first + 3])
      // What is driven are the actions that there are.
      if (try? environment.step(actions.span)) ?? true { environment.reset() }
      var span = seen.mutableSpan
      for agent in 0..<3 {
        var place = span._mutatingExtracting(agent * width..<(agent + 1) * width)
        environment.observe(agent, into: &place)
      }
    }
    return (3 * Double(steps) / (FlowRun.seconds() - start), environment.digest)
  }

  private func worths() -> (Double, UInt64) {
    var settings = DeepQLearning.Settings()
    (settings.hidden, settings.batch, settings.every, settings.start) = ([256, 256], 64, 1, 64)
    let count = max(100, steps / 100)
    var training = ControlQTraining<CartPole>(settings: settings, seed: 1)
    var workspace = DeepQLearning.Workspace(training.learner)
    training.play(steps: 65, &workspace)
    let start = FlowRun.seconds()
    training.play(steps: count, &workspace)
    return (Double(count) / (FlowRun.seconds() - start), training.learner.parameterHash)
  }

  private func softly() -> (Double, UInt64) {
    var settings = SoftActorCritic.Settings()
    settings.capacity = 10_000
    let count = max(50, steps / 500)
    var training = ControlSoftTraining<Pendulum>(settings: settings, seed: 1)
    var workspace = SoftActorCritic.Workspace(training.learner)
    training.play(steps: settings.start, &workspace)
    let start = FlowRun.seconds()
    training.play(steps: count, &workspace)
    return (Double(count) / (FlowRun.seconds() - start), training.learner.parameterHash)
  }

  private func training(
    _ settings: ProximalPolicyOptimization.Settings
  ) -> (Double, UInt64) {
    var settings = settings
    settings.updates = max(1, steps / settings.batch)
    var training = ControlTraining<CartPole>(settings: settings, seed: 1)
    var workspace = training.workspace
    let start = FlowRun.seconds()
    for _ in 0..<settings.updates { _ = training.update(&workspace) }
    let seconds = FlowRun.seconds() - start
    return (Double(settings.updates * settings.batch) / seconds, training.learner.parameterHash)
  }
}
