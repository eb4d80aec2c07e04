import Agents
import Filters
import Journal
import Market
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

/// Keyframes in memory.
private struct Kept: KeyframeCache {
  var keepsAny: Bool { true }
  var keyframes: [Keyframe] = []

  func headers(_ tape: Int) -> [Keyframe.Header] { keyframes.map { $0.header } }

  func read(_ tape: Int, _ header: Keyframe.Header) -> Keyframe? {
    keyframes.first { $0.header == header }
  }

  mutating func keep(_ tape: Int, _ keyframe: Keyframe) { keyframes.append(keyframe) }
}

@Suite struct StateSearchTests {
  private static let horizon: Tick = 80

  /// A tape whose frames are short.
  private static let tape: [UInt8] = {
    do {
      let scenario = Tapes.scenario(seed: 11, ticks: horizon)
      var session = try MarketSession<BuiltInAgents>(scenario: scenario)
      var recorder = JournalRecorder(
        JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
      while let turn = try session.advance(into: &recorder) {
        try session.takeTurn(turn, into: &recorder)
        if session.nextSequence % 5 == 0 { recorder.endFrame(session.state) }
      }
      recorder.seal(session.state)
      return recorder.output.bytes
    } catch {
      preconditionFailure("Invariant: \(error)")
    }
  }()

  private let lineage: Lineage<MemorySource>
  private let paths: StatePaths

  init() throws {
    lineage = try SmallSession.open([Self.tape])
    paths = StatePaths(
      lineage.scenario, agents: lineage.scenario.agents.map { $0.account.name })
  }

  /// The values of some paths before the first event and after each, by the whole tree, and the
  /// tick of each event.
  private func naive(_ wanted: [StatePath]) throws -> (values: [[String]], ticks: [Tick]) {
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
    let shown = { (state: SessionState<BuiltInAgents>) -> [String] in
      let entries = StateTree.entries(of: state)
      return wanted.map { path in entries.first { $0.path == path.text }?.value ?? "nothing" }
    }
    var values = [shown(replayer.state)]
    var ticks: [Tick] = []
    while let event = try replayer.step() {
      values.append(shown(replayer.state))
      ticks.append(lineage.scenario.clock.tick(at: event.time))
    }
    return (values, ticks)
  }

  /// A cache with keyframes everywhere, or none.
  private func cache(_ isFull: Bool) throws -> Kept {
    var cache = Kept()
    guard isFull else { return cache }
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
    try replayer.advance(to: Self.horizon, keeping: &cache, every: 40)
    #expect(cache.keyframes.count > 5)
    return cache
  }

  @Test func `every value of the tree that is no level is read by its path`() throws {
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
    for tick in stride(from: Tick(0), through: Self.horizon, by: 16) {
      try replayer.advance(to: tick)
      var state = replayer.state
      for entry in StateTree.entries(of: state) {
        let values = try paths.values(entry.path)
        if values.count == 1 {
          #expect(values[0].text == entry.path)
          #expect(values[0].text(of: values[0].value(in: &state)) == entry.value)
        } else {
          let texts = values.map { $0.text(of: $0.value(in: &state)) }
          #expect("\(texts[0]) at \(texts[1]) in \(texts[2])" == entry.value)
        }
      }
    }
  }

  @Test func `the inventory is the one there is, and positions are inventories`() throws {
    let whole = try paths.path("agents.MM_01.inventory.STOCK")
    #expect(try paths.path("agents.MM_01.inventory") == whole)
    #expect(try paths.path("agents.MM_01.positions.STOCK") == whole)
    var scenario = lineage.scenario
    scenario.instruments.append(scenario.instruments[0])
    scenario.instruments[1].name = "BOND"
    let two = StatePaths(scenario, agents: scenario.agents.map { $0.account.name })
    let error = try #require(throws: StatePathError.self) {
      try two.path("agents.MM_01.inventory")
    }
    #expect(error.known == ["agents.MM_01.inventory.STOCK", "agents.MM_01.inventory.BOND"])
    #expect(try two.path("agents.MM_01.positions.BOND").text == "agents.MM_01.inventory.BOND")
  }

