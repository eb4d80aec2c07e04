/// Bounds on everything that Tapedeck holds or reads.
///
/// A length that comes from a file is compared with its limit before any memory is taken.
public enum Limits {
  /// The largest instant, in nanoseconds: about 146 years.
  public static let maximumTime: Nanoseconds = 1 << 62
  /// The largest latency, delay or tick length, in nanoseconds: about 13 days.
  public static let maximumDelay: Nanoseconds = 1 << 50
  /// The largest price.
  public static let maximumPrice: PriceIncrements = 1 << 40
  /// The largest order.
  public static let maximumQuantity: Lots = 1 << 40
  /// The largest balance or position, either way.
  public static let maximumBalance: Int64 = 1 << 62
  /// The most agents in a session.
  public static let maximumAgents = 1 << 20
  /// The most instruments in a session.
  public static let maximumInstruments = 1 << 12
  /// The most exogenous processes and feeds in a session.
  public static let maximumProcesses = 1 << 12
  /// The longest name or text, in UTF-8 bytes.
  public static let maximumTextSize = 1 << 16
  /// The longest payload of one event before it becomes a chunk, in bytes.
  public static let maximumInlinePayload = 32 << 10
  /// The longest payload at all (a policy), in bytes.
  public static let maximumPayload = 1 << 28
  /// The longest genesis, in bytes.
  public static let maximumGenesis = 4 << 20
  /// The largest uncompressed frame payload, in bytes.
  public static let maximumRawFrame = 4 << 20
  /// The most events in a frame: more than rows of 17 bytes fit into the 256 KiB of a frame.
  public static let maximumFrameEvents = 1 << 14
  /// The largest sequence number of a frame's first event.
  public static let maximumSequence: SequenceNumber = 1 << 62
  /// The deepest chain of forks.
  public static let maximumForkDepth = 64
  /// The most commands of one agent in one tick.
  public static let maximumOrdinal: Int64 = 1 << 31
}
