import Synchronization
import Testing
import Workers

@Suite struct WorkersTests {
  @Test(arguments: [1, 2, 3, 16])
  func `results stand in the order of their numbers, each job run once`(threads: Int) {
    let runs = Mutex([Int](repeating: 0, count: 500))
    let results = Workers.map(500, threads: threads) { number -> Int? in
      runs.withLock { $0[number] += 1 }
      return number * number
    }
    #expect(results == (0..<500).map { $0 * $0 })
    #expect(runs.withLock { $0 } == [Int](repeating: 1, count: 500))
    #expect(Workers.map(0, threads: threads) { $0 }.isEmpty)
  }

  @Test func `who calls off after a while has all the results from before`() {
    let isOff = Atomic(false)
    let results = Workers.map(1000, threads: 4) { number -> Int? in
      if isOff.load(ordering: .relaxed) { return nil }
      if number == 300 { isOff.store(true, ordering: .relaxed) }
      return number
    }
    #expect(results[300] == 300)
    #expect(results.compactMap { $0 }.count < 1000)
    #expect(Workers.available >= 1)
  }
}
