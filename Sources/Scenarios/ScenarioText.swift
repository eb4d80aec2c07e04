import Agents
import Determinism
import Market
import MarketModel
public import Session

/// Writes scenarios as the text of scenario files, every value spelt out.
///
/// Recorded flows are written with the tape `none`: what comes from them stands elsewhere.
public struct ScenarioText: Sendable {
  /// The text, which ends with a line end.
  public private(set) var text = ""
  private let scenario: Scenario

  /// Writes a scenario.
  ///
  /// Some scenarios have no such text: imported ones, and those whose flows have no agents behind
  /// all others, and deviations of more than 18 decimals. Reading it back then gives another scenario, or none.
  public init(_ scenario: Scenario) {
    self.scenario = scenario
    settings()
    for instrument in scenario.instruments { write(instrument) }
    for process in scenario.processes { write(process) }
    for index in scenario.agents.indices where !isFlow(AgentIndex(index)) {
      write(scenario.agents[index])
    }
  }

  private mutating func line(_ key: String, _ value: String) { text += "\(key) = \(value)\n" }

  private func isFlow(_ agent: AgentIndex) -> Bool {
    scenario.processes.contains { process in
      if case .feed(let resting, let taking) = process.motion {
        return resting == agent || taking == agent
      }
      return false
    }
  }

  // MARK: Parts

  private mutating func settings() {
    line("name", Self.quoted(scenario.name))
    let isPlain = scenario.seed <= UInt64(Int64.max)
    line("seed", isPlain ? "\(scenario.seed)" : "\"\(scenario.seed)\"")
    line("ticks", "\(scenario.horizon)")
    line("tick", Self.span(scenario.clock.tickLength))
    if scenario.clock.start != 0 { line("start", "\(scenario.clock.start)") }
    line("currency_decimals", "\(scenario.currencyDecimals)")
    line("digest_interval", "\(scenario.digestInterval)")
    let words = ["cancel-resting", "cancel-taking", "cancel-both", "allow"]
    line("self_trade", "\"\(words[Int(scenario.selfTradePrevention.rawValue)])\"")
    if scenario.provenance != .simulated { line("provenance", "\"\(scenario.provenance)\"") }
    if !scenario.topics.isEmpty { line("topics", Self.list(scenario.topics)) }
  }

  private mutating func write(_ rules: InstrumentRules) {
    let decimals = Int(rules.priceDecimals)
    let price: (Int64) -> String = { "\"\(ExactDecimal.text(Int128($0), decimals: decimals))\"" }
    text += "\n[[instruments]]\n"
    line("name", Self.quoted(rules.name))
    line("price_increment", price(1))
    line("start_price", price(rules.referencePrice))
    if rules.incrementValue != 1 { line("increment_value", "\(rules.incrementValue)") }
    if rules.priceStep != 1 { line("price_step", price(rules.priceStep)) }
    if rules.lotStep != 1 { line("lot_step", "\(rules.lotStep)") }
    if rules.priceBand != 0 { line("price_band", price(rules.priceBand)) }
    if rules.makerFeeMillionths != 0 {
      line("maker_fee_millionths", "\(rules.makerFeeMillionths)")
    }
    if rules.takerFeeMillionths != 0 {
      line("taker_fee_millionths", "\(rules.takerFeeMillionths)")
    }
  }

  private mutating func write(_ process: ProcessDescription) {
    let rules = scenario.instruments[Int(process.instrument)]
    text += "\n[[processes]]\n"
    line("name", Self.quoted(process.name))
    guard case .walk(let start, let deviation, let reversion) = process.motion else {
      line("kind", "\"recorded-flow\"")
      line("instrument", Self.quoted(rules.name))
      line("tape", "\"none\"")
      return
    }
    let decimals = Int(rules.priceDecimals)
    line("kind", "\"random-walk\"")
    line("instrument", Self.quoted(rules.name))
    line("start", "\"\(ExactDecimal.text(Int128(start), decimals: decimals + 3))\"")
    if let exact = DecimalText(deviation) {
      let places = exact.decimals + decimals
      line(
        "deviation", "\"\(ExactDecimal.text(Int128(exact.significand), decimals: places))\"")
    } else {
      line("deviation", "\(deviation)")
    }
    if reversion != 0 { line("reversion", "\(reversion)") }
    instants("first", process.firstStep, "every", process.interval)
  }

