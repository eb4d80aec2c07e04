public import MarketModel

/// What a trading agent remembers: its account, and the direction last signalled to it.
public struct TradingMemory: AgentMemory {
  /// Its orders and inventory.
  public var own = OwnBook()
  /// The direction last signalled to it: +1 up, -1 down, 0 none.
  public var signal: Int64 = 0

  /// Creates the memory of an agent that holds nothing.
  public init() {}

  /// Reads the canonical encoding.
  public init(from reader: inout ByteReader) throws(ByteError) {
    own = try OwnBook(from: &reader)
    signal = try reader.readInt64()
  }

  /// Appends the canonical encoding.
  public func encode(into writer: inout ByteWriter) {
    own.encode(into: &writer)
    writer.write(signal)
  }

  /// Takes in what happened; signals only where they are heeded.
  mutating func remember(_ occurrence: Occurrence, _ signalling: Signalling) {
    own.remember(occurrence)
    if case .message(_, _, let payload) = occurrence, signalling.heeds,
      let heard = Signal(payload: payload)
    {
      signal = heard.direction
    }
  }
}
