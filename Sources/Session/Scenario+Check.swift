import Agents
import Market
import MarketModel

/// A scenario that makes no sense.
public struct ScenarioError: Error, Equatable, Sendable {
  /// What it is about, as a path: `agents.MM_01.cash`.
  public let path: String
  /// What was expected there.
  public let expected: String

  /// Creates an error.
  public init(path: String, expected: String) {
    self.path = path
    self.expected = expected
  }
}

extension Scenario {
  /// Checks that every reference and every number is within its range.
  ///
  /// - Throws: `ScenarioError` for the first that is not.
  public func check() throws(ScenarioError) {
    try require(clock.tickLength <= Limits.maximumDelay, "tick", "at most 2^50 ns")
    try require((0...Limits.maximumTime).contains(clock.start), "start", "0 to 2^62 ns")
    try require(horizon >= 0 && end < Limits.maximumTime, "horizon", "an end before 2^62 ns")
    try require(currencyDecimals <= 9, "currency_decimals", "0 to 9")
    try distinct(instruments.map { $0.name }, "instruments")
    try distinct(agents.map { $0.account.name }, "agents")
    try distinct(processes.map { $0.name }, "processes")
    try distinct(groups, "groups")
    try distinct(topics, "topics")
    try require(!instruments.isEmpty, "instruments", "at least one")
    try require(
      agents.count <= Limits.maximumPositions / instruments.count, "agents",
      "at most 2^22 agents times instruments")
    for instrument in instruments { try check(instrument) }
    for agent in agents { try check(agent) }
    for process in processes { try check(process) }
    var writer = ByteWriter()
    encode(into: &writer)
    try require(
      writer.bytes.count <= Limits.maximumGenesis / 2, "scenario",
      "at most \(Limits.maximumGenesis / 2) bytes when encoded")
  }

  private func require(
    _ holds: Bool, _ path: String, _ expected: String
  ) throws(ScenarioError) {
    if !holds { throw ScenarioError(path: path, expected: expected) }
  }

  private func distinct(_ names: [String], _ path: String) throws(ScenarioError) {
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for (index, name) in sorted.enumerated() {
      try require(!name.isEmpty && name.utf8.count <= 255, path, "names of 1 to 255 bytes")
      if index > 0 {
        try require(sorted[index - 1] != name, "\(path).\(name)", "a name used only once")
      }
    }
  }

  func check(_ rules: InstrumentRules) throws(ScenarioError) {
    let path = "instruments.\(rules.name)"
    let prices = 1...Limits.maximumPrice
    try require(rules.priceDecimals <= 9, "\(path).price_decimals", "0 to 9")
    try require(
      (1...(1 << 30)).contains(rules.incrementValue), "\(path).increment_value", "1 to 2^30")
    try require(prices.contains(rules.referencePrice), "\(path).reference_price", "1 to 2^40")
    try require(prices.contains(rules.priceStep), "\(path).price_step", "1 to 2^40")
    try require(prices.contains(rules.lotStep), "\(path).lot_step", "1 to 2^40")
    try require(
      rules.priceBand == 0 || prices.contains(rules.priceBand), "\(path).price_band",
      "0 to 2^40")
    for fee in [rules.makerFeeMillionths, rules.takerFeeMillionths] {
      try require(fee.magnitude <= 1_000_000, "\(path).fees", "at most the notional itself")
    }
  }

  func check(_ agent: AgentDescription) throws(ScenarioError) {
    let path = "agents.\(agent.account.name)"
    let account = agent.account
    try require(
      account.group >= 0 && Int(account.group) < groups.count, "\(path).group", "a known group")
    let balances = -(1 << 60)...(1 << 60) as ClosedRange<Int64>
    try require(balances.contains(account.openingCash), "\(path).cash", "within 2^60")
    try require(
      account.openingPositions.count <= instruments.count
        && account.openingPositions.allSatisfy { balances.contains($0) },
      "\(path).positions", "one within 2^60 for each instrument at most")
    try require(
      account.maximumPosition >= 0 && account.maximumOpenOrders >= 0, "\(path).limits",
      "0 or more")
    try require(
      agent.firstWake == -1 || (clock.start...Limits.maximumTime).contains(agent.firstWake),
      "\(path).first_wake", "an instant of the session, or -1")
    try require(
      (0...Limits.maximumDelay).contains(agent.wakeInterval), "\(path).wake", "0 to 2^50 ns")
    for latency in [agent.commandLatency, agent.reportLatency, agent.messageLatency] {
      try require(latency.isValid, "\(path).latency", "0 to 2^50 ns, the lower bound first")
    }
    try require(
      (0...Limits.maximumDelay).contains(agent.dataLatency), "\(path).data_latency",
      "0 to 2^50 ns")
    if agent.type == ProcessSettings.typeName {
      do {
        _ = try ProcessSettings(agent.parameters)
      } catch {
        throw ScenarioError(path: "\(path).\(error.name)", expected: error.expected)
      }
    }
    for (index, topic) in agent.subscriptions.enumerated() {
      let isAscending = index == 0 || agent.subscriptions[index - 1] < topic
      try require(
        topic >= 0 && Int(topic) < topics.count && isAscending, "\(path).topics",
        "known topics, ascending")
    }
  }

  func check(_ process: ProcessDescription) throws(ScenarioError) {
    let path = "processes.\(process.name)"
    try require(
      process.firstStep == -1 || (clock.start...Limits.maximumTime).contains(process.firstStep),
      "\(path).first_step", "an instant of the session, or -1")
    try require(
      (0...Limits.maximumDelay).contains(process.interval), "\(path).interval", "0 to 2^50 ns")
    try require(
      process.instrument >= 0 && Int(process.instrument) < instruments.count,
      "\(path).instrument", "a known instrument")
    switch process.motion {
    case .walk(let start, let deviation, let reversion):
      try require(
        (1...1000 * Limits.maximumPrice).contains(start), "\(path).start", "a positive price")
      try require(
        deviation.sign == .plus && deviation <= Double(Limits.maximumPrice), "\(path).deviation",
        "0 to 2^40 price increments")
      try require(reversion.sign == .plus && reversion <= 1, "\(path).reversion", "0 to 1")
    case .feed(let resting, let taking):
      let range = -1..<Int32(agents.count)
      try require(
        range.contains(resting) && range.contains(taking) && (resting < 0) == (taking < 0),
        "\(path).agents", "two agents, or none")
    }
  }
}
