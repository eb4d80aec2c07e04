/// An immutable fact of a session, without its place in time.
public enum Event: Equatable, Sendable {
  /// An agent looked at the market and may decide.
  case agentWoken(AgentWoken)
  /// An agent decided to place an order.
  case orderSubmitted(OrderSubmitted)
  /// An agent decided to cancel an order or a part of it.
  case cancelSubmitted(CancelSubmitted)
  /// An agent decided to replace an order.
  case replaceSubmitted(ReplaceSubmitted)
  /// An agent sent a message to one recipient.
  case messageSent(MessageSent)
  /// An agent decided to transfer capital.
  case transferSubmitted(TransferSubmitted)
  /// The exchange accepted an order.
  case orderAccepted(OrderAccepted)
  /// The exchange refused a command.
  case orderRejected(OrderRejected)
  /// Two orders traded.
  case orderFilled(OrderFilled)
  /// An order, or a part of it, was cancelled.
  case orderCancelled(OrderCancelled)
  /// An order was replaced.
  case orderReplaced(OrderReplaced)
  /// Capital moved between two agents of a group.
  case capitalTransferred(CapitalTransferred)
  /// An outcome reached an agent that it concerns.
  case reportDelivered(ReportDelivered)
  /// A message reached its recipient.
  case messageDelivered(MessageDelivered)
  /// An exogenous process took a step.
  case processStepped(ProcessStepped)
  /// An agent's policy changed.
  case policyUpdated(PolicyUpdated)
  /// A fork's difference took effect.
  case interventionApplied(InterventionApplied)
  /// Imported: a level of the opening book.
  case levelSeeded(LevelObserved)
  /// Imported: a level entered the recorded window.
  case levelRevealed(LevelObserved)
  /// Imported: a level left the recorded window.
  case levelConcealed(LevelObserved)
  /// Imported: a limit order joined the book.
  case orderObserved(OrderObserved)
  /// Imported: a resting order shrank or left.
  case reductionObserved(ReductionObserved)
  /// Imported: a hidden order traded.
  case hiddenExecutionObserved(HiddenExecutionObserved)
  /// Imported: trading halted or resumed.
  case tradingStatusObserved(TradingStatusObserved)
  /// Imported: an auction or cross printed.
  case crossObserved(CrossObserved)
  /// A recorded flow could not be re-issued as it was.
  case flowAdjusted(FlowAdjusted)
  /// A remark that changes no state.
  case noteAdded(NoteAdded)
  /// An intervention kept a command from being given.
  case commandWithheld(CommandWithheld)
  /// Whoever decides outside for a foreign agent did not do as it should.
  case agentFaulted(AgentFaulted)
  /// An agent that does what a policy says drew an action.
  case actionChosen(ActionChosen)
  /// An agent that learns played an episode.
  case episodePlayed(EpisodePlayed)
  /// An agent that learns learned once.
  case learnerUpdated(LearnerUpdated)
  /// The whole state of a learner was kept.
  case learnerSaved(LearnerSaved)
}

/// An event at its place in a session.
public struct EventRecord: Equatable, Sendable {
  /// The instant, in nanoseconds since the session's origin.
  public var time: Nanoseconds
  /// The sequence number of the event that caused this one; nil for a root.
  public var cause: SequenceNumber?
  /// What happened.
  public var event: Event

  /// Creates a record.
  @inlinable
  public init(time: Nanoseconds, cause: SequenceNumber?, event: Event) {
    self.time = time
    self.cause = cause
    self.event = event
  }
}
