import Agents
import Foundation
import Session

/// An encoded state.
///
/// Bytes that no state is written as may be accepted, and states that no session reaches (`known`
/// has both), but what they stand for is written and read as the same state from then on.
/// `TAPEDECK_FUZZ_STRICT` demands more: what should hold once such bytes are refused.
enum StateTarget {
  private static let isStrict =
    ProcessInfo.processInfo.environment["TAPEDECK_FUZZ_STRICT"] != nil

  static func run(_ input: [UInt8]) {
    guard let state = try? SessionState<BuiltInAgents>(encoded: input) else { return }
    let written = state.encoded
    if isStrict {
      Campaign.demand(written, equals: input, of: input, "state")
      state.market.checkInvariants()
    }
    guard let copy = try? SessionState<BuiltInAgents>(encoded: written) else {
      Campaign.fail("a state that was written is read")
    }
    Campaign.demand(copy.encoded, equals: written, of: input, "state")
    if copy.digests() != state.digests() { Campaign.fail("equal bytes have equal digests") }
  }
}
