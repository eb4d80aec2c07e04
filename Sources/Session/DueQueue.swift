import Market
import MarketModel

/// Something that falls due at an instant.
struct Due: Sendable {
  enum Sender: Equatable, Sendable {
    case agent(AgentIndex)
    case process(ProcessIndex)
  }

  enum Action: Sendable {
    case step(ProcessIndex)
    case arrival(CommandKey)
    case report(ReportKey)
    case message(MessageKey)
    case wake(AgentIndex)
  }

  var time: Nanoseconds
  /// Processes, then arrivals at the exchange, then reports and messages, then wake-ups.
  var phase: UInt8
  var sender: Sender
  /// The decision tick and the ordinal: what the sender did first comes first.
  var tick: Tick
  var ordinal: UInt32
  /// The number of the outcome, for reports.
  var number: UInt32
  var recipient: AgentIndex
  var action: Action

  init(
    _ action: Action, at time: Nanoseconds, phase: UInt8, sender: Sender, tick: Tick = 0,
    ordinal: UInt32 = 0, number: UInt32 = 0, recipient: AgentIndex = -1
  ) {
    self.action = action
    self.time = time
    self.phase = phase
    self.sender = sender
    self.tick = tick
    self.ordinal = ordinal
    self.number = number
    self.recipient = recipient
  }
}

/// A binary heap of what falls due, in a total order: instant, phase, keyed tie-break
/// of the sender, sender's name, local ordinal, recipient's name.
///
/// The order is total, so that the heap's content alone decides what comes first, whatever the
/// order of insertion.
struct DueQueue: Sendable {
  private var heap: [Due] = []
  /// The position of each agent's name among all names in byte order.
  private var agentRanks: [Int32]
  private var processRanks: [Int32]

  init(_ scenario: Scenario) {
    agentRanks = Self.ranks(scenario.agents.map { $0.account.name })
    processRanks = Self.ranks(scenario.processes.map { $0.name })
  }

  private static func ranks(_ names: [String]) -> [Int32] {
    let order = names.indices.sorted {
      names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8)
    }
    var ranks = [Int32](repeating: 0, count: names.count)
    for (rank, index) in order.enumerated() { ranks[index] = Int32(rank) }
    return ranks
  }

  var first: Due? { heap.first }

  mutating func push(_ due: Due, _ noise: SessionNoise) {
    heap.append(due)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(heap[child], heap[parent], noise) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop(_ noise: SessionNoise) -> Due? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return top }
    heap[0] = last
    var parent = 0
    while true {
      var best = 2 * parent + 1
      guard best < heap.count else { break }
      if best + 1 < heap.count, isBefore(heap[best + 1], heap[best], noise) { best += 1 }
      guard isBefore(heap[best], heap[parent], noise) else { break }
      heap.swapAt(best, parent)
      parent = best
    }
    return top
  }

  private func rank(_ sender: Due.Sender) -> Int32 {
    switch sender {
    case .agent(let agent): agentRanks[Int(agent)]
    case .process(let process): processRanks[Int(process)]
    }
  }

  private func isBefore(_ left: Due, _ right: Due, _ noise: SessionNoise) -> Bool {
    if left.time != right.time { return left.time < right.time }
    if left.phase != right.phase { return left.phase < right.phase }
    if left.sender != right.sender {
      // Drawn only where two senders really tie.
      let leftTie = noise.tie(left.sender, at: left.time, phase: left.phase)
      let rightTie = noise.tie(right.sender, at: right.time, phase: right.phase)
      if leftTie != rightTie { return leftTie < rightTie }
      return rank(left.sender) < rank(right.sender)
    }
    if left.tick != right.tick { return left.tick < right.tick }
    if left.ordinal != right.ordinal { return left.ordinal < right.ordinal }
    if left.number != right.number { return left.number < right.number }
    let leftRank = left.recipient < 0 ? -1 : agentRanks[Int(left.recipient)]
    let rightRank = right.recipient < 0 ? -1 : agentRanks[Int(right.recipient)]
    return leftRank < rightRank
  }
}
