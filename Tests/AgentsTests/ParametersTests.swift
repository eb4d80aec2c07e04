import Agents
import MarketModel
import TestSupport
import Testing

@Suite struct ParametersTests {
  private let schemas = [
    ParameterSchema("spread", .integer(3), ""), ParameterSchema("risk", .number(0.5), ""),
    ParameterSchema("venue", .text("main"), ""), ParameterSchema("loud", .flag(false), ""),
  ]

  @Test func `entries stand in the order of the bytes of their names`() {
    let names = ["b", "a", "é", "Z", "aa", "z", "a b"]
    let sorted = ["Z", "a", "a b", "aa", "b", "z", "é"]
    for shift in names.indices {
      let order = Array(names[shift...] + names[..<shift])
      let set = parameters(order.map { ($0, .integer(1)) })
      #expect(set.entries.map { $0.name } == sorted)
    }
  }

  @Test func `a value set twice is the later one`() {
    let set = parameters([("a", .integer(1)), ("b", .flag(true)), ("a", .text("x"))])
    #expect(set["a"] == .text("x") && set["b"] == .flag(true) && set["c"] == nil)
    #expect(set.entries.count == 2)
  }

  @Test func `what is not said takes its default`() throws {
    let resolved = try Parameters().resolved(by: schemas)
    #expect(resolved["spread"] == .integer(3) && resolved["risk"] == .number(0.5))
    #expect(resolved["venue"] == .text("main") && resolved["loud"] == .flag(false))
    #expect(try resolved.resolved(by: schemas) == resolved)
  }

  @Test func `a whole number may stand for a real one, and -0 becomes 0`() throws {
    let whole = try parameters([("risk", .integer(2))]).resolved(by: schemas)
    #expect(whole["risk"] == .number(2))
    let zero = try parameters([("risk", .number(-0.0))]).resolved(by: schemas)
    guard case .number(let value) = zero["risk"] else {
      Issue.record("no number")
      return
    }
    #expect(value == 0 && value.sign == .plus)
  }

  @Test(arguments: [
    ("spread", ParameterValue.number(1), "a whole number"),
    ("spread", .text("1"), "a whole number"),
    ("risk", .text("1"), "a number"), ("risk", .flag(true), "a number"),
    ("risk", .number(.nan), "a finite number"), ("risk", .number(.infinity), "a finite number"),
    ("venue", .integer(1), "a text in quotes"), ("loud", .integer(1), "true or false"),
    ("wrong", .integer(1), "one of: spread, risk, venue, loud"),
  ])
  func `a value that does not fit is named`(
    _ example: (name: String, value: ParameterValue, expected: String)
  ) {
    #expect(throws: ParameterError(name: example.name, expected: example.expected)) {
      try parameters([(example.name, example.value)]).resolved(by: schemas)
    }
  }

  @Test func `values are read by type and range`() throws {
    let set = try parameters([("spread", .integer(7))]).resolved(by: schemas)
    #expect(try set.integer("spread", in: 1...7) == 7)
    #expect(try set.number("risk", in: 0...1) == 0.5)
    #expect(try set.text("venue") == "main")
    #expect(try set.flag("loud") == false)
    #expect(throws: ParameterError(name: "spread", expected: "a whole number in 1...6")) {
      try set.integer("spread", in: 1...6)
    }
    #expect(throws: ParameterError.self) { try set.number("risk", in: 0...0.1) }
    #expect(throws: ParameterError.self) { try set.number("spread", in: 0...9) }
    #expect(throws: ParameterError.self) { try set.text("loud") }
    #expect(throws: ParameterError.self) { try set.flag("missing") }
  }

  @Test func `the encoding is canonical and comes back`() throws {
    let set = parameters([
      ("b", .number(-2.5)), ("a", .integer(.min)), ("d", .flag(true)), ("c", .text("hé")),
    ])
    let same = parameters([
      ("d", .flag(true)), ("c", .text("hé")), ("b", .number(-2.5)), ("a", .integer(.min)),
    ])
    var writer = ByteWriter()
    set.encode(into: &writer)
    var other = ByteWriter()
    same.encode(into: &other)
    #expect(writer.bytes == other.bytes)
    var reader = ByteReader(writer.bytes)
    #expect(try Parameters(from: &reader) == set)
    try reader.expectEnd()
    for end in 0..<writer.bytes.count {
      var short = ByteReader(writer.bytes, from: 0, to: end)
      #expect(throws: ByteError.self) { try Parameters(from: &short) }
    }
  }

  @Test func `names out of order, named twice or of no type are refused`() {
    for names in [["b", "a"], ["a", "a"]] {
      var writer = ByteWriter()
      writer.write(count: 2)
      for name in names {
        writer.write(name)
        writer.write(UInt8(3))
        writer.write(true)
      }
      var reader = ByteReader(writer.bytes)
      #expect(throws: ByteError.self) { try Parameters(from: &reader) }
    }
    var writer = ByteWriter()
    writer.write(count: 1)
    writer.write("a")
    writer.write(UInt8(4))
    var reader = ByteReader(writer.bytes)
    #expect(throws: ByteError.self) { try Parameters(from: &reader) }
  }

  @Test func `a setting finds names, and the first for an empty one`() throws {
    let setting = setting()
    #expect(try setting.index(of: "", in: ["p", "q"], parameter: "x") == 0)
    #expect(try setting.index(of: "q", in: ["p", "q"], parameter: "x") == 1)
    #expect(throws: ParameterError(name: "x", expected: "one of: p, q")) {
      try setting.index(of: "r", in: ["p", "q"], parameter: "x")
    }
    #expect(throws: ParameterError.self) { try setting.index(of: "", in: [], parameter: "x") }
  }
}
