import Agents
import Counterfactual
import Session
import Synchronization
import Workers

extension Replicates {
  /// Runs so many replicates, with progress; fewer where it is interrupted.
  func run(_ count: Int, threads: Int) throws(CommandFailure) -> [Replicate] {
    var runs: [Replicate] = []
    let progress = SharedProgress("replicating", total: Int64(count))
    Console.listenForInterrupts()
    let results = Workers.map(count, threads: threads) {
      number -> Result<Replicate, SessionError<Never>>? in
      // What is finished is shown all the same: pairs do not depend on how many there are.
      if Console.isInterrupted.load(ordering: .relaxed) { return nil }
      defer { progress.finishedOne() }
      do throws(SessionError<Never>) {
        return try replicate(number).map { .success($0) }
      } catch {
        return .failure(error)
      }
    }
    for (number, result) in results.enumerated() {
      guard let result else { break }
      do {
        runs.append(try result.get())
      } catch {
        throw CommandFailure(Exit.trouble, "replicate \(number): \(error)")
      }
    }
    if runs.count < count { Console.say("interrupted after \(runs.count) pairs") }
    return runs
  }
}
