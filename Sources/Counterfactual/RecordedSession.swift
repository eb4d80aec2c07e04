import Agents
import Market
public import MarketModel
import MatchingEngine
import Replay
public import Session

/// What a session's events say about who did what when: enough to sketch it again.
public struct RecordedSession: Sendable {
  /// Which instants the inputs of a sketch have.
  public enum Timing: Sendable, CaseIterable {
    /// Those at which the exchange executed them, in that order: no latency is left.
    case executed
    /// Those at which they were given, with the latency that they had.
    case given
  }

  private struct Given: Sendable {
    var input: SessionSketch.Input
    var key: CommandKey
    /// When the exchange came to it; as given for what does not go there.
    var executed: Nanoseconds
    var isExecuted = false
  }

  /// How many events the session has.
  public let eventCount: Int
  /// The scenario as the session began, with agents that joined later.
  public let scenario: Scenario
  private var given: [Given] = []
  /// The numbers of commands in the order in which the exchange came to them, and wake-ups.
  private var order: [Step] = []

  private enum Step: Sendable {
    case command(Int)
    case wake(AgentIndex, Nanoseconds)
  }

  /// Reads events from the first on.
  ///
  /// - Complexity: O(events).
  public init(scenario: Scenario, events: [EventRecord]) {
    self.scenario = scenario
    eventCount = events.count
    // Where the latest command with each key stands.
    var places = SlotTable<CommandKey>()
    var numbers = [Int](repeating: -1, count: events.count)
    for (sequence, record) in events.enumerated() {
      if case .agentWoken(let body) = record.event {
        order.append(.wake(body.agent, record.time))
      } else if record.event.kind.isFact {
        note(.fact(record.event), CommandKey(agent: -1, tick: 0, ordinal: 0), record, 0)
        order.append(.command(given.count - 1))
      } else if case .interventionApplied(let body) = record.event {
        note(body, record)
      } else if case .policyUpdated(let body) = record.event {
        let none = CommandKey(agent: body.agent, tick: -1, ordinal: 0)
        note(.policy(body.payload), none, record, 0)
        order.append(.command(given.count - 1))
      } else if let command = Self.submission(record, places) {
        numbers[sequence] = given.count
        // No key is given twice, but for what damaged tapes say.
        if places.slot(of: command.key) != nil { places.remove(command.key) }
        places.insert(command.key, slot: Int32(given.count))
        note(command.action, command.key, record, command.latency)
        if case .message = command.action { order.append(.command(given.count - 1)) }
      } else if let outcome = record.event.outcome, outcome.number == 0, let cause = record.cause,
        cause < Int64(numbers.count), numbers[Int(cause)] >= 0
      {
        let number = numbers[Int(cause)]
        given[number].executed = record.time
        given[number].isExecuted = true
        order.append(.command(number))
      }
    }
  }

  private mutating func note(
    _ action: SessionSketch.Action, _ key: CommandKey, _ record: EventRecord,
    _ latency: Nanoseconds
  ) {
    given.append(
      Given(
        input: SessionSketch.Input(
          number: given.count, agent: key.agent, time: record.time, latency: latency,
          action: action), key: key, executed: record.time))
  }

  /// Notes an intervention; agents that join are in the scenario from the beginning.
  private mutating func note(_ body: InterventionApplied, _ record: EventRecord) {
    guard let intervention = try? Intervention(code: body.code, payload: body.payload),
      intervention.code != .addAgent
    else { return }
    note(
      .intervene(ordinal: body.ordinal, intervention),
      CommandKey(agent: -1, tick: -1, ordinal: 0), record, 0)
    order.append(.command(given.count - 1))
  }

