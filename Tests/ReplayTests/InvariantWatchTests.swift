import Agents
import Journal
import MarketModel
import MatchingEngine
import SessionSupport
import TestSupport
import Testing

@testable import Market
@testable import Replay
@testable import Session

/// A reducer that goes wrong in the middle of a session.
@Suite struct InvariantWatchTests {
  private func scenario(_ count: Int, instruments: [String] = ["STOCK"]) -> Scenario {
    var scenario = SmallSession.scenario("watched", seed: 5, ticks: count > 99 ? 8 : 80)
    scenario.instruments = instruments.map { InstrumentRules(name: $0, referencePrice: 10_000) }
    scenario.agents = (0..<count).map {
      var agent = SmallSession.agent("Noise_\($0)", "zero-intelligence")
      agent.parameters.set("instrument", .text(instruments[$0 % instruments.count]))
      return agent
    }
    return scenario
  }

  private func events(_ scenario: Scenario) throws -> [EventRecord] {
    var session = try MarketSession<BuiltInAgents>(scenario: scenario)
    var events = EventBuffer()
    try session.run(into: &events)
    return events.records
  }

  /// Where a watch stops, and what it says, where a state is meddled with after that many events.
  private func finding(
    _ scenario: Scenario, after count: Int,
    _ meddle: (inout MarketState) -> Void
  ) throws -> (sequence: SequenceNumber, words: String, isAtEnd: Bool)? {
    var state = try SessionState<BuiltInAgents>(scenario: scenario)
    var watch = InvariantWatch()
    for (index, record) in try events(scenario).enumerated() {
      do {
        try state.reduce(record, sequence: Int64(index))
      } catch {
        break  // nothing follows any more from a state that went wrong
      }
      if index == count { meddle(&state.shared.market) }
      let kind = record.event.kind.rawValue
      if watch.look(at: &state, after: Int64(index), kind), let fault = watch.fault {
        return (Int64(index), fault, false)
      }
    }
    guard case .invariant(let sequence, let words)? = watch.findingAtEnd(&state) else {
      return nil
    }
    return (sequence, words, true)
  }

  @Test(arguments: [1, 3, 12, 150])
  func `a session that goes right is not stopped`(count: Int) throws {
    #expect(try finding(scenario(count), after: .max) { _ in } == nil)
  }

  /// With few agents it is the first trade after it, with many some later one or the end.
  @Test(
    .enabled(if: Effort.isFull, "debug builds trap at once"),
    arguments: [3, 12, 150], [100, 200, 300])
  func `money from nowhere is found`(count: Int, place: Int) throws {
    let found = try #require(
      try finding(scenario(count), after: place) { $0.setCash(1, $0.cash(of: 1) + 1) })
    #expect(found.words.hasPrefix("cash and fees differ from the opening balances"))
    #expect(found.sequence >= place)
    // What it says of when: where it went wrong is before the last of so many trades.
    let trades = try events(scenario(count)).enumerated().filter {
      (place...Int(found.sequence)).contains($0.offset) && $0.element.event.kind == .orderFilled
    }
    if let said = found.words.firstMatch(of: /one of the last (\d+) trades/) {
      #expect(try #require(Int(said.1)) >= trades.count)
    } else {
      #expect(trades.count <= 1)
    }
    if count == 3 { #expect(!found.words.contains("since") && !found.isAtEnd) }
  }

  @Test(
    .enabled(if: Effort.isFull, "debug builds trap at once"),
    arguments: [["A"], ["A", "B", "C"]])
  func `a crossed book is found with the next event in it`(instruments: [String]) throws {
    let crossed = InstrumentIndex(instruments.count - 1)
    let scenario = scenario(6, instruments: instruments)
    let found = try #require(
      try finding(scenario, after: 150) { market in
        for (side, price) in [(.buy, 11_000), (.sell, 10_990)] as [(Side, Int64)] {
          let key = CommandKey(agent: 0, tick: 900, ordinal: UInt32(price))
          market.book.insert(key, crossed, side, price: price, quantity: 1)
        }
      })
    // Not within a match.
    #expect((150..<160).contains(found.sequence))
    #expect(found.words == "the book of \(instruments.last ?? "") is crossed")
  }
}
