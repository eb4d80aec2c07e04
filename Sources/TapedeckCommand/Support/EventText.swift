import Agents
import Filters
import Journal
import Market
import MarketData
import MarketModel
import Reports
import Scenarios
import Session

/// Events as lines for people: position, tick, kind, then fields by name.
struct EventText {
  let scenario: Scenario
  private let agents: [[UInt8]]
  private let instruments: [[UInt8]]
  private let processes: [[UInt8]]
  private let topics: [[UInt8]]

  init(names: NameTables, scenario: Scenario) {
    self.scenario = scenario
    agents = names.agents.map { Array($0.utf8) }
    instruments = names.instruments.map { Array($0.utf8) }
    processes = names.processes.map { Array($0.utf8) }
    topics = names.topics.map { Array($0.utf8) }
  }

  /// One line for an event.
  func line(_ sequence: SequenceNumber, _ event: TapeEvent) -> String {
    var text: [UInt8] = []
    append(sequence, event, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the line of an event as UTF-8, without its end.
  func append(_ sequence: SequenceNumber, _ event: TapeEvent, to text: inout [UInt8]) {
    let tick = scenario.clock.tick(at: event.time)
    ExactDecimal.append(sequence, to: &text)
    text += Self.beforeTick
    ExactDecimal.append(tick, to: &text)
    switch event {
    case .known(let record):
      let row = record.event.row
      append(Self.kinds[Int(row.kind) - 1], row.words.span, tick, to: &text)
      if let choice = choice(record.event) {
        text += choice.utf8
      } else if !row.payload.isEmpty {
        text += payload(row.payload).utf8
      }
      guard let cause = record.cause else { return }
      text += Self.beforeCause
      ExactDecimal.append(cause, to: &text)
    case .unknown(let unknown):
      let kind = KindText(unknown.schema, "\(unknown.schema.name) (unknown to this build)")
      append(kind, unknown.words.span, tick, to: &text)
      text += payload(unknown.payload).utf8
    }
  }

  private static let beforeTick = Array(" t".utf8)
  private static let beforeCause = Array(" <- ".utf8)

  /// What stands in the lines of one kind, beside its values.
  private struct KindText {
    /// The kind, behind a space.
    let name: [UInt8]
    /// The name of each field, between a space and an equals sign, and its type.
    let fields: [(before: [UInt8], type: FieldType)]
    /// Where the tick of a key stands; -1 for nowhere.
    let keyTick: Int

    init(_ schema: EventSchema, _ name: String) {
      self.name = Array(" \(name)".utf8)
      fields = schema.fields.map { (Array(" \($0.name)=".utf8), $0.type) }
      keyTick = schema.fields.firstIndex { $0.name == "key_tick" } ?? -1
    }
  }

  /// By raw value of the kind - 1.
  private static let kinds = EventSchema.all.map { KindText($0, $0.name) }

  private func append(
    _ kind: KindText, _ words: Span<Int64>, _ tick: Tick, to text: inout [UInt8]
  ) {
    text += kind.name
    let instrument = instrument(kind.fields.firstIndex { $0.type == .instrument }, words)
    for (index, field) in kind.fields.enumerated() {
      // The tick of a key is shown only where it is not that of the line.
      if index == kind.keyTick, words[index] == tick { continue }
      text += field.before
      append(field.type, words[index], instrument, to: &text)
    }
  }

  private func instrument(_ field: Int?, _ words: Span<Int64>) -> Int {
    let index = field.map { Int(words[$0]) } ?? 0
    return scenario.instruments.indices.contains(index) ? index : 0
  }

  /// What a policy chose, and how it rated what it could have chosen; nil for any other event.
  private func choice(_ event: Event) -> String? {
    guard case .actionChosen(let body) = event,
      let choice = ActionChoice(action: body.action, payload: body.payload)
    else { return nil }
    let named = { (name: String, number: Float) in "\(name) \(Double(number).fixed(3))" }
    if choice.action == ActionChoice.numbers {
      return " numbers: "
        + zip(ContinuousAction.allCases, choice.numbers).map { named($0.word, $1) }
        .joined(separator: ", ")
    }
    let word = { TradingAction(number: $0)?.word ?? "\($0)" }
    return " (\(word(Int(choice.action)))) scores: "
      + choice.scores.enumerated().map { named(word($0), $1) }.joined(separator: ", ")
  }

  private func payload(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "" }
    let shown = bytes.prefix(24).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
    return " payload=\(shown)\(bytes.count > 24 ? "... (\(bytes.count) bytes)" : "")"
  }

  /// A field as text.
  func value(_ type: FieldType, _ word: Int64, _ instrument: Int) -> String {
    var text: [UInt8] = []
    append(type, word, instrument, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private func append(
    _ type: FieldType, _ word: Int64, _ instrument: Int, to text: inout [UInt8]
  ) {
    let decimals = Int(scenario.instruments[instrument].priceDecimals)
    switch type {
    case .agent: append(word, agents, to: &text)
    case .instrument: append(word, instruments, to: &text)
    case .process: append(word, processes, to: &text)
    case .topic: append(word, topics, to: &text)
    case .price: ExactDecimal.append(word, decimals: decimals, to: &text)
    case .priceThousandths: ExactDecimal.append(word, decimals: decimals + 3, to: &text)
    case .money:
      ExactDecimal.append(word, decimals: Int(scenario.currencyDecimals), to: &text)
    case .nanoseconds where word < 0: text += Self.never
    case .nanoseconds: DurationText.append(word, to: &text)
    default:
      let known = Self.valueWords[Int(type.rawValue)]
      if known.indices.contains(Int(word)), !known[Int(word)].isEmpty {
        text += known[Int(word)]
      } else {
        ExactDecimal.append(word, to: &text)
      }
    }
  }

  private static let never = Array("never".utf8)

  /// What values are called, by type and value; empty where they are written as numbers.
  private static let valueWords = (0...UInt8.max).map { raw -> [[UInt8]] in
    switch FieldType(rawValue: raw) {
    case .side: ["buy", "sell"].map { Array($0.utf8) }
    case .flag: ["no", "yes"].map { Array($0.utf8) }
    case let type?: (0...255).map { Array((enumWord(type, $0) ?? "").utf8) }
    case nil: []
    }
  }

  private static func enumWord(_ type: FieldType, _ word: Int64) -> String? {
    guard let raw = UInt8(exactly: word) else { return nil }
    switch type {
    case .orderType: return OrderType(rawValue: raw).map { "\($0)" }
    case .timeInForce: return TimeInForce(rawValue: raw).map { "\($0)" }
    case .rejectReason: return RejectReason(rawValue: raw).map { "\($0)" }
    case .cancelReason: return CancelReason(rawValue: raw).map { "\($0)" }
    case .reductionCause: return ReductionCause(rawValue: raw).map { "\($0)" }
    case .tradingStatus: return TradingStatus(rawValue: raw).map { "\($0)" }
    case .flowAdjustment: return FlowAdjustment(rawValue: raw).map { "\($0)" }
    case .interventionCode: return InterventionCode(rawValue: raw).map { "\($0)" }
    case .agentFault: return AgentFault(rawValue: raw).map { "\($0)" }
    default: return nil
    }
  }

  /// The words that the values of a type are shown as.
  func words(_ type: FieldType) -> [FilterWord] {
    (0...255).compactMap { word in Self.enumWord(type, word).map { FilterWord($0, word) } }
  }

  private func append(_ word: Int64, _ names: [[UInt8]], to text: inout [UInt8]) {
    if names.indices.contains(Int(word)) {
      text += names[Int(word)]
    } else {
      text += (word < 0 ? "-" : "#\(word)").utf8
    }
  }

  /// The fields in which two events differ, as `name: first -> second`.
  func differences(_ first: EventRecord, _ second: EventRecord) -> [String] {
    var list: [String] = []
    if first.time != second.time { list.append("time: \(first.time) -> \(second.time) ns") }
    guard first.event.kind == second.event.kind else {
      return list + [
        "kind: \(EventSchema.of(first.event.kind).name) -> "
          + EventSchema.of(second.event.kind).name
      ]
    }
    let schema = EventSchema.of(first.event.kind)
    let (left, right) = (first.event.row, second.event.row)
    let instrument = instrument(
      schema.fields.firstIndex { $0.type == .instrument }, left.words.span)
    for (index, field) in schema.fields.enumerated() where left.words[index] != right.words[index] {
      list.append(
        "\(field.name): \(value(field.type, left.words[index], instrument)) -> "
          + value(field.type, right.words[index], instrument))
    }
    if left.payload != right.payload { list.append("payload") }
    return list
  }
}
