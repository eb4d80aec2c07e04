import Dispatch
import FoundationEssentials
import Synchronization

/// Runs independent jobs on threads.
///
/// What comes of a job depends on its number alone, never on which thread ran it or when: with one
/// thread and with many the results are the same, joined by number.
public enum Workers {
  /// How many threads the machine has for us.
  public static var available: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Runs jobs `0..<count` on so many threads and returns their results in order.
  ///
  /// A job that returns nil has been called off; jobs are begun in order, so that all before one
  /// that was not called off were begun.
  /// - Complexity: memory for `count` results.
  public static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ job: @Sendable (Int) -> Result?
  ) -> [Result?] {
    let next = Atomic(0)
    let results = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if number >= count { return }
        let result = job(number)
        results.withLock { $0[number] = result }
      }
    }
    return results.withLock { $0 }
  }
}
