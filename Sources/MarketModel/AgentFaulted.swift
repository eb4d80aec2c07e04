/// What whoever decides outside for a foreign agent did not do as it should.
///
/// Raw values are fixed for ever.
public enum AgentFault: UInt8, Sendable, CaseIterable {
  /// No answer came in time.
  case late = 1
  /// It is not there any more.
  case ended = 2
  /// Its answer has no end within the limit.
  case tooLong = 3
  /// Its answer is none.
  case unreadable = 4
  /// It speaks another version of the protocol.
  case otherVersion = 5
  /// One of its commands is none, and is left out.
  case wrongCommand = 6
}

/// Whoever decides outside for a foreign agent did not do as it should.
///
/// The rule for that is in the event: the turn is missed, or one command is left out; and where
/// `isFinal`, the agent is silenced from here on.
public struct AgentFaulted: Equatable, Sendable {
  /// The agent.
  public var agent: AgentIndex
  /// The tick of the wake-up.
  public var tick: Tick
  /// The number of the wake-up in its tick.
  public var ordinal: UInt32
  /// The number of the command in its answer, from 1; 0 for the turn as a whole.
  public var command: UInt32
  /// What happened.
  public var fault: AgentFault
  /// Whether the agent is silenced from here on.
  public var isFinal: Bool
  /// What happened in words, for people: UTF-8.
  public var payload: [UInt8]

  /// Creates the event.
  @inlinable
  public init(
    agent: AgentIndex, tick: Tick, ordinal: UInt32, command: UInt32, fault: AgentFault,
    isFinal: Bool, payload: [UInt8]
  ) {
    self.agent = agent
    self.tick = tick
    self.ordinal = ordinal
    self.command = command
    self.fault = fault
    self.isFinal = isFinal
    self.payload = payload
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    agent = try r.index(0)
    tick = r.words[1]
    ordinal = try r.ordinal(2)
    command = try r.ordinal(3)
    fault = try r.byte(4, AgentFault.self)
    isFinal = try r.flag(5)
    payload = r.payload
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(agent)
    row.words[1] = tick
    row.words[2] = Int64(ordinal)
    row.words[3] = Int64(command)
    row.words[4] = Int64(fault.rawValue)
    row.words[5] = isFinal ? 1 : 0
    row.payload = payload
  }
}
