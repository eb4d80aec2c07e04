import Agents
import Determinism
import Market
import MarketModel
import Session

/// Keeps what one agent that learns sees, does and gets while a session runs.
struct EpisodeKeeper {
  /// What was kept so far.
  private(set) var episode = MarketEpisode()
  private let agent: AgentIndex
  /// What counts as all that it may hold.
  private let maximumInventory: Double
  private let pair: HeldPair?
  private var rewards: RewardMeter
  /// What luck is drawn with, at the tick of the decision.
  private let slippage: NoiseKey
  private var own: WealthMeter
  private var others: OthersWealth
  /// What it had when it first decided.
  private var opening = 0.0
  /// What it had at its last decision.
  private var before: Account?
  /// How many decisions of the same tick came before the last one.
  private var slot: UInt32 = 0

  /// Begins, for an agent of a scenario.
  init(
    _ agent: AgentIndex, maximumInventory: Double, pair: HeldPair?, _ reward: RewardSettings,
    _ scenario: Scenario, seed: UInt64
  ) {
    self.agent = agent
    self.maximumInventory = maximumInventory
    self.pair = pair
    rewards = RewardMeter(reward)
    slippage = NoiseKey(
      seed: seed, entity: scenario.agents[Int(agent)].account.name, purpose: "slippage")
    own = WealthMeter(instruments: scenario.instruments.count)
    others = OthersWealth(rewards.countsOthers ? scenario : nil, except: agent)
  }

  /// Notes what its policy remembers before the first decision.
  mutating func begin(remembering memory: [Float]) { episode.memory = memory }

  /// What the agent has at a time, and holds, and what the others gained.
  struct Account {
    let wealth: Double
    /// Lots of all instruments, or of the first of a pair.
    let held: Double
    /// Lots of the second of a pair, as so many of the first.
    let against: Double
    let othersGain: Double
  }

  /// Looks at the agent's account.
  mutating func account(_ state: inout SharedState) -> Account {
    var held: Lots = 0
    var against = 0.0
    if let pair {
      held = state.held(by: agent, in: pair.first)
      against = Double(state.held(by: agent, in: pair.second)) * pair.ratio
    } else {
      for index in state.scenario.instruments.indices {
        held += state.held(by: agent, in: InstrumentIndex(index))
      }
    }
    return Account(
      wealth: own.wealth(of: agent, &state), held: Double(held), against: against,
      othersGain: others.gain(&state))
  }

  /// Notes a decision: the account and the features before it, and what was chosen.
  mutating func note(
    _ choice: ActionChoice, _ features: [Float], _ account: Account, at tick: Tick, turn: Int
  ) {
    if episode.actions.isEmpty { opening = account.wealth } else { reward(account) }
    before = account
    slot = episode.ticks.last == tick ? slot + 1 : 0
    episode.features += features
    episode.ticks.append(tick)
    episode.turns.append(turn)
    episode.actions.append(Int32(choice.action))
    episode.numbers += choice.numbers
  }

  /// Notes what came of the last decision.
  mutating func finish(_ account: Account) {
    if episode.actions.isEmpty { return }
    episode.gain = account.wealth - opening
    reward(account)
  }

  private mutating func reward(_ account: Account) {
    let luck =
      rewards.countsLuck
      ? slippage.exponential(tick: episode.ticks.last ?? 0, slot: slot, draw: 0) : 1
    let before = before ?? account
    episode.rewards.append(
      rewards.reward(
        gain: account.wealth - opening, othersGain: account.othersGain,
        share: (account.held + account.against) / maximumInventory,
        traded: (account.held - before.held).magnitude
          + (account.against - before.against).magnitude,
        luck: luck))
  }
}
