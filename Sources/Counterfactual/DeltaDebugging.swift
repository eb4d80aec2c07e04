/// Minimising what makes a check fail.
///
/// Both functions are deterministic, and pure but for the check.
/// - Source: A. Zeller and R. Hildebrandt, Simplifying and isolating failure-inducing input, IEEE
///   Transactions on Software Engineering 28 (2002), section 3: the algorithm `ddmin`.
public enum DeltaDebugging {
  /// The elements of a failing list that are left when no single one can be dropped any more.
  ///
  /// `fails` is never asked about `items` itself, which must fail, and never twice in a row about
  /// the same list. Where it throws, what it accepted last is the best known.
  /// - Throws: what `fails` throws.
  /// - Complexity: O(n log n) checks where a few elements together are to blame, O(n^2) at worst.
  public static func minimize<Element, Failure: Error>(
    _ items: [Element], _ fails: ([Element]) throws(Failure) -> Bool
  ) throws(Failure) -> [Element] {
    if items.isEmpty { return items }
    if try fails([]) { return [] }
    var items = items
    var parts = 2
    while items.count >= 2 {
      let chunks = Self.chunks(of: items.count, parts)
      if let kept = try firstFailing(items, chunks, parts, fails) {
        items = kept.items
        parts = max(kept.isSubset ? 2 : parts - 1, 2)
      } else if parts < items.count {
        parts = min(2 * parts, items.count)
      } else {
        break
      }
    }
    return items
  }

  /// One of the chunks, else the list without one of them, where that fails.
  private static func firstFailing<Element, Failure: Error>(
    _ items: [Element], _ chunks: [Range<Int>], _ parts: Int,
    _ fails: ([Element]) throws(Failure) -> Bool
  ) throws(Failure) -> (items: [Element], isSubset: Bool)? {
    // Beyond two parts a chunk alone hardly ever fails: complements do the work.
    if parts <= 4 {
      for chunk in chunks {
        let subset = Array(items[chunk])
        if try fails(subset) { return (subset, true) }
      }
    }
    if parts == 2 { return nil }  // the complements are the chunks
    for chunk in chunks.reversed() {
      let rest = Array(items[..<chunk.lowerBound] + items[chunk.upperBound...])
      if try fails(rest) { return (rest, false) }
    }
    return nil
  }

  private static func chunks(of count: Int, _ parts: Int) -> [Range<Int>] {
    (0..<parts).map { (count * $0 / parts)..<(count * ($0 + 1) / parts) }
  }

  /// The number nearest to `target` that still fails, on the way from `value`, which does.
  ///
  /// Exact where all numbers beyond some bound fail; else some number that fails and whose
  /// neighbour towards `target` does not.
  /// - Throws: what `fails` throws.
  /// - Complexity: O(log |value - target|) checks.
  public static func approach<Failure: Error>(
    _ target: Int64, from value: Int64, _ fails: (Int64) throws(Failure) -> Bool
  ) throws(Failure) -> Int64 {
    if value == target { return target }
    if try fails(target) { return target }
    var (good, bad) = (target, value)
    while true {
      // Of two's complement numbers apart, the middle without overflow.
      let middle = (good & bad) + ((good ^ bad) >> 1)
      if middle == good || middle == bad { return bad }
      if try fails(middle) { bad = middle } else { good = middle }
    }
  }
}
