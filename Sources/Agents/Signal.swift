public import MarketModel

/// What the built-in agents tell each other: a direction and how strongly it is meant.
///
///     byte 0      1, the version
///     byte 1      0 neutral, 1 up, 2 down
///     bytes 2-9   strength in thousandths of a price increment, little-endian
public struct Signal: Equatable, Sendable {
  /// +1 up, -1 down, 0 neutral.
  public var direction: Int64
  /// How strongly, in thousandths of a price increment; not negative.
  public var strength: PriceThousandths

  /// Creates a signal.
  public init(direction: Int64, strength: PriceThousandths) {
    self.direction = direction.signum()
    self.strength = strength
  }

  /// The payload of a message.
  public var payload: [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt8(1))
    writer.write(direction == 0 ? UInt8(0) : direction > 0 ? 1 : 2)
    writer.write(strength)
    return writer.bytes
  }

  /// Reads a payload; nil where it is no signal.
  public init?(payload: [UInt8]) {
    guard payload.count == 10, payload[0] == 1, payload[1] <= 2 else { return nil }
    var strength: UInt64 = 0
    for index in 0..<8 { strength |= UInt64(payload[2 + index]) << UInt64(8 * index) }
    direction = [0, 1, -1][Int(payload[1])]
    self.strength = Int64(bitPattern: strength)
  }
}

/// How a built-in agent sends and heeds signals.
public struct Signalling: Sendable {
  /// Whom signals go to; nil for nobody.
  public let recipient: MessageRecipient?
  /// Whether received signals change what it does.
  public let heeds: Bool

  /// The two parameters.
  public static let parameters = [
    ParameterSchema("signal_to", .text(""), "agent, or topic:NAME, that is told; empty for none"),
    ParameterSchema("heed_signals", .flag(false), "whether signals received matter"),
  ]

  /// Creates it from resolved parameters.
  public init(_ parameters: Parameters, _ setting: AgentSetting) throws(ParameterError) {
    heeds = try parameters.flag("heed_signals")
    let name = try parameters.text("signal_to")
    if name.isEmpty {
      recipient = nil
    } else if name.utf8.starts(with: "topic:".utf8) {
      let topic = String(name.dropFirst(6))
      recipient = .topic(
        try setting.index(of: topic, in: setting.topics, parameter: "signal_to"))
    } else {
      recipient = .agent(
        try setting.index(of: name, in: setting.agents, parameter: "signal_to"))
    }
  }

  /// Appends a signal where the agent has someone to tell.
  public func send(_ signal: Signal, to commands: inout [Command]) {
    if let recipient {
      commands.append(.sendMessage(to: recipient, payload: signal.payload))
    }
  }
}
