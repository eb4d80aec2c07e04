/// Bounds on everything that Tapedeck holds or reads.
///
/// A length that comes from a file is compared with its limit before any memory is taken. They are
/// computed, not stored: a constant costs nothing where it is used, in any room.
public enum Limits {
  /// The largest instant, in nanoseconds: about 146 years.
  @inlinable public static var maximumTime: Nanoseconds { 1 << 62 }
  /// The largest latency, delay or tick length, in nanoseconds: about 13 days.
  @inlinable public static var maximumDelay: Nanoseconds { 1 << 50 }
  /// The largest price.
  @inlinable public static var maximumPrice: PriceIncrements { 1 << 40 }
  /// The largest order.
  @inlinable public static var maximumQuantity: Lots { 1 << 40 }
  /// The largest balance or position, either way.
  @inlinable public static var maximumBalance: Int64 { 1 << 62 }
  /// The most agents in a session.
  @inlinable public static var maximumAgents: Int { 1 << 20 }
  /// The most positions in a session: agents times instruments.
  @inlinable public static var maximumPositions: Int { 1 << 22 }
  /// The most instruments in a session.
  @inlinable public static var maximumInstruments: Int { 1 << 12 }
  /// The most exogenous processes and feeds in a session.
  @inlinable public static var maximumProcesses: Int { 1 << 12 }
  /// The longest name or text, in UTF-8 bytes.
  @inlinable public static var maximumTextSize: Int { 1 << 16 }
  /// The longest payload of one event before it becomes a chunk, in bytes.
  @inlinable public static var maximumInlinePayload: Int { 32 << 10 }
  /// The longest payload at all (a policy), in bytes.
  @inlinable public static var maximumPayload: Int { 1 << 28 }
  /// The longest policy of an agent, in bytes: a scenario, which has at most half of a genesis, keeps one.
  @inlinable public static var maximumPolicy: Int { 3 << 19 }
  /// The longest genesis, in bytes.
  @inlinable public static var maximumGenesis: Int { 4 << 20 }
  /// The largest uncompressed frame payload, in bytes.
  @inlinable public static var maximumRawFrame: Int { 4 << 20 }
  /// The most events in a frame: more than rows of 17 bytes fit into the 256 KiB of a frame.
  @inlinable public static var maximumFrameEvents: Int { 1 << 14 }
  /// The largest sequence number of a frame's first event.
  @inlinable public static var maximumSequence: SequenceNumber { 1 << 62 }
  /// The deepest chain of forks.
  @inlinable public static var maximumForkDepth: Int { 64 }
  /// The most commands of one agent in one tick.
  @inlinable public static var maximumOrdinal: Int64 { 1 << 31 }
}
