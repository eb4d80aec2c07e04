import Agents
import Filters
import Journal
import Market
import MarketModel
import Replay
import Session

/// What looking at events and at the state costs beside reading and folding them.
extension FlowRun {
  /// An expression that asks most events more than one question.
  private static let eventExpression =
    "kind == fill and quantity > 5 or price > 100.50 and side == sell"
  /// A condition on the state that never holds, so that all of the tape is folded.
  private static let stateExpression =
    "agents.agent000.inventory > 1000000 or books.FLOW.bids.0.price > 1000000"

  /// Looks for events that fit an expression; the digest is how many there are.
  @inline(never)
  static func filter(_ tape: MemorySource) throws -> (FlowMeasure, events: Int) {
    let lineage = try Lineage([try JournalReader(tape, level: .chain)])
    let scenario = lineage.scenario
    let vocabulary = EventVocabulary(
      EventSchema.all,
      EventVocabulary.Names(
        agents: scenario.agents.map { $0.account.name },
        instruments: scenario.instruments.map { $0.name }, processes: [], topics: [],
        priceDecimals: scenario.instruments.map { Int($0.priceDecimals) },
        currencyDecimals: Int(scenario.currencyDecimals))
    ) { _ in [] }
    let filter = try EventFilter(
      try FilterExpression(eventExpression), vocabulary, scenario.clock)
    var event = FlatEvent()
    var count = 0
    var matches: UInt64 = 0
    let start = seconds()
    var scan = EventScan(lineage)
    while let sequence = try scan.next(into: &event) {
      count += 1
      if filter.matches(&event, sequence: sequence) { matches += 1 }
    }
    let time = seconds() - start
    let allocations = try allocations(lineage, filter)
    return (
      FlowMeasure(processorSeconds: time, allocations: allocations, digest: matches), count
    )
  }

  /// How often asking an event takes memory, all events together; nil where nobody counts.
  private static func allocations(
    _ lineage: Lineage<MemorySource>, _ filter: EventFilter
  ) throws -> Int? {
    guard AllocationCounter.total != nil else { return nil }
    var scan = EventScan(lineage)
    var event = FlatEvent()
    var count = 0
    while let sequence = try scan.next(into: &event) {
      let before = AllocationCounter.total ?? 0
      _ = filter.matches(&event, sequence: sequence)
      count += (AllocationCounter.total ?? 0) - before
    }
    return count
  }

  /// Folds a tape and looks at the state after each event.
  @inline(never)
  static func watch(_ tape: MemorySource) throws -> (FlowMeasure, events: Int) {
    let start = seconds()
    let lineage = try Lineage([try JournalReader(tape, level: .chain)])
    let names = lineage.scenario.agents.map { $0.account.name }
    let condition = try StateCondition(
      try FilterExpression(stateExpression), StatePaths(lineage.scenario, agents: names))
    var watch = ValueWatch(condition, stops: true)
    var keyframes = NoKeyframes()
    var replayer = try Replayer<BuiltInAgents, MemorySource>(lineage)
    replayer.begin(&watch)
    let isFound = try replayer.advance(
      before: Nanoseconds.max, sequence: SequenceNumber.max, watching: &watch,
      keeping: &keyframes)
    let time = seconds() - start
    guard replayer.mismatch == nil, !isFound else {
      throw CommandFailure(Exit.differs, "the tape does not fold to its digests")
    }
    return (
      FlowMeasure(
        processorSeconds: time, allocations: nil, digest: replayer.state.digests().root),
      Int(replayer.nextSequence)
    )
  }
}
