public import Determinism
public import MarketModel

/// The hashes that stand for names in every digest, so that no digest depends on a table position.
public struct Identities: Equatable, Sendable {
  /// By agent index.
  public private(set) var agents: [UInt64]
  /// By instrument index.
  public private(set) var instruments: [UInt64]
  /// By process index.
  public private(set) var processes: [UInt64]

  /// Hashes the names of a session's entities.
  public init(agents: [String], instruments: [String], processes: [String]) {
    self.agents = agents.map { Self.hash($0, domain: 1) }
    self.instruments = instruments.map { Self.hash($0, domain: 2) }
    self.processes = processes.map { Self.hash($0, domain: 3) }
  }

  /// Adds the agent with the next index.
  public mutating func appendAgent(_ name: String) {
    agents.append(Self.hash(name, domain: 1))
  }

  private static func hash(_ name: String, domain: UInt64) -> UInt64 {
    var hasher = DigestHasher(domain: domain)
    hasher.combine(name)
    return hasher.finalize()
  }

  /// Returns the hash of an order's owner: an agent, or a feed where the index is negative.
  ///
  /// - Complexity: O(1).
  @inlinable @inline(__always)
  public func owner(of key: CommandKey) -> UInt64 {
    key.agent >= 0 ? agents[Int(key.agent)] : processes[Int(-1 - key.agent)]
  }

  /// Returns the hash of a command key.
  ///
  /// - Precondition: the owner exists.
  @inlinable @inline(__always)
  public func hash(_ key: CommandKey) -> UInt64 {
    // Ordinals are spread over 64 bits (wrapping) before they join their owner's hash.
    let place = owner(of: key) &+ UInt64(key.ordinal) &* 0x9E37_79B9_7F4A_7C15
    return EntryHash.pair(place, UInt64(bitPattern: key.tick))
  }

  /// Whether the owner of an order exists.
  @inlinable @inline(__always)
  public func knows(ownerOf key: CommandKey) -> Bool {
    key.agent >= 0 ? Int(key.agent) < agents.count : Int(-1 - key.agent) < processes.count
  }
}

extension CommandKey {
  /// The id of an imported order: its feed stands in for the agent, the feed's id for the tick.
  public init(feed: ProcessIndex, reference: Int64) {
    self.init(agent: -1 - feed, tick: reference, ordinal: 0)
  }

  /// The id of the anonymous quantity of an imported level.
  public init(
    feed: ProcessIndex, instrument: InstrumentIndex, side: Side, anonymousAt price: PriceIncrements
  ) {
    let ordinal = 1 + 2 * UInt32(truncatingIfNeeded: instrument) + UInt32(side.rawValue)
    self.init(agent: -1 - feed, tick: price, ordinal: ordinal)
  }
}
