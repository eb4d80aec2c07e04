public import Networks

/// What a critic's outputs are multiplied by and moved by, so that they stay near 0 and 1 whatever
/// rewards are counted in: mean and deviation of what came so far, the latest counting most.
///
///     mean, square   moving means of the numbers and of their squares, from 0
///     weight         the moving mean of 1, from 0: dividing by it takes the beginning out
///
/// - Source: H. van Hasselt and others, Learning values across many orders of magnitude,
///   <https://arxiv.org/abs/1602.07714>, section 2 (`keep(_:as:)`); the moving means as in the code of
///   C. Yu and others, <https://arxiv.org/abs/2103.01955>.
public struct WorthScale: Sendable, Equatable {
  /// The part that what came before keeps at each update, 0 to below 1.
  public let kept: Double
  /// The least variance.
  public static let leastVariance = 1e-2

  private(set) var average: Double
  private(set) var square: Double
  private(set) var weight: Double

  /// Nothing came yet.
  public init(kept: Double = 0.99999) { self.init(kept: kept, average: 0, square: 0, weight: 0) }

  /// Goes on from what was known.
  init(kept: Double, average: Double, square: Double, weight: Double) {
    precondition(kept >= 0 && kept < 1, "Invariant: what comes counts")
    (self.kept, self.average, self.square, self.weight) = (kept, average, square, weight)
  }

  /// The mean of what came; 0 before anything did.
  public var mean: Double { weight > 0 ? average / weight : 0 }

  /// The deviation of what came; the least one before anything did.
  public var deviation: Double {
    let variance = weight > 0 ? square / weight - mean * mean : 0
    return max(variance, Self.leastVariance).squareRoot()
  }

  /// Takes in numbers.
  ///
  /// - Precondition: there is at least one.
  public mutating func note<Scalar: NetworkScalar>(_ numbers: [Scalar]) {
    precondition(!numbers.isEmpty, "Invariant: nothing has no mean")
    let count = Double(numbers.count)
    var (sum, squares) = (0.0, 0.0)
    for number in numbers {
      sum += Double(number)
      squares += Double(number) * Double(number)
    }
    average = kept * average + (1 - kept) * (sum / count)
    square = kept * square + (1 - kept) * (squares / count)
    weight = kept * weight + (1 - kept)
  }

  /// A number as the critic is to say it.
  public func normal(_ number: Double) -> Double { (number - mean) / deviation }

  /// What a number of the critic says.
  public func restored(_ number: Double) -> Double { number * deviation + mean }

  /// Changes the parameters of a last layer of one output, its weights and then its bias, so that it
  /// says the same by this scale as by the one before.
  public func keep<Scalar: NetworkScalar>(
    _ layer: inout ArraySlice<Scalar>, as before: WorthScale
  ) {
    let ratio = before.deviation / deviation
    for index in layer.indices { layer[index] = Scalar(Double(layer[index]) * ratio) }
    let moved = (before.mean - mean) / deviation
    layer[layer.endIndex - 1] = Scalar(Double(layer[layer.endIndex - 1]) + moved)
  }
}
