public import Determinism
public import MarketModel

/// Where a session comes from: the raw payload of a tape's first frame.
public struct Genesis: Equatable, Sendable {
  /// What precedes the first event.
  public enum Origin: Equatable, Sendable {
    /// Nothing: the canonical scenario says it all.
    case scenario([UInt8])
    /// A parent's events below a tick.
    case fork(ForkOrigin)
    /// Nothing either, but this was a fork once: the scenario at its root, and the forks that led
    /// to it, the first one first.
    case flattened(scenario: [UInt8], forks: [ForkOrigin])
  }

  /// The rules by which deciders decided; V4 holds within one revision.
  public var semanticsRevision: UInt32
  /// Time and ticks.
  public var clock: TickClock
  /// Events between two digest roots; 0 for one at the end of every tick.
  public var digestInterval: UInt32
  /// The layouts of all kinds of event.
  public var schemas: SchemaTable
  /// What precedes the first event.
  public var origin: Origin

  /// Creates the genesis of a session that begins with a scenario.
  public init(
    semanticsRevision: UInt32, clock: TickClock, digestInterval: UInt32, origin: Origin
  ) {
    self.semanticsRevision = semanticsRevision
    self.clock = clock
    self.digestInterval = digestInterval
    self.origin = origin
    schemas = .current
  }

  /// The canonical encoding.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(semanticsRevision)
    writer.write(clock.start)
    writer.write(clock.tickLength)
    writer.write(digestInterval)
    switch origin {
    case .scenario(let scenario):
      writer.write(UInt8(0))
      schemas.encode(into: &writer)
      writer.write(sized: scenario)
    case .fork(let fork):
      writer.write(UInt8(1))
      schemas.encodeShort(into: &writer)
      fork.encode(into: &writer)
    case .flattened(let scenario, let forks):
      writer.write(UInt8(2))
      schemas.encode(into: &writer)
      writer.write(sized: scenario)
      writer.write(count: forks.count)
      for fork in forks { fork.encode(into: &writer) }
    }
    return writer.bytes
  }

  /// The canonical scenario, where it stands on this tape; nil for a fork.
  public var scenario: [UInt8]? {
    switch origin {
    case .scenario(let scenario), .flattened(let scenario, _): scenario
    case .fork: nil
    }
  }

  /// The forks that this tape states, the first one first: one for a fork, all that led to it for
  /// a flattened one.
  public var forks: [ForkOrigin] {
    switch origin {
    case .scenario: []
    case .fork(let fork): [fork]
    case .flattened(_, let forks): forks
    }
  }

  /// The session's identity: SHA-256 of the canonical encoding.
  public var sessionId: Hash256 { SHA256.hash(bytes) }

  /// Reads the canonical encoding.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public init(_ bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    semanticsRevision = try reader.readUInt32()
    let start = try reader.readInt64()
    let tickLength = try reader.readInt64()
    guard (0...Limits.maximumTime).contains(start), (1...Limits.maximumDelay).contains(tickLength)
    else { throw ByteError(offset: 4, expected: "a start and a tick length within limits") }
    clock = TickClock(start: start, tickLength: tickLength)
    digestInterval = try reader.readUInt32()
    let code = try reader.readByte()
    guard code <= 2 else {
      throw ByteError(offset: reader.offset - 1, expected: "an origin, 0 to 2")
    }
    schemas = try code == 1 ? SchemaTable(short: &reader) : SchemaTable(from: &reader)
    origin =
      switch code {
      case 0: .scenario(try reader.readSized(limit: Limits.maximumGenesis))
      case 1: .fork(try ForkOrigin(from: &reader))
      default: try Self.flattened(from: &reader)
      }
    try reader.expectEnd()
  }

  private static func flattened(from reader: inout ByteReader) throws(ByteError) -> Origin {
    let scenario = try reader.readSized(limit: Limits.maximumGenesis)
    let start = reader.offset
    var forks: [ForkOrigin] = []
    for _ in 0..<(try reader.readCount(limit: Limits.maximumForkDepth)) {
      let fork = try ForkOrigin(from: &reader)
      let isNext =
        forks.last.map { $0.sharedCount <= fork.sharedCount && $0.tick <= fork.tick } ?? true
      guard isNext, Int(fork.depth) == forks.count + 1 else {
        throw ByteError(offset: start, expected: "forks in the order in which they were cut")
      }
      forks.append(fork)
    }
    guard !forks.isEmpty else { throw ByteError(offset: start, expected: "1 to 64 forks") }
    return .flattened(scenario: scenario, forks: forks)
  }
}

