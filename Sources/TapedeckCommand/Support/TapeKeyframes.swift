import Journal
import JournalFiles
import Replay

/// The keyframes beside the tapes of a lineage.
struct TapeKeyframes: KeyframeCache {
  private var files: [KeyframeFile]
  let keepsAny: Bool

  /// Looks beside each tape, the root first.
  ///
  /// `TAPEDECK_KEYFRAMES` says how many MiB may stand there
  /// for each; 0 keeps and uses none.
  init(_ paths: [String]) throws(CommandFailure) {
    var budget = KeyframeFile.standardBudget
    if let text = Console.environment("TAPEDECK_KEYFRAMES") {
      guard let mebibytes = Int(text), (0...1 << 20).contains(mebibytes) else {
        throw CommandFailure(
          Exit.usage, "TAPEDECK_KEYFRAMES is a number of MiB, 0 for none, not \(text)")
      }
      budget = mebibytes << 20
    }
    keepsAny = budget > 0
    files = paths.map { KeyframeFile(tape: $0, budget: budget) }
  }

  func headers(_ tape: Int) -> [Keyframe.Header] { files[tape].headers }

  func read(_ tape: Int, _ header: Keyframe.Header) -> Keyframe? { files[tape].read(header) }

  mutating func keep(_ tape: Int, _ keyframe: Keyframe) { files[tape].append(keyframe) }
}
