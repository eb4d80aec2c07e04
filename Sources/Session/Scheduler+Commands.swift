import Agents
import Determinism
public import Market
public import MarketModel

/// The events of commands and of what the exchange makes of them, with their latencies; all are
/// `mutating` only to be cheap.
extension Scheduler {
  /// A command on its way to the exchange.
  @usableFromInline
  mutating func submission(
    of body: PendingCommand.Body, as key: CommandKey, cause: SequenceNumber?,
    at time: Nanoseconds, _ state: inout SharedState
  ) -> Submission {
    let drawn = noise.commandLatency(state.agents[Int(key.agent)].commandLatency, key)
    // No command arrives before its sender's previous one.
    let last = state.agents[Int(key.agent)].lastCommandArrival
    return Submission(
      command: PendingCommand(key: key, body: body), time: time,
      cause: cause, latency: max(drawn, max(time, last) - time))
  }

  /// The events of a message, one for each recipient, in the order of their names.
  @usableFromInline
  mutating func sendings(
    of payload: [UInt8], to recipient: MessageRecipient, as key: CommandKey,
    cause: SequenceNumber?, at time: Nanoseconds, _ state: inout SharedState
  ) -> [EventRecord] {
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

  /// Lets the exchange decide on the command that arrived, outcome by outcome, and writes the event.
  @usableFromInline
  mutating func propose(
    _ decision: inout Decision, number: UInt32, at time: Nanoseconds, _ state: inout SharedState,
    _ row: inout EventRow
  ) {
    state.decide(number: number, into: &decision)
    drawLatencies(of: &decision, at: time, &state)
    decision.write(to: &row)
  }

  /// Folds a decision and notes what follows from it.
  @usableFromInline
  mutating func conclude(
    _ decision: inout Decision, at time: Nanoseconds, sequence: SequenceNumber,
    _ state: inout SharedState
  ) {
    state.conclude(&decision, at: time, sequence: sequence)
    schedule(&decision, &state)
  }

  /// Draws how long it takes until those know whom a decision concerns.
  @inline(__always)
  private mutating func drawLatencies(
    of decision: inout Decision, at time: Nanoseconds, _ state: inout SharedState
  ) {
    decision.reportLatency = latency(decision.key, to: decision.recipient, time, &state)
    if decision.isFill {
      decision.makerReportLatency = latency(
        decision.key, to: decision.order.agent, time, &state, isMaker: true)
    }
  }

  @inline(__always)
  private mutating func latency(
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
