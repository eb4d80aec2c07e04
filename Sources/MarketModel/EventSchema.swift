/// How a field is shown and what it counts.
///
/// Raw values are fixed for ever; they stand in the schema of every genesis.
public enum FieldType: UInt8, Sendable, CaseIterable {
  /// A plain number.
  case number = 0
  /// A position in the agent table; -1 for none.
  case agent = 1
  /// A tick.
  case tick = 2
  /// A position in the instrument table.
  case instrument = 3
  /// A position in the process table.
  case process = 4
  /// 0 buy, 1 sell.
  case side = 5
  /// 0 limit, 1 market.
  case orderType = 6
  /// 0 good till cancelled, 1 immediate or cancel, 2 fill or kill.
  case timeInForce = 7
  /// 0 no, 1 yes.
  case flag = 8
  /// Price increments.
  case price = 9
  /// Lots.
  case quantity = 10
  /// Minor units.
  case money = 11
  /// A span in nanoseconds; -1 for never.
  case nanoseconds = 12
  /// Thousandths of a price increment.
  case priceThousandths = 13
  /// A `RejectReason`.
  case rejectReason = 14
  /// A `CancelReason`.
  case cancelReason = 15
  /// A `ReductionCause`.
  case reductionCause = 16
  /// A `TradingStatus`.
  case tradingStatus = 17
  /// A `FlowAdjustment`.
  case flowAdjustment = 18
  /// An `InterventionCode`.
  case interventionCode = 19
  /// A position in the topic table; -1 for none.
  case topic = 20
  /// An `AgentFault`.
  case agentFault = 21
}

/// What a stored field is a difference from.
///
/// Encoding subtracts it, decoding adds it back.
public enum FieldReference: Equatable, Sendable {
  /// Nothing: stored as it is.
  case none
  /// The tick of the event's own time; stored as (tick - value).
  case ownTick
  /// Another field of the same event.
  case field(UInt8)
  /// That field of the causing event, where it is a command in the same frame; else nothing.
  case command(UInt8)
  /// That field of the causing event, where it is an `orderSubmitted` in the same frame.
  case order(UInt8)
  /// That field of the causing event, where it is a cancel or a replacement in the same frame.
  case target(UInt8)
  /// The latest running field of an earlier event in the same frame, whatever its kind; else
  /// nothing. A kind has one at most.
  case running
}

/// The name, type and storage of one field.
public struct FieldSchema: Equatable, Sendable {
  /// The name, as shown and exported.
  public let name: String
  /// What it counts.
  public let type: FieldType
  /// What it is stored as a difference from.
  public let reference: FieldReference

  /// Creates a field.
  public init(_ name: String, _ type: FieldType, _ reference: FieldReference = .none) {
    self.name = name
    self.type = type
    self.reference = reference
  }
}

/// The layout of one kind of event.
public struct EventSchema: Equatable, Sendable {
  /// The raw value of the kind.
  public let kind: UInt8
  /// The name of the kind.
  public let name: String
  /// Grows when fields are appended.
  public let revision: UInt8
  /// Whether a reader that does not know the kind may fold a tape that has it.
  public let isInert: Bool
  /// Whether events of this kind carry a payload.
  public let hasPayload: Bool
  /// Whether its columns may be stored as bins, which take fewer bytes and three times as long.
  public let usesBins: Bool
  /// The fields.
  public let fields: [FieldSchema]

  /// Creates a layout.
  public init(
    kind: UInt8, name: String, revision: UInt8, isInert: Bool, hasPayload: Bool,
    usesBins: Bool = false, fields: [FieldSchema]
  ) {
    self.kind = kind
    self.name = name
    self.revision = revision
    self.isInert = isInert
    self.hasPayload = hasPayload
    self.usesBins = usesBins
    self.fields = fields
  }

  /// The bytes that an event of this kind counts towards the size of a frame, without payload:
  /// kind, time and cause, then 8 for each field.
  public var rowSize: Int { 1 + 8 + 8 + 8 * fields.count + (hasPayload ? 4 : 0) }
}
