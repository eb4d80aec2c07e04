import Agents
import Market
public import MarketModel

/// The particulars of an intervention, as they stand in an event and in a genesis; FORMAT.md,
/// section 4.3.
extension Intervention {
  /// The encoding.
  public var payload: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .silence(let agent): writer.write(agent)
    case .addAgent(let agent), .changeAgent(let agent): agent.encode(into: &writer)
    case .setParameters(let agent, let parameters):
      writer.write(agent)
      parameters.encode(into: &writer)
    case .reseed(let seed): writer.write(seed)
    case .changeInstrument(let rules): rules.encode(into: &writer)
    case .changeProcess(let process): process.encode(into: &writer)
    case .shock(let process, let change):
      writer.write(process)
      writer.write(change)
    case .insert(let agent, let command):
      writer.write(agent)
      command.encode(into: &writer)
    case .loadPolicy(let agent, let policy):
      writer.write(agent)
      writer.write(sized: policy)
    case .rule(let rule): rule.encode(into: &writer)
    }
    return writer.bytes
  }

  /// Reads the encoding.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public init(code: InterventionCode, payload: [UInt8]) throws(ByteError) {
    var reader = ByteReader(payload)
    switch code {
    case .silence: self = .silence(agent: try reader.readText())
    case .addAgent: self = .addAgent(try AgentDescription(from: &reader))
    case .setParameters:
      let agent = try reader.readText()
      self = .setParameters(agent: agent, try Parameters(from: &reader))
    case .reseed: self = .reseed(try reader.readUInt64())
    case .changeAgent: self = .changeAgent(try AgentDescription(from: &reader))
    case .changeInstrument: self = .changeInstrument(try InstrumentRules(from: &reader))
    case .changeProcess: self = .changeProcess(try ProcessDescription(from: &reader))
    case .shockProcess:
      let process = try reader.readText()
      self = .shock(process: process, try reader.readInt64())
    case .insertCommand:
      let agent = try reader.readText()
      self = .insert(agent: agent, try InsertedCommand(from: &reader))
    case .loadPolicy:
      let agent = try reader.readText()
      self = .loadPolicy(agent: agent, try reader.readSized(limit: Limits.maximumPayload))
    case .ruleCommands: self = .rule(try CommandRule(from: &reader))
    }
    try reader.expectEnd()
  }
}

extension InsertedCommand {
  func encode(into writer: inout ByteWriter) {
    switch self {
    case .place(let instrument, let terms):
      writer.write(UInt8(0))
      writer.write(instrument)
      writer.write(terms.side.rawValue)
      writer.write(terms.type.rawValue)
      writer.write(terms.timeInForce.rawValue)
      writer.write(terms.isPostOnly)
      writer.write(terms.price)
      writer.write(terms.quantity)
    case .cancel(let tick, let ordinal, let quantity):
      writer.write(UInt8(1))
      writer.write(tick)
      writer.write(ordinal)
      writer.write(quantity)
    case .message(let recipient, let payload):
      writer.write(UInt8(2))
      writer.write(recipient)
      writer.write(sized: payload)
    case .publish(let topic, let payload):
      writer.write(UInt8(3))
      writer.write(topic)
      writer.write(sized: payload)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    switch try reader.readByte() {
    case 0:
      let instrument = try reader.readText()
      self = .place(instrument: instrument, try Self.terms(from: &reader))
    case 1:
      self = .cancel(
        tick: try reader.readInt64(), ordinal: try reader.readUInt32(),
        quantity: try reader.readInt64())
    case 2:
      self = .message(
        to: try reader.readText(), payload: try reader.readSized(limit: Limits.maximumPayload))
    case 3:
      self = .publish(
        topic: try reader.readText(), payload: try reader.readSized(limit: Limits.maximumPayload))
    default: throw ByteError(offset: reader.offset - 1, expected: "a command, 0 to 3")
    }
  }

  private static func terms(from reader: inout ByteReader) throws(ByteError) -> OrderTerms {
    let start = reader.offset
    guard let side = Side(rawValue: try reader.readByte()),
      let type = OrderType(rawValue: try reader.readByte()),
      let timeInForce = TimeInForce(rawValue: try reader.readByte())
    else { throw ByteError(offset: start, expected: "a side, a type and a time in force") }
    return OrderTerms(
      instrument: 0, side: side, type: type, timeInForce: timeInForce,
      isPostOnly: try reader.readBool(), price: try reader.readInt64(),
      quantity: try reader.readInt64())
  }
}
