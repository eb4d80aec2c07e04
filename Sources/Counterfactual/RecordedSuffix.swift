import Agents
import Journal
import Market
import MarketModel
import Replay
import Session

/// What a parent recorded from the fork on that the fork issues again.
struct RecordedSuffix<Roster: AgentRoster> {
  /// The parent's state at the fork.
  let state: SessionState<Roster>
  /// The inputs.
  var inputs = RecordedInputs()
  /// The names of the agents that are held, sorted; feeds are not among them.
  var held: [String] = []

  private var isHeld: [Bool] = []
  private var wakes: [AgentWoken?] = []

  /// Nothing yet, of a session in that state; `held` and `live` agents exist.
  init(state: SessionState<Roster>, held: [String], live: [String] = []) {
    self.state = state
    choose(held, live)
  }

  /// Reads the rest of a parent.
  ///
  /// `state` is its state at the fork.
  static func collect<Source: ByteSource>(
    _ parent: inout Replayer<Roster, Source>, state: SessionState<Roster>, held: [String],
    live: [String] = [], hasInterventions: Bool
  ) throws(ForkError<Source.Failure>) -> RecordedSuffix {
    for name in held where state.agentIndex(named: name) == nil {
      throw .cannotHold(agent: name, reason: "no agent is called so")
    }
    for name in live {
      guard let index = state.agentIndex(named: name) else {
        throw .cannotGoLive(agent: name, reason: "no agent is called so")
      }
      if state.agents[Int(index)].isSeated {
        throw .cannotGoLive(agent: name, reason: "this build decides for it")
      }
      if isFeed(index, state) {
        throw .cannotGoLive(agent: name, reason: "it re-issues a recorded flow")
      }
    }
    var suffix = RecordedSuffix(state: state, held: held, live: live)
    // A parent without inputs, held agents and interventions to come need not be read further.
    guard suffix.isNeeded || hasInterventions else { return suffix }
    do {
      while let event = try parent.step() {
        if case .known(let record) = event { suffix.take(record) }
      }
    } catch {
      throw .replay(error)
    }
    return suffix
  }

  private var isNeeded: Bool { isHeld.contains(true) || hasFeeds }

  private var hasFeeds: Bool {
    state.scenario.processes.contains { process in
      if case .feed = process.motion { return true }
      return false
    }
  }

  private mutating func choose(_ names: [String], _ live: [String]) {
    for (index, agent) in state.agents.enumerated() {
      let name = state.scenario.agents[index].account.name
      // A foreign agent that nobody drives can only be held.
      let mustHold = !agent.isSeated && !live.contains(name)
      isHeld.append(mustHold || names.contains(name))
      if isHeld[index] && !Self.isFeed(AgentIndex(index), state) {
        inputs.hold(AgentIndex(index))
        held.append(name)
      }
    }
    held.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    wakes = state.agents.map { _ in nil }
  }

  /// Whether an agent re-issues a recorded flow: its commands come at their instants, not at
  /// wake-ups.
  private static func isFeed(_ agent: AgentIndex, _ state: SessionState<Roster>) -> Bool {
    state.scenario.processes.contains { process in
      guard case .feed(let resting, let taking) = process.motion else { return false }
      return resting == agent || taking == agent
    }
  }

  /// Takes an event that was recorded from the fork on.
  mutating func take(_ record: EventRecord) {
    let kind = record.event.kind
    if kind.isFact || kind == .flowAdjusted {
      inputs.append(record)
      return
    }
    if case .agentWoken(let body) = record.event, Int(body.agent) < wakes.count {
      wakes[Int(body.agent)] = body
      return
    }
    if kind == .noteAdded || kind == .interventionApplied {
      inputs.append(record)
      return
    }
    guard let agent = record.event.decidingAgent, Int(agent) < isHeld.count, isHeld[Int(agent)]
    else { return }
    // An inserted command comes with its intervention, which is issued again.
    if let (key, _) = record.event.command, key.ordinal >= InsertedCommand.firstOrdinal { return }
    // What has no cause came from outside at its own instant; the rest was decided at a wake-up.
    guard record.cause != nil, let wake = wakes[Int(agent)] else {
      inputs.append(record)
      return
    }
    if case .commandWithheld(let body) = record.event {
      inputs.append(body, wakeTick: wake.tick, wakeOrdinal: wake.ordinal)
    } else if case .agentFaulted(let body) = record.event {
      inputs.append(body, wakeTick: wake.tick, wakeOrdinal: wake.ordinal)
    } else if case .actionChosen(let body) = record.event {
      inputs.append(body, wakeTick: wake.tick, wakeOrdinal: wake.ordinal)
    } else if case .policyUpdated(let body) = record.event {
      inputs.append(policy: body.payload, agent, wakeTick: wake.tick, wakeOrdinal: wake.ordinal)
    } else if let (key, command) = record.event.command {
      var recipient: AgentIndex?
      if case .messageSent(let body) = record.event { recipient = body.recipient }
      inputs.append(
        command, key: key, recipient: recipient, wakeTick: wake.tick, wakeOrdinal: wake.ordinal)
    }
  }
}
