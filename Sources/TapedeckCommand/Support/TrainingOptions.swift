import Agents
import ArgumentParser
import Counterfactual
import Journal
import JournalFiles
import Learners
import MarketModel
import Session
import Training

/// Options of commands that train an agent.
struct TrainingOptions: ParsableArguments {
  @Option(
    help: """
      The agent that learns, in place of its strategy. Repeat it: all learn in the same episodes, and \
      of the options below NAME:VALUE is for one of them.
      """)
  var agent: [String]

  @Flag(
    help: "All agents that learn share one policy: they learn it from what each of them sees.")
  var shared = false

  @Option(help: "The tick from which it is trained; the parent's events below it are shared.")
  var at: Tick = 0

  @Option(help: "The tick before which episodes end; without it they last to the session's end.")
  var until: Tick?

  @Option(
    help: """
      How it learns: ppo (the default), ppo-recurrent (with a memory) or dqn (discrete actions), \
      ppo-continuous or sac (continuous ones).
      """)
  var algorithm: [String] = []

  @Option(
    help: """
      What it sees and is rewarded for: market-making, momentum, mean-reversion or \
      statistical-arbitrage (which knows a value: --set value=); --see and --reward change it.
      """)
  var style: [String] = []

  @Option(
    help: "What alone it sees, of 19 features, 24 where it trades a pair: inventory,spread,trend.")
  var see: [String] = []

  @Option(help: "How often it learns.")
  var updates = 200

  @Option(help: "Episodes that it plays between two updates.")
  var episodes = 8

  @Option(help: "How many seeds the episodes are played with, one after the other.")
  var seeds = 100

  @Option(help: "The first of them.")
  var firstSeed: UInt64 = 1

  @Option(help: "What the learner's own draws are made of.")
  var seed: UInt64 = 1

  @Option(
    help: """
      Set how it trades, as its strategy does by default: quantity and maximum_inventory in lots, \
      half_spread in price increments, value (a process it knows), greedy, heed_signals, instrument, pair (one \
      it holds against that, pair_quantity lots for quantity); with signal_to (an agent, or topic:NAME) it learns what to tell.
      """)
  var set: [String] = []

  @Option(
    help: """
      Set how it learns: rate, discount=0.98, hidden=64x64; for ppo (rate 0.001, entropy 0.003) \
      and ppo-continuous (0.0003, 0) lambda=0.9, clip=0.2, epochs=4, minibatches=8, value_weight=0.5, \
      maximum_gradient=0.5, central_critic=false (where several learn: its critic sees what all see); for \
      ppo-recurrent what ppo has, but for that critic, hidden=64, minibatches of whole episodes (the next fewer that divide them), and memory=32, numbers that it remembers; for dqn \
      and sac (rate 0.0005) batch=128, capacity=50000, start=1000, every=10; for dqn \
      target_every=2000, exploration=0.01, exploration_part=0.5, double=true, dueling=false, chain=1, \
      priority=0; for sac blend=0.005, temperature=0.1, entropy=-5.
      """)
  var learn: [String] = []

  @Option(
    help: """
      Set what it is rewarded for: gain=1, inventory=0, drawdown=0, trading_cost=0, slippage=0, \
      sharpe=0, sharpe_rate=0.01, others=0 (the weight of what the others gain: below 0 against them).
      """)
  var reward: [String] = []

  @Option(help: "Hold an agent: its recorded commands are issued again while this one learns.")
  var hold: [String] = []

  @Option(
    help: """
      NAME=FILE: an agent that does not learn acts by a policy while this one learns. Repeat it for an \
      agent: one is drawn for each episode, by weight where FILE@WEIGHT says one; NAME=strategy is what it \
      does by itself.
      """)
  var against: [String] = []

  @Option(help: "Updates between two publications of the policy.")
  var publishEvery = 10

  @Option(help: "Updates after which the learner's state is kept, to go on from.")
  var saveEvery = 50

  @OptionGroup var threads: ThreadOptions

