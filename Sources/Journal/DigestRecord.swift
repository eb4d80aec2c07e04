public import MarketModel

/// The digests of a state as they stand on a tape.
public struct DigestRecord: Equatable, Sendable {
  /// One digest over everything but memories.
  public var root: UInt64
  /// One digest over all memories; nil where one of them was foreign.
  public var memoryRoot: UInt64?

  /// Creates a record.
  public init(root: UInt64, memoryRoot: UInt64?) {
    self.root = root
    self.memoryRoot = memoryRoot
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(root)
    writer.write(memoryRoot != nil)
    writer.write(memoryRoot ?? 0)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    root = try reader.readUInt64()
    let isKnown = try reader.readBool()
    let memory = try reader.readUInt64()
    guard isKnown || memory == 0 else {
      throw ByteError(offset: reader.offset - 8, expected: "zero for no memory root")
    }
    memoryRoot = isKnown ? memory : nil
  }
}

/// Digest roots within a frame: that of the state before the event at a position.
public struct Checkpoint: Equatable, Sendable {
  /// How many events of the frame come before it.
  public var position: UInt32
  /// The digests.
  public var digests: DigestRecord
}

/// The digests of every component at the end of a frame.
public struct FrameDigests: Equatable, Sendable {
  /// One digest over everything but memories, and one over memories.
  public var digests: DigestRecord
  /// One digest for each component, in the order of FORMAT.md.
  public var components: [UInt64]
  /// The digests of memories that changed since the frame before, by agent.
  public var memories: [AgentDigest]

  /// The digest of one agent's memory.
  public struct AgentDigest: Equatable, Sendable {
    /// Whose.
    public var agent: AgentIndex
    /// The digest; 0 for an empty memory.
    public var digest: UInt64

    /// Creates a digest.
    public init(agent: AgentIndex, digest: UInt64) {
      self.agent = agent
      self.digest = digest
    }
  }

  /// Creates digests.
  public init(digests: DigestRecord, components: [UInt64], memories: [AgentDigest]) {
    self.digests = digests
    self.components = components
    self.memories = memories
  }

  func encode(into writer: inout ByteWriter) {
    digests.encode(into: &writer)
    writer.write(UInt8(components.count))
    for component in components { writer.write(component) }
    writer.write(count: memories.count)
    for memory in memories {
      writer.write(memory.agent)
      writer.write(memory.digest)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    digests = try DigestRecord(from: &reader)
    components = []
    for _ in 0..<(try reader.readByte()) { components.append(try reader.readUInt64()) }
    memories = []
    for _ in 0..<(try reader.readCount(limit: Limits.maximumAgents)) {
      let start = reader.offset
      let agent = try reader.readInt32()
      guard agent > (memories.last?.agent ?? -1) else {
        throw ByteError(offset: start, expected: "agents in ascending order")
      }
      memories.append(AgentDigest(agent: agent, digest: try reader.readUInt64()))
    }
  }
}
