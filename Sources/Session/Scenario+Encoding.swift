import Agents
import Market
public import MarketModel

/// The canonical encoding of a scenario, as it stands in a genesis; FORMAT.md lists it.
extension AgentDescription {
  /// Appends the canonical encoding.
  public func encode(into writer: inout ByteWriter) {
    writer.write(account.name)
    writer.write(account.group)
    writer.write(account.openingCash)
    writer.write(count: account.openingPositions.count)
    for position in account.openingPositions { writer.write(position) }
    writer.write(account.maximumPosition)
    writer.write(account.maximumOpenOrders)
    writer.write(type)
    writer.write(revision)
    parameters.encode(into: &writer)
    writer.write(sized: policy)
    writer.write(firstWake)
    writer.write(wakeInterval)
    commandLatency.encode(into: &writer)
    reportLatency.encode(into: &writer)
    messageLatency.encode(into: &writer)
    writer.write(dataLatency)
    writer.write(count: subscriptions.count)
    for topic in subscriptions { writer.write(topic) }
  }

  /// Reads the canonical encoding.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let name = try reader.readText()
    let group = try reader.readInt32()
    let cash = try reader.readInt64()
    var positions: [Lots] = []
    for _ in 0..<(try reader.readCount(limit: Limits.maximumInstruments)) {
      positions.append(try reader.readInt64())
    }
    let account = AccountRules(
      name: name, group: group, openingCash: cash, openingPositions: positions,
      maximumPosition: try reader.readInt64(), maximumOpenOrders: try reader.readInt64())
    self.init(account: account, type: try reader.readText())
    revision = try reader.readUInt32()
    parameters = try Parameters(from: &reader)
    policy = try reader.readSized(limit: Limits.maximumGenesis)
    firstWake = try reader.readInt64()
    wakeInterval = try reader.readInt64()
    commandLatency = try Latency(from: &reader)
    reportLatency = try Latency(from: &reader)
    messageLatency = try Latency(from: &reader)
    dataLatency = try reader.readInt64()
    for _ in 0..<(try reader.readCount(limit: Limits.maximumProcesses)) {
      subscriptions.append(try reader.readInt32())
    }
  }
}

extension InstrumentRules {
  func encode(into writer: inout ByteWriter) {
    writer.write(name)
    writer.write(priceDecimals)
    for value in [
      incrementValue, referencePrice, priceStep, lotStep, priceBand, makerFeeMillionths,
      takerFeeMillionths,
    ] { writer.write(value) }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    self.init(
      name: try reader.readText(), priceDecimals: try reader.readByte(),
      incrementValue: try reader.readInt64(), referencePrice: try reader.readInt64(),
      priceStep: try reader.readInt64(), lotStep: try reader.readInt64(),
      priceBand: try reader.readInt64(), makerFeeMillionths: try reader.readInt64(),
      takerFeeMillionths: try reader.readInt64())
  }
}

extension ProcessDescription {
  func encode(into writer: inout ByteWriter) {
    writer.write(name)
    switch motion {
    case .walk(let start, let deviation, let reversion):
      writer.write(UInt8(0))
      writer.write(start)
      writer.write(deviation)
      writer.write(reversion)
    case .feed(let resting, let taking):
      writer.write(UInt8(1))
      writer.write(resting)
      writer.write(taking)
    }
    writer.write(instrument)
    writer.write(firstStep)
    writer.write(interval)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let name = try reader.readText()
    let motion: Motion
    switch try reader.readByte() {
    case 0:
      motion = .walk(
        start: try reader.readInt64(), deviation: try reader.readDouble(),
        reversion: try reader.readDouble())
    case 1:
      motion = .feed(resting: try reader.readInt32(), taking: try reader.readInt32())
    default: throw ByteError(offset: reader.offset - 1, expected: "a motion, 0 or 1")
    }
    self.init(
      name: name, motion: motion, instrument: try reader.readInt32(),
      firstStep: try reader.readInt64(), interval: try reader.readInt64())
  }
}

extension Scenario {
  /// Appends the canonical encoding.
  public func encode(into writer: inout ByteWriter) {
    writer.write(name)
    writer.write(provenance.rawValue)
    writer.write(seed)
    writer.write(clock.start)
    writer.write(clock.tickLength)
    writer.write(horizon)
    writer.write(currencyDecimals)
    writer.write(digestInterval)
    writer.write(selfTradePrevention.rawValue)
    writer.write(count: instruments.count)
    for instrument in instruments { instrument.encode(into: &writer) }
    writer.write(count: groups.count)
    for group in groups { writer.write(group) }
    writer.write(count: topics.count)
    for topic in topics { writer.write(topic) }
    writer.write(count: processes.count)
    for process in processes { process.encode(into: &writer) }
    writer.write(count: agents.count)
    for agent in agents { agent.encode(into: &writer) }
  }

  /// Reads the canonical encoding; `check` tells whether it makes sense.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let name = try reader.readText()
    guard let provenance = Provenance(rawValue: try reader.readByte()) else {
      throw ByteError(offset: reader.offset - 1, expected: "a provenance, 0 to 3")
    }
    self.init(name: name, seed: try reader.readUInt64())
    self.provenance = provenance
    let start = try reader.readInt64()
    let tickLength = try reader.readInt64()
    guard (0...Limits.maximumTime).contains(start), (1...Limits.maximumDelay).contains(tickLength)
    else { throw ByteError(offset: reader.offset - 16, expected: "a start and a tick length") }
    clock = TickClock(start: start, tickLength: tickLength)
    horizon = try reader.readInt64()
    currencyDecimals = try reader.readByte()
    digestInterval = try reader.readUInt32()
    guard let prevention = SelfTradePrevention(rawValue: try reader.readByte()) else {
      throw ByteError(offset: reader.offset - 1, expected: "a self-trade prevention, 0 to 3")
    }
    selfTradePrevention = prevention
    for _ in 0..<(try reader.readCount(limit: Limits.maximumInstruments)) {
      instruments.append(try InstrumentRules(from: &reader))
    }
    for _ in 0..<(try reader.readCount(limit: Limits.maximumAgents)) {
      groups.append(try reader.readText())
    }
    for _ in 0..<(try reader.readCount(limit: Limits.maximumProcesses)) {
      topics.append(try reader.readText())
    }
    for _ in 0..<(try reader.readCount(limit: Limits.maximumProcesses)) {
      processes.append(try ProcessDescription(from: &reader))
    }
    for _ in 0..<(try reader.readCount(limit: Limits.maximumAgents)) {
      agents.append(try AgentDescription(from: &reader))
    }
  }
}
