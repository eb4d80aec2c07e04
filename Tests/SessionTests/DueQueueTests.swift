import Market
import MarketModel
import TestSupport
import Testing

@testable import Session

@Suite struct DueQueueTests {
  /// What is due, in the order in which it is to come: the naive twin of the heap.
  private struct Naive {
    var scenario: Scenario
    var noise: SessionNoise
    var all: [Due] = []

    /// What comes first decides; names where numbers are the same.
    private func isBefore(_ left: Due, _ right: Due) -> Bool {
      if left.time != right.time { return left.time < right.time }
      if left.phase != right.phase { return left.phase < right.phase }
      if left.sender != right.sender {
        let (one, other) = (
          noise.tie(left.sender, at: left.time, phase: left.phase),
          noise.tie(right.sender, at: right.time, phase: right.phase)
        )
        return one == other ? name(left.sender) < name(right.sender) : one < other
      }
      let (one, other) = (left.command, right.command)
      if one.tick != other.tick { return one.tick < other.tick }
      if one.ordinal != other.ordinal { return one.ordinal < other.ordinal }
      if left.number != right.number { return left.number < right.number }
      return name(left.recipient) < name(right.recipient)
    }

    private func name(_ sender: Due.Sender) -> String {
      switch sender {
      case .agent(let agent): name(agent)
      case .process(let process): scenario.processes[Int(process)].name
      }
    }

    /// Nobody comes before all.
    private func name(_ agent: AgentIndex) -> String {
      agent < 0 ? "" : scenario.agents[Int(agent)].account.name
    }

    mutating func pop() -> Due? {
      guard let first = all.indices.min(by: { isBefore(all[$0], all[$1]) }) else { return nil }
      return all.remove(at: first)
    }
  }

  /// Many that fall due at once, of few senders and many: they come in one order, whenever they were pushed.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `what falls due comes as the naive order has it`(seed: UInt64) throws {
    let scenario = Scenario.busy(seed: seed, hasLatency: true)
    let noise = SessionNoise(scenario)
    var queue = DueQueue(scenario)
    var naive = Naive(scenario: scenario, noise: noise)
    var numbers = KeyedNumbers(seed: seed)
    for _ in 0..<400 {
      if numbers.once(in: 3) {
        expectSame(queue.pop(noise), naive.pop())
        continue
      }
      let due = random(&numbers, scenario)
      // Two of one place would be one thing twice.
      if naive.all.contains(where: { isSame($0, due) }) { continue }
      queue.push(due, noise)
      naive.all.append(due)
      #expect(queue.nextTime == naive.all.map { $0.time }.min())
    }
    while let expected = naive.pop() { expectSame(queue.pop(noise), expected) }
    #expect(queue.pop(noise) == nil && queue.nextTime == .max)
  }

  private func random(_ numbers: inout KeyedNumbers, _ scenario: Scenario) -> Due {
    let time = numbers.number(0...3)
    if numbers.once(in: 5) {
      return Due(
        .step, at: time, phase: 0, index: Int32(numbers.index(below: scenario.processes.count)))
    }
    let agents = scenario.agents.count
    let action = numbers.pick([Due.Action.arrival, .report, .message, .wake])
    let key = CommandKey(
      agent: AgentIndex(numbers.index(below: agents)), tick: numbers.number(0...1),
      ordinal: UInt32(numbers.number(0...2)))
    return Due(
      action, at: time, phase: action == .arrival ? 1 : action == .wake ? 3 : 2, index: key.agent,
      command: key, number: UInt32(numbers.number(0...1)),
      recipient: AgentIndex(numbers.number(-1...Int64(agents - 1))))
  }

  /// All but what ties were decided by, which is drawn when it is needed.
  private func isSame(_ one: Due, _ other: Due) -> Bool {
    one.time == other.time && one.phase == other.phase && one.index == other.index
      && one.command == other.command && one.number == other.number
      && one.recipient == other.recipient
  }

  private func expectSame(_ one: Due?, _ other: Due?) {
    guard let one, let other else {
      #expect(one == nil && other == nil)
      return
    }
    #expect(isSame(one, other) && one.action == other.action)
  }
}
