import Filters
import Journal
import Market
import MarketData
import MarketModel
import Replay
import Session

/// Which events are wanted.
struct EventSelection {
  /// Those that name any of these; all where there are none, and likewise of kinds.
  private var agents: [Int64] = []
  private var kinds: [String] = []
  private var filter: EventFilter?
  private var flat = FlatEvent()

  init(
    _ tape: OpenedTape, agents: [String], kinds: [String], filter: String?
  ) throws(CommandFailure) {
    for agent in agents { self.agents.append(Int64(try tape.agent(agent))) }
    if let filter { self.filter = try tape.filter(filter) }
    let known = tape.lineage.tape.genesis.schemas.all.map { $0.name }
    for kind in kinds where !known.contains(kind) {
      throw CommandFailure.unknown("kind of event", kind, among: known, in: tape.path)
    }
    self.kinds = kinds
  }

  mutating func matches(_ event: TapeEvent, sequence: SequenceNumber) -> Bool {
    if let filter {
      flat.set(event)
      if !filter.matches(&flat, sequence: sequence) { return false }
    }
    if kinds.isEmpty, agents.isEmpty { return true }
    let schema: EventSchema
    let words: [Int64]
    switch event {
    case .known(let record):
      schema = EventSchema.of(record.event.kind)
      let row = record.event.row
      words = schema.fields.indices.map { row.words[$0] }
    case .unknown(let unknown):
      schema = unknown.schema
      words = unknown.words
    }
    if !kinds.isEmpty, !kinds.contains(schema.name) { return false }
    if agents.isEmpty { return true }
    return schema.fields.indices.contains {
      schema.fields[$0].type == .agent && agents.contains(words[$0])
    }
  }
}

extension OpenedTape {
  /// What expressions about its events may name: what its own and its ancestors' layouts have.
  var vocabulary: EventVocabulary {
    let names = names
    let scenario = lineage.scenario
    let text = EventText(names: names, scenario: scenario)
    var schemas: [EventSchema] = []
    for reader in lineage.readers {
      for schema in reader.genesis.schemas.all
      where !schemas.contains(where: { $0.kind == schema.kind }) { schemas.append(schema) }
    }
    return EventVocabulary(
      schemas,
      EventVocabulary.Names(
        agents: names.agents, instruments: names.instruments, processes: names.processes,
        topics: names.topics,
        priceDecimals: scenario.instruments.map { Int($0.priceDecimals) },
        currencyDecimals: Int(scenario.currencyDecimals))
    ) { text.words($0) }
  }

  /// Compiles an expression about its events.
  func filter(_ text: String) throws(CommandFailure) -> EventFilter {
    do {
      return try EventFilter(
        try FilterExpression(text), vocabulary, lineage.scenario.clock)
    } catch {
      throw CommandFailure(error, in: text, of: "--where")
    }
  }
}
