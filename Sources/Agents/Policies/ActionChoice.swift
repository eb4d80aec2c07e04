/// An action that a policy drew, and how it rated all actions.
public struct ActionChoice: Equatable, Sendable {
  /// The number of the action.
  public var action: UInt32
  /// The score (logit) of each action: it is drawn in proportion to e^score.
  public var scores: [Float]

  /// Creates a choice.
  public init(action: UInt32, scores: [Float]) {
    self.action = action
    self.scores = scores
  }

  /// The scores as an event has them: 4 bytes each, little-endian.
  public var scoreBytes: [UInt8] {
    scores.flatMap { score in
      (0..<4).map { UInt8(truncatingIfNeeded: score.bitPattern >> ($0 * 8)) }
    }
  }
}
