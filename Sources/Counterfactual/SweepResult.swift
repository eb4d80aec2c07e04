public import Determinism
public import MarketModel

/// What one fork of a sweep came to.
public struct SweepResult: Equatable, Sendable {
  /// Its name: a hash of all that it depends on.
  public var key: Hash256
  /// How many events the fork has of its own.
  public var eventCount: Int64
  /// The digest of the state at the end.
  public var root: UInt64
  /// The digest of all memories at the end; nil where one of them is foreign.
  public var memoryRoot: UInt64?
  /// What was measured.
  public var outcome: RunOutcome

  /// Creates a result.
  public init(
    key: Hash256, eventCount: Int64, root: UInt64, memoryRoot: UInt64?, outcome: RunOutcome
  ) {
    self.key = key
    self.eventCount = eventCount
    self.root = root
    self.memoryRoot = memoryRoot
    self.outcome = outcome
  }

  private static var magic: [UInt8] { Array("TDSWEEP1".utf8) }

  /// The one form in which it is kept; FORMAT.md, section 11.
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(raw: Self.magic)
    writer.write(raw: key.bytes)
    writer.write(eventCount)
    writer.write(root)
    writer.write(memoryRoot != nil)
    writer.write(memoryRoot ?? 0)
    writer.write(count: outcome.agents.count)
    for agent in outcome.agents {
      writer.write(agent.gain)
      writer.write(agent.inventory)
      writer.write(Int64(agent.fills))
      writer.write(agent.fees)
      writer.write(agent.drawdown)
    }
    writer.write(count: outcome.markets.count)
    for market in outcome.markets {
      writer.write(market.price)
      writer.write(market.spread)
      writer.write(market.depth)
      writer.write(market.volatility)
      writer.write(market.volume)
      writer.write(Int64(market.trades))
    }
    writer.write(CRC32C.checksum(writer.bytes.span))
    return writer.bytes
  }

  /// Reads that form.
  ///
  /// - Throws: `ByteError` where the bytes are anything else.
  public init(encoded bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    guard try reader.readRaw(8) == Self.magic else {
      throw ByteError(offset: 0, expected: "a result of a sweep")
    }
    guard let key = Hash256(bytes: try reader.readRaw(32)) else {
      throw ByteError(offset: 8, expected: "a key")
    }
    self.key = key
    eventCount = try reader.readInt64()
    root = try reader.readUInt64()
    let hasMemories = try reader.readBool()
    let memories = try reader.readUInt64()
    memoryRoot = hasMemories ? memories : nil
    outcome = RunOutcome(agents: [], markets: [])
    for _ in 0..<(try reader.readCount(limit: bytes.count / 40)) {
      var agent = RunOutcome.Agent()
      agent.gain = try reader.readDouble()
      agent.inventory = try reader.readInt64()
      agent.fills = Int(try reader.readInt64())
      agent.fees = try reader.readInt64()
      agent.drawdown = try reader.readDouble()
      outcome.agents.append(agent)
    }
    for _ in 0..<(try reader.readCount(limit: bytes.count / 48)) {
      var market = RunOutcome.Market()
      market.price = try reader.readDouble()
      market.spread = try reader.readDouble()
      market.depth = try reader.readDouble()
      market.volatility = try reader.readDouble()
      market.volume = try reader.readInt64()
      market.trades = Int(try reader.readInt64())
      outcome.markets.append(market)
    }
    _ = try reader.readUInt32()
    try reader.expectEnd()
    guard encoded == bytes else { throw ByteError(offset: 0, expected: "a right checksum") }
  }
}
