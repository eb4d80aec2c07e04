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

/// What falls due, in a total order: instant, phase, keyed tie-break of the sender, sender's name,
/// local ordinal, recipient's name.
///
///     first   what comes before all others, where it came last: a command mostly arrives before
///             anything else falls due, and then no heap is touched
///     heap    a binary heap of the others: instant, phase and slot, which mostly decide
///     slots   all of each of them, where it stays while it waits; slots left are used again
///
/// The order is total, so that the content alone decides what comes first, whatever the order of
/// insertion.
struct DueQueue: Sendable {
  /// What stands in the heap for something that is due.
  private struct Place: BitwiseCopyable {
    var time: Nanoseconds
    var slot: Int32
    var phase: UInt8
  }

  /// Where `hasFirst`; else any.
  private var first = Due(.arrival, at: 0, phase: 0, index: 0)
  private var hasFirst = false
  /// The instant of what comes first; the largest one for nothing.
  private(set) var nextTime = Nanoseconds.max
  /// The first `count` places are the heap; those behind mean nothing.
  private var heap: [Place] = []
  private var count = 0
  private var slots: [Due] = []
  /// A slot that was left, whose `index` is the next one; -1 for none.
  private var freeSlot: Int32 = -1
  private var ranks: NameRanks

  init(_ scenario: Scenario) { ranks = NameRanks(scenario) }

  @inline(__always)
  mutating func push(_ due: Due, _ noise: borrowing SessionNoise) {
    var due = due
    // Nothing falls due at the largest instant: only an empty queue has it.
    if due.time < nextTime || due.time == nextTime && isFirst(&due, noise) {
      if hasFirst { insert(first, noise) }
      first = due
      hasFirst = true
      nextTime = due.time
    } else {
      insert(due, noise)
    }
  }

  /// Takes what comes first if it is an arrival before `end`, and returns its command.
  @inline(__always)
  mutating func takeArrival(before end: Nanoseconds) -> CommandKey? {
    guard hasFirst, first.action == .arrival, first.time < end else { return nil }
    takeFirst()
    return first.command
  }

  @inline(__always)
  mutating func pop(_ noise: borrowing SessionNoise) -> Due? {
    if hasFirst {
      takeFirst()
      return first
    }
    return count == 0 ? nil : remove(noise)
  }

  @inline(__always)
  private mutating func takeFirst() {
    hasFirst = false
    nextTime = count > 0 ? heap[0].time : .max
  }

  // MARK: The heap

  private mutating func insert(_ due: Due, _ noise: borrowing SessionNoise) {
    let place = Place(time: due.time, slot: store(due), phase: due.phase)
    if count == heap.count { heap.append(place) }
    count += 1
    rise(place, to: count - 1, noise)
  }

  private mutating func store(_ due: Due) -> Int32 {
    let slot = freeSlot
    if slot < 0 {
      slots.append(due)
      return Int32(slots.count - 1)
    }
    freeSlot = slots[Int(slot)].index
    slots[Int(slot)] = due
    return slot
  }

  private mutating func remove(_ noise: borrowing SessionNoise) -> Due {
    let slot = heap[0].slot
    count -= 1
    if count > 0 { sink(heap[count], noise) }
    nextTime = count > 0 ? heap[0].time : .max
    let due = slots[Int(slot)]
    slots[Int(slot)].index = freeSlot
    freeSlot = slot
    return due
  }

  /// Puts `place` at an empty place of the heap, or above, where what comes after it makes room.
  private mutating func rise(_ place: Place, to empty: Int, _ noise: borrowing SessionNoise) {
    var child = empty
    while child > 0 {
      let parent = (child - 1) / 2
      let above = heap[parent]
      guard isBefore(place, above, noise) else { break }
      heap[child] = above
      child = parent
    }
    heap[child] = place
  }

  /// Fills the first place, which is empty, from below, and puts `place` where it belongs.
  ///
  /// The better child goes up down to the last level: what stood last mostly belongs there, so that
  /// it is not compared on each level.
  private mutating func sink(_ place: Place, _ noise: borrowing SessionNoise) {
    var empty = 0
    var best = 1
    while best < count {
      if best + 1 < count, isBefore(heap[best + 1], heap[best], noise) { best += 1 }
      heap[empty] = heap[best]
      empty = best
      best = 2 * empty + 1
    }
    rise(place, to: empty, noise)
  }

  // MARK: The order

  @inline(__always)
  private mutating func isBefore(
    _ left: Place, _ right: Place, _ noise: borrowing SessionNoise
  ) -> Bool {
    if left.time != right.time { return left.time < right.time }
    if left.phase != right.phase { return left.phase < right.phase }
    return isBeforeInPhase(left.slot, right.slot, noise)
  }

  private mutating func isBeforeInPhase(
    _ left: Int32, _ right: Int32, _ noise: borrowing SessionNoise
  ) -> Bool {
    if slots[Int(left)].sender != slots[Int(right)].sender {
      slots[Int(left)].drawTie(noise)
      slots[Int(right)].drawTie(noise)
    }
    return ranks.isBefore(slots[Int(left)], slots[Int(right)])
  }

  /// Whether something comes before all that is there, where the first of that falls due at the
  /// same instant.
  private mutating func isFirst(_ due: inout Due, _ noise: borrowing SessionNoise) -> Bool {
    var other = hasFirst ? first : slots[Int(heap[0].slot)]
    if due.phase != other.phase { return due.phase < other.phase }
    if due.sender != other.sender {
      due.drawTie(noise)
      other.drawTie(noise)
      if hasFirst { first.tie = other.tie } else { slots[Int(heap[0].slot)].tie = other.tie }
    }
    return ranks.isBefore(due, other)
  }
}

extension Due {
  /// Draws what decides ties, where that was not done before: only where two senders really tie.
  @inline(__always)
  fileprivate mutating func drawTie(_ noise: borrowing SessionNoise) {
    if tie == 0 { tie = noise.tie(sender, at: time, phase: phase) }
  }
}

/// The order of what falls due at one instant and in one phase.
private struct NameRanks: Sendable {
  /// The position of each agent's name among all names in byte order.
  private let agents: [Int32]
  private let processes: [Int32]

  init(_ scenario: Scenario) {
    agents = Self.ranks(scenario.agents.map { $0.account.name })
    processes = Self.ranks(scenario.processes.map { $0.name })
  }

  private static func ranks(_ names: [String]) -> [Int32] {
    let order = names.indices.sorted {
      names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8)
    }
    var ranks = [Int32](repeating: 0, count: names.count)
    for (rank, index) in order.enumerated() { ranks[index] = Int32(rank) }
    return ranks
  }

  private func rank(_ sender: Due.Sender) -> Int32 {
    switch sender {
    case .agent(let agent): agents[Int(agent)]
    case .process(let process): processes[Int(process)]
    }
  }

  /// Whether one comes before the other; those of two senders have their ties.
  func isBefore(_ left: Due, _ right: Due) -> Bool {
    if left.sender != right.sender {
      if left.tie != right.tie { return left.tie < right.tie }
      return rank(left.sender) < rank(right.sender)
    }
    if left.command.tick != right.command.tick { return left.command.tick < right.command.tick }
    if left.command.ordinal != right.command.ordinal {
      return left.command.ordinal < right.command.ordinal
    }
    if left.number != right.number { return left.number < right.number }
    let leftRank = left.recipient < 0 ? -1 : agents[Int(left.recipient)]
    let rightRank = right.recipient < 0 ? -1 : agents[Int(right.recipient)]
    return leftRank < rightRank
  }
}
