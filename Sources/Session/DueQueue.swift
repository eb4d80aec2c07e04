import Market
import MarketModel

/// Something that falls due at an instant; numbers alone.
struct Due: Sendable, BitwiseCopyable {
  enum Sender: Equatable, Sendable {
    case agent(AgentIndex)
    case process(ProcessIndex)
  }

  enum Action: UInt8, Sendable, BitwiseCopyable {
    case step
    case arrival
    case report
    case message
    case wake
  }

  var time: Nanoseconds
  /// What the sender did first comes first: by decision tick and ordinal.
  var command: CommandKey
  /// The sender: a process where it steps, else an agent.
  var index: Int32
  /// The number of the outcome, for reports.
  var number: UInt32
  var recipient: AgentIndex
  /// Processes, then arrivals at the exchange, then reports and messages, then wake-ups.
  var phase: UInt8
  var action: Action
  /// What ties with other senders are decided by, once one was; else 0.
  ///
  /// It cannot go stale: it is a function of sender, instant, phase and noise; the first three never
  /// change, and other noise comes with another queue. A number that is drawn as 0 is drawn again.
  var tie: UInt64 = 0

  init(
    _ action: Action, at time: Nanoseconds, phase: UInt8, index: Int32,
    command: CommandKey = CommandKey(agent: 0, tick: 0, ordinal: 0), number: UInt32 = 0,
    recipient: AgentIndex = -1
  ) {
    self.action = action
    self.time = time
    self.phase = phase
    self.index = index
    self.command = command
    self.number = number
    self.recipient = recipient
  }

  var sender: Sender { action == .step ? .process(index) : .agent(index) }
}

/// A binary heap of what falls due, in a total order: instant, phase, keyed tie-break
/// of the sender, sender's name, local ordinal, recipient's name.
///
/// The order is total, so that the heap's content alone decides what comes first, whatever the
/// order of insertion.
struct DueQueue: Sendable {
  private var heap: [Due] = []
  /// The only thing that is due, where `hasOnly`; else any.
  ///
  /// Most queues of a fast market hold one arrival at a time.
  private var only = Due(.arrival, at: 0, phase: 0, index: 0)
  private var hasOnly = false
  /// The instant of what comes first; the largest one for nothing.
  private(set) var nextTime = Nanoseconds.max
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

  @inline(__always)
  mutating func push(_ due: Due, _ noise: borrowing SessionNoise) {
    // Nothing falls due at the largest instant: only an empty queue has it.
    if nextTime == .max {
      only = due
      hasOnly = true
      nextTime = due.time
    } else {
      insert(due, noise)
    }
  }

  private mutating func insert(_ due: Due, _ noise: borrowing SessionNoise) {
    if hasOnly {
      heap.append(only)
      hasOnly = false
    }
    heap.append(due)
    nextTime = min(nextTime, due.time)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(child, parent, noise) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the only thing that is due, if it is an arrival before `end`, and returns its command.
  @inline(__always)
  mutating func takeOnlyArrival(before end: Nanoseconds) -> CommandKey? {
    guard hasOnly, only.action == .arrival, only.time < end else { return nil }
    hasOnly = false
    nextTime = .max
    return only.command
  }

  @inline(__always)
  mutating func pop(_ noise: borrowing SessionNoise) -> Due? {
    if hasOnly {
      hasOnly = false
      nextTime = .max
      return only
    }
    defer { nextTime = heap.first?.time ?? .max }
    return remove(noise)
  }

  private mutating func remove(_ noise: borrowing SessionNoise) -> Due? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return top }
    heap[0] = last
    var parent = 0
    while true {
      var best = 2 * parent + 1
      guard best < heap.count else { break }
      if best + 1 < heap.count, isBefore(best + 1, best, noise) { best += 1 }
      guard isBefore(best, parent, noise) else { break }
      heap.swapAt(best, parent)
      parent = best
    }
    return top
  }

  private mutating func rank(_ sender: Due.Sender) -> Int32 {
    switch sender {
    case .agent(let agent): agentRanks[Int(agent)]
    case .process(let process): processRanks[Int(process)]
    }
  }

  /// Whether what stands at one place of the heap comes before what stands at another.
  @inline(__always)
  private mutating func isBefore(
    _ first: Int, _ second: Int, _ noise: borrowing SessionNoise
  ) -> Bool {
    let (left, right) = (heap[first], heap[second])
    if left.time != right.time { return left.time < right.time }
    if left.phase != right.phase { return left.phase < right.phase }
    return isBeforeInPhase(first, second, noise)
  }

  /// Draws what decides ties of an entry, where that was not done before: only where two senders
  /// really tie.
  private mutating func tie(_ place: Int, _ noise: borrowing SessionNoise) -> UInt64 {
    let due = heap[place]
    if due.tie != 0 { return due.tie }
    let tie = noise.tie(due.sender, at: due.time, phase: due.phase)
    heap[place].tie = tie
    return tie
  }

  private mutating func isBeforeInPhase(
    _ first: Int, _ second: Int, _ noise: borrowing SessionNoise
  ) -> Bool {
    let (left, right) = (heap[first], heap[second])
    if left.sender != right.sender {
      let (leftTie, rightTie) = (tie(first, noise), tie(second, noise))
      if leftTie != rightTie { return leftTie < rightTie }
      return rank(left.sender) < rank(right.sender)
    }
    if left.command.tick != right.command.tick { return left.command.tick < right.command.tick }
    if left.command.ordinal != right.command.ordinal {
      return left.command.ordinal < right.command.ordinal
    }
    if left.number != right.number { return left.number < right.number }
    let leftRank = left.recipient < 0 ? -1 : agentRanks[Int(left.recipient)]
    let rightRank = right.recipient < 0 ? -1 : agentRanks[Int(right.recipient)]
    return leftRank < rightRank
  }
}
