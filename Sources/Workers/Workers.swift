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

extension Workers {
  /// Begins work on another thread, and returns what waits for it.
  ///
  /// Whoever asks before a thread came to it does it: so work is done once, and always. It may be
  /// asked for again; it is given up where nobody can ask any more.
  public static func begin<Value: Sendable>(
    _ work: @escaping @Sendable () -> Value
  ) -> @Sendable () -> Value {
    let job = BegunWork(work)
    DispatchQueue.global().async { [weak job] in job?.run() }
    return { job.value }
  }
}

/// Work that is done once, by whichever thread comes first.
private final class BegunWork<Value: Sendable>: Sendable {
  private let work: @Sendable () -> Value
  private let isTaken = Atomic(false)
  private let result = Mutex<Value?>(nil)
  /// Signalled once there is a result, and again by each who waited for it.
  private let done = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable () -> Value) { self.work = work }

  /// Does it, where nobody took it yet.
  func run() {
    if isTaken.exchange(true, ordering: .relaxed) { return }
    let value = work()
    result.withLock { $0 = value }
    done.signal()
  }

  var value: Value {
    run()
    done.wait()
    done.signal()
    guard let value = result.withLock({ $0 }) else {
      preconditionFailure("Invariant: what is done has a result")
    }
    return value
  }
}
