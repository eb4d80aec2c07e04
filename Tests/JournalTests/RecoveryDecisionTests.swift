import Testing

@testable import Journal

struct RecoveryDecisionTests {
  private static let all: [FrameFacts] = (0..<64).map { bits in
    FrameFacts(
      hasHeader: bits & 1 != 0, hasPayload: bits & 2 != 0, continuesChain: bits & 4 != 0,
      isSynced: bits & 8 != 0, isLast: bits & 16 != 0, isSealed: bits & 32 != 0)
  }

  @Test func `each of the 64 combinations hits exactly one row`() {
    for facts in Self.all {
      #expect(RecoveryDecision.rows.filter { $0.matches(facts) }.count == 1, "\(facts)")
    }
  }

  @Test func `only an unsynced last frame of an unsealed tape is cut`() {
    for facts in Self.all {
      let isWhole = facts.hasHeader && facts.hasPayload && facts.continuesChain
      let isCut = !isWhole && !facts.isSynced && facts.isLast && !facts.isSealed
      #expect(RecoveryDecision.decide(facts) == (isWhole ? .accept : isCut ? .cut : .corrupt))
    }
  }
}
