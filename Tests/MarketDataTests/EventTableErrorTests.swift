import MarketData
import MarketModel
import Testing

struct EventTableErrorTests {
  private let names = NameTables(agents: ["a"], instruments: ["x"])
  private let woken = #"{"sequence":1,"tick":0,"time":5,"kind":"agentWoken","cause":null,"#

  private func error(_ lines: [String], _ format: EventTableFormat) -> ImportError? {
    var reader = EventTableReader(format: format, names: names, file: "t")
    do throws(ImportError) {
      for line in lines { _ = try reader.read(line: line) }
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    (#""agent":"b","key_tick":0,"ordinal":0,"delay":1}"#, 9, "b"),
    (#""agent":1,"key_tick":0,"ordinal":0,"delay":1}"#, 9, "1"),
    (#""agent":null,"key_tick":0,"ordinal":0,"delay":1}"#, 9, "-1"),
    (#""agent":"a","key_tick":0,"ordinal":-1,"delay":1}"#, 36, "-1"),
    (#""agent":"a","key_tick":0.5,"ordinal":0,"delay":1}"#, 24, "0.5,\"ordinal\":0,\"del"),
    (#""agent":"a","key_tick":9223372036854775808,"ordinal":0}"#, 24, "9223372036854775808,"),
    (#""agent":"a","key_tick":"0","ordinal":0,"delay":1}"#, 24, "0"),
    (#""agent":"a","agent":"a"}"#, 13, "agent"),
    (#""colour":"a"}"#, 1, "colour"),
    (#""agent":"a","key_tick":0,"ordinal":0,"delay":1,"price":1}"#, 56, "1"),
    (#""agent":"a","key_tick":0,"ordinal":0,"delay":1"#, 47, "the end of the line"),
    (#""agent":"a","key_tick":0,"ordinal":0,"delay":1}}"#, 48, "}"),
    (#""agent":"\x","key_tick":0,"ordinal":0,"delay":1}"#, 10, "\\x\",\"key_tick\":0,\"or"),
    (#""agent":"\ud800","key_tick":0}"#, 10, "\\ud800\",\"key_tick\":0"),
    (#""agent":"a}"#, 12, "the end of the line"),
  ])
  func `A JSON line that is no event is refused where it goes wrong`(
    _ rest: String, _ column: Int, _ found: String
  ) {
    guard case .malformed(let place, _, let text) = error([woken + rest], .jsonLines) else {
      Issue.record("accepted, or refused otherwise")
      return
    }
    // Columns are given within `rest`.
    let whole = woken.utf8.count + column
    #expect(place == ImportPlace(file: "t", line: 1, column: whole))
    #expect(text == found)
  }

  @Test func `A line of very many fields or members is refused before they are kept`() {
    let lines: [(String, EventTableFormat)] = [
      (String(repeating: ",", count: 1 << 20), .csv),
      (
        woken + [String](repeating: #""agent":1"#, count: 100_000).joined(separator: ","),
        .jsonLines
      ),
    ]
    for (line, format) in lines {
      guard case .malformed(_, let expected, _)? = error([line], format) else {
        Issue.record("accepted, or refused otherwise")
        return
      }
      #expect(expected.hasPrefix("at most 1024 "))
    }
  }

  @Test func `Every JSON line that is cut short is refused`() throws {
    let whole = woken + #""agent":"a","key_tick":0,"ordinal":0,"delay":1}"#
    #expect(error([whole], .jsonLines) == nil)
    for size in 1..<whole.utf8.count {
      #expect(error([String(whole.prefix(size))], .jsonLines) != nil, "\(size) bytes")
    }
  }

  @Test(arguments: [
    ("1,0,5,agentWoken,,b,0,0,1,,", 6), ("1,0,5,agentWoken,,a,0,0,1,3,", 10),
    ("1,0,5,agentWoken,,a,0,0,1,,ff", 11), ("x,0,5,agentWoken,,a,0,0,1,,", 1),
    ("-1,0,5,agentWoken,,a,0,0,1,,", 1), ("1,0,5,agentSlept,,a,0,0,1,,", 4),
    ("1,0,5,agentWoken,,a,0,0,-2,,", 9), ("1,0,5,agentWoken,,a,,0,1,,", 7),
    ("1,0,5,noteAdded,,,,,,,f", 11), ("1,0,5,agentWoken,,\"a,0,0,1,,", 6),
    ("1,0,5,agentWoken,,a\"b,0,0,1,,", 6), ("1,0,5,agentWoken,,\"a\"b,0,0,1,,", 6),
    ("1,0,9223372036854775807,agentWoken,,a,0,0,1,,", 3),
  ])
  func `A CSV line that is no event is refused in its column`(_ line: String, _ column: Int) {
    let header = "sequence,tick,time,kind,cause,agent,key_tick,ordinal,delay,price,payload"
    guard case .malformed(let place, _, _) = error([header, line], .csv) else {
      Issue.record("accepted, or refused otherwise")
      return
    }
    #expect(place == ImportPlace(file: "t", line: 2, column: column))
  }

  @Test func `Headers and widths that do not fit are refused`() {
    let header = "sequence,tick,time,kind,cause"
    #expect(
      error(["sequence,tick,time,kind"], .csv)
        == .malformed(
          ImportPlace(file: "t", line: 1), expected: "a column cause",
          found: "sequence,tick,time,kind"))
    #expect(
      error([header + ",colour"], .csv)
        == .malformed(
          ImportPlace(file: "t", line: 1, column: 6),
          expected: "the name of a column that is not named yet", found: "colour"))
    #expect(error([header + ",kind"], .csv) != nil)
    #expect(
      error([header, "1,0,5,noteAdded"], .csv)
        == .wrongColumnCount(ImportPlace(file: "t", line: 2), expected: "5", found: 4))
    #expect(
      error([header, "1,0,5,noteAdded,"], .csv)
        == .malformed(
          ImportPlace(file: "t", line: 2), expected: "a value for payload", found: "none"))
  }
}