  private static func submission(
    _ record: EventRecord, _ places: SlotTable<CommandKey>
  ) -> (action: SessionSketch.Action, key: CommandKey, latency: Nanoseconds)? {
    switch record.event {
    case .orderSubmitted(let body): (.place(body.terms), body.key, body.latency)
    case .cancelSubmitted(let body):
      (
        .cancel(target(body.order, places), quantity: body.quantity), body.key, body.latency
      )
    case .replaceSubmitted(let body):
      (
        .replace(target(body.order, places), price: body.price, quantity: body.quantity),
        body.key, body.latency
      )
    case .transferSubmitted(let body):
      (.transfer(to: body.recipient, amount: body.amount), body.key, body.latency)
    case .messageSent(let body):
      (
        .message(to: body.recipient, topic: body.topic, payload: body.payload), body.key,
        body.latency
      )
    default: nil
    }
  }

  /// The command that gave an order its key.
  private static func target(
    _ key: CommandKey, _ places: SlotTable<CommandKey>
  ) -> SessionSketch.Target {
    places.slot(of: key).map { .input(Int($0)) } ?? .unknown
  }

  // MARK: Sketching

  /// Whether something comes from outside where some agents decide.
  ///
  /// An intervention in what an agent decides says nothing where its commands are inputs.
  private func isInput(_ input: SessionSketch.Input, _ deciding: [AgentIndex]) -> Bool {
    guard case .intervene(_, let intervention) = input.action else {
      return !deciding.contains(input.agent)
    }
    if case .changeInstrument = intervention { return true }
    guard let name = intervention.agent else { return !deciding.isEmpty }
    return deciding.contains { scenario.agents[Int($0)].account.name == name }
  }

  /// The session with some agents that decide by themselves, and the commands of all others as
  /// inputs.
  ///
  /// Walks stay where anybody decides, who may look at them. With `executed`, those who decide wake
  /// a little later, so that there is room for what was executed before them at that instant.
  public func sketch(deciding: [AgentIndex], timing: Timing) -> SessionSketch {
    var scenario = scenario
    let room = timing == .executed ? min(scenario.clock.tickLength / 4, 1_000_000) : 0
    for index in scenario.agents.indices {
      if deciding.contains(AgentIndex(index)) {
        if scenario.agents[index].firstWake >= 0 { scenario.agents[index].firstWake += room }
      } else {
        scenario.agents[index].rest()
        if timing == .executed { scenario.agents[index].dropLatency() }
      }
    }
    if deciding.isEmpty { scenario.restWalks() }
    scenario.makeWritable()
    let label = ", shrunk"
    if !scenario.name.hasSuffix(label), scenario.name.utf8.count + label.utf8.count <= 255 {
      scenario.name += label
    }
    let isOutside: (Int) -> Bool = { isInput(given[$0].input, deciding) }
    var inputs: [SessionSketch.Input] = []
    switch timing {
    case .given: inputs = given.indices.filter(isOutside).map { given[$0].input }
    case .executed:
      var last = Nanoseconds.min
      for step in order {
        switch step {
        case .wake(let agent, let time):
          if deciding.contains(agent) { last = max(last, time + room) }
        case .command(let number) where isOutside(number):
          var input = given[number].input
          let time = given[number].executed
          input.time = last == Nanoseconds.min ? time : max(time, last + 1)
          input.latency = 0
          last = input.time
          inputs.append(input)
        case .command: break
        }
      }
    }
    return SessionSketch(scenario: scenario, inputs: inputs)
  }
}

extension AgentDescription {
  /// Makes it one whose commands are inputs of a sketch.
  mutating func rest() {
    makeForeign()
    (firstWake, wakeInterval) = (-1, 0)
    dataLatency = 0
  }

  mutating func dropLatency() {
    (commandLatency, reportLatency, messageLatency) = (.none, .none, .none)
  }
}

extension Scenario {
  /// Lets walks stand still: nobody looks at them.
  mutating func restWalks() {
    for index in processes.indices {
      if case .walk = processes[index].motion {
        (processes[index].firstStep, processes[index].interval) = (-1, 0)
      }
    }
  }
}
