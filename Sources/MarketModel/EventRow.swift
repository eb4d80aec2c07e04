/// The fixed fields and the payload of one event, the form in which every codec handles it.
public struct EventRow: Sendable {
  /// The most fields that any kind has.
  public static let maximumFields = 16

  /// The raw value of the event's kind.
  public var kind: UInt8
  /// The fields in the order of the kind's schema; unused ones are 0.
  public var words: InlineArray<16, Int64>
  /// The payload, for kinds that have one.
  public var payload: [UInt8]

  /// Creates a row whose fields are all 0.
  @inlinable
  public init(kind: UInt8) {
    self.kind = kind
    self.words = InlineArray(repeating: 0)
    self.payload = []
  }

  @inlinable
  init(_ kind: EventKind) {
    self.init(kind: kind.rawValue)
  }

  /// Writes a command key into three fields from `index` on.
  @inlinable @inline(__always)
  mutating func set(_ index: Int, _ key: CommandKey) {
    words[index] = Int64(key.agent)
    words[index + 1] = key.tick
    words[index + 2] = Int64(key.ordinal)
  }
}

/// The fields of one event, wherever they stand.
public protocol EventFields {
  /// The raw value of the event's kind.
  var kind: UInt8 { get }
  /// The field at a position in the schema of the kind, below `EventRow.maximumFields`.
  subscript(field: Int) -> Int64 { get }
}

extension EventRow: EventFields {
  /// The field at a position.
  @inlinable
  public subscript(field: Int) -> Int64 { words[field] }
}

/// A row that is no valid event.
public struct EventDecodingError: Error, Equatable, Sendable {
  /// The raw value of the kind.
  public let kind: UInt8
  /// The position of the field that does not fit, or -1 where the kind itself is unknown.
  public let field: Int
  /// The value found.
  public let value: Int64

  @usableFromInline
  init(kind: UInt8, field: Int, value: Int64) {
    self.kind = kind
    self.field = field
    self.value = value
  }
}

/// Reads fields with their ranges checked; all are `mutating` only to be cheap.
extension EventFields {
  @inlinable @inline(never)
  mutating func fail(_ field: Int) -> EventDecodingError {
    EventDecodingError(kind: kind, field: field, value: self[field])
  }

  /// Any value within `range`.
  @inlinable @inline(__always)
  mutating func word(_ field: Int, in range: ClosedRange<Int64>) throws(EventDecodingError) -> Int64
  {
    let value = self[field]
    guard range.contains(value) else { throw fail(field) }
    return value
  }

  /// An index of 32 bits, from `lowest`.
  @inlinable @inline(__always)
  mutating func index(_ field: Int, from lowest: Int64 = 0) throws(EventDecodingError) -> Int32 {
    Int32(try word(field, in: lowest...Int64(Int32.max)))
  }

  @inlinable @inline(__always)
  mutating func ordinal(_ field: Int) throws(EventDecodingError) -> UInt32 {
    UInt32(try word(field, in: 0...Int64(UInt32.max)))
  }

  @inlinable @inline(__always)
  mutating func key(_ field: Int) throws(EventDecodingError) -> CommandKey {
    CommandKey(
      agent: try index(field), tick: self[field + 1], ordinal: try ordinal(field + 2))
  }

  @inlinable @inline(__always)
  mutating func outcome() throws(EventDecodingError) -> OutcomeKey {
    OutcomeKey(command: try key(0), number: try ordinal(3))
  }

  @inlinable @inline(__always)
  mutating func delay(_ field: Int, from lowest: Int64 = 0) throws(EventDecodingError)
    -> Nanoseconds
  {
    try word(field, in: lowest...Limits.maximumDelay)
  }

  @inlinable @inline(__always)
  mutating func flag(_ field: Int) throws(EventDecodingError) -> Bool {
    try word(field, in: 0...1) == 1
  }

  @inlinable @inline(__always)
  mutating func byte<T: RawRepresentable>(_ field: Int, _ type: T.Type) throws(EventDecodingError)
    -> T
  where T.RawValue == UInt8 {
    guard let raw = UInt8(exactly: self[field]), let value = T(rawValue: raw) else {
      throw fail(field)
    }
    return value
  }
}

extension EventFields {
  @inlinable @inline(__always)
  mutating func fact(_ field: Int) throws(EventDecodingError) -> FactKey {
    FactKey(feed: try index(field), number: self[field + 1])
  }

  @inlinable @inline(__always)
  mutating func terms(_ field: Int) throws(EventDecodingError) -> OrderTerms {
    OrderTerms(
      instrument: try index(field), side: try byte(field + 1, Side.self),
      type: try byte(field + 2, OrderType.self),
      timeInForce: try byte(field + 3, TimeInForce.self), isPostOnly: try flag(field + 4),
      price: self[field + 5], quantity: self[field + 6])
  }
}

extension EventRow {
  @inlinable @inline(__always)
  mutating func set(_ index: Int, _ terms: OrderTerms) {
    words[index] = Int64(terms.instrument)
    words[index + 1] = Int64(terms.side.rawValue)
    words[index + 2] = Int64(terms.type.rawValue)
    words[index + 3] = Int64(terms.timeInForce.rawValue)
    words[index + 4] = terms.isPostOnly ? 1 : 0
    words[index + 5] = terms.price
    words[index + 6] = terms.quantity
  }
}
