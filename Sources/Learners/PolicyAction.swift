/// What a policy chooses among.
public enum ActionSpace: Sendable, Equatable {
  /// One of so many actions, each of which has a score.
  case discrete(Int)
  /// So many numbers, each drawn about a mean that the policy tells, with a deviation that is a parameter.
  case continuous(Int)
}

/// What a policy does.
public enum PolicyAction: Sendable, Equatable {
  /// One of some actions, counted from 0.
  case chosen(Int)
  /// Numbers.
  case numbers([Float])
}
