public import Agents
public import Market
public import MarketModel

/// What differs in a fork from its first tick on.
public enum Intervention: Equatable, Sendable {
  /// An agent's decider no longer runs; its resting orders stay.
  case silence(agent: String)
  /// An agent that the parent does not have joins; the group -1 stands for one of its own.
  case addAgent(AgentDescription)
  /// An agent's parameters are replaced; it keeps its memory.
  case setParameters(agent: String, Parameters)
  /// Noise is drawn with another seed from here on.
  case reseed(UInt64)
  /// The agent of that name is described otherwise from here on: by strategy, parameters,
  /// latencies, limits or wake-ups. With another strategy its memory starts anew and is told what
  /// the account holds and has open.
  case changeAgent(AgentDescription)
  /// The instrument of that name has other fees or another price band.
  case changeInstrument(InstrumentRules)
  /// The process of that name has another deviation, reversion or interval.
  case changeProcess(ProcessDescription)
  /// A process jumps by so many thousandths of a price increment.
  case shock(process: String, PriceThousandths)
  /// An agent gives a command at once that its decider never gave.
  case insert(agent: String, InsertedCommand)
  /// An agent gets a policy at once.
  case loadPolicy(agent: String, [UInt8])
  /// Commands that fit a condition are withheld, delayed or changed from here on.
  case rule(CommandRule)

  /// The kind of intervention.
  public var code: InterventionCode {
    switch self {
    case .silence: .silence
    case .addAgent: .addAgent
    case .setParameters: .setParameters
    case .reseed: .reseed
    case .changeAgent: .changeAgent
    case .changeInstrument: .changeInstrument
    case .changeProcess: .changeProcess
    case .shock: .shockProcess
    case .insert: .insertCommand
    case .loadPolicy: .loadPolicy
    case .rule: .ruleCommands
    }
  }

  /// The agent whose decisions it concerns first; nil where it is about the market.
  public var agent: String? {
    switch self {
    case .silence(let agent), .setParameters(let agent, _), .insert(let agent, _),
      .loadPolicy(let agent, _):
      agent
    case .changeAgent(let agent): agent.account.name
    case .rule(let rule): rule.agent
    case .addAgent, .reseed, .changeInstrument, .changeProcess, .shock: nil
    }
  }
}

/// A command by names, as an intervention gives it: indices mean nothing across tapes.
public enum InsertedCommand: Equatable, Sendable {
  /// Place an order; the instrument of the terms is of no meaning.
  case place(instrument: String, OrderTerms)
  /// Cancel one of the agent's own orders, or `quantity` lots of it; 0 stands for all.
  case cancel(tick: Tick, ordinal: UInt32, quantity: Lots)
  /// Send a message to an agent.
  case message(to: String, payload: [UInt8])
  /// Send a message to all who listen to a topic.
  case publish(topic: String, payload: [UInt8])
}

extension InsertedCommand {
  /// The first ordinal of inserted commands: no decider comes near it, so that an inserted command
  /// moves the number, and with it the noise, of no other.
  public static let firstOrdinal: UInt32 = 1 << 30

  /// Whether a command was inserted.
  @inline(__always)
  static func isInserted(_ command: CommandKey) -> Bool { command.ordinal >= firstOrdinal }
}

extension SharedState {
  /// Who gives which command by an intervention.
  func insertion(_ body: InterventionApplied) -> (AgentIndex, Command)? {
    guard
      case .insert(let name, let inserted)? = try? Intervention(
        code: body.code, payload: body.payload), let agent = agentIndex(named: name)
    else { return nil }
    switch inserted {
    case .place(let instrument, var terms):
      let index = scenario.instruments.firstIndex { $0.name == instrument }
      terms.instrument = index.map { InstrumentIndex($0) } ?? .max
      return (agent, .placeOrder(terms))
    case .cancel(let tick, let ordinal, let quantity):
      let order = CommandKey(agent: agent, tick: tick, ordinal: ordinal)
      return (agent, .cancelOrder(order: order, quantity: quantity))
    case .message(let recipient, let payload):
      let index = agentIndex(named: recipient) ?? .max
      return (agent, .sendMessage(to: .agent(index), payload: payload))
    case .publish(let topic, let payload):
      let index = scenario.topics.firstIndex(of: topic).map { Int32($0) } ?? .max
      return (agent, .sendMessage(to: .topic(index), payload: payload))
    }
  }
}
