public import MarketModel

/// What the updates of a training came to, as its tape says it.
public struct LearningCurve: Equatable, Sendable {
  /// What one update came to; see `ProximalPolicyOptimization.Metrics`.
  public struct Point: Equatable, Sendable {
    /// Its number, from 1.
    public var update: Int
    /// The mean gain of its episodes, in minor units.
    public var gain: Double
    /// The mean losses of the policy and of the critic.
    public var policyLoss: Float
    /// That of the critic.
    public var valueLoss: Float
    /// The mean entropy of the policy.
    public var entropy: Float
    /// The estimated divergence from the policy that played, in the last minibatch.
    public var divergence: Float
    /// The part of ratios beyond the clip.
    public var clipped: Float
    /// The longest gradient before clipping.
    public var gradientNorm: Float
    /// How much of the variance of returns the critic explained; 1 for all.
    public var explained: Float
  }

  /// The updates, in order.
  public let points: [Point]

  /// Reads the updates among the events of a training.
  ///
  /// - Throws: `ByteError` for one that is none.
  /// - Complexity: O(events).
  public init(_ records: [EventRecord]) throws(ByteError) {
    var points: [Point] = []
    for record in records {
      guard case .learnerUpdated(let body) = record.event else { continue }
      var reader = ByteReader(body.payload)
      let gain = try reader.readDouble()
      var numbers: [Float] = []
      for _ in 0..<7 { numbers.append(Float(bitPattern: try reader.readUInt32())) }
      points.append(
        Point(
          update: Int(body.update), gain: gain, policyLoss: numbers[0], valueLoss: numbers[1],
          entropy: numbers[2], divergence: numbers[3], clipped: numbers[4],
          gradientNorm: numbers[5], explained: numbers[6]))
    }
    self.points = points
  }
}
