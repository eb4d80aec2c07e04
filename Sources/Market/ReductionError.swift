public import MarketModel

/// An event that does not follow from the state before it: the tape is no session of ours.
public enum ReductionError: Error, Equatable, Sendable {
  /// No agent has that index.
  case unknownAgent(AgentIndex)
  /// No instrument has that index.
  case unknownInstrument(InstrumentIndex)
  /// No process or feed has that index.
  case unknownProcess(ProcessIndex)
  /// No order with that id rests or is being matched.
  case unknownOrder(CommandKey)
  /// An order with that id exists already.
  case duplicateOrder(CommandKey)
  /// No command with that key is on its way.
  case unknownCommand(CommandKey)
  /// A command with that key is on its way already.
  case duplicateCommand(CommandKey)
  /// No report of that outcome is on its way to that agent.
  case unknownReport(OutcomeKey, AgentIndex)
  /// No message with that key is on its way to that agent.
  case unknownMessage(CommandKey, AgentIndex)
  /// A quantity is not what the state allows.
  case invalidQuantity(Lots)
  /// A price is out of range or not that of the order.
  case invalidPrice(PriceIncrements)
  /// A field contradicts the state.
  case contradiction(String)
  /// A balance or a sum would leave its range.
  case overflow
  /// Time goes backwards or leaves its range.
  case invalidTime(Nanoseconds)
  /// An agent's memory could not be read.
  case invalidMemory(AgentIndex)
}