  @Test(arguments: [
    ("agents.MM_01.inventry", "agents.MM_01.inventory"), ("tik", "tick"),
    ("books.STOCK.bids.00.price", "books.STOCK.bids.0.price"), ("agents.MM_9.cash", nil),
  ])
  func `paths that lead nowhere are told with what is near`(path: String, near: String?) throws {
    let error = try #require(throws: StatePathError.self) { try paths.path(path) }
    if let near { #expect(error.nearest == near) }
    #expect(!error.known.isEmpty)
  }

  @Test(arguments: [false, true])
  func `blame finds what a fold over the whole tree finds`(hasKeyframes: Bool) throws {
    let names = [
      "agents.MM_01.inventory.STOCK", "agents.Arb_01.cash", "agents.Zero_01.memory.digest",
      "books.STOCK.volume", "digests.positions", "agents.MM_01.type",
    ]
    let wanted = try names.map { try paths.path($0) }
    let (values, ticks) = try naive(wanted)
    for (index, path) in wanted.enumerated() {
      for tick in Effort.some(of: [nil, 0, 1, 17, 40, Self.horizon] as [Tick?]) {
        var cache = try cache(hasKeyframes)
        let result = try StateSearch<BuiltInAgents>.latest(
          lineage, ValueWatch([path]), before: tick, &cache)
        let expected = ticks.indices.last { event in
          ticks[event] < tick ?? Tick.max && values[event][index] != values[event + 1][index]
        }
        #expect(result.mismatch == nil)
        #expect(
          result.watch.change?.sequence == expected.map { Int64($0) }, "\(path.text) \(tick as Any)"
        )
        if let expected, let change = result.watch.change {
          #expect(path.text(of: change.before[0]) == values[expected][index])
          #expect(path.text(of: change.after[0]) == values[expected + 1][index])
        }
      }
    }
  }

  @Test(arguments: [false, true])
  func `conditions are found from both ends as a fold finds them`(hasKeyframes: Bool) throws {
    let path = try paths.path("agents.MM_01.inventory")
    let (values, ticks) = try naive([path])
    let inventory = values.compactMap { Int64($0[0]) }
    var found = 0
    for bound in stride(from: Int64(-8), through: 8, by: Effort.stride) {
      let expression = try FilterExpression("not (agents.MM_01.inventory >= \(bound))")
      let condition = try StateCondition(expression, paths)
      let holds = inventory.map { !($0 >= bound) }
      for tick: Tick in [0, 1, 23, 60] {
        let begin = ticks.firstIndex { $0 >= tick } ?? ticks.count
        var cache = try cache(hasKeyframes)
        let first = try StateSearch<BuiltInAgents>.first(lineage, condition, from: tick, &cache)
        #expect(first.heldAtStart == holds[begin])
        let expected =
          holds[begin] ? nil : (begin..<ticks.count).first { holds[$0 + 1] && !holds[$0] }
        #expect(first.watch.change?.sequence == expected.map { Int64($0) }, "\(bound) \(tick)")
        let latest = try StateSearch<BuiltInAgents>.latest(
          lineage, ValueWatch(condition, stops: false), before: tick, &cache)
        let last = (0..<begin).last { holds[$0 + 1] && !holds[$0] }
        #expect(latest.watch.change?.sequence == last.map { Int64($0) }, "\(bound) \(tick)")
        if last != nil { found += 1 }
      }
    }
    #expect(found > Effort.of(5))
  }

  @Test func `a value that is not there makes a comparison false`() throws {
    let gone = try StateCondition(
      try FilterExpression("books.STOCK.bids.900.price >= 0 or books.STOCK.bids.900.price < 0"),
      paths)
    #expect(gone.paths.count == 1)
    #expect(!gone.holds([nil]))
    let error = try #require(throws: FilterError.self) {
      try StateCondition(try FilterExpression("tick > 1 and agents.X.cash > 1"), paths)
    }
    #expect(error.range == 13..<26)
  }

  @Test func `levels behind the best are followed too`() throws {
    let wanted = try paths.values("books.STOCK.asks.1")
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
    var watch = ValueWatch(wanted)
    var cache = NoKeyframes()
    replayer.begin(&watch)
    var last: SequenceNumber?
    var state = replayer.state
    var before = wanted.map { $0.value(in: &state) }
    var single = try Replayer<BuiltInAgents, MemorySource>(lineage)
    while try single.step() != nil {
      state = single.state
      let after = wanted.map { $0.value(in: &state) }
      if after != before { last = single.nextSequence - 1 }
      before = after
    }
    _ = try replayer.advance(
      before: .max, sequence: .max, watching: &watch, keeping: &cache)
    #expect(last != nil)
    #expect(watch.change?.sequence == last)
    #expect(watch.values == before)
  }

  @Test func `a scan sees the events that a cursor sees`() throws {
    var cursor = lineage.cursor()
    var scan = EventScan(lineage)
    var event = FlatEvent()
    var count = 0
    while let item = try cursor.next() {
      guard case .event(let sequence, let expected) = item else { continue }
      #expect(try scan.next(into: &event) == sequence)
      #expect(try scan.event() == expected)
      if case .known(let record) = expected { #expect(event.record == record) }
      count += 1
    }
    #expect(try scan.next(into: &event) == nil)
    #expect(count == Int(lineage.nextSequence))
  }
}
