public import Agents
public import Journal
import Market
public import MarketModel
import Replay
public import Session

/// A session as what makes it: a scenario, and what comes from outside.
///
/// Agents of the type `foreign` decide nothing: their commands are among the inputs. All others
/// decide by themselves. Inputs refer to each other by number, not by the keys of commands, so that
/// any of them can be dropped or moved in time.
public struct SessionSketch: Equatable, Sendable {
  /// The order that an input is about.
  public enum Target: Equatable, Sendable {
    /// That of another input.
    case input(Int)
    /// One that no input placed.
    case unknown
  }

  /// What an input does.
  public enum Action: Equatable, Sendable {
    /// Places an order.
    case place(OrderTerms)
    /// Cancels an order, or `quantity` lots of it; 0 for all.
    case cancel(Target, quantity: Lots)
    /// Replaces an order.
    case replace(Target, price: PriceIncrements, quantity: Lots)
    /// Moves capital.
    case transfer(to: AgentIndex, amount: MinorUnits)
    /// Sends a message to an agent or, where the topic is not -1, as one of its listeners.
    case message(to: AgentIndex, topic: Int32, payload: [UInt8])
    /// Gives an agent a policy.
    case policy([UInt8])
    /// Makes a difference.
    case intervene(ordinal: UInt32, Intervention)
    /// States a fact of a feed.
    case fact(Event)
  }

  /// Something that comes from outside.
  public struct Input: Equatable, Sendable {
    /// Its number, by which others refer to it.
    public var number: Int
    /// Who gives the command; -1 for a fact or an intervention.
    public var agent: AgentIndex
    /// When, in nanoseconds; those of later inputs are no less.
    public var time: Nanoseconds
    /// How long until the exchange or the recipient has it, in nanoseconds.
    public var latency: Nanoseconds
    /// What.
    public var action: Action

    var isPolicy: Bool {
      if case .policy = action { return true }
      return false
    }
  }

  /// The scenario, complete.
  public var scenario: Scenario
  /// What comes from outside, in order of time.
  public var inputs: [Input]

  /// Creates a sketch.
  public init(scenario: Scenario, inputs: [Input]) {
    self.scenario = scenario
    self.inputs = inputs
  }

  /// The agents that decide by themselves.
  public var deciding: [AgentIndex] {
    scenario.agents.indices.filter {
      !scenario.agents[$0].isForeign
    }.map { AgentIndex($0) }
  }

  // MARK: Making the session

  /// The inputs as events without causes, with the keys of their commands counted anew.
  public var records: [EventRecord] {
    var keys = [CommandKey?](repeating: nil, count: (inputs.map { $0.number }.max() ?? -1) + 1)
    // Policies are counted apart from commands.
    var counts: [(tick: Tick, next: [UInt32])] = scenario.agents.map { _ in (-1, [0, 0]) }
    return inputs.map { input in
      var key = CommandKey(
        agent: input.agent, tick: scenario.clock.tick(at: input.time), ordinal: 0)
      if input.agent >= 0 {
        let agent = Int(input.agent)
        let sort = input.isPolicy ? 1 : 0
        if counts[agent].tick != key.tick { counts[agent] = (key.tick, [0, 0]) }
        key.ordinal = counts[agent].next[sort]
        counts[agent].next[sort] += 1
        if !input.isPolicy { keys[input.number] = key }
      }
      return EventRecord(
        time: input.time, cause: nil, event: event(input, key, keys))
    }
  }

  private func event(
    _ input: Input, _ key: CommandKey, _ keys: [CommandKey?]
  ) -> Event {
    func order(_ target: Target) -> CommandKey {
      // Nobody places so many orders in the first tick: the exchange does not know it.
      let none = CommandKey(agent: input.agent, tick: 0, ordinal: 99_999)
      if case .input(let number) = target, number < keys.count { return keys[number] ?? none }
      return none
    }
    switch input.action {
    case .place(let terms):
      return .orderSubmitted(OrderSubmitted(key: key, terms: terms, latency: input.latency))
    case .cancel(let target, let quantity):
      return .cancelSubmitted(
        CancelSubmitted(
          key: key, order: order(target), quantity: quantity, latency: input.latency))
    case .replace(let target, let price, let quantity):
      return .replaceSubmitted(
        ReplaceSubmitted(
          key: key, order: order(target), price: price, quantity: quantity,
          latency: input.latency))
    case .transfer(let recipient, let amount):
      return .transferSubmitted(
        TransferSubmitted(
          key: key, recipient: recipient, amount: amount, latency: input.latency))
    case .message(let recipient, let topic, let payload):
      return .messageSent(
        MessageSent(
          key: key, recipient: recipient, topic: topic, latency: input.latency, payload: payload))
    case .policy(let payload):
      return .policyUpdated(
        PolicyUpdated(agent: key.agent, tick: key.tick, ordinal: key.ordinal, payload: payload))
    case .intervene(let ordinal, let intervention):
      let agent = intervention.agent.flatMap { name in
        scenario.agents.firstIndex { $0.account.name == name }
      }
      return .interventionApplied(
        InterventionApplied(
          ordinal: ordinal, code: intervention.code, agent: agent.map { AgentIndex($0) } ?? -1,
          payload: intervention.payload))
    case .fact(let event): return event
    }
  }

  /// The session at its opening, with its inputs to come.
  ///
  /// - Throws: `ScenarioError` where the scenario makes no sense any more.
  public func session<Roster: AgentRoster>(
    _ roster: Roster.Type
  ) throws(ScenarioError) -> MarketSession<Roster> {
    var session = try MarketSession<Roster>(scenario: scenario)
    // Through the session's property each would copy all before it.
    var inputs = RecordedInputs()
    for record in records { inputs.append(record) }
    session.inputs = inputs
    return session
  }

  /// All events of the session; nil where an input does not fit.
  public func events<Roster: AgentRoster>(_ roster: Roster.Type) -> [EventRecord]? {
    var buffer = EventBuffer()
    do {
      var session = try session(roster)
      try session.run(into: &buffer)
    } catch {
      return nil
    }
    return buffer.records
  }

  /// Records the session onto a tape; nil where an input does not fit.
  public func tape<Roster: AgentRoster, Output: FrameOutput>(
    _ roster: Roster.Type, output: Output
  ) throws(Output.Failure) -> Output? {
    guard var session = try? session(roster) else { return nil }
    let encoder = JournalEncoder(
      genesis: Genesis(scenario: scenario),
      lastTick: scenario.clock.tick(at: scenario.clock.start))
    var recorder = try JournalRecorder(encoder, output: output)
    do throws(SessionError<Output.Failure>) {
      try session.run(into: &recorder)
    } catch {
      if case .sink(let failure) = error { throw failure }
      return nil
    }
    try recorder.seal(session.state)
    return recorder.output
  }
}
