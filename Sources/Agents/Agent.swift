public import MarketModel

/// What an agent remembers between its decisions.
///
/// It is state: digested, and stored in keyframes.
public protocol AgentMemory: Equatable, Sendable {
  /// Reads the canonical encoding.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  init(from reader: inout ByteReader) throws(ByteError)

  /// Appends the canonical encoding: equal memories give equal bytes.
  func encode(into writer: inout ByteWriter)
}

/// The names that an agent may refer to.
public struct AgentSetting: Sendable {
  /// The agent's own index.
  public let agent: AgentIndex
  /// All agents.
  public let agents: [String]
  /// All instruments.
  public let instruments: [String]
  /// All processes.
  public let processes: [String]
  /// All topics.
  public let topics: [String]
  /// The policy that the agent begins with, empty where it has none.
  public let policy: [UInt8]

  /// Creates a setting.
  public init(
    agent: AgentIndex, agents: [String], instruments: [String], processes: [String],
    topics: [String], policy: [UInt8] = []
  ) {
    self.agent = agent
    self.agents = agents
    self.instruments = instruments
    self.processes = processes
    self.topics = topics
    self.policy = policy
  }

  /// The position of a name in a table; the first entry for an empty name.
  ///
  /// - Throws: `ParameterError` naming the parameter where there is no such name.
  public func index(
    of name: String, in table: [String], parameter: String
  ) throws(ParameterError) -> Int32 {
    if name.isEmpty, !table.isEmpty { return 0 }
    guard let index = table.firstIndex(of: name) else {
      throw ParameterError(
        name: parameter,
        expected: table.isEmpty
          ? "nothing: there is none to name" : "one of: \(table.joined(separator: ", "))")
    }
    return Int32(index)
  }
}

/// A strategy: two pure functions and a memory.
///
/// `remember` is part of the reducer and alone changes the memory; `decide` looks at memory and
/// market and proposes commands. Neither may read a clock, a file or a global, draw other random
/// numbers than those of `noise`, or iterate a hash table: the same arguments give the same
/// result on every machine.
public protocol Agent: Sendable {
  /// What it remembers.
  associatedtype Memory: AgentMemory

  /// The name of the type in scenarios; never changes its meaning.
  static var typeName: String { get }
  /// Grows whenever the same scenario may give other commands.
  static var revision: UInt32 { get }
  /// Its parameters.
  static var parameters: [ParameterSchema] { get }
  /// Whether it does what a policy says, which a scenario has to name.
  static var usesPolicy: Bool { get }

  /// Creates the agent from resolved parameters.
  ///
  /// - Throws: `ParameterError` for a value that does not fit.
  init(parameters: Parameters, setting: AgentSetting) throws(ParameterError)

  /// Whether a memory is of use once parameters changed; else the agent begins anew, and takes over its account.
  static func keepsMemory(_ old: Parameters, _ new: Parameters) -> Bool

  /// The memory before anything happened.
  var initialMemory: Memory { get }

  /// Changes the memory by what happened.
  func remember(_ occurrence: Occurrence, in memory: inout Memory)

  /// Appends what the agent asks for, in order.
  func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise,
    commands: inout [Command])

  /// Draws an action where the agent chooses by a policy, or returns nil: it is noted on the tape,
  /// then `act` says what it asks for because of it, and `decide` is not called.
  func choose(_ observation: Observation, memory: Memory, noise: DecisionNoise) -> ActionChoice?

  /// Appends what the agent asks for after its choice, in order.
  func act(
    _ choice: ActionChoice, _ observation: Observation, memory: Memory,
    commands: inout [Command])

  /// Returns a new policy, or nil to keep the one it has. It is called after each decision.
  func learn(_ observation: Observation, memory: Memory, noise: DecisionNoise) -> [UInt8]?

  /// What its policy sees, as numbers: what it is trained on.
  func features(_ observation: Observation, memory: Memory) -> [Float]
}

extension Agent {
  /// It is, whatever changed.
  public static func keepsMemory(_ old: Parameters, _ new: Parameters) -> Bool { true }

  /// Needs no policy.
  public static var usesPolicy: Bool { false }

  /// Chooses nothing.
  public func choose(
    _ observation: Observation, memory: Memory, noise: DecisionNoise
  ) -> ActionChoice? { nil }

  /// Asks for nothing.
  public func act(
    _ choice: ActionChoice, _ observation: Observation, memory: Memory,
    commands: inout [Command]
  ) {}

  /// Sees nothing as numbers.
  public func features(_ observation: Observation, memory: Memory) -> [Float] { [] }

  /// Learns nothing.
  public func learn(
    _ observation: Observation, memory: Memory, noise: DecisionNoise
  ) -> [UInt8]? { nil }
}
