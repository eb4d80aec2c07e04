import Agents
import Learners
import Networks

/// Policies of PPO, and how deviations that are parameters stand in a policy's network: as biases of results that
/// nothing goes into, beside the means.
extension ProximalPolicyOptimization {
  /// The network that a policy has of it, its parameters, and what comes out.
  var policyWithDeviations: (network: Perceptron, parameters: [Float], output: PolicyHead.Output) {
    let own = parameters[..<policy.parameterCount]
    if logDeviations.isEmpty { return (policy, Array(own), .scores) }
    let last = policy.layers[policy.layers.count - 1]
    var all = Array(own[..<last.matrix.lowerBound])
    for row in 0..<last.inputs {
      let first = last.matrix.lowerBound + row * last.outputs
      all += own[first..<first + last.outputs] + logDeviations.map { _ in 0 }
    }
    all += own[last.biases] + logDeviations
    let widths = [policy.inputs] + settings.hidden + [2 * last.outputs]
    return (Perceptron(widths, hidden: .tanh), all, .plainNumbers)
  }

  /// Takes a policy's parameters for its own, before anything was learned.
  ///
  /// - Throws: `MarketTrainingError.setting` where deviations of the policy depend on what is seen.
  mutating func begin(from before: TradingPolicy) throws(MarketTrainingError) {
    if logDeviations.isEmpty { return begin(from: before.parameters) }
    let last = before.network.layers[before.network.layers.count - 1]
    let width = last.outputs / 2
    var own = Array(before.parameters[..<last.matrix.lowerBound])
    for row in 0..<last.inputs {
      let first = last.matrix.lowerBound + row * last.outputs
      own += before.parameters[first..<first + width]
      guard before.parameters[first + width..<first + last.outputs].allSatisfy({ $0 == 0 }) else {
        throw .setting(
          "policy", expected: "deviations that are the same whatever is seen, to be trained further"
        )
      }
    }
    let biases = before.parameters[last.biases]
    begin(from: own + biases.prefix(width))
    begin(fromLogDeviations: biases.suffix(width))
  }
}
