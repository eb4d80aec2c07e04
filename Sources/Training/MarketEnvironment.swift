public import Agents
public import Counterfactual
import Determinism
import Market
import MarketModel
import MatchingEngine
public import Session

/// A scenario in which some agents are driven from outside: the stepping seam as a partially
/// observable Markov game.
///
/// A step gives every driven agent one action, which it takes at its next turn; the step ends when
/// one of them would act a second time, or the session ends. All see the market as it is when the
/// first of them wakes. Everything is a function of the scenario, the seed and the actions.
///
/// It is a value: a copy is a snapshot, and goes on alone.
public struct MarketEnvironment<Roster: AgentRoster>: Sendable {
  /// How it is driven.
  public let settings: EnvironmentSettings
  /// The scenario, its driven agents foreign.
  public private(set) var scenario: Scenario
  /// What was submitted since the beginning, or since the fork.
  public internal(set) var log = EnvironmentLog()
  /// The fork that this is, if it is one with differences.
  public internal(set) var plan: ForkPlan<Roster>?

  var session: MarketSession<Roster>
  /// The turn that waits for an action; nil at the end.
  var turn: Turn?
  var seats: [Seat] = []
  /// By agent of the session, the position among the driven; -1 for the others.
  var positions: [Int] = []
  var glance = MarketGlance()
  /// What was seen a step before; nil at the beginning.
  var glanceBefore: MarketGlance?
  /// What occurs to agents that see features, until they are told.
  var mailbox = Mailbox(of: [])
  /// Who saw features when the episode, or the fork, began, by driven agent.
  var firstShadows: [ShadowTrader?] = []
  /// Where a turn's commands are put together.
  var commands: [Command] = []
  let desk: TradingDesk
  /// Whom they tell what they say.
  let signalling: Signalling
  /// A hundredth of what a lot costs at the reference price, in minor units.
  let moneyUnit: Double
  /// A thousandth of the reference price, in half increments.
  let priceUnit: Double
  /// The seed that was given last, and the number of episodes since.
  private var seed: UInt64
  private var episode: Int64 = 0

  /// One driven agent.
  struct Seat: Sendable {
    var agent: AgentIndex
    var bids = OwnOrders()
    var asks = OwnOrders()
    /// What is open of each, in lots.
    var openBids: Lots = 0
    var openAsks: Lots = 0
    var hasActed = false
    /// Cash and position at the opening, in minor units.
    var opening = 0.0
    var wealth: WealthMeter
    /// What both gained since, at the middle of what others quote.
    var gain = 0.0
    /// What they had gained a step before.
    var gainBefore = 0.0
    var inventory: Lots = 0
    var reward = 0.0
    /// Where features are seen, who sees them.
    var shadow: ShadowTrader?
  }

  /// Prepares the first episode.
  ///
  /// - Throws: `EnvironmentError`.
  public init(
    scenario: Scenario, settings: EnvironmentSettings
  ) throws(EnvironmentError) {
    var scenario = scenario
    for (position, name) in settings.agents.enumerated() {
      guard let index = scenario.agents.firstIndex(where: { $0.account.name == name }),
        !settings.agents[..<position].contains(name)
      else { throw .unknownAgent(name) }
      scenario.agents[index].makeForeign()
    }
    if let agent = scenario.agents.first(where: { $0.process != nil }) {
      throw .program(agent.account.name)
    }
    try Self.check(settings, scenario)
    if settings.observations == .features {
      // What does not fit is said here: later ones are of the same settings.
      _ = try ShadowTrader(settings, of: 0, in: scenario)
    }
    self.settings = settings
    self.scenario = scenario
    var desk = TradingDesk()
    desk.instrument = settings.instrument
    desk.quantity = settings.quantity
    desk.maximumInventory = settings.maximumInventory
    desk.halfSpread = settings.halfSpread
    self.desk = desk
    signalling = try ShadowTrader.signalling(settings, in: scenario)
    let rules = scenario.instruments[Int(settings.instrument)]
    moneyUnit = Double(rules.referencePrice) * Double(rules.incrementValue) / 100
    priceUnit = Double(rules.referencePrice) / 500
    seed = scenario.seed
    session = try Self.start(scenario, seed)
    begin()
  }

