import Foundation
import MarketData
import MarketModel
import Testing

struct EventTableTests {
  private let clock = TickClock(start: 1000, tickLength: 100)
  private let names = NameTables(
    agents: [
      "MM_01", "a,b", "say \"hi\"", "Zoë 北京 🦀", "", "#4", "MM_01", "line\nbreak", "back\\slash",
      "\"", ",", " ", "12", "null",
    ],
    instruments: ["AMZN", "true"], processes: ["feed, one"], topics: ["news\t", "news"])

  private func readBack(
    _ lines: [String], _ format: EventTableFormat
  ) throws(ImportError) -> [(sequence: SequenceNumber, record: EventRecord)] {
    var reader = EventTableReader(format: format, names: names, file: "t")
    var found: [(sequence: SequenceNumber, record: EventRecord)] = []
    for line in lines {
      if let next = try reader.read(line: line) { found.append(next) }
    }
    return found
  }

  @Test(arguments: EventTableFormat.allCases, EventKind.allCases)
  func `Every kind of event comes back as it was`(
    _ format: EventTableFormat, _ kind: EventKind
  ) throws {
    let writer = EventTableWriter(format: format, names: names, clock: clock)
    var events = RandomEvents(numbers: KeyedNumbers(seed: UInt64(kind.rawValue)))
    var records: [EventRecord] = []
    for _ in 0..<50 { records.append(try events.record(kind, agents: 13)) }
    let lines = records.enumerated().map {
      writer.line(sequence: SequenceNumber($0.offset), record: $0.element)
    }
    #expect(lines.allSatisfy { !$0.utf8.contains(10) && !$0.utf8.contains(13) })
    let read = try readBack((writer.header.map { [$0] } ?? []) + lines, format)
    #expect(read.map(\.record) == records)
    #expect(read.map(\.sequence) == Array(0..<50))
  }

  @Test(arguments: EventKind.allCases)
  func `JSON lines are what Foundation's parser takes`(_ kind: EventKind) throws {
    let writer = EventTableWriter(format: .jsonLines, names: names, clock: clock)
    var events = RandomEvents(numbers: KeyedNumbers(seed: 99 + UInt64(kind.rawValue)))
    for _ in 0..<20 {
      let record = try events.record(kind, agents: 13)
      let line = writer.line(sequence: 1, record: record)
      let parsed = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect((parsed["time"] as? NSNumber)?.int64Value == record.time)
      #expect(parsed["kind"] as? String == EventSchema.of(kind).name)
      #expect(
        parsed.count == 5 + EventSchema.of(kind).fields.count
          + (EventSchema.of(kind).hasPayload ? 1 : 0))
    }
  }

  private let order = EventRecord(
    time: 1250, cause: 3,
    event: .orderSubmitted(
      OrderSubmitted(
        key: CommandKey(agent: 1, tick: 2, ordinal: 0),
        terms: OrderTerms(instrument: 0, side: .sell, price: 5, quantity: 7), latency: 9)))

  @Test func `A line reads as the format says`() {
    let json = EventTableWriter(format: .jsonLines, names: names, clock: clock)
    #expect(
      json.line(sequence: 8, record: order)
        == #"{"sequence":8,"tick":2,"time":1250,"kind":"orderSubmitted","cause":3,"#
        + #""agent":"a,b","key_tick":2,"ordinal":0,"instrument":"AMZN","side":"sell","#
        + #""type":"limit","time_in_force":"goodTillCancelled","post_only":false,"price":5,"#
        + #""quantity":7,"latency":9}"#)
    #expect(json.header == nil)
    let csv = EventTableWriter(format: .csv, names: names, clock: clock)
    #expect(csv.header?.hasPrefix("sequence,tick,time,kind,cause,agent,key_tick,") == true)
    #expect(
      csv.line(sequence: 8, record: order).hasPrefix(
        "8,2,1250,orderSubmitted,3,\"a,b\",2,0,,AMZN,sell,limit,goodTillCancelled,false,5,7,9,"))
    let note = EventRecord(
      time: 0, cause: nil, event: .noteAdded(NoteAdded(payload: [0, 0xAB])))
    #expect(
      json.line(sequence: 0, record: note)
        == #"{"sequence":0,"tick":-10,"time":0,"kind":"noteAdded","cause":null,"payload":"00ab"}"#)
  }

  @Test func `Columns may stand in another order and unused ones may lack`() throws {
    let read = try readBack(
      ["kind,payload,time,sequence,tick,cause\r", "", "noteAdded,00AB,5,1,0,\r"], .csv)
    #expect(read.count == 1)
    #expect(
      read.first?.record
        == EventRecord(time: 5, cause: nil, event: .noteAdded(NoteAdded(payload: [0, 0xAB]))))
  }

  @Test func `JSON escapes and spaces are read`() throws {
    let line =
      #"{ "kind" : "agentWoken", "sequence":1,"tick":0,"time":5,"cause":null,"key_tick":0,"#
      + #""ordinal":0,"delay":-1,"agent":"Zo\u00eb 北京 \ud83e\udd80"}"#
    #expect(
      try readBack([line], .jsonLines).first?.record.event
        == .agentWoken(AgentWoken(agent: 3, tick: 0, ordinal: 0, delay: -1)))
  }
}
