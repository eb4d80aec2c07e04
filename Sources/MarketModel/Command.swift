/// What an agent asks for.
public enum Command: Equatable, Sendable {
  /// Place an order.
  case placeOrder(OrderTerms)
  /// Cancel a resting order, or `quantity` lots of it; 0 stands for all.
  case cancelOrder(order: CommandKey, quantity: Lots)
  /// Replace price and open quantity of a resting order. The order takes the key of this command;
  /// it keeps its priority only if the price stays and the quantity does not grow.
  case replaceOrder(order: CommandKey, price: PriceIncrements, quantity: Lots)
  /// Send an opaque payload to an agent or to the subscribers of a topic.
  case sendMessage(to: MessageRecipient, payload: [UInt8])
  /// Move capital to another agent of the same group, in minor units.
  case transferCapital(to: AgentIndex, amount: MinorUnits)
}

/// Whom a message is for.
public enum MessageRecipient: Equatable, Sendable {
  /// One agent.
  case agent(AgentIndex)
  /// Everyone who subscribes to the topic with this index, except the sender.
  case topic(Int32)
}
