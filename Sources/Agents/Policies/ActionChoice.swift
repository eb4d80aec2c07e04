/// An action that a policy drew, and how it rated all of them.
public struct ActionChoice: Equatable, Sendable {
  /// The number of the `TradingAction`; `numbers` for a continuous one.
  public var action: UInt32
  /// The score (logit) of each discrete action: one is drawn in proportion to e^score.
  ///
  /// Of a continuous one the means of its numbers and the logarithms of their deviations, before tanh where there
  /// is one, then its numbers.
  public var scores: [Float]

  /// What stands in the place of an action's number where it has numbers of its own.
  public static let numbers: UInt32 = 255

  /// Creates a choice.
  public init(action: UInt32, scores: [Float]) {
    self.action = action
    self.scores = scores
  }

  /// The numbers of a continuous action; none of a discrete one.
  public var numbers: ArraySlice<Float> {
    action == Self.numbers ? scores.suffix(scores.count / 3) : []
  }

  /// The scores as an event has them: 4 bytes each, little-endian.
  public var scoreBytes: [UInt8] {
    scores.flatMap { score in
      (0..<4).map { UInt8(truncatingIfNeeded: score.bitPattern >> ($0 * 8)) }
    }
  }

  /// Reads what an event has; nil where the payload is of other numbers.
  public init?(action: UInt32, payload: [UInt8]) {
    let count = payload.count / 4
    let counts = [false, true].map { speaks in
      action == Self.numbers
        ? 3 * ContinuousAction.count(speaks: speaks) : TradingAction.count(speaks: speaks)
    }
    guard payload.count == 4 * count, counts.contains(count) else { return nil }
    self.action = action
    scores = (0..<count).map { place in
      Float(
        bitPattern: (0..<4).reduce(0) { $0 | UInt32(payload[4 * place + $1]) << (8 * UInt32($1)) })
    }
  }
}
