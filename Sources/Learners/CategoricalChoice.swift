import Determinism
import Networks

/// A choice among some actions, each with a score (logit): probabilities are e^score, in proportion.
///
/// Everything is computed score by score in ascending order, so that it depends on that row alone.
enum CategoricalChoice {
  /// Computes the logarithms of probabilities, given scores row by row; `work` and `sums` are where it
  /// works.
  static func normalize(
    _ scores: ArraySlice<Float>, rows: Int, _ logs: inout [Float], _ work: inout [Float],
    _ sums: inout [Float]
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
      var sum: Float = 0
      for index in row * width..<(row + 1) * width { sum += work[index] }
      sums[row] = sum
    }
    do {
      var whole = sums.mutableSpan
      var place = whole._mutatingExtracting(first: rows)
      VectorKernels.log(&place)
    }
    for row in 0..<rows {
      let shift = logs[row * width] + sums[row]
      for index in row * width..<(row + 1) * width { logs[index] = scores[start + index] - shift }
    }
  }

  /// Replaces the first numbers by e to their power.
  static func exponentials(_ numbers: inout [Float], _ count: Int) {
    var whole = numbers.mutableSpan
    var place = whole._mutatingExtracting(first: count)
    VectorKernels.exp(&place)
  }
}
