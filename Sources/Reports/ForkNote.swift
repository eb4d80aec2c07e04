/// What a reader must know about a fork before comparing it with its parent.
public struct ForkNote: Sendable {
  /// The words that every page with a fork prints.
  public static let caption = "one draw, not an effect"

  /// What `caption` means, in full sentences.
  static let explanation =
    "Parent and fork are one run each. Their difference is what happened in this single draw of "
    + "the random numbers; it does not estimate what the intervention does on average. For that, "
    + "repeat the fork over many seeds and compare the distributions."

  /// The step at which the fork left its parent.
  public var forkStep: Int64
  /// What was changed, one description each, in order.
  public var interventions: [String]
  /// Where the two journals first differ, or nil if they do not.
  public var firstDifference: String?

  /// Which of the two ends before its session does, in words: their ends are not those of one step then.
  public var unfinished: String?

  /// Creates a note.
  public init(
    forkStep: Int64, interventions: [String], firstDifference: String?, unfinished: String? = nil
  ) {
    self.forkStep = forkStep
    self.interventions = interventions
    self.firstDifference = firstDifference
    self.unfinished = unfinished
  }
}
