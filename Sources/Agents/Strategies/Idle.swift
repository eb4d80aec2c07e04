public import MarketModel

/// Wakes and does nothing: the placebo.
public struct Idle: Agent {
  /// It remembers nothing.
  public struct Memory: AgentMemory {
    init() {}

    /// Reads nothing.
    public init(from reader: inout ByteReader) throws(ByteError) {}

    /// Appends nothing.
    public func encode(into writer: inout ByteWriter) {}
  }

  /// `idle`.
  public static let typeName = "idle"
  /// 1.
  public static let revision: UInt32 = 1
  /// None.
  public static let parameters: [ParameterSchema] = []

  /// Creates the agent.
  public init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {}

  /// Nothing.
  public var initialMemory: Memory { Memory() }

  /// Changes nothing.
  public func remember(_ occurrence: Occurrence, in memory: inout Memory) {}

  /// Asks for nothing.
  public func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise,
    commands: inout [Command]
  ) {}
}

/// The roster of a stock `tapedeck`.
public typealias BuiltInAgents = Either<
  Seat<MarketMaker>,
  Either<
    Seat<TrendFollower>,
    Either<
      Seat<Arbitrageur>, Either<Seat<ZeroIntelligence>, Either<Seat<Idle>, Seat<PolicyTrader>>>
    >
  >
>
