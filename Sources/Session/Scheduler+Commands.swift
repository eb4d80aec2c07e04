import Agents
import Determinism
public import Market
public import MarketModel

/// The events of commands and of what the exchange makes of them, with their latencies.
extension Scheduler {
  /// The event of a command other than a message; without `ordinal` it is the agent's next of its
  /// tick.
  @usableFromInline
  func submission(
    of command: Command, by agent: AgentIndex, cause: SequenceNumber?, ordinal: UInt32?,
    at time: Nanoseconds, _ state: inout SharedState
  ) -> EventRecord {
    let tick = state.tick(at: time)
    let own = state.agents[Int(agent)]
    let key = CommandKey(
      agent: agent, tick: tick, ordinal: ordinal ?? own.commands.ordinal(in: tick))
    let drawn = noise.commandLatency(own.commandLatency, key)
    // No command arrives before its sender's previous one.
    let latency = max(drawn, max(time, own.lastCommandArrival) - time)
    let event: Event
    switch command {
    case .placeOrder(var terms):
      // An index that no row can hold becomes one that nobody has, here and below.
      if terms.instrument < 0 { terms.instrument = .max }
      event = .orderSubmitted(OrderSubmitted(key: key, terms: terms, latency: latency))
    case .cancelOrder(var order, let quantity):
      if order.agent < 0 { order.agent = .max }
      event = .cancelSubmitted(
        CancelSubmitted(key: key, order: order, quantity: quantity, latency: latency))
    case .replaceOrder(var order, let price, let quantity):
      if order.agent < 0 { order.agent = .max }
      event = .replaceSubmitted(
        ReplaceSubmitted(
          key: key, order: order, price: price, quantity: quantity, latency: latency))
    case .transferCapital(let recipient, let amount):
      event = .transferSubmitted(
        TransferSubmitted(
          key: key, recipient: recipient < 0 ? .max : recipient, amount: amount,
          latency: latency))
    case .sendMessage:
      preconditionFailure("Invariant: messages do not go to the exchange")
    }
    return EventRecord(time: time, cause: cause, event: event)
  }

  /// The events of a message, one for each recipient, in the order of their names.
  @usableFromInline
  func sendings(
    of payload: [UInt8], to recipient: MessageRecipient, by agent: AgentIndex,
    cause: SequenceNumber?, ordinal: UInt32?, at time: Nanoseconds,
    _ state: inout SharedState
  ) -> [EventRecord] {
    let tick = state.tick(at: time)
    let key = CommandKey(
      agent: agent, tick: tick,
      ordinal: ordinal ?? state.agents[Int(agent)].commands.ordinal(in: tick))
    var recipients: [AgentIndex] = []
    var topic: Int32 = -1
    switch recipient {
    case .agent(let agent):
      if agent >= 0, Int(agent) < state.agents.count { recipients = [agent] }
    case .topic(let index) where index < 0 || Int(index) >= state.scenario.topics.count:
      break  // nobody listens to what does not exist
    case .topic(let index):
      topic = index
      recipients = state.subscribers(of: index, except: key.agent)
    }
    if recipients.isEmpty {
      // The command keeps its ordinal, whoever else exists.
      let event = MessageSent(key: key, recipient: -1, topic: topic, latency: 0, payload: payload)
      return [EventRecord(time: time, cause: cause, event: .messageSent(event))]
    }
    var records: [EventRecord] = []
    for recipient in recipients {
      let drawn = noise.messageLatency(
        state.scenario.agents[Int(recipient)].messageLatency, key, to: recipient)
      var latency = drawn
      for other in state.messages.entries
      where other.key.recipient == recipient && other.key.command.agent == key.agent {
        latency = max(latency, other.arrival - time)
      }
      let event = MessageSent(
        key: key, recipient: recipient, topic: topic, latency: latency, payload: payload)
      records.append(EventRecord(time: time, cause: cause, event: .messageSent(event)))
    }
    return records
  }

  /// The event of what the exchange decided.
  @usableFromInline
  func record(
    of decision: borrowing Decision, at time: Nanoseconds, cause: SequenceNumber,
    _ state: inout SharedState
  ) -> EventRecord {
    let owner = decision.isCancel ? decision.order.agent : decision.command.agent
    let latency = latency(decision.key, to: owner, time, &state)
    if decision.isFill {
      let maker = self.latency(
        decision.key, to: decision.order.agent, time, &state, isMaker: true)
      return EventRecord(
        time: time, cause: cause,
        event: decision.event(reportLatency: latency, makerReportLatency: maker))
    }
    return EventRecord(
      time: time, cause: cause, event: decision.event(reportLatency: latency))
  }

  @inline(__always)
  private func latency(
    _ outcome: OutcomeKey, to recipient: AgentIndex, _ time: Nanoseconds,
    _ state: inout SharedState, isMaker: Bool = false
  ) -> Nanoseconds {
    if recipient < 0 { return 0 }
    let last = state.agents[Int(recipient)].lastReportArrival
    let drawn = noise.reportLatency(
      state.agents[Int(recipient)].reportLatency, outcome, isMaker: isMaker)
    return max(drawn, max(time, last) - time)
  }
}
