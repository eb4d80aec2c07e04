import Agents
import Journal
import Replay
import Session

/// A tape whose checksums match and whose events may say anything, folded and verified.
enum FoldTarget {
  static func run(_ input: [UInt8]) {
    guard let reader = try? JournalReader(MemorySource(input), level: .framing),
      let lineage = try? Lineage([reader]),
      var replayer = try? Replayer<BuiltInAgents, MemorySource>(lineage)
    else { return }
    var isWhole = true
    do {
      try replayer.run()
    } catch {
      isWhole = false
    }
    // A state that only failed to take the next event must be as sound as one at the end.
    if replayer.state.market.working == nil {
      Campaign.uncounted { demandEncoding(replayer.state, input) }
    }
    if isWhole, input.count < 1 << 14 {
      Campaign.uncounted {
        _ = try? Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v5)
      }
    }
  }

  private static func demandEncoding(_ state: SessionState<BuiltInAgents>, _ input: [UInt8]) {
    let bytes = state.encoded
    guard let copy = try? SessionState<BuiltInAgents>(encoded: bytes) else {
      Campaign.fail("a state that was folded can be read back")
    }
    Campaign.demand(copy.encoded, equals: bytes, of: input, "folded state")
  }
}
