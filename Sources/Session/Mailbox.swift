public import Agents
import Market
public import MarketModel

/// What occurs to agents that have no memory in the state, derived from the events alone.
///
/// A seated agent is told by the reducer; whoever decides outside (a process, a person, a Python
/// environment) reads its letters here. They are those that a seated agent of that name would
/// remember, in the same order, but for its wake-ups, which its turns tell. Report and message
/// latencies are respected: what is still on its way is not told.
public struct Mailbox: Sendable {
  private struct Letters: Sendable {
    var agent: AgentIndex
    var arrived: [Occurrence] = []
    /// Reports on their way; few at any time.
    var reports: [(key: ReportKey, report: Report, counterpart: Report?)] = []
    /// Messages on their way.
    var messages: [(key: MessageKey, topic: Int32, payload: [UInt8])] = []
    /// The message sent last: all its recipients share one command.
    var lastMessage: CommandKey?
  }

  private var letters: [Letters]

  /// Opens an empty box for some agents, at the opening of a session.
  public init(of agents: [AgentIndex]) { letters = agents.map { Letters(agent: $0) } }

  /// Opens a box for some agents in the middle of a session: what is on its way there will arrive.
  ///
  /// What arrived before is not known.
  /// - Complexity: O(what is in flight).
  public init<Roster: AgentRoster>(
    of agents: [AgentIndex], in state: borrowing SessionState<Roster>
  ) {
    self.init(of: agents)
    let reports = state.reports.entries.sorted { $0.sequence < $1.sequence }
    let messages = state.messages.entries.sorted { $0.sequence < $1.sequence }
    for index in letters.indices {
      let agent = letters[index].agent
      for entry in reports where entry.recipient == agent {
        let key = ReportKey(outcome: entry.report.outcome, recipient: agent)
        letters[index].reports.append((key, entry.report, entry.counterpart))
      }
      for entry in messages where entry.key.recipient == agent {
        letters[index].messages.append((entry.key, entry.topic, entry.payload))
      }
    }
  }

  /// Whether it is kept for an agent.
  public func isKept(for agent: AgentIndex) -> Bool { letters.contains { $0.agent == agent } }

  /// Whether it is kept for nobody.
  public var isEmpty: Bool { letters.isEmpty }

  /// Takes out what occurred to an agent since it was last taken; nothing for other agents.
  public mutating func take(_ agent: AgentIndex) -> [Occurrence] {
    guard let index = letters.firstIndex(where: { $0.agent == agent }) else { return [] }
    let arrived = letters[index].arrived
    letters[index].arrived = []
    return arrived
  }

  /// Takes over what another one keeps, for agents that this one is not kept for.
  public mutating func formUnion(_ other: Mailbox) {
    letters += other.letters.filter { !isKept(for: $0.agent) }
  }

  /// Throws away what is kept for an agent, and keeps nothing for it any more.
  public mutating func close(_ agent: AgentIndex) { letters.removeAll { $0.agent == agent } }

  // MARK: Events

  /// Whether an event of that kind may be about an agent.
  @inlinable
  public static func concerns(_ kind: EventKind) -> Bool {
    switch kind {
    case .orderSubmitted, .cancelSubmitted, .replaceSubmitted, .transferSubmitted, .messageSent,
      .orderAccepted, .orderRejected, .orderFilled, .orderCancelled, .orderReplaced,
      .capitalTransferred, .reportDelivered, .messageDelivered:
      true
    default: false
    }
  }

  /// Notes the next event of the session.
  ///
  /// - Complexity: O(agents that it is kept for), and what is on its way to them.
  public mutating func note(_ event: Event) {
    if let outcome = Outcome(event) {
      let key = outcome.key
      outcome.tell { recipient, latency, body in
        report(Report(outcome: key, body: body()), to: recipient, latency)
      }
      return
    }
    switch event {
    case .messageSent(let body): send(body)
    case .reportDelivered(let body): deliver(body)
    case .messageDelivered(let body): deliver(body)
    default:
      if let (key, command) = event.command {
        change(key.agent) { $0.arrived.append(.commanded(key, command)) }
      }
    }
  }

  private mutating func change(_ agent: AgentIndex, _ body: (inout Letters) -> Void) {
    for index in letters.indices where letters[index].agent == agent { body(&letters[index]) }
  }

  private mutating func send(_ body: MessageSent) {
    change(body.key.agent) { own in
      // Inserted commands are counted apart, one by one, as the reducer does.
      let isFirst = own.lastMessage != body.key || body.key.ordinal >= InsertedCommand.firstOrdinal
      own.lastMessage = body.key
      let recipient: MessageRecipient =
        body.topic < 0 ? .agent(body.recipient) : .topic(body.topic)
      if isFirst {
        own.arrived.append(
          .commanded(body.key, .sendMessage(to: recipient, payload: body.payload)))
      }
    }
    if body.recipient < 0 { return }
    let key = MessageKey(command: body.key, recipient: body.recipient)
    change(body.recipient) { $0.messages.append((key, body.topic, body.payload)) }
  }

  private mutating func report(
    _ report: Report, to recipient: AgentIndex, _ latency: Nanoseconds
  ) {
    change(recipient) { own in
      if latency == 0 {
        own.arrived.append(.report(report))
        return
      }
      let key = ReportKey(outcome: report.outcome, recipient: recipient)
      if let index = own.reports.firstIndex(where: { $0.key == key }) {
        // Who trades with itself learns of both parts when the taker's part arrives.
        own.reports[index].counterpart = report
      } else {
        own.reports.append((key, report, nil))
      }
    }
  }

  private mutating func deliver(_ body: ReportDelivered) {
    let key = ReportKey(outcome: body.outcome, recipient: body.agent)
    change(body.agent) { own in
      guard let index = own.reports.firstIndex(where: { $0.key == key }) else { return }
      let entry = own.reports.remove(at: index)
      own.arrived.append(.report(entry.report))
      if let counterpart = entry.counterpart { own.arrived.append(.report(counterpart)) }
    }
  }

  private mutating func deliver(_ body: MessageDelivered) {
    let key = MessageKey(command: body.key, recipient: body.recipient)
    change(body.recipient) { own in
      guard let index = own.messages.firstIndex(where: { $0.key == key }) else { return }
      let entry = own.messages.remove(at: index)
      own.arrived.append(
        .message(from: body.key.agent, topic: entry.topic, payload: entry.payload))
    }
  }
}