  private mutating func write(_ agent: AgentDescription) {
    let account = agent.account
    text += "\n[[agents]]\n"
    line("name", Self.quoted(account.name))
    line("type", Self.quoted(agent.type))
    if !agent.policy.isEmpty { line("policy", Self.quoted(Self.policyName(agent.policy))) }
    let group = scenario.groups[Int(account.group)]
    if group != account.name { line("group", Self.quoted(group)) }
    if account.openingCash != 0 {
      let decimals = Int(scenario.currencyDecimals)
      line("cash", "\"\(ExactDecimal.text(Int128(account.openingCash), decimals: decimals))\"")
    }
    let positions = account.openingPositions.enumerated().filter { $0.element != 0 }.map {
      "\(Self.quoted(scenario.instruments[$0.offset].name)) = \($0.element)"
    }
    if !positions.isEmpty { line("positions", "{ \(positions.joined(separator: ", ")) }") }
    if account.maximumPosition != 0 { line("maximum_position", "\(account.maximumPosition)") }
    if account.maximumOpenOrders != 0 {
      line("maximum_open_orders", "\(account.maximumOpenOrders)")
    }
    instants("first_wake", agent.firstWake, "wake_every", agent.wakeInterval)
    if !agent.subscriptions.isEmpty {
      line("listens", Self.list(agent.subscriptions.map { scenario.topics[Int($0)] }))
    }
    latency("command", agent.commandLatency)
    latency("report", agent.reportLatency)
    latency("message", agent.messageLatency)
    if agent.dataLatency != 0 { line("latency.data", Self.span(agent.dataLatency)) }
    let process = agent.process
    if let process {
      line("command", Self.list(process.command))
      line("timeout", Self.span(process.timeout))
      line("on_fault", Self.quoted(process.onFault.rawValue))
    }
    for entry in (process?.parameters ?? agent.parameters).entries {
      line("parameters.\(Self.quoted(entry.name))", Self.value(entry.value))
    }
  }

  /// The name of the file that a policy is expected in, beside the text.
  public static func policyName(_ policy: [UInt8]) -> String {
    "\(SHA256.hash(policy).hexadecimal).policy"
  }

  // MARK: Values

  private mutating func instants(
    _ firstKey: String, _ first: Nanoseconds, _ intervalKey: String, _ interval: Nanoseconds
  ) {
    line(firstKey, first < 0 ? "\"never\"" : Self.span(first - scenario.clock.start))
    if first >= 0 { line(intervalKey, interval == 0 ? "\"once\"" : Self.span(interval)) }
  }

  private mutating func latency(_ key: String, _ latency: Latency) {
    switch latency {
    case .fixed(0): break
    case .fixed(let span): line("latency.\(key)", Self.span(span))
    case .uniform(let low, let high):
      line("latency.\(key)", "{ uniform = [\(Self.span(low)), \(Self.span(high))] }")
    case .exponential(let minimum, let mean):
      let spans = "minimum = \(Self.span(minimum)), mean = \(Self.span(mean))"
      line("latency.\(key)", "{ exponential = { \(spans) } }")
    }
  }

  private static func span(_ span: Nanoseconds) -> String { quoted(DurationText.text(span)) }

  private static func value(_ value: ParameterValue) -> String {
    switch value {
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .text(let text): quoted(text)
    case .flag(let flag): "\(flag)"
    }
  }

  private static func list(_ names: [String]) -> String {
    "[" + names.map { quoted($0) }.joined(separator: ", ") + "]"
  }

  /// A TOML basic string.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        quoted.unicodeScalars.append("\\")
        quoted.unicodeScalars.append(scalar)
      case let scalar where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
