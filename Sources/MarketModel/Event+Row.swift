extension Event {
  /// The kind of the event.
  public var kind: EventKind {
    switch self {
    case .agentWoken: .agentWoken
    case .orderSubmitted: .orderSubmitted
    case .cancelSubmitted: .cancelSubmitted
    case .replaceSubmitted: .replaceSubmitted
    case .messageSent: .messageSent
    case .transferSubmitted: .transferSubmitted
    case .orderAccepted: .orderAccepted
    case .orderRejected: .orderRejected
    case .orderFilled: .orderFilled
    case .orderCancelled: .orderCancelled
    case .orderReplaced: .orderReplaced
    case .capitalTransferred: .capitalTransferred
    case .reportDelivered: .reportDelivered
    case .messageDelivered: .messageDelivered
    case .processStepped: .processStepped
    case .policyUpdated: .policyUpdated
    case .interventionApplied: .interventionApplied
    case .levelSeeded: .levelSeeded
    case .levelRevealed: .levelRevealed
    case .levelConcealed: .levelConcealed
    case .orderObserved: .orderObserved
    case .reductionObserved: .reductionObserved
    case .hiddenExecutionObserved: .hiddenExecutionObserved
    case .tradingStatusObserved: .tradingStatusObserved
    case .crossObserved: .crossObserved
    case .flowAdjusted: .flowAdjusted
    case .noteAdded: .noteAdded
    }
  }

  /// Reads an event from its row.
  ///
  /// - Throws: `EventDecodingError` for an unknown kind or a field out of range.
  public init(_ row: EventRow) throws(EventDecodingError) {
    guard let kind = EventKind(rawValue: row.kind) else {
      throw EventDecodingError(kind: row.kind, field: -1, value: 0)
    }
    let reader = RowReader(row: row)
    switch kind {
    case .agentWoken: self = .agentWoken(try AgentWoken(reader))
    case .orderSubmitted: self = .orderSubmitted(try OrderSubmitted(reader))
    case .cancelSubmitted: self = .cancelSubmitted(try CancelSubmitted(reader))
    case .replaceSubmitted: self = .replaceSubmitted(try ReplaceSubmitted(reader))
    case .messageSent: self = .messageSent(try MessageSent(reader))
    case .transferSubmitted: self = .transferSubmitted(try TransferSubmitted(reader))
    case .orderAccepted: self = .orderAccepted(try OrderAccepted(reader))
    case .orderRejected: self = .orderRejected(try OrderRejected(reader))
    case .orderFilled: self = .orderFilled(try OrderFilled(reader))
    case .orderCancelled: self = .orderCancelled(try OrderCancelled(reader))
    case .orderReplaced: self = .orderReplaced(try OrderReplaced(reader))
    case .capitalTransferred: self = .capitalTransferred(try CapitalTransferred(reader))
    case .reportDelivered: self = .reportDelivered(try ReportDelivered(reader))
    case .messageDelivered: self = .messageDelivered(try MessageDelivered(reader))
    case .processStepped: self = .processStepped(try ProcessStepped(reader))
    case .policyUpdated: self = .policyUpdated(try PolicyUpdated(reader))
    case .interventionApplied: self = .interventionApplied(try InterventionApplied(reader))
    case .levelSeeded: self = .levelSeeded(try LevelObserved(reader))
    case .levelRevealed: self = .levelRevealed(try LevelObserved(reader))
    case .levelConcealed: self = .levelConcealed(try LevelObserved(reader))
    case .orderObserved: self = .orderObserved(try OrderObserved(reader))
    case .reductionObserved: self = .reductionObserved(try ReductionObserved(reader))
    case .hiddenExecutionObserved:
      self = .hiddenExecutionObserved(try HiddenExecutionObserved(reader))
    case .tradingStatusObserved: self = .tradingStatusObserved(try TradingStatusObserved(reader))
    case .crossObserved: self = .crossObserved(try CrossObserved(reader))
    case .flowAdjusted: self = .flowAdjusted(try FlowAdjusted(reader))
    case .noteAdded: self = .noteAdded(try NoteAdded(reader))
    }
  }

  /// The row of the event.
  public var row: EventRow {
    var row = EventRow(kind)
    write(to: &row)
    return row
  }

  /// Writes the event into a row; fields that its kind does not have stay as they were.
  public func write(to row: inout EventRow) {
    row.kind = kind.rawValue
    switch self {
    case .agentWoken(let body): body.write(to: &row)
    case .orderSubmitted(let body): body.write(to: &row)
    case .cancelSubmitted(let body): body.write(to: &row)
    case .replaceSubmitted(let body): body.write(to: &row)
    case .messageSent(let body): body.write(to: &row)
    case .transferSubmitted(let body): body.write(to: &row)
    case .orderAccepted(let body): body.write(to: &row)
    case .orderRejected(let body): body.write(to: &row)
    case .orderFilled(let body): body.write(to: &row)
    case .orderCancelled(let body): body.write(to: &row)
    case .orderReplaced(let body): body.write(to: &row)
    case .capitalTransferred(let body): body.write(to: &row)
    case .reportDelivered(let body): body.write(to: &row)
    case .messageDelivered(let body): body.write(to: &row)
    case .processStepped(let body): body.write(to: &row)
    case .policyUpdated(let body): body.write(to: &row)
    case .interventionApplied(let body): body.write(to: &row)
    case .levelSeeded(let body): body.write(to: &row)
    case .levelRevealed(let body): body.write(to: &row)
    case .levelConcealed(let body): body.write(to: &row)
    case .orderObserved(let body): body.write(to: &row)
    case .reductionObserved(let body): body.write(to: &row)
    case .hiddenExecutionObserved(let body): body.write(to: &row)
    case .tradingStatusObserved(let body): body.write(to: &row)
    case .crossObserved(let body): body.write(to: &row)
    case .flowAdjusted(let body): body.write(to: &row)
    case .noteAdded(let body): body.write(to: &row)
    }
  }
}
