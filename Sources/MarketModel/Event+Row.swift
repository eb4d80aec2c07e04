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
    case .commandWithheld: .commandWithheld
    case .agentFaulted: .agentFaulted
    case .actionChosen: .actionChosen
    case .episodePlayed: .episodePlayed
    case .learnerUpdated: .learnerUpdated
    case .learnerSaved: .learnerSaved
    }
  }

  /// Reads an event from its row.
  ///
  /// - Throws: `EventDecodingError` for an unknown kind or a field out of range.
  public init(_ row: EventRow) throws(EventDecodingError) {
    var row = row
    try self.init(&row)
  }

  /// Reads an event from its row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for an unknown kind or a field out of range.
  public init(_ row: inout EventRow) throws(EventDecodingError) {
    guard let kind = EventKind(rawValue: row.kind) else {
      throw EventDecodingError(kind: row.kind, field: -1, value: 0)
    }
    switch kind {
    case .agentWoken: self = .agentWoken(try AgentWoken(&row))
    case .orderSubmitted: self = .orderSubmitted(try OrderSubmitted(&row))
    case .cancelSubmitted: self = .cancelSubmitted(try CancelSubmitted(&row))
    case .replaceSubmitted: self = .replaceSubmitted(try ReplaceSubmitted(&row))
    case .messageSent: self = .messageSent(try MessageSent(&row))
    case .transferSubmitted: self = .transferSubmitted(try TransferSubmitted(&row))
    case .orderAccepted: self = .orderAccepted(try OrderAccepted(&row))
    case .orderRejected: self = .orderRejected(try OrderRejected(&row))
    case .orderFilled: self = .orderFilled(try OrderFilled(&row))
    case .orderCancelled: self = .orderCancelled(try OrderCancelled(&row))
    case .orderReplaced: self = .orderReplaced(try OrderReplaced(&row))
    case .capitalTransferred: self = .capitalTransferred(try CapitalTransferred(&row))
    case .reportDelivered: self = .reportDelivered(try ReportDelivered(&row))
    case .messageDelivered: self = .messageDelivered(try MessageDelivered(&row))
    case .processStepped: self = .processStepped(try ProcessStepped(&row))
    case .policyUpdated: self = .policyUpdated(try PolicyUpdated(&row))
    case .interventionApplied: self = .interventionApplied(try InterventionApplied(&row))
    case .levelSeeded: self = .levelSeeded(try LevelObserved(&row))
    case .levelRevealed: self = .levelRevealed(try LevelObserved(&row))
    case .levelConcealed: self = .levelConcealed(try LevelObserved(&row))
    case .orderObserved: self = .orderObserved(try OrderObserved(&row))
    case .reductionObserved: self = .reductionObserved(try ReductionObserved(&row))
    case .hiddenExecutionObserved:
      self = .hiddenExecutionObserved(try HiddenExecutionObserved(&row))
    case .tradingStatusObserved: self = .tradingStatusObserved(try TradingStatusObserved(&row))
    case .crossObserved: self = .crossObserved(try CrossObserved(&row))
    case .flowAdjusted: self = .flowAdjusted(try FlowAdjusted(&row))
    case .noteAdded: self = .noteAdded(try NoteAdded(&row))
    case .commandWithheld: self = .commandWithheld(try CommandWithheld(&row))
    case .agentFaulted: self = .agentFaulted(try AgentFaulted(&row))
    case .actionChosen: self = .actionChosen(try ActionChosen(&row))
    case .episodePlayed: self = .episodePlayed(try EpisodePlayed(&row))
    case .learnerUpdated: self = .learnerUpdated(try LearnerUpdated(&row))
    case .learnerSaved: self = .learnerSaved(try LearnerSaved(&row))
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
    case .commandWithheld(let body): body.write(to: &row)
    case .agentFaulted(let body): body.write(to: &row)
    case .actionChosen(let body): body.write(to: &row)
    case .episodePlayed(let body): body.write(to: &row)
    case .learnerUpdated(let body): body.write(to: &row)
    case .learnerSaved(let body): body.write(to: &row)
    }
  }
}
