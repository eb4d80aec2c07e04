public import Agents
import Journal
import Market
public import MarketModel
import Replay
public import Session

/// Why a conversation refuses something; nothing happened then.
public enum ConversationRefusal: Error, Equatable, Sendable {
  /// No agent of the scenario has that name, or it is named twice.
  case unknownAgent(String)
  /// A program decides for that agent, and none is started here: decide for it too.
  case program(String)
  /// The scenario makes no sense.
  case scenario(ScenarioError)
  /// There is no turn to answer.
  case noTurn
  /// The answer is none.
  case answer(String)
  /// The session cannot go on; what it came to is there.
  case stopped(String)
}

/// A session some of whose agents somebody in this process decides for, in the lines of AGENTS.md:
/// the same words as a program's, without a program.
///
/// `next` runs on to a turn and tells of it, `answer` takes its turn. An answer that is none is
/// refused as a whole, and nothing happens: the turn waits for another one. What is given goes onto
/// the tape as inputs, so that it replays without whoever gave it.
public struct Conversation<Roster: AgentRoster> {
  /// A turn that waits for an answer.
  public struct Question: Sendable {
    /// The position of the agent among those that were named.
    public let position: Int
    /// What it is told.
    public let line: JsonValue
    fileprivate let turn: Turn
    fileprivate let number: Int64
  }

  /// The turn that waits for an answer; nil before the first and between turns.
  public private(set) var question: Question?
  /// Whether the session ended.
  public private(set) var isFinished = false

  private let lines: [ProcessLines]
  private var counts: [Int64]
  private var session: MarketSession<Roster>
  private var sink: MailSink<JournalRecorder<MemoryOutput>>

  /// Opens a session; nobody but the caller decides for the agents of these names.
  ///
  /// - Throws: `ConversationRefusal`.
  public init(
    _ scenario: Scenario, agents names: [String], flows: [RecordedFlow] = []
  ) throws(ConversationRefusal) {
    let agents = try Self.agents(names, of: scenario)
    var handedOver = scenario
    for agent in agents { handedOver.agents[Int(agent)].makeForeign() }
    var session: MarketSession<Roster>
    do {
      session = try MarketSession(scenario: handedOver)
    } catch {
      throw .scenario(error)
    }
    session.flows = flows
    self.session = session
    // They are told what the scenario says, and the tape says that nobody here decided.
    lines = agents.map { ProcessLines($0, in: scenario) }
    counts = agents.map { _ in 0 }
    let encoder = JournalEncoder(
      genesis: Genesis(scenario: handedOver),
      lastTick: handedOver.clock.tick(at: handedOver.clock.start))
    sink = MailSink(
      JournalRecorder(encoder, output: MemoryOutput()), mailbox: Mailbox(of: agents))
  }

  private static func agents(
    _ names: [String], of scenario: Scenario
  ) throws(ConversationRefusal) -> [AgentIndex] {
    var agents: [AgentIndex] = []
    for name in names {
      guard let index = scenario.agents.firstIndex(where: { $0.account.name == name }),
        !agents.contains(AgentIndex(index))
      else { throw .unknownAgent(name) }
      agents.append(AgentIndex(index))
    }
    for (index, agent) in scenario.agents.enumerated()
    where agent.process != nil && !agents.contains(AgentIndex(index)) {
      throw .program(agent.account.name)
    }
    return agents
  }

  /// The first line to an agent: who it is and what there is.
  public func hello(_ position: Int) -> JsonValue { lines[position].hello }

  /// The tick of the latest event.
  public var tick: Tick { session.state.tick }

  /// The digests of the state.
  public var digests: SessionDigests { session.state.digests() }

  /// The session so far as a tape; sealed once it ended.
  public var tape: [UInt8] {
    var recorder = sink.next
    if isFinished { recorder.seal(session.state) } else { recorder.endFrame(session.state) }
    return recorder.output.bytes
  }

  /// Runs on to the next turn of one of the agents; nil at the end, or after `limit` events.
  ///
  /// A turn that waits is told again.
  ///
  /// - Throws: `ConversationRefusal.stopped`.
  public mutating func next(
    within limit: Int = .max
  ) throws(ConversationRefusal) -> Question? {
    if question != nil || isFinished { return question }
    do {
      for _ in 0..<limit {
        switch try session.step(into: &sink) {
        case .progressed: continue
        case .finished:
          isFinished = true
          return nil
        case .turn(let turn):
          guard let position = lines.firstIndex(where: { $0.agent == turn.agent }) else {
            try session.takeTurn(turn, into: &sink)
            continue
          }
          let line = lines[position].turn(
            counts[position], session.observe(turn), sink.mailbox.take(turn.agent))
          question = Question(
            position: position, line: line, turn: turn, number: counts[position])
          return question
        }
      }
    } catch {
      throw .stopped("\(error)")
    }
    return nil
  }

  /// Takes the turn that waits: a line as a program writes it.
  ///
  /// - Throws: `ConversationRefusal`.
  public mutating func answer(_ line: [UInt8]) throws(ConversationRefusal) {
    guard let question else { throw .noTurn }
    let agent = lines[question.position]
    let reader = AnswerReader(agent: agent.agent, names: agent.names)
    var commands: [Command] = []
    switch reader.answer(line, turn: question.number) {
    case .commands(let items)?:
      for (index, item) in items.enumerated() {
        switch item {
        case .command(let command): commands.append(command)
        case .wrong(let words): throw .answer("command \(index + 1): \(words)")
        }
      }
    case .missed(_, let words)?: throw .answer(words)
    case nil: throw .answer("turn: it answers an earlier one than \(question.number)")
    }
    do {
      try session.submit(commands, question.turn, into: &sink)
    } catch {
      throw .stopped("\(error)")
    }
    counts[question.position] += 1
    self.question = nil
  }
}
