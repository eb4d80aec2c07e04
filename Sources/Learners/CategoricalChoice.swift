import Networks

/// A choice among some actions, each with a score (logit): probabilities are e^score, in proportion.
///
/// Everything is computed score by score in ascending order, so that it depends on that row alone.
enum CategoricalChoice {
  /// Computes the logarithms of probabilities, given scores row by row; `work` and `sums` are where it
  /// works.
  static func normalize<Scalar: NetworkScalar>(
    _ scores: ArraySlice<Scalar>, rows: Int, _ logs: inout [Scalar], _ work: inout [Scalar],
    _ sums: inout [Scalar]
  ) {
    let (width, start) = (scores.count / rows, scores.startIndex)
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      var largest = scores[start + range.lowerBound]
      for index in range where scores[start + index] > largest { largest = scores[start + index] }
      for index in range { work[index] = scores[start + index] - largest }
      logs[range.lowerBound] = largest
    }
    exponentials(&work, rows * width)
    for row in 0..<rows {
      var sum: Scalar = 0
      for index in row * width..<(row + 1) * width { sum += work[index] }
      sums[row] = sum
    }
    do {
      var whole = sums.mutableSpan
      var place = whole._mutatingExtracting(first: rows)
      Scalar.log(&place)
    }
    for row in 0..<rows {
      let shift = logs[row * width] + sums[row]
      for index in row * width..<(row + 1) * width { logs[index] = scores[start + index] - shift }
    }
  }

  /// Computes the probabilities of all actions of some rows of a rollout, and how that of the chosen one
  /// changed, as a part of it.
  ///
  /// `logs` are the logarithms of probabilities, `count` of them for each row.
  static func compare(
    _ rows: some Collection<Int>, _ logs: [Float], _ count: Int, _ rollout: Rollout,
    _ probabilities: inout [Float], _ ratios: inout [Float]
  ) {
    for index in 0..<rows.count * count { probabilities[index] = logs[index] }
    for (place, row) in rows.enumerated() {
      ratios[place] =
        logs[place * count + Int(rollout.actions[row])] - rollout.logProbabilities[row]
    }
    exponentials(&probabilities, rows.count * count)
    exponentials(&ratios, rows.count)
  }

  /// Replaces the first numbers by e to their power.
  static func exponentials<Scalar: NetworkScalar>(_ numbers: inout [Scalar], _ count: Int) {
    var whole = numbers.mutableSpan
    var place = whole._mutatingExtracting(first: count)
    Scalar.exp(&place)
  }
}
