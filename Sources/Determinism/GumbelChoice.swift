/// Choices among options in proportion to weights, in the Gumbel-max form: to the logarithm of each
/// weight its own Gumbel number is added, and the largest sum is chosen.
///
/// Two runs that share the numbers make the choice a counterfactual one: an option that was not
/// chosen is chosen under other weights only if its weight rose relative to that of the one that
/// was.
/// - Source: M. Oberst and D. Sontag, Counterfactual off-policy evaluation with Gumbel-max
///   structural causal models, ICML 2019.
public enum GumbelChoice {
  /// The position of the largest sum of the logarithm of a weight and its number; the first of
  /// equal ones.
  ///
  /// - Precondition: there are as many numbers as weights, no weight is negative, and one is
  ///   positive.
  /// - Complexity: O(options).
  public static func choose(weights: [Double], numbers: [Double]) -> Int {
    precondition(weights.count == numbers.count, "Invariant: a number for each option")
    return choose(weights: weights) { numbers[$0] }
  }

  /// The same, with numbers that are drawn where they matter: for options that can be chosen, where
  /// there is more than one.
  ///
  /// - Precondition: no weight is negative, and one is positive.
  /// - Complexity: O(options).
  @inlinable @inline(__always)
  public static func choose(weights: [Double], number: (Int) -> Double) -> Int {
    var chosen = -1
    var largest: Double?
    for option in weights.indices where weights[option] > 0 {
      if chosen < 0 {
        chosen = option
        continue
      }
      let best = largest ?? Elementary.log(weights[chosen]) + number(chosen)
      let sum = Elementary.log(weights[option]) + number(option)
      largest = max(sum, best)
      if sum > best { chosen = option }
    }
    precondition(chosen >= 0, "Invariant: something can be chosen")
    return chosen
  }

  /// The position of the largest sum of a score (the logarithm of a weight) and its number; the first
  /// of equal ones.
  ///
  /// - Complexity: O(options).
  public static func choose(scores: ArraySlice<Float>, number: (Int) -> Double) -> Int {
    var (best, largest) = (0, -Double.infinity)
    for (option, score) in scores.enumerated() {
      let sum = Double(score) + number(option)
      if sum > largest { (best, largest) = (option, sum) }
    }
    return best
  }

  /// The position of the largest score; the first of equal ones.
  ///
  /// - Complexity: O(options).
  public static func likeliest(_ scores: ArraySlice<Float>) -> Int {
    var best = scores.startIndex
    for index in scores.indices where scores[index] > scores[best] { best = index }
    return best - scores.startIndex
  }

  /// Draws numbers that a choice may have been made with, given what was chosen.
  ///
  /// `choose` with them and the same weights gives `chosen`; `uniforms` has a number in (0, 1) for
  /// each option.
  ///
  /// This is for choices that were recorded without their noise, in sessions of others: with
  /// `numbers` an answer to what would have been chosen under other weights is drawn, not known.
  /// An option with weight 0 keeps a number of its own.
  /// - Precondition: as for `choose`; the weight of `chosen` is positive.
  /// - Complexity: O(options).
  /// - Source: C. J. Maddison, D. Tarlow and T. Minka, A* sampling, NIPS 2014 (top-down sampling).
  public static func posterior(
    chosen: Int, weights: [Double], uniforms: [Double]
  ) -> [Double] {
    precondition(
      weights.count == uniforms.count && weights[chosen] > 0,
      "Invariant: what was chosen could be chosen")
    let total = OrderedReduction.sum(weights.span)
    // The largest sum is a Gumbel number about the logarithm of all weights together, whichever
    // option has it.
    let largest = Elementary.log(total) + gumbel(uniforms[chosen])
    return weights.indices.map { option in
      let number = gumbel(uniforms[option])
      if option == chosen { return largest - Elementary.log(weights[option]) }
      guard weights[option] > 0 else { return number }
      // The others' sums are Gumbel numbers about the logarithms of their weights, cut off at the
      // largest: -log(exp(-sum) + exp(-largest)).
      let location = Elementary.log(weights[option])
      let sum = location + number
      let low = min(sum, largest)
      let high = max(sum, largest)
      let cut = low - Elementary.log1p(Elementary.exp(low - high))
      // Rounding may not make it the largest.
      return min(cut, largest.nextDown) - location
    }
  }

  private static func gumbel(_ uniform: Double) -> Double {
    -Elementary.log(-Elementary.log(uniform))
  }
}
