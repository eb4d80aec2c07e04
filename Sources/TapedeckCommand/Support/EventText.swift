import Agents
import Filters
import Journal
import Market
import MarketData
import MarketModel
import Reports
import Session

/// Events as lines for people: position, tick, kind, then fields by name.
struct EventText {
  let names: NameTables
  let scenario: Scenario

  /// One line for an event.
  func line(_ sequence: SequenceNumber, _ event: TapeEvent) -> String {
    let tick = scenario.clock.tick(at: event.time)
    switch event {
    case .known(let record):
      let row = record.event.row
      let schema = EventSchema.of(record.event.kind)
      let words = schema.fields.indices.map { row.words[$0] }
      let cause = record.cause.map { " <- \($0)" } ?? ""
      return "\(sequence) t\(tick) \(schema.name)"
        + fields(schema, words, tick, instrument: instrument(schema, words))
        + (choice(record.event) ?? payload(row.payload)) + cause
    case .unknown(let unknown):
      return "\(sequence) t\(tick) \(unknown.schema.name) (unknown to this build)"
        + fields(unknown.schema, unknown.words, tick, instrument: 0) + payload(unknown.payload)
    }
  }

  private func instrument(_ schema: EventSchema, _ words: [Int64]) -> Int {
    let position = schema.fields.firstIndex { $0.type == .instrument }
    let index = position.map { Int(words[$0]) } ?? 0
    return scenario.instruments.indices.contains(index) ? index : 0
  }

  private func fields(
    _ schema: EventSchema, _ words: [Int64], _ tick: Tick, instrument: Int
  ) -> String {
    var text = ""
    for (index, field) in schema.fields.enumerated() {
      // The tick of a key is shown only where it is not that of the line.
      if field.name == "key_tick", words[index] == tick { continue }
      text += " \(field.name)=\(value(field.type, words[index], instrument))"
    }
    return text
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
    let decimals = Int(scenario.instruments[instrument].priceDecimals)
    switch type {
    case .agent: return name(word, names.agents)
    case .instrument: return name(word, names.instruments)
    case .process: return name(word, names.processes)
    case .topic: return name(word, names.topics)
    case .side: return word == 0 ? "buy" : "sell"
    case .flag: return word == 0 ? "no" : "yes"
    case .price: return ExactDecimal.text(Int128(word), decimals: decimals)
    case .priceThousandths: return ExactDecimal.text(Int128(word), decimals: decimals + 3)
    case .money:
      return ExactDecimal.text(Int128(word), decimals: Int(scenario.currencyDecimals))
    case .nanoseconds: return word < 0 ? "never" : "\(word)ns"
    default: return enumWord(type, word) ?? "\(word)"
    }
  }

  private func enumWord(_ type: FieldType, _ word: Int64) -> String? {
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
    (0...255).compactMap { word in enumWord(type, word).map { FilterWord($0, word) } }
  }

  private func name(_ word: Int64, _ table: [String]) -> String {
    if word < 0 { return "-" }
    return Int(word) < table.count ? table[Int(word)] : "#\(word)"
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
    let instrument = instrument(schema, schema.fields.indices.map { left.words[$0] })
    for (index, field) in schema.fields.enumerated() where left.words[index] != right.words[index] {
      list.append(
        "\(field.name): \(value(field.type, left.words[index], instrument)) -> "
          + value(field.type, right.words[index], instrument))
    }
    if left.payload != right.payload { list.append("payload") }
    return list
  }
}
