import Agents
import Counterfactual
import Session
import Synchronization
import Workers

/// What one session came to.
struct AttributedRun {
  let shares: ShapleyShares
  let rewards: [[Double]]
}

extension Attribution {
  /// Plays the coalitions, which are those that shares and rewards need; nil where it is
  /// interrupted.
  func run(
    _ coalitions: [UInt64], pairs: Int, seed: UInt64, threads: Int, progress: SharedProgress
  ) throws(SessionError<Never>) -> AttributedRun? {
    let results = Workers.map(coalitions.count, threads: threads) {
      number -> Result<[Double], SessionError<Never>>? in
      if Console.isInterrupted.load(ordering: .relaxed) { return nil }
      defer { progress.finishedOne() }
      do throws(SessionError<Never>) {
        return .success(try value(of: coalitions[number]))
      } catch {
        return .failure(error)
      }
    }
    var values: [UInt64: [Double]] = [:]
    for (coalition, result) in zip(coalitions, results) {
      guard let result else { return nil }
      values[coalition] = try result.get()
    }
    func known(_ coalition: UInt64) -> [Double] {
      guard let value = values[coalition] else {
        preconditionFailure("Invariant: what is asked for was listed")
      }
      return value
    }
    return AttributedRun(
      shares: shares(pairs: pairs, seed: seed, known), rewards: differenceRewards(known))
  }
}
