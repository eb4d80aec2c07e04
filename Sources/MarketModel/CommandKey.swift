/// The identity of a command: who decided it, in which tick, as which of its commands there.
///
/// A dropped command keeps its ordinal, so the keys of an agent's later commands never shift.
/// An order is known by the key of the command that submitted it; a replaced order is a new
/// submission and takes the key of the replacing command.
public struct CommandKey: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The agent that decided.
  public var agent: AgentIndex
  /// The ordinal among the agent's commands of that tick, from 0.
  public var ordinal: UInt32
  /// The tick of the decision.
  public var tick: Tick

  /// Creates a key.
  @inlinable
  public init(agent: AgentIndex, tick: Tick, ordinal: UInt32) {
    self.agent = agent
    self.ordinal = ordinal
    self.tick = tick
  }

  /// Whether two keys are the same.
  @inlinable @inline(__always)
  public static func == (left: CommandKey, right: CommandKey) -> Bool {
    left.tick == right.tick && left.agent == right.agent && left.ordinal == right.ordinal
  }
}

/// The identity of an outcome: the key of the command that caused it, and a number from 0.
public struct OutcomeKey: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The causing command.
  public var command: CommandKey
  /// The number among that command's outcomes.
  public var number: UInt32

  /// Creates a key.
  @inlinable
  public init(command: CommandKey, number: UInt32) {
    self.command = command
    self.number = number
  }
}
