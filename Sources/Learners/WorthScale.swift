public import Networks

/// What a critic's outputs are multiplied by and moved by, so that they stay near 0 and 1 whatever
/// rewards are counted in: mean and deviation of what came so far, by default nearly all of it alike.
///
///     average, averageSquare  moving means of the numbers and of their squares, from 0
///     weight                  the moving mean of 1, from 0: dividing by it takes the beginning out
///
/// - Source: H. van Hasselt and others, Learning values across many orders of magnitude,
///   <https://arxiv.org/abs/1602.07714>, section 2 (`preserve(_:from:)`); the moving means as in the code of
///   C. Yu and others, <https://arxiv.org/abs/2103.01955>.
public struct WorthScale: Sendable, Equatable {
  /// The part that what came before keeps of its weight at each update, 0 to below 1.
  public let decay: Double
  /// The least variance.
  public static let leastVariance = 1e-2

  private var average = 0.0
  private var averageSquare = 0.0
  private(set) var weight = 0.0

  /// Nothing came yet.
  ///
  /// - Precondition: `decay` is 0 or more and below 1.
  public init(decay: Double = 0.99999) {
    precondition(decay >= 0 && decay < 1, "Invariant: what comes counts")
    self.decay = decay
  }

  /// The mean of what came; 0 before anything did.
  public var mean: Double { weight > 0 ? average / weight : 0 }

  /// The deviation of what came; the least one before anything did.
  public var deviation: Double {
    let variance = weight > 0 ? averageSquare / weight - mean * mean : 0
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
    average = decay * average + (1 - decay) * (sum / count)
    averageSquare = decay * averageSquare + (1 - decay) * (squares / count)
    weight = decay * weight + (1 - decay)
  }

  /// A number as the critic is to say it.
  public func normal(_ number: Double) -> Double { (number - mean) / deviation }

  /// What a number of the critic says.
  public func restored(_ number: Double) -> Double { number * deviation + mean }

  /// Changes the parameters of a last layer of one output, its weights and then its bias, so that it
  /// says the same by this scale as by the one before.
  public func preserve<Scalar: NetworkScalar>(
    _ layer: inout ArraySlice<Scalar>, from before: WorthScale
  ) {
    let ratio = before.deviation / deviation
    for index in layer.indices { layer[index] = Scalar(Double(layer[index]) * ratio) }
    let moved = (before.mean - mean) / deviation
    layer[layer.endIndex - 1] = Scalar(Double(layer[layer.endIndex - 1]) + moved)
  }
}