  private static func check(
    _ settings: EnvironmentSettings, _ scenario: Scenario
  ) throws(EnvironmentError) {
    if settings.agents.isEmpty { throw .setting("agents", expected: "at least one name") }
    guard scenario.instruments.indices.contains(Int(settings.instrument)) else {
      throw .setting("instrument", expected: "one of the scenario's")
    }
    for signal in settings.signals where !scenario.processes.indices.contains(Int(signal)) {
      throw .setting("signals", expected: "processes of the scenario")
    }
    guard (1...Limits.maximumQuantity / 2).contains(settings.quantity) else {
      throw .setting("quantity", expected: "1 to \(Limits.maximumQuantity / 2) lots")
    }
    guard (1...Limits.maximumQuantity).contains(settings.maximumInventory) else {
      throw .setting("maximum_inventory", expected: "1 to \(Limits.maximumQuantity) lots")
    }
    guard (0...Limits.maximumPrice / 4).contains(settings.halfSpread) else {
      throw .setting(
        "half_spread", expected: "0 to \(Limits.maximumPrice / 4) increments")
    }
    if settings.heedsSignals, settings.observations == .fields {
      throw .setting("heeds_signals", expected: "observations of features, which have the signal")
    }
    if let pair = settings.pair {
      guard settings.observations == .features else {
        throw .setting("pair", expected: "observations of features, which have those of a pair")
      }
      guard scenario.instruments.indices.contains(Int(pair)) else {
        throw .setting("pair", expected: "one of the scenario's instruments")
      }
    } else if settings.pairQuantity != 0 {
      throw .setting("pair", expected: "an instrument, since pair_quantity is said")
    }
    guard settings.inventoryPenalty.isFinite, settings.inventoryPenalty >= 0 else {
      throw .setting("inventory_penalty", expected: "0 or more")
    }
  }

  // MARK: Episodes

  /// Begins an episode with the noise of a seed; later episodes without a seed follow from it.
  @specialized(where Roster == BuiltInAgents)
  public mutating func reset(seed: UInt64) {
    self.seed = seed
    episode = 0
    restart(seed)
  }

  /// Begins the next episode: its seed follows from the one given last.
  @specialized(where Roster == BuiltInAgents)
  public mutating func reset() {
    episode += 1
    let key = NoiseKey(seed: seed, entity: "environment", purpose: "episode")
    restart(key.bits(tick: episode, slot: 0, draw: 0))
  }

  private mutating func restart(_ seed: UInt64) {
    do {
      session = try Self.start(scenario, seed)
    } catch {
      preconditionFailure("Invariant: a seed does not decide whether a scenario makes sense")
    }
    scenario.seed = seed
    plan = nil
    begin()
  }

  private static func start(
    _ scenario: Scenario, _ seed: UInt64
  ) throws(EnvironmentError) -> MarketSession<Roster> {
    var scenario = scenario
    scenario.seed = seed
    do {
      return try MarketSession(scenario: scenario)
    } catch {
      throw .scenario(error)
    }
  }

  /// Seats the agents in the session as it is, and goes on to the first turn.
  func seated() -> (seats: [Seat], positions: [Int]) {
    let state = session.state
    var positions = [Int](repeating: -1, count: state.agents.count)
    var seats: [Seat] = []
    for (position, name) in settings.agents.enumerated() {
      guard let agent = state.agentIndex(named: name) else { continue }
      positions[Int(agent)] = position
      var seat = Seat(
        agent: agent, wealth: WealthMeter(instruments: scenario.instruments.count))
      let account = scenario.agents[Int(agent)].account
      seat.opening = Double(account.openingCash)
      for (index, rules) in scenario.instruments.enumerated()
      where index < account.openingPositions.count {
        seat.opening +=
          Double(account.openingPositions[index]) * Double(rules.referencePrice)
          * Double(rules.incrementValue)
      }
      if settings.observations == .features {
        seat.shadow = try? ShadowTrader(settings, of: agent, in: scenario)
      }
      seats.append(seat)
    }
    return (seats, positions)
  }

  private mutating func begin() {
    log.removeAll()
    (seats, positions) = seated()
    firstShadows = seats.map { $0.shadow }
    mailbox = Mailbox(of: settings.observations == .features ? seats.map { $0.agent } : [])
    advance()
    look(since: nil)
  }
}
