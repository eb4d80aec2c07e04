public import MarketModel

/// What a roster offers: one entry for each type of agent.
public struct RosterEntry: Equatable, Sendable {
  /// The name of the type.
  public let typeName: String
  /// Its revision.
  public let revision: UInt32
  /// Its parameters.
  public let parameters: [ParameterSchema]
  /// Whether it does what a policy says.
  public let usesPolicy: Bool
}

/// One agent with its memory, out of a fixed set of types known at compile time.
///
/// Compose rosters with `Either`, wrap a type of agent into one with `Seat`:
/// `typealias MyRoster = Either<Seat<MyAgent>, BuiltInAgents>`.
public protocol AgentRoster: Sendable {
  /// The types that this roster knows.
  static var entries: [RosterEntry] { get }

  /// Creates an agent, or returns nil where the roster does not know the type.
  ///
  /// - Throws: `ParameterError` for a parameter that does not fit.
  static func make(
    type: String, parameters: Parameters, setting: AgentSetting
  ) throws(ParameterError) -> Self?

  /// Whether an agent of a type has use for its memory once its parameters changed.
  static func keepsMemory(type: String, _ old: Parameters, _ new: Parameters) -> Bool

  /// Changes the memory by what happened.
  mutating func remember(_ occurrence: Occurrence)

  /// Appends what the agent asks for, and returns its choice where it made one.
  func decide(
    _ observation: Observation, noise: DecisionNoise, commands: inout [Command]
  ) -> ActionChoice?

  /// Returns a new policy, or nil.
  func learn(_ observation: Observation, noise: DecisionNoise) -> [UInt8]?

  /// What its policy sees, as numbers.
  func features(_ observation: Observation) -> [Float]

  /// Appends the canonical encoding of the memory.
  func encodeMemory(into writer: inout ByteWriter)

  /// Replaces the memory by an encoded one.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  mutating func decodeMemory(from reader: inout ByteReader) throws(ByteError)
}

/// An agent of one type and its memory.
///
/// Both are kept in arrays of one: `Either` moves its seat out and back at every event, whatever type it is of,
/// and what is moved so often is to be small.
public struct Seat<Member: Agent>: AgentRoster {
  @usableFromInline let member: [Member]
  @usableFromInline var memory: [Member.Memory]

  @inlinable
  init(_ member: Member) {
    self.member = [member]
    memory = [member.initialMemory]
  }

  /// The one type.
  public static var entries: [RosterEntry] {
    [
      RosterEntry(
        typeName: Member.typeName, revision: Member.revision, parameters: Member.parameters,
        usesPolicy: Member.usesPolicy)
    ]
  }

  /// Creates an agent if the type is this one.
  @inlinable
  public static func make(
    type: String, parameters: Parameters, setting: AgentSetting
  ) throws(ParameterError) -> Seat? {
    guard type == Member.typeName else { return nil }
    let resolved = try parameters.resolved(by: Member.parameters)
    return Seat(try Member(parameters: resolved, setting: setting))
  }

  /// Whether the agent has use for its memory.
  public static func keepsMemory(type: String, _ old: Parameters, _ new: Parameters) -> Bool {
    type != Member.typeName || Member.keepsMemory(old, new)
  }

  /// Changes the memory by what happened.
  @inlinable
  public mutating func remember(_ occurrence: Occurrence) {
    member[0].remember(occurrence, in: &memory[0])
  }

  /// Appends what the agent asks for, and returns its choice where it made one.
  @inlinable
  public func decide(
    _ observation: Observation, noise: DecisionNoise, commands: inout [Command]
  ) -> ActionChoice? {
    if let choice = member[0].choose(observation, memory: memory[0], noise: noise) {
      member[0].act(choice, observation, memory: memory[0], commands: &commands)
      return choice
    }
    member[0].decide(observation, memory: memory[0], noise: noise, commands: &commands)
    return nil
  }

  /// Returns a new policy, or nil.
  @inlinable
  public func learn(_ observation: Observation, noise: DecisionNoise) -> [UInt8]? {
    member[0].learn(observation, memory: memory[0], noise: noise)
  }

  /// What its policy sees, as numbers.
  @inlinable
  public func features(_ observation: Observation) -> [Float] {
    member[0].features(observation, memory: memory[0])
  }

  /// Appends the canonical encoding of the memory.
  @inlinable
  public func encodeMemory(into writer: inout ByteWriter) { memory[0].encode(into: &writer) }

  /// Replaces the memory by an encoded one.
  @inlinable
  public mutating func decodeMemory(from reader: inout ByteReader) throws(ByteError) {
    memory = [try Member.Memory(from: &reader)]
  }
}

/// An agent of one of two rosters; the first that knows a type wins.
public enum Either<First: AgentRoster, Second: AgentRoster>: AgentRoster {
  /// An agent of the first roster.
  case first(First)
  /// An agent of the second roster.
  case second(Second)

  /// The types of both.
  public static var entries: [RosterEntry] { First.entries + Second.entries }

  /// Creates an agent of whichever roster knows the type.
  @inlinable
  public static func make(
    type: String, parameters: Parameters, setting: AgentSetting
  ) throws(ParameterError) -> Either? {
    if let agent = try First.make(type: type, parameters: parameters, setting: setting) {
      return .first(agent)
    }
    if let agent = try Second.make(type: type, parameters: parameters, setting: setting) {
      return .second(agent)
    }
    return nil
  }

  /// Whether the agent has use for its memory, as the first roster says that knows its type.
  public static func keepsMemory(type: String, _ old: Parameters, _ new: Parameters) -> Bool {
    First.entries.contains { $0.typeName == type }
      ? First.keepsMemory(type: type, old, new) : Second.keepsMemory(type: type, old, new)
  }

  /// Changes the memory by what happened.
  @inlinable
  public mutating func remember(_ occurrence: Occurrence) {
    switch consume self {
    case .first(var agent):
      agent.remember(occurrence)
      self = .first(agent)
    case .second(var agent):
      agent.remember(occurrence)
      self = .second(agent)
    }
  }

  /// Appends what the agent asks for, and returns its choice where it made one.
  @inlinable
  public func decide(
    _ observation: Observation, noise: DecisionNoise, commands: inout [Command]
  ) -> ActionChoice? {
    switch self {
    case .first(let agent): agent.decide(observation, noise: noise, commands: &commands)
    case .second(let agent): agent.decide(observation, noise: noise, commands: &commands)
    }
  }

  /// Returns a new policy, or nil.
  @inlinable
  public func learn(_ observation: Observation, noise: DecisionNoise) -> [UInt8]? {
    switch self {
    case .first(let agent): agent.learn(observation, noise: noise)
    case .second(let agent): agent.learn(observation, noise: noise)
    }
  }

  /// What its policy sees, as numbers.
  @inlinable
  public func features(_ observation: Observation) -> [Float] {
    switch self {
    case .first(let agent): agent.features(observation)
    case .second(let agent): agent.features(observation)
    }
  }

  /// Appends the canonical encoding of the memory.
  @inlinable
  public func encodeMemory(into writer: inout ByteWriter) {
    switch self {
    case .first(let agent): agent.encodeMemory(into: &writer)
    case .second(let agent): agent.encodeMemory(into: &writer)
    }
  }

  /// Replaces the memory by an encoded one.
  @inlinable
  public mutating func decodeMemory(from reader: inout ByteReader) throws(ByteError) {
    switch self {
    case .first(var agent):
      try agent.decodeMemory(from: &reader)
      self = .first(agent)
    case .second(var agent):
      try agent.decodeMemory(from: &reader)
      self = .second(agent)
    }
  }
}
