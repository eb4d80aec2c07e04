import Market
import MarketModel
import Session

/// Events with names in the place of indices, and causes told by what they are: two tapes of
/// sessions that differ in who else exists can be compared line by line.
func named(_ records: [EventRecord], _ scenario: Scenario) -> [String] {
  let content = records.map { text($0, scenario) }
  return records.indices.map { index in
    let cause = records[index].cause.map { content[Int($0)] } ?? "nothing"
    return "\(content[index]) because of \(cause)"
  }
}

/// The same without the events of some agents.
func named(
  _ records: [EventRecord], _ scenario: Scenario, without names: Set<String>
) -> [String] {
  let lines = named(records, scenario)
  return records.indices.filter { index in
    switch records[index].event {
    case .agentWoken(let body): !names.contains(scenario.agents[Int(body.agent)].account.name)
    case .interventionApplied: false
    default: true
    }
  }.map { lines[$0] }
}

private func text(_ record: EventRecord, _ scenario: Scenario) -> String {
  let row = record.event.row
  let schema = EventSchema.of(record.event.kind)
  var parts = ["\(record.time)", schema.name]
  for (index, field) in schema.fields.enumerated() {
    let value = row.words[index]
    let place = Int(value)
    switch field.type {
    case .agent where scenario.agents.indices.contains(place):
      parts.append(scenario.agents[place].account.name)
    case .instrument where scenario.instruments.indices.contains(place):
      parts.append(scenario.instruments[place].name)
    case .process where scenario.processes.indices.contains(place):
      parts.append(scenario.processes[place].name)
    default: parts.append("\(field.name)=\(value)")
    }
  }
  if schema.hasPayload { parts.append("\(row.payload)") }
  return parts.joined(separator: " ")
}

/// The kinds of events, and how often each.
func counts(_ records: [EventRecord]) -> [EventKind: Int] {
  records.reduce(into: [:]) { $0[$1.event.kind, default: 0] += 1 }
}