/// What a fork keeps of its parent: enough to refuse an altered one, and nothing of its events.
public struct ForkOrigin: Equatable, Sendable {
  /// One difference, as `InterventionApplied` will state it.
  public struct InterventionRecord: Equatable, Sendable {
    /// The kind.
    public var code: InterventionCode
    /// The particulars.
    public var payload: [UInt8]

    /// Creates a record.
    public init(code: InterventionCode, payload: [UInt8]) {
      self.code = code
      self.payload = payload
    }
  }

  /// The parent's session id.
  public var parentId: Hash256
  /// The parent's journal identity, where its recorded commands are issued again; else nil.
  public var parentIdentity: ChainLink?
  /// The first tick of the fork: the parent's events below it are shared.
  public var tick: Tick
  /// How many events are shared.
  public var sharedCount: SequenceNumber
  /// The parent's chain after its last whole frame below the fork.
  public var parentChain: ChainLink
  /// SHA-256 of the row-encoded shared events after that frame.
  public var remainder: Hash256
  /// How many forks lie between the fork and a scenario, itself included.
  public var depth: UInt8
  /// The names of agents whose recorded commands are issued again, sorted.
  public var held: [String]
  /// The differences.
  public var interventions: [InterventionRecord]
  /// What is trained where this is a training; empty for a fork that goes on.
  ///
  /// The events of a training say how an agent learned at the fork's tick; its session does not go on.
  public var training: [UInt8]

  /// Whether it is a training.
  public var isTraining: Bool { !training.isEmpty }

  /// Creates an origin.
  public init(
    parentId: Hash256, parentIdentity: ChainLink?, tick: Tick, sharedCount: SequenceNumber,
    parentChain: ChainLink, remainder: Hash256, depth: UInt8, held: [String],
    interventions: [InterventionRecord], training: [UInt8] = []
  ) {
    self.parentId = parentId
    self.parentIdentity = parentIdentity
    self.tick = tick
    self.sharedCount = sharedCount
    self.parentChain = parentChain
    self.remainder = remainder
    self.depth = depth
    self.held = held
    self.interventions = interventions
    self.training = training
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(raw: parentId.bytes)
    writer.write(parentIdentity != nil)
    writer.write(raw: (parentIdentity ?? .origin).bytes)
    writer.write(tick)
    writer.write(sharedCount)
    writer.write(raw: parentChain.bytes)
    writer.write(raw: remainder.bytes)
    writer.write(depth)
    writer.write(count: held.count)
    for name in held { writer.write(name) }
    writer.write(count: interventions.count)
    for intervention in interventions {
      writer.write(intervention.code.rawValue)
      writer.write(sized: intervention.payload)
    }
    writer.write(sized: training)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    parentId = try Self.hash(from: &reader)
    let hasIdentity = try reader.readBool()
    let identity = ChainLink(bytes: try reader.readRaw(16))
    guard hasIdentity || identity == .origin else {
      throw ByteError(offset: reader.offset - 16, expected: "zeros for no identity")
    }
    parentIdentity = hasIdentity ? identity : nil
    tick = try reader.readInt64()
    sharedCount = try reader.readInt64()
    guard (0...Limits.maximumSequence).contains(sharedCount) else {
      throw ByteError(offset: reader.offset - 8, expected: "a count of 0 to 2^62")
    }
    parentChain = ChainLink(bytes: try reader.readRaw(16))
    remainder = try Self.hash(from: &reader)
    depth = try reader.readByte()
    guard depth >= 1, Int(depth) <= Limits.maximumForkDepth else {
      throw ByteError(offset: reader.offset - 1, expected: "a depth of 1 to 64")
    }
    held = []
    for _ in 0..<(try reader.readCount(limit: Limits.maximumAgents)) {
      let start = reader.offset
      let name = try reader.readText()
      guard held.last.map({ $0.utf8.lexicographicallyPrecedes(name.utf8) }) ?? true else {
        throw ByteError(offset: start, expected: "names in ascending order")
      }
      held.append(name)
    }
    interventions = []
    for _ in 0..<(try reader.readCount(limit: 1 << 16)) {
      guard let code = InterventionCode(rawValue: try reader.readByte()) else {
        throw ByteError(offset: reader.offset - 1, expected: "a kind of intervention")
      }
      let payload = try reader.readSized(limit: Limits.maximumGenesis)
      interventions.append(InterventionRecord(code: code, payload: payload))
    }
    training = try reader.readSized(limit: Limits.maximumGenesis)
  }

  private static func hash(from reader: inout ByteReader) throws(ByteError) -> Hash256 {
    guard let hash = Hash256(bytes: try reader.readRaw(32)) else {
      throw ByteError(offset: reader.offset - 32, expected: "a hash of 32 bytes")
    }
    return hash
  }
}
