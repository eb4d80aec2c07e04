import MarketModel
import Testing

@Suite struct TickClockTests {
  @Test func `ticks begin exactly at their borders, before the start too`() {
    let clock = TickClock(start: 1000, tickLength: 10)
    let examples: [(time: Nanoseconds, tick: Tick)] = [
      (1000, 0), (1009, 0), (1010, 1), (1019, 1), (999, -1), (990, -1), (989, -2), (0, -100),
      (-1, -101), (-10, -101), (-11, -102),
    ]
    for example in examples {
      #expect(clock.tick(at: example.time) == example.tick, "at \(example.time)")
    }
  }

  @Test func `the first instant of a tick belongs to it, the one before does not`() {
    for length in [1, 2, 3, 7, 1_000_000_000, Limits.maximumDelay] as [Nanoseconds] {
      for start in [0, 1, 34_200_000_000_000, -5] as [Nanoseconds] {
        let clock = TickClock(start: start, tickLength: length)
        for tick in [-3, -2, -1, 0, 1, 2, 1000] as [Tick] {
          let first = clock.firstInstant(of: tick)
          #expect(clock.tick(at: first) == tick)
          #expect(clock.tick(at: first - 1) == tick - 1)
          #expect(clock.tick(at: first + length - 1) == tick)
        }
      }
    }
  }

  @Test func `the first instant of a tick out of reach is the last or first there is`() {
    let clock = TickClock(start: 100, tickLength: Limits.maximumDelay)
    #expect(clock.firstInstant(of: .max) == .max)
    #expect(clock.firstInstant(of: .min) == .min)
    let unit = TickClock(start: 100, tickLength: 1)
    #expect(unit.firstInstant(of: .max) == .max)
    #expect(unit.firstInstant(of: .max - 100) == .max)
    #expect(TickClock(start: -100, tickLength: 1).firstInstant(of: .min) == .min)
  }

  @Test func `the largest instants have a tick`() {
    let clock = TickClock(start: 0, tickLength: 1)
    #expect(clock.tick(at: Limits.maximumTime) == Limits.maximumTime)
    let late = TickClock(start: Limits.maximumTime, tickLength: 3)
    #expect(late.tick(at: 0) == -((1 << 62) / 3) - 1)
  }

  @Test func `a tick of no length traps`() async {
    await #expect(processExitsWith: .failure) { _ = TickClock(start: 0, tickLength: 0) }
    await #expect(processExitsWith: .failure) { _ = TickClock(start: 0, tickLength: -1) }
  }
}

@Suite struct LimitsTests {
  @Test func `sums of what limits allow stay within 64 bits`() {
    #expect(Limits.maximumTime.addingReportingOverflow(Limits.maximumDelay).overflow == false)
    #expect((-Limits.maximumBalance).subtractingReportingOverflow(1 << 62).overflow == false)
    #expect(Limits.maximumOrdinal <= Int64(UInt32.max))
    #expect(Limits.maximumAgents <= Int(Int32.max))
  }
}
