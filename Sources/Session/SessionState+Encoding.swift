import Agents
import Determinism
import Market
public import MarketModel
import MatchingEngine

/// The canonical encoding of a whole state, as keyframes hold it: equal states give equal bytes.
extension SessionState {
  /// The encoding, the scenario as interventions left it included.
  ///
  /// - Complexity: O(state).
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    scenario.encode(into: &writer)
    writer.write(time)
    market.encode(into: &writer)
    for agent in agents.indices { encodeAgent(agent, into: &writer) }
    for process in processes {
      writer.write(process.value)
      writer.write(process.nextStep)
      Self.encode(process.steps, into: &writer)
    }
    encodeFlight(into: &writer)
    boards.encode(into: &writer)
    writer.write(count: shared.rules.count)
    for active in shared.rules {
      writer.write(active.intervention)
      active.rule.encode(into: &writer)
    }
    return writer.bytes
  }

  /// Reads an encoding.
  ///
  /// - Throws: `ByteError` where the bytes hold something else, or a scenario that makes no sense.
  public init(encoded bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    let scenario = try Scenario(from: &reader)
    do {
      try self.init(scenario: scenario)
    } catch {
      throw ByteError(offset: 0, expected: "\(error.path): \(error.expected)")
    }
    shared.advance(to: try reader.readInt64())
    try shared.market.decode(from: &reader)
    for index in agents.indices { try decodeAgent(index, from: &reader) }
    for index in processes.indices {
      shared.setValue(try reader.readInt64(), of: index)
      shared.processes[index].nextStep = try reader.readInt64()
      shared.processes[index].steps = try Self.decodeCount(from: &reader)
    }
    try decodeFlight(from: &reader)
    shared.history = try BoardHistory(from: &reader, like: boards)
    for _ in 0..<(try reader.readCount(limit: 1 << 22)) {
      let intervention = try reader.readUInt32()
      shared.add(try CommandRule(from: &reader), intervention: intervention)
    }
    try reader.expectEnd()
    if let fault = market.conservationFault { throw ByteError(offset: 0, expected: fault) }
    // One state has one encoding: what is read is written with the same bytes.
    guard encoded == bytes else { throw ByteError(offset: 0, expected: "a state as it is written") }
  }

  // MARK: Agents

  private static func encode(_ count: TickCount, into writer: inout ByteWriter) {
    writer.write(count.tick)
    writer.write(count.count)
  }

  private static func decodeCount(
    from reader: inout ByteReader
  ) throws(ByteError) -> TickCount {
    TickCount(tick: try reader.readInt64(), count: try reader.readUInt32())
  }

  private func encodeAgent(_ index: Int, into writer: inout ByteWriter) {
    let agent = agents[index]
    writer.write(agent.nextWake)
    Self.encode(agent.wakes, into: &writer)
    Self.encode(agent.commands, into: &writer)
    writer.write(sized: agent.policy)
    Self.encode(agent.policyUpdates, into: &writer)
    writer.write(agent.isSilenced)
    writer.write(agent.lastCommandArrival)
    writer.write(agent.lastReportArrival)
    var memory = ByteWriter()
    seats[index]?.encodeMemory(into: &memory)
    writer.write(sized: memory.bytes)
  }

  private mutating func decodeAgent(
    _ index: Int, from reader: inout ByteReader
  ) throws(ByteError) {
    shared.agents[index].nextWake = try reader.readInt64()
    shared.agents[index].wakes = try Self.decodeCount(from: &reader)
    shared.agents[index].commands = try Self.decodeCount(from: &reader)
    shared.agents[index].policy = try reader.readSized(limit: Limits.maximumPayload)
    shared.agents[index].policyUpdates = try Self.decodeCount(from: &reader)
    shared.agents[index].isSilenced = try reader.readBool()
    shared.agents[index].lastCommandArrival = try reader.readInt64()
    shared.agents[index].lastReportArrival = try reader.readInt64()
    let memory = try reader.readSized(limit: Limits.maximumPayload)
    guard seats[index] != nil else { return }
    var content = ByteReader(memory)
    try seats[index]?.decodeMemory(from: &content)
    try content.expectEnd()
    refreshMemoryDigest(index)
  }

  // MARK: In flight

  /// Everything on its way as the events that sent it, in the order of sequence numbers: each
  /// entry is unique by that and what it belongs to.
  private func encodeFlight(into writer: inout ByteWriter) {
    let commands = commands.entries.sorted { $0.sequence < $1.sequence }
    writer.write(count: commands.count)
    for entry in commands {
      writer.write(entry.sequence)
      writer.write(entry.arrival)
      entry.command.encode(into: &writer)
    }
    let reports = reports.entries.sorted {
      ($0.sequence, $0.recipient) < ($1.sequence, $1.recipient)
    }
    writer.write(count: reports.count)
    for entry in reports {
      writer.write(entry.sequence)
      writer.write(entry.arrival)
      writer.write(entry.recipient)
      entry.report.encode(into: &writer)
      writer.write(entry.counterpart != nil)
      entry.counterpart?.encode(into: &writer)
    }
    let messages = messages.entries.sorted { $0.sequence < $1.sequence }
    writer.write(count: messages.count)
    for entry in messages {
      writer.write(entry.sequence)
      writer.write(entry.arrival)
      writer.write(entry.key.recipient)
      entry.key.command.encode(into: &writer)
      writer.write(entry.topic)
      writer.write(sized: entry.payload)
    }
  }

  private mutating func decodeFlight(from reader: inout ByteReader) throws(ByteError) {
    for _ in 0..<(try reader.readCount(limit: 1 << 24)) {
      let sequence = try reader.readInt64()
      let arrival = try reader.readInt64()
      let entry = InFlightCommand(
        command: try PendingCommand(from: &reader), arrival: arrival, sequence: sequence)
      try checkFlight(entry.command.key, !shared.commands.contains(entry.command.key), reader)
      shared.commands.insert(entry, market.identities)
    }
    for _ in 0..<(try reader.readCount(limit: 1 << 24)) {
      let sequence = try reader.readInt64()
      let arrival = try reader.readInt64()
      let recipient = try reader.readInt32()
      var entry = InFlightReport(
        report: try Report(from: &reader), recipient: recipient, arrival: arrival,
        sequence: sequence)
      if try reader.readBool() { entry.counterpart = try Report(from: &reader) }
      let key = ReportKey(outcome: entry.report.outcome, recipient: recipient)
      try checkFlight(key.outcome.command, reports[key] == nil, reader)
      try check(entry.report, reader)
      if let counterpart = entry.counterpart { try check(counterpart, reader) }
      shared.reports.insert(key, entry)
      shared.poolDigest &+= InFlightHash.of(entry, market.identities)
    }
    for _ in 0..<(try reader.readCount(limit: 1 << 24)) {
      let sequence = try reader.readInt64()
      let arrival = try reader.readInt64()
      let recipient = try reader.readInt32()
      let key = MessageKey(command: try CommandKey(from: &reader), recipient: recipient)
      let entry = InFlightMessage(
        key: key, topic: try reader.readInt32(),
        payload: try reader.readSized(limit: Limits.maximumPayload), arrival: arrival,
        sequence: sequence)
      try checkFlight(key.command, messages[key] == nil, reader)
      shared.messages.insert(key, entry)
      shared.poolDigest &+= InFlightHash.of(
        entry, market.identities, topics: scenario.topics)
    }
  }

  private func check(_ report: Report, _ reader: ByteReader) throws(ByteError) {
    var isKnown = true
    switch report.body {
    case .filled(let fill):
      isKnown = knows(fill.order) && market.rules.instruments.indices.contains(Int(fill.instrument))
    case .cancelled(let order, _, _), .replaced(let order): isKnown = knows(order)
    default: break
    }
    if !isKnown { throw ByteError(offset: reader.offset, expected: "a report of known names") }
  }

  private func knows(_ order: CommandKey) -> Bool {
    order.agent >= 0 && Int(order.agent) < agents.count
  }

  private func checkFlight(
    _ key: CommandKey, _ isNew: Bool, _ reader: ByteReader
  ) throws(ByteError) {
    guard isNew, key.agent >= 0, Int(key.agent) < agents.count else {
      throw ByteError(offset: reader.offset, expected: "something on its way, once")
    }
  }
}
