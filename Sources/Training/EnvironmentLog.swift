import MarketModel

/// What was submitted in an environment's episode, turn by turn: with the scenario and the seed it
/// gives the whole session again.
public struct EnvironmentLog: Equatable, Sendable {
  /// One agent's turn.
  struct Turn: Equatable, Sendable {
    var agent: AgentIndex
    var tick: Tick
    /// How many commands it gave.
    var count: Int32
  }

  private(set) var turns: [Turn] = []
  private(set) var commands: [Command] = []

  /// How many commands were given.
  public var commandCount: Int { commands.count }

  mutating func append(_ agent: AgentIndex, _ tick: Tick, _ given: [Command]) {
    turns.append(Turn(agent: agent, tick: tick, count: Int32(given.count)))
    commands.append(contentsOf: given)
  }

  mutating func removeAll() {
    turns.removeAll(keepingCapacity: true)
    commands.removeAll(keepingCapacity: true)
  }

  /// Goes through the turns from a tick on, in order.
  func reader(from tick: Tick = .min) -> Reader {
    var reader = Reader(log: self)
    while let turn = reader.peek, turn.tick < tick { reader.skip() }
    return reader
  }

  struct Reader {
    let log: EnvironmentLog
    private var turn = 0
    private var command = 0

    init(log: EnvironmentLog) { self.log = log }

    var peek: Turn? { turn < log.turns.count ? log.turns[turn] : nil }

    /// Passes over the next turn.
    ///
    /// Not `_ = next()`: release builds of Swift 6.3 crashed where nobody looked at the result, as
    /// if it let go of commands that it had never copied.
    mutating func skip() {
      guard let next = peek else { return }
      turn += 1
      command += Int(next.count)
    }

    /// The commands of the next turn.
    mutating func next() -> [Command]? {
      guard let next = peek else { return nil }
      let given = Array(log.commands[command..<command + Int(next.count)])
      turn += 1
      command += Int(next.count)
      return given
    }
  }
}
