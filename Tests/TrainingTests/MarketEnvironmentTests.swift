import Agents
import Counterfactual
import Journal
import Market
import MarketModel
import MatchingEngine
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

@Suite struct MarketEnvironmentTests {
  @Test(arguments: ActionKind.allCases, [false, true])
  func `an episode is a tape that verifies and ends in the same state`(
    actions: ActionKind, hasLatency: Bool
  ) throws {
    var environment = try Fixture.environment(actions, hasLatency: hasLatency)
    for seed in 1...4 as ClosedRange<UInt64> {
      environment.reset(seed: seed)
      var numbers = KeyedNumbers(seed: seed)
      let end = numbers.number(1...80)
      var steps = 0
      while !environment.isFinished, steps < end {
        try Fixture.step(&environment, &numbers)
        steps += 1
      }
      let tape = environment.tape()
      let lineage = try SmallSession.open([tape])
      let report = try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v5)
      #expect(report.finding == nil)
      var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
      while try replayer.step() != nil {}
      let digests = replayer.state.digests()
      #expect(digests.root ^ (digests.memoryRoot ?? 0) == environment.digest)
      #expect(environment.log.commandCount > 0)
    }
  }

  @Test(arguments: ActionKind.allCases)
  func `the same seed and actions give the same, and a copy goes on alone`(
    actions: ActionKind
  ) throws {
    var environment = try Fixture.environment(actions)
    environment.reset(seed: 5)
    var numbers = KeyedNumbers(seed: 1)
    for _ in 0..<20 { try Fixture.step(&environment, &numbers) }
    let (kept, keptNumbers) = (environment, numbers)
    var copy = environment
    for _ in 0..<20 { try Fixture.step(&environment, &numbers) }
    #expect(copy.digest == kept.digest && copy.digest != environment.digest)
    numbers = keptNumbers
    for _ in 0..<20 { try Fixture.step(&copy, &numbers) }
    #expect(copy.digest == environment.digest)
    #expect(Fixture.observations(&copy) == Fixture.observations(&environment))
    #expect(copy.tape() == environment.tape())
    var again = try Fixture.environment(actions)
    again.reset(seed: 5)
    numbers = KeyedNumbers(seed: 1)
    for _ in 0..<40 { try Fixture.step(&again, &numbers) }
    #expect(again.tape() == environment.tape())
  }

  @Test func `seeds of later episodes follow from the first`() throws {
    var first = try Fixture.environment(.discrete)
    var second = first
    for environment in [first, second].indices {
      if environment == 0 { first.reset(seed: 9) } else { second.reset(seed: 9) }
    }
    var seeds: Set<UInt64> = [first.scenario.seed]
    for _ in 0..<20 {
      first.reset()
      second.reset()
      #expect(first.digest == second.digest)
      seeds.insert(first.scenario.seed)
    }
    #expect(seeds.count == 21)
  }

  @Test func `what cannot be is refused, and nothing happens`() throws {
    var discrete = try Fixture.environment(.discrete)
    let before = discrete.digest
    for bad in [[-1, 0], [0, 7], [0.5, 0], [.nan, 0], [0, .infinity]] as [[Float]] {
      #expect(throws: EnvironmentError.self) { try discrete.step(bad.span) }
    }
    #expect(throws: EnvironmentError.self) { try discrete.step(([0] as [Float]).span) }
    #expect(discrete.digest == before)
    var quotes = try Fixture.environment(.quotes)
    #expect(throws: EnvironmentError.self) {
      try quotes.step(([0, 0, 0, 0, 0, 0, 0, 1.01] as [Float]).span)
    }
    for agents in [[], ["Nobody"], ["Arb_01", "Arb_01"]] {
      #expect(throws: EnvironmentError.self) {
        try Fixture.environment(.discrete, agents: agents)
      }
    }
    var numbers = KeyedNumbers(seed: 1)
    while !discrete.isFinished { try Fixture.step(&discrete, &numbers) }
    #expect(throws: EnvironmentError.finished) { try Fixture.step(&discrete, &numbers) }
    #expect(throws: EnvironmentError.finished) { try discrete.fork([]) }
  }

  @Test(arguments: ActionKind.allCases)
  func `a fork without a difference goes on as its parent does`(actions: ActionKind) throws {
    for steps in [0, 1, 7, 30] {
      var parent = try Fixture.environment(actions)
      parent.reset(seed: UInt64(steps))
      var numbers = KeyedNumbers(seed: 8)
      for _ in 0..<steps { try Fixture.step(&parent, &numbers) }
      let shared = parent.tape()
      var fork = try parent.fork([])
      #expect(fork.digest == parent.digest)
      for _ in 0..<20 {
        let given = Fixture.actions(parent, &numbers)
        try parent.step(given.span)
        try fork.step(given.span)
        #expect(fork.digest == parent.digest)
        let earned = (fork.reward(of: 0), parent.reward(of: 0))
        #expect(earned.0 == earned.1)
        #expect(Fixture.observations(&fork) == Fixture.observations(&parent))
      }
      for root in [shared, parent.tape()] {
        let lineage = try SmallSession.open([root, fork.tape()])
        let report = try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v5)
        #expect(report.finding == nil)
      }
    }
  }

  @Test func `differences take effect, and forks of forks do too`() throws {
    var parent = try Fixture.environment(.discrete)
    var numbers = KeyedNumbers(seed: 8)
    for _ in 0..<10 { try Fixture.step(&parent, &numbers) }
    var child = try parent.fork([.reseed(4)])
    let root = parent.tape()
    for _ in 0..<10 { try Fixture.step(&child, &numbers) }
    #expect(throws: EnvironmentError.self) {
      try child.fork([.silence(agent: "Nobody")], parents: [root])
    }
    var grandchild = try child.fork([.silence(agent: "MM_01")], parents: [root])
    for _ in 0..<10 { try Fixture.step(&grandchild, &numbers) }
    let lineage = try SmallSession.open([root, child.tape(), grandchild.tape()])
    let report = try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v5)
    #expect(report.finding == nil)
    #expect(lineage.forks.count == 2)
  }

  @Test func `what is seen and earned is what the state says`() throws {
    var environment = try Fixture.environment(.quotes, hasLatency: false)
    environment.reset(seed: 2)
    var numbers = KeyedNumbers(seed: 2)
    var (traded, differed) = (false, false)
    var marks = environment.settings.agents.map { _ in NaiveMark() }
    for (position, name) in environment.settings.agents.enumerated() {
      let agent = try #require(environment.session.state.agentIndex(named: name))
      _ = marks[position].look(environment.session.state.market.book, except: agent)
    }
    for _ in 0..<50 {
      let before = Fixture.observations(&environment)
      try Fixture.step(&environment, &numbers)
      let after = Fixture.observations(&environment)
      let state = environment.session.state
      for (position, name) in environment.settings.agents.enumerated() {
        let agent = try #require(state.agentIndex(named: name))
        let held = state.market.position(agent, 0)
        let view = state.market.view(0)
        let middle =
          view.bestBid == nil || view.bestAsk == nil
          ? Double(view.lastPrice) : Double(view.bidPrice + view.askPrice) / 2
        let mark = marks[position].look(state.market.book, except: agent) ?? middle
        let gain = (Double(state.market.cash(of: agent)) + Double(held) * mark) / 100
        if mark != middle { differed = true }
        #expect(after[position][1] == Float(gain))
        #expect(after[position][2] == Float(Double(held) / 100))
        #expect(after[position][3] == Float((middle - 10_000) / 10))
        let share = Double(held) / 100
        let reward = environment.reward(of: position) + 0.5 * share * share
        #expect(abs(reward - Double(after[position][1] - before[position][1])) < 1e-3)
        let value = Double(state.processes[0].value) / 1000
        #expect(abs(Double(after[position][13]) - (value - middle) / 10) < 1e-4)
        if held != 0 { traded = true }
        #expect(abs(held) <= 100 + 10)
      }
    }
    #expect(traded && differed)
  }

  /// Quotes far from everybody else's make nobody rich, whatever they hold.
  @Test func `an agent's own quotes do not change what it has`() throws {
    var environment = try Fixture.environment(.quotes, hasLatency: false, agents: ["Trend_01"])
    environment.reset(seed: 4)
    var moved = 0
    for step in 0..<50 {
      let (quiet, loud) = ([1, 1, -1, -1] as [Float], [1, -0.98, -1, 1] as [Float])
      var (first, second) = (environment, environment)
      try first.step(quiet.span)
      try second.step(loud.span)
      let (seen, other) = (Fixture.observations(&first)[0], Fixture.observations(&second)[0])
      // Where nobody took the quote, and it moved the middle of all quotes.
      if seen[2] > 0, seen[2] == other[2], seen[3] != other[3] {
        #expect(seen[1] == other[1], "step \(step)")
        moved += 1
      }
      try environment.step(([-1, 1, 1, -1] as [Float]).span)
    }
    #expect(moved > 3)
  }
}

/// The middle of what others quote, by walking through all levels.
private struct NaiveMark {
  var mark: Double?

  mutating func look(_ book: OrderBook, except agent: AgentIndex) -> Double? {
    let best = Side.allCases.map { side in
      book.levels(0, side).last { level in book.queue(level).contains { $0.key.agent != agent } }
    }
    switch (best[0]?.price, best[1]?.price) {
    case (let bid?, let ask?): mark = Double(bid + ask) / 2
    case (let bid?, nil): mark = mark.map { max($0, Double(bid)) }
    case (nil, let ask?): mark = mark.map { min($0, Double(ask)) }
    case (nil, nil): break
    }
    return mark
  }
}
