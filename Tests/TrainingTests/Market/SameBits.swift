import Determinism
import Testing

@testable import Training

/// Looks whether three updates of a training come to the same, and to the same states, at every kernel level and
/// stopped after any of them.
func expectSameBits(
  _ expected: [[MarketUpdate]], _ training: () throws -> SmallTraining
) throws {
  var whole = try training()
  _ = try whole.runAll(3)
  for level in Kernels.Level.allCases {
    Kernels.select(level)
    var other = try training()
    #expect(try other.runAll(3) == expected, "\(level)")
    #expect(other.states == whole.states, "\(level)")
  }
  Kernels.select(.automatic)
  for stop in 0...3 {
    var first = try training()
    let before = try first.runAll(stop)
    var again = try training()
    try again.resume(first.states)
    #expect(try before + again.runAll(3 - stop) == expected && again.states == whole.states)
  }
}
