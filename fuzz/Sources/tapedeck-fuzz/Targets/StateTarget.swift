import Agents
import Session

/// An encoded state: bytes that no state is written as are refused, and what is accepted is a state
/// whose invariants hold.
enum StateTarget {
  static func run(_ input: [UInt8]) {
    guard let state = try? SessionState<BuiltInAgents>(encoded: input) else { return }
    let written = state.encoded
    Campaign.demand(written, equals: input, of: input, "state")
    state.market.checkInvariants()
    guard let copy = try? SessionState<BuiltInAgents>(encoded: written) else {
      Campaign.fail("a state that was written is read")
    }
    if copy.digests() != state.digests() { Campaign.fail("equal bytes have equal digests") }
  }
}