  /// What they say.
  func plan() throws(CommandFailure) -> TrainingPlan {
    for (name, value) in [
      ("--updates", updates), ("--episodes", episodes), ("--seeds", seeds),
      ("--publish-every", publishEvery), ("--save-every", saveEvery),
    ] where !(1...1 << 16).contains(value) {
      throw CommandFailure(Exit.usage, "\(name): 1 to 65536")
    }
    if let agent = agent.first(where: { hold.contains($0) }) {
      throw CommandFailure(
        Exit.usage, "--hold: \(agent) learns, and cannot do what was recorded as well")
    }
    if let twice = agent.indices.first(where: { agent[..<$0].contains(agent[$0]) }) {
      throw CommandFailure(Exit.usage, "--agent: \(agent[twice]) comes twice")
    }
    if let until, until <= at {
      throw CommandFailure(
        Exit.usage, "--until: tick \(until) does not come after --at \(at)")
    }
    var settings = MarketTrainingSettings(
      try agent.map { name throws(CommandFailure) in try trainee(name) })
    if shared, agent.count < 2 {
      throw CommandFailure(
        Exit.usage, "--shared: is for two agents that learn, or more",
        next: "name each with --agent")
    }
    if agent.count == 1, settings.trainees[0].learning.hasCentralCritic {
      throw CommandFailure(
        Exit.usage, "--learn central_critic: one agent learns, and sees what all who learn see",
        next: "leave it out, or name those who learn beside it with --agent")
    }
    settings.isShared = shared
    settings.episodes = episodes
    settings.seeds = seeds
    settings.firstSeed = firstSeed
    settings.end = until
    settings.updates = updates
    settings.opponents = try opponents()
    var plan = TrainingPlan(settings: settings, seed: seed)
    plan.publishEvery = publishEvery
    plan.saveEvery = saveEvery
    return plan
  }

  /// What agents that do not learn may do.
  private func opponents() throws(CommandFailure) -> [OpponentSettings] {
    var opponents: [OpponentSettings] = []
    for text in against {
      let assignment = try PolicyAssignment(text, "--against NAME=FILE")
      let name = assignment.agent
      if agent.contains(name) || hold.contains(name) {
        throw CommandFailure(
          Exit.usage, "--against: \(name) \(agent.contains(name) ? "learns" : "is held")",
          next: "name an agent that does neither")
      }
      var (file, weight) = (assignment.file, 1.0)
      if let cut = file.lastIndex(of: "@"), let number = Double(file[file.index(after: cut)...]) {
        guard OpponentSettings.weights.contains(number) else {
          throw CommandFailure(Exit.usage, "\(text): a weight from a millionth to a million")
        }
        (file, weight) = (String(file[..<cut]), number)
      }
      if against.count(where: { $0 == text }) > 1 {
        throw CommandFailure(Exit.usage, "--against: \(text) comes twice")
      }
      let bytes = file == "strategy" ? [] : try Self.policy(file).bytes
      let place = opponents.firstIndex { $0.agent == name } ?? opponents.count
      if place == opponents.count { opponents.append(OpponentSettings(agent: name, ways: [])) }
      opponents[place].ways.append(OpponentSettings.Way(policy: bytes, weight: weight))
    }
    return opponents
  }

  /// The policy of a file.
  static func policy(_ path: String) throws(CommandFailure) -> TradingPolicy {
    let bytes: [UInt8]
    do {
      bytes = try ReadFiles.read(path)
    } catch {
      throw CommandFailure(error)
    }
    do {
      return try TradingPolicy(bytes: bytes)
    } catch {
      throw CommandFailure(
        Exit.trouble, "\(path): offset \(error.offset): expected \(error.expected)",
        next: "`tapedeck train` writes policies")
    }
  }

  /// How one of the agents is trained.
  private func trainee(_ name: String) throws(CommandFailure) -> TraineeSettings {
    let own = { (texts: [String]) throws(CommandFailure) in
      try AgentWords.own(texts, of: name, among: agent)
    }
    var trainee = TraineeSettings(
      agent: name, try LearningAlgorithm(named: try own(algorithm).last ?? "ppo"))
    trainee.parameters = try Self.parameters(try own(set))
    if let word = try own(style).last {
      let styles = TradingStyle.allCases
      guard let style = styles.first(where: { $0.rawValue == word }) else {
        throw CommandFailure.unknown(
          "style", word, among: styles.map { $0.rawValue }, in: "--style")
      }
      (trainee.sight, trainee.reward) = (style.sight, style.reward)
    }
    if let words = try own(see).last { trainee.sight = try Self.features(words) }
    for text in try own(learn) { try trainee.learning.set(text) }
    for text in try own(reward) { try Self.set(text, &trainee.reward) }
    return trainee
  }

