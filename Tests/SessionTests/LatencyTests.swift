import Determinism
import MarketModel
import Session
import Testing

@Suite struct LatencyTests {
  private let key = NoiseKey(seed: 1, entity: "A", purpose: "command latency")

  private func draws(_ latency: Latency, _ count: UInt32 = 20_000) -> [Nanoseconds] {
    (0..<count).map { latency.draw(key, tick: 3, slot: $0, draw: 0) }
  }

  @Test func `a fixed latency is what it says`() {
    #expect(Set(draws(.fixed(7), 100)) == [7])
    #expect(Set(draws(.none, 100)) == [0])
    #expect(Latency.none.isNone && Latency.fixed(0).isNone && !Latency.uniform(0, 0).isNone)
  }

  @Test func `a uniform latency reaches both bounds, evenly`() {
    let list = draws(.uniform(10, 19))
    for value in 10...19 as ClosedRange<Nanoseconds> {
      let count = list.filter { $0 == value }.count
      #expect((1800...2200).contains(count), "\(value): \(count)")
    }
    #expect(list.allSatisfy { (10...19).contains($0) })
    #expect(Set(draws(.uniform(4, 4), 50)) == [4])
    let wide = draws(.uniform(0, Limits.maximumDelay), 1000)
    #expect(wide.allSatisfy { (0...Limits.maximumDelay).contains($0) })
  }

  @Test func `an exponential latency has its minimum and mean and stays within the limit`() {
    let list = draws(.exponential(minimum: 1000, mean: 500))
    #expect(list.allSatisfy { $0 >= 1000 })
    let mean = Double(list.reduce(0, +)) / Double(list.count)
    #expect((1490...1510).contains(mean))
    let most = Limits.maximumDelay
    #expect(draws(.exponential(minimum: most, mean: most), 1000).allSatisfy { $0 == most })
    #expect(Set(draws(.exponential(minimum: 3, mean: 0), 100)) == [3])
  }

  @Test func `a draw is a function of key and counter alone`() {
    for latency in [Latency.uniform(0, 1 << 40), .exponential(minimum: 0, mean: 1 << 30)] {
      let value = latency.draw(key, tick: 5, slot: 6, draw: 7)
      #expect(latency.draw(key, tick: 5, slot: 6, draw: 7) == value)
      #expect(latency.draw(key, tick: 4, slot: 6, draw: 7) != value)
      #expect(latency.draw(key, tick: 5, slot: 5, draw: 7) != value)
      #expect(latency.draw(key, tick: 5, slot: 6, draw: 6) != value)
      let other = NoiseKey(seed: 2, entity: "A", purpose: "command latency")
      #expect(latency.draw(other, tick: 5, slot: 6, draw: 7) != value)
    }
  }
}
