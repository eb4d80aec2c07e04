public import Agents
import Determinism
import Market
public import MarketModel
public import Session

/// The lines that Tapedeck writes to a program that decides for an agent; AGENTS.md lists them.
///
/// Everything in them comes from the state and the events of the session: the same session gives
/// the same bytes. Amounts are whole numbers: price increments, lots, minor units, nanoseconds.
public struct ProcessLines: Sendable {
  /// The version that both sides must speak.
  public static let version: Int64 = 1

  /// Who is spoken for.
  public let agent: AgentIndex
  /// The names that lines use.
  public let names: Names
  private let scenario: Scenario

  /// The names of a session's entities, by index.
  public struct Names: Sendable {
    /// Agents.
    public let agents: [String]
    /// Instruments.
    public let instruments: [String]
    /// Topics.
    public let topics: [String]

    /// Takes those of a scenario.
    public init(_ scenario: Scenario) {
      agents = scenario.agents.map { $0.account.name }
      instruments = scenario.instruments.map { $0.name }
      topics = scenario.topics
    }

    func agent(_ index: AgentIndex) -> JsonValue { Self.name(index, agents) }
    func instrument(_ index: InstrumentIndex) -> JsonValue { Self.name(index, instruments) }
    func topic(_ index: Int32) -> JsonValue { Self.name(index, topics) }

    private static func name(_ index: Int32, _ table: [String]) -> JsonValue {
      index >= 0 && Int(index) < table.count ? .text(table[Int(index)]) : .null
    }
  }

  /// Speaks for an agent of a session.
  public init(_ agent: AgentIndex, in scenario: Scenario) {
    self.agent = agent
    self.scenario = scenario
    names = Names(scenario)
  }

  /// The agent's name.
  public var name: String { scenario.agents[Int(agent)].account.name }

  // MARK: Lines

  /// The first line: who the program decides for, and what there is.
  public var hello: JsonValue {
    let own = scenario.agents[Int(agent)]
    return .object([
      .init("type", .text("hello")), .init("protocol", .integer(Self.version)),
      .init("agent", .text(own.account.name)), .init("seed", .integer(seed)),
      .init("cash", .integer(own.account.openingCash)),
      .init(
        "positions",
        .list(
          scenario.instruments.indices.map { index in
            let known = own.account.openingPositions
            return .integer(index < known.count ? known[index] : 0)
          })),
      .init("instruments", .list(scenario.instruments.map { Self.instrument($0) })),
      .init("agents", .list(names.agents.map { .text($0) })),
      .init("processes", .list(scenario.processes.map { .text($0.name) })),
      .init("topics", .list(names.topics.map { .text($0) })),
      .init("currency_decimals", .integer(Int64(scenario.currencyDecimals))),
      .init("start", .integer(scenario.clock.start)),
      .init("tick_length", .integer(scenario.clock.tickLength)),
      .init("ticks", .integer(scenario.horizon)),
      .init("parameters", .object(parameters(of: own))),
    ])
  }

  /// A line of a turn: the `number`-th, from 0, that the program gets.
  public func turn(
    _ number: Int64, _ observation: Observation, _ occurred: [Occurrence]
  ) -> JsonValue {
    .object([
      .init("type", .text("turn")), .init("turn", .integer(number)),
      .init("tick", .integer(observation.tick)), .init("time", .integer(observation.time)),
      .init("ordinal", .integer(Int64(observation.ordinal))),
      .init("occurred", .list(occurred.compactMap { names.object(of: $0) })),
      .init("board", board(observation.board)),
    ])
  }

  /// The last line.
  public var end: JsonValue { .object([.init("type", .text("end"))]) }

  /// A number for the program's own randomness, of 53 bits, which every language reads exactly: a
  /// function of the session's seed and the agent's name alone.
  private var seed: Int64 {
    let key = NoiseKey(seed: scenario.seed, entity: name, purpose: "process")
    return Int64(key.bits(tick: 0, slot: 0, draw: 0) >> 11)
  }

  private func parameters(of agent: AgentDescription) -> [JsonValue.Member] {
    let given = agent.process?.parameters ?? agent.parameters
    return given.entries.map { entry in
      switch entry.value {
      case .integer(let value): .init(entry.name, .integer(value))
      case .number(let value): .init(entry.name, .number("\(value)"))
      case .text(let value): .init(entry.name, .text(value))
      case .flag(let value): .init(entry.name, .flag(value))
      }
    }
  }

  private static func instrument(_ rules: InstrumentRules) -> JsonValue {
    .object([
      .init("name", .text(rules.name)),
      .init("price_decimals", .integer(Int64(rules.priceDecimals))),
      .init("increment_value", .integer(rules.incrementValue)),
      .init("start_price", .integer(rules.referencePrice)),
      .init("price_step", .integer(rules.priceStep)), .init("lot_step", .integer(rules.lotStep)),
      .init("price_band", .integer(rules.priceBand)),
      .init("maker_fee_millionths", .integer(rules.makerFeeMillionths)),
      .init("taker_fee_millionths", .integer(rules.takerFeeMillionths)),
    ])
  }

  private func board(_ board: PublicBoard) -> JsonValue {
    let views = board.views.enumerated().map { index, view in
      JsonValue.object([
        .init("instrument", names.instrument(InstrumentIndex(index))),
        .init("bid", view.bestBid.map { .integer($0) } ?? .null),
        .init("bid_quantity", .integer(view.bidQuantity)),
        .init("ask", view.bestAsk.map { .integer($0) } ?? .null),
        .init("ask_quantity", .integer(view.askQuantity)),
        .init("last_price", .integer(view.lastPrice)),
        .init("last_quantity", .integer(view.lastQuantity)),
        .init("volume", .integer(view.volume)),
      ])
    }
    let values = board.values.enumerated().map { index, value in
      JsonValue.object([
        .init("process", .text(scenario.processes[index].name)),
        .init("value_thousandths", .integer(value)),
      ])
    }
    return .object([.init("instruments", .list(views)), .init("processes", .list(values))])
  }
}