  // MARK: Words

  /// Features by their names, between commas.
  private static func features(_ text: String) throws(CommandFailure) -> [TradingFeature] {
    let all = TradingFeature.allCases
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    for name in names where !all.contains(where: { $0.word == name }) {
      throw CommandFailure.unknown("feature", name, among: all.map { $0.word }, in: "--see")
    }
    return all.filter { names.contains($0.word) }
  }

  /// NAME and VALUE of NAME=VALUE.
  static func sides(
    _ text: String, _ example: String
  ) throws(CommandFailure) -> (name: String, value: String) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    guard sides.count == 2, !sides[0].isEmpty else {
      throw CommandFailure(
        Exit.usage, "\(text): sets nothing", next: "write NAME=VALUE: \(example)")
    }
    return (sides[0], sides[1])
  }

  /// The parameters of a trader with a policy.
  static func parameters(_ texts: [String]) throws(CommandFailure) -> Parameters {
    var parameters = Parameters()
    for text in texts {
      let (name, value) = try sides(text, "--set quantity=5")
      guard let schema = PolicyTrader.parameters.first(where: { $0.name == name }) else {
        throw CommandFailure.unknown(
          "parameter", name, among: PolicyTrader.parameters.map { $0.name }, in: "policy")
      }
      guard let parsed = schema.defaultValue.parsed(value) else {
        throw CommandFailure(Exit.usage, "\(text): expected \(schema.defaultValue.typeWords)")
      }
      parameters.set(name, parsed)
    }
    return parameters
  }

  /// Sets what an agent is rewarded for: `inventory=0.5`.
  static func set(
    _ text: String, _ reward: inout RewardSettings
  ) throws(CommandFailure) {
    let (name, value) = try sides(text, "--reward inventory=0.5")
    let names: [(String, WritableKeyPath<RewardSettings, Double>)] = [
      ("gain", \.gain), ("inventory", \.inventoryPenalty), ("drawdown", \.drawdownPenalty),
      ("trading_cost", \.tradingCost), ("slippage", \.slippage), ("sharpe", \.differentialSharpe),
      ("sharpe_rate", \.sharpeRate), ("others", \.othersGain),
    ]
    guard let path = names.first(where: { $0.0 == name })?.1 else {
      throw CommandFailure.unknown("reward", name, among: names.map { $0.0 }, in: "--reward")
    }
    guard let number = Double(value), number.isFinite, number >= 0 || name == "others" else {
      throw CommandFailure(
        Exit.usage, "\(text): expected a number" + (name == "others" ? "" : " from 0 on"))
    }
    if name == "sharpe_rate", number > 1 {
      throw CommandFailure(Exit.usage, "\(text): a number from 0 to 1")
    }
    reward[keyPath: path] = number
  }
}

extension CommandFailure {
  init(_ error: MarketTrainingError, _ path: String) {
    switch error {
    case .unknownAgent(let name): self.init(Exit.usage, "\(path): no agent is called \(name)")
    case .impossible(let reason): self.init(Exit.usage, "\(path): impossible: \(reason)")
    case .neverDecides(let name):
      self.init(
        Exit.usage, "\(path): \(name) never wakes between the first tick and the last",
        next: "train from an earlier tick, or let episodes end later")
    case .notFinite(let agent, let what, let place):
      self.init(
        Exit.trouble,
        "\(path): \(agent), \(place): \(what) is no finite number; the training stopped",
        next: "try a smaller rate: --learn rate=0.0003 (what a training kept before is whole)")
    case .session(let reason): self.init(Exit.trouble, "\(path): \(reason)")
    case .setting("value", let expected):
      self.init(
        Exit.usage, "value: expected \(expected)",
        next: "name a process of the scenario, --set value=fair, or an instrument to hold against "
          + "the first, --set pair=NAME")
    case .setting("start", let expected):
      self.init(
        Exit.usage, "start: expected \(expected)",
        next: "let it begin earlier, --learn start=100, or play more: --updates, --episodes")
    case .setting(let name, let expected):
      self.init(Exit.usage, "\(name): expected \(expected)")
    }
  }
}
