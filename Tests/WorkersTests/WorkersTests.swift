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

  @Test func `begun work is done once, however often and by whomever it is asked for`() {
    let runs = Atomic(0)
    let begun = (0..<200).map { number in
      Workers.begin { () -> Int in
        runs.wrappingAdd(1, ordering: .relaxed)
        return number * number
      }
    }
    for _ in 0..<2 {
      let results = Workers.map(200, threads: 4) { begun[$0]() }
      #expect(results == (0..<200).map { $0 * $0 })
    }
    #expect(runs.load(ordering: .relaxed) == 200)
  }

  @Test func `begun work that nobody asks for is given up or done, and harms nobody`() {
    for _ in 0..<200 { _ = Workers.begin { [UInt8](repeating: 1, count: 1000) } }
    #expect(Workers.begin { 7 }() == 7)
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
