public import Features
public import MarketModel

extension PolicyTrader {
  /// What it remembers.
  public struct Memory: AgentMemory {
    /// Its orders and inventory.
    public var own = OwnBook()
    /// The last middles it saw, times two.
    public var middles = PriceWindow(capacity: 33)
    /// What it saw before the latest wake-up, and then.
    public var before = BestQuotes()
    /// What it saw last.
    public var quotes = BestQuotes()
    /// What it paid for what it bought less what it got for what it sold, in increments times lots.
    public var spent: Int64 = 0
    /// Whether what it holds was paid by somebody before it: the first price it sees counts then.
    public var isInherited = false
    /// The direction last signalled to it.
    public var signal: Int64 = 0
    /// What it remembers of the second instrument, where it trades a pair.
    var pair: PairLeg.Memory?
    /// What its policy remembers, where that has a memory.
    var recollection: Recollection?
    /// The policy that it had last, ready for use: a function of its bytes, which are not memory.
    var policy = ReadyPolicy()

    init(hasPair: Bool) { pair = hasPair ? PairLeg.Memory() : nil }

    /// Equal where the encodings are.
    public static func == (left: Memory, right: Memory) -> Bool {
      left.own == right.own && left.middles == right.middles && left.before == right.before
        && left.quotes == right.quotes && left.spent == right.spent
        && left.isInherited == right.isInherited && left.signal == right.signal
        && left.pair == right.pair && left.recollection == right.recollection
    }

    /// What a policy with a memory would remember now; zeros where it never saw anything here.
    public func remembered(by policy: TradingPolicy) -> [Float] {
      Recollection.numbers(
        recollection, policy, checksum: ReadyPolicy.checksum(of: policy.bytes))
    }

    /// Reads the canonical encoding.
    public init(from reader: inout ByteReader) throws(ByteError) {
      own = try OwnBook(from: &reader)
      for _ in 0..<(try reader.readCount(limit: middles.capacity)) {
        middles.append(try reader.readInt64())
      }
      before = try BestQuotes(from: &reader)
      quotes = try BestQuotes(from: &reader)
      spent = try reader.readInt64()
      let place = reader.offset
      let flags = try reader.readByte()
      guard flags < 8 else { throw ByteError(offset: place, expected: "three flags, 0 to 7") }
      isInherited = flags & 1 != 0
      signal = try reader.readInt64()
      if flags & 2 != 0 { pair = try PairLeg.Memory(from: &reader) }
      if flags & 4 != 0 { recollection = try Recollection(from: &reader) }
    }

    /// Appends the canonical encoding.
    public func encode(into writer: inout ByteWriter) {
      own.encode(into: &writer)
      writer.write(count: middles.prices.count)
      for price in middles.prices { writer.write(price) }
      before.encode(into: &writer)
      quotes.encode(into: &writer)
      writer.write(spent)
      writer.write(
        UInt8((isInherited ? 1 : 0) + (pair == nil ? 0 : 2) + (recollection == nil ? 0 : 4)))
      writer.write(signal)
      pair?.encode(into: &writer)
      recollection?.encode(into: &writer)
    }
  }
}

extension BestQuotes {
  init(from reader: inout ByteReader) throws(ByteError) {
    self.init(
      bid: try reader.readInt64(), bidQuantity: try reader.readInt64(),
      ask: try reader.readInt64(), askQuantity: try reader.readInt64(),
      last: try reader.readInt64())
  }

  func encode(into writer: inout ByteWriter) {
    for number in [bid, bidQuantity, ask, askQuantity, last] { writer.write(number) }
  }
}
