/// The kinds of event.
///
/// Raw values are fixed for ever; a new kind takes a new number.
public enum EventKind: UInt8, Sendable, CaseIterable {
  /// An agent looked at the market and may decide.
  case agentWoken = 1
  /// An agent decided to place an order.
  case orderSubmitted = 2
  /// An agent decided to cancel an order or a part of it.
  case cancelSubmitted = 3
  /// An agent decided to replace an order.
  case replaceSubmitted = 4
  /// An agent sent a message to one recipient.
  case messageSent = 5
  /// An agent decided to transfer capital.
  case transferSubmitted = 6
  /// The exchange accepted an order.
  case orderAccepted = 7
  /// The exchange refused a command.
  case orderRejected = 8
  /// Two orders traded.
  case orderFilled = 9
  /// An order, or a part of it, was cancelled.
  case orderCancelled = 10
  /// An order was replaced.
  case orderReplaced = 11
  /// Capital moved between two agents of a group.
  case capitalTransferred = 12
  /// An outcome reached an agent that it concerns.
  case reportDelivered = 13
  /// A message reached its recipient.
  case messageDelivered = 14
  /// An exogenous process took a step.
  case processStepped = 15
  /// An agent's policy changed.
  case policyUpdated = 16
  /// A fork's difference took effect.
  case interventionApplied = 17
  /// Imported: a level of the opening book.
  case levelSeeded = 18
  /// Imported: a level entered the recorded window.
  case levelRevealed = 19
  /// Imported: a level left the recorded window.
  case levelConcealed = 20
  /// Imported: a limit order joined the book.
  case orderObserved = 21
  /// Imported: a resting order shrank or left.
  case reductionObserved = 22
  /// Imported: a hidden order traded.
  case hiddenExecutionObserved = 23
  /// Imported: trading halted or resumed.
  case tradingStatusObserved = 24
  /// Imported: an auction or cross printed.
  case crossObserved = 25
  /// A recorded flow could not be re-issued as it was, and what was done instead.
  case flowAdjusted = 26
  /// A remark that changes no state.
  case noteAdded = 27
  /// An intervention kept a command from being given; it keeps its number.
  case commandWithheld = 28
  /// Whoever decides outside for a foreign agent did not do as it should.
  case agentFaulted = 29
  /// An agent that does what a policy says drew an action.
  case actionChosen = 30
  /// An agent that learns played an episode.
  case episodePlayed = 31
  /// An agent that learns learned once.
  case learnerUpdated = 32
  /// The whole state of a learner was kept.
  case learnerSaved = 33

  /// Whether this is about a training, and says nothing of a market.
  public var isOfTraining: Bool {
    rawValue >= EventKind.episodePlayed.rawValue && rawValue <= EventKind.learnerSaved.rawValue
  }

  /// Whether this is the decision of an agent: a command on its way.
  @inlinable
  public var isCommand: Bool {
    rawValue >= EventKind.orderSubmitted.rawValue
      && rawValue <= EventKind.transferSubmitted.rawValue
  }

  /// Whether events of this kind name in their first field the agent that decided on them.
  ///
  /// Commands, withheld or not, choices, new policies, and faults of programs.
  public var hasDecider: Bool {
    if isCommand { return true }
    switch self {
    case .commandWithheld, .policyUpdated, .agentFaulted, .actionChosen: return true
    default: return false
    }
  }

  /// Whether this is a fact that an importer read.
  public var isFact: Bool {
    rawValue >= EventKind.levelSeeded.rawValue && rawValue <= EventKind.crossObserved.rawValue
  }
}
