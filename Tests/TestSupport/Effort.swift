/// How much of a campaign a build tries.
///
/// Release builds try all of it. Debug builds, which check invariants while events fold and are some
/// twenty times as slow, try every tenth case: they look for what traps, on the same paths.
public enum Effort {
  /// Whether this build tries everything.
  public static var isFull: Bool {
    #if DEBUG
    false
    #else
    true
    #endif
  }

  /// Every how many cases one is tried.
  public static var stride: Int { isFull ? 1 : 10 }

  /// Those of a list that are tried; at least the first.
  public static func some<Case>(of cases: [Case]) -> [Case] {
    Swift.stride(from: 0, to: cases.count, by: stride).map { cases[$0] }
  }

  /// How many cases of `count` are tried; at least one.
  public static func of(_ count: Int) -> Int { max(1, count / stride) }
}
