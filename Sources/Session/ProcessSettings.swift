public import Agents
public import MarketModel

/// How a process agent is run, as its scenario says: a foreign agent whose commands a program
/// gives, over its standard input and output.
///
/// It stands in the agent's parameters: `command.000`, `command.001`, ..., `timeout` in
/// nanoseconds, `on_fault`, and `parameters.NAME` for what the program is handed.
public struct ProcessSettings: Equatable, Sendable {
  /// The type of such agents in scenarios.
  public static let typeName = "process"

  /// What becomes of an agent whose program does not do as it should.
  public enum FaultRule: String, Sendable, CaseIterable {
    /// It misses the turn.
    case miss
    /// It is silent from then on.
    case stop
  }

  /// The longest wait for an answer, in nanoseconds of the wall clock, if nothing is said.
  public static let defaultTimeout: Nanoseconds = 1_000_000_000
  /// What a wait may be: a millisecond to an hour.
  public static let timeouts: ClosedRange<Nanoseconds> = 1_000_000...3_600_000_000_000
  /// The most words of a command.
  public static let maximumWords = 1000

  /// The program and its arguments.
  public var command: [String]
  /// How long to wait for an answer, in nanoseconds of the wall clock.
  public var timeout: Nanoseconds
  /// What becomes of an agent whose program does not do as it should.
  public var onFault: FaultRule
  /// What the program is handed.
  public var parameters: Parameters

  /// Creates settings.
  public init(
    command: [String], timeout: Nanoseconds = defaultTimeout, onFault: FaultRule = .miss,
    parameters: Parameters = Parameters()
  ) {
    self.command = command
    self.timeout = timeout
    self.onFault = onFault
    self.parameters = parameters
  }

  /// Reads the parameters of an agent of the type `process`.
  ///
  /// - Throws: `ParameterError` for what such an agent does not have.
  public init(_ encoded: Parameters) throws(ParameterError) {
    self.init(command: [])
    timeout = try encoded.integer("timeout", in: Self.timeouts)
    guard let rule = FaultRule(rawValue: try encoded.text("on_fault")) else {
      throw ParameterError(name: "on_fault", expected: "miss or stop")
    }
    onFault = rule
    for entry in encoded.entries {
      if entry.name.hasPrefix("parameters.") {
        parameters.set(String(entry.name.dropFirst("parameters.".count)), entry.value)
      } else if entry.name == Self.key(ofWord: command.count),
        case .text(let word) = entry.value
      {
        command.append(word)
      } else if entry.name != "timeout", entry.name != "on_fault" {
        throw ParameterError(
          name: entry.name, expected: "command.NNN, timeout, on_fault or parameters.NAME")
      }
    }
    guard Self.isSound(command) else {
      throw ParameterError(
        name: "command", expected: "a program and its arguments, without zero bytes")
    }
  }

  /// The parameters of the agent.
  public var encoded: Parameters {
    var encoded = Parameters()
    for (index, word) in command.enumerated() { encoded.set(Self.key(ofWord: index), .text(word)) }
    encoded.set("timeout", .integer(timeout))
    encoded.set("on_fault", .text(onFault.rawValue))
    for entry in parameters.entries { encoded.set("parameters.\(entry.name)", entry.value) }
    return encoded
  }

  /// Whether a system can run that: a program with a name, and no word with a zero byte.
  public static func isSound(_ command: [String]) -> Bool {
    guard let program = command.first, !program.isEmpty, command.count <= maximumWords else {
      return false
    }
    return command.allSatisfy { word in !word.utf8.contains(0) }
  }

  private static func key(ofWord index: Int) -> String {
    let digits = "\(index)"
    return "command." + String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
  }
}

extension AgentDescription {
  /// Whether its commands are inputs of the session: no build decides for it.
  public var isForeign: Bool {
    type == Self.foreignType || type == ProcessSettings.typeName
  }

  /// Leaves what it decides to somebody outside, of whom the session knows nothing else.
  public mutating func makeForeign() {
    type = Self.foreignType
    revision = 0
    parameters = Parameters()
    policy = []
  }

  /// How its program is run; nil for an agent of another type.
  public var process: ProcessSettings? {
    type == ProcessSettings.typeName ? try? ProcessSettings(parameters) : nil
  }
}
