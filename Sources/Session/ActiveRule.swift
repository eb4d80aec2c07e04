import Agents
public import Filters
import Market
public import MarketModel

/// A rule in force, compiled for the session's names.
@usableFromInline
struct ActiveRule: Sendable {
  let rule: CommandRule
  /// The number of the intervention that brought it.
  let intervention: UInt32
  private let agent: AgentIndex?
  private let filter: EventFilter?

  /// Compiles a rule.
  ///
  /// - Throws: `FilterError` for a condition that is none.
  init(_ rule: CommandRule, intervention: UInt32, _ scenario: Scenario) throws(FilterError) {
    self.rule = rule
    self.intervention = intervention
    agent = rule.agent.map { name in
      scenario.agents.firstIndex { $0.account.name == name }.map { AgentIndex($0) } ?? -1
    }
    filter =
      rule.condition.isEmpty
      ? nil
      : try EventFilter(
        FilterExpression(rule.condition), scenario.commandVocabulary, scenario.clock)
  }

  /// Whether it applies to a command whose event is `event`, which is `inout` only to be cheap.
  func applies(_ event: inout FlatEvent, _ key: CommandKey, sequence: SequenceNumber) -> Bool {
    if let agent, agent != key.agent { return false }
    guard key.tick >= rule.from, key.tick < rule.until else { return false }
    return filter?.matches(&event, sequence: sequence) ?? true
  }
}

extension Scenario {
  /// Checks a condition on commands, as rules have it.
  ///
  /// - Throws: `FilterError`.
  public func checkCondition(_ text: String) throws(FilterError) {
    _ = try EventFilter(FilterExpression(text), commandVocabulary, clock)
  }

  /// What conditions on commands may name.
  var commandVocabulary: EventVocabulary {
    EventVocabulary(
      EventSchema.all,
      EventVocabulary.Names(
        agents: agents.map { $0.account.name }, instruments: instruments.map { $0.name },
        processes: processes.map { $0.name }, topics: topics,
        priceDecimals: instruments.map { Int($0.priceDecimals) },
        currencyDecimals: Int(currencyDecimals))
    ) { type in
      switch type {
      case .orderType: OrderType.allCases.map { FilterWord($0.word, Int64($0.rawValue)) }
      case .timeInForce: TimeInForce.allCases.map { FilterWord($0.word, Int64($0.rawValue)) }
      default: []
      }
    }
  }
}

extension OrderType {
  fileprivate var word: String {
    switch self {
    case .limit: "limit"
    case .market: "market"
    }
  }
}

extension TimeInForce {
  fileprivate var word: String {
    switch self {
    case .goodTillCancelled: "goodTillCancelled"
    case .immediateOrCancel: "immediateOrCancel"
    case .fillOrKill: "fillOrKill"
    }
  }
}

// MARK: Applying

/// What rules left of a command.
@usableFromInline
enum Ruled: Sendable {
  /// It is given, perhaps changed.
  case given
  /// The intervention of that number withheld it.
  case withheld(by: UInt32)
}

extension SharedState {
  @inlinable var hasRules: Bool { !rules.isEmpty }

  /// Applies the rules to a command on its way to the exchange, in their order.
  ///
  /// A command that was recorded under rules of interventions below `own` is not changed by them
  /// again, but it still takes as long as they say.
  @usableFromInline
  func rule(
    _ submission: inout Submission, sequence: SequenceNumber, changesFrom own: UInt32
  ) -> Ruled {
    var event = FlatEvent()
    for rule in rules {
      submission.write(to: &event)
      guard rule.applies(&event, submission.command.key, sequence: sequence) else { continue }
      switch rule.rule.action {
      case .withhold: return .withheld(by: rule.intervention)
      case .delay(let delay):
        submission.latency = min(submission.latency + delay, Limits.maximumDelay)
      case .change(let change) where rule.intervention >= own:
        submission.command.body.change(change)
      case .change, .forge: break
      }
    }
    return .given
  }

  /// Applies the rules to a message on its way to one recipient, as `rule` does for commands.
  @usableFromInline
  func rule(
    _ record: inout EventRecord, sequence: SequenceNumber, changesFrom own: UInt32
  ) -> Ruled {
    guard case .messageSent(var message) = record.event else { return .given }
    var event = FlatEvent()
    for rule in rules {
      record.event = .messageSent(message)
      event.set(record)
      guard rule.applies(&event, message.key, sequence: sequence) else { continue }
      switch rule.rule.action {
      case .withhold: return .withheld(by: rule.intervention)
      case .delay(let delay) where message.recipient >= 0:
        message.latency = min(message.latency + delay, Limits.maximumDelay)
      case .forge(let payload) where rule.intervention >= own: message.payload = payload
      case .delay, .forge, .change: break
      }
    }
    record.event = .messageSent(message)
    return .given
  }
}

extension PendingCommand.Body {
  fileprivate mutating func change(_ change: CommandRule.OrderChange) {
    switch self {
    case .place(var terms):
      if let side = change.side { terms.side = side }
      if let price = change.price, terms.type == .limit { terms.price = price }
      terms.quantity = change.quantity(of: terms.quantity)
      self = .place(terms)
    case .replace(let order, let price, let quantity):
      self = .replace(
        order: order, price: change.price ?? price, quantity: change.quantity(of: quantity))
    case .cancel, .transfer: break
    }
  }
}
