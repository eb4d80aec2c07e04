/// Guesses which of several words was meant.
public enum Spelling {
  /// Longer words are not compared: nobody types them.
  private static let maximumLength = 64

  /// Returns the candidate nearest to a misspelt word, or nil where none is near.
  ///
  /// Near means at most one insertion, deletion, substitution or swap of neighbours for each three
  /// letters, and one at least; upper and lower case are the same. The first of several equally
  /// near ones wins.
  /// - Complexity: O(letters of the word x letters of all candidates).
  /// - Source: the restricted distance of F. J. Damerau, A technique for computer detection and
  ///   correction of spelling errors, Communications of the ACM 7 (1964).
  public static func nearest(to word: String, among candidates: [String]) -> String? {
    guard !word.isEmpty, word.utf8.count <= maximumLength else { return nil }
    let letters = Array(word.lowercased().unicodeScalars)
    var best: String?
    var bestDistance = max(1, letters.count / 3) + 1
    for candidate in candidates where candidate.utf8.count <= maximumLength {
      let distance = edits(letters, Array(candidate.lowercased().unicodeScalars))
      if distance < bestDistance {
        best = candidate
        bestDistance = distance
      }
    }
    return best
  }

  private static func edits(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var cost = min(last[column + 1], current[column]) + 1
        cost = min(cost, last[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
