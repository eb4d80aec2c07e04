import Agents
import Scenarios
import Session
import Testing

/// A text whose wrong line ends with `#!`, and what the error says.
struct BadText: CustomTestStringConvertible {
  var text: String
  var path: String
  var expected: String
  var found: String
  var suggestion: String?

  init(
    _ text: String, _ path: String, _ expected: String, _ found: String, _ suggestion: String? = nil
  ) {
    self.text = text
    self.path = path
    self.expected = expected
    self.found = found
    self.suggestion = suggestion
  }

  var testDescription: String { "\(path): \(expected), \(found)" }

  /// The line with the mark; 0 where there is none.
  var line: Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.firstIndex { $0.hasSuffix("#!") }.map { $0 + 1 } ?? 0
  }

  static func top(
    _ line: String, _ path: String, _ expected: String, _ found: String,
    _ suggestion: String? = nil
  ) -> BadText {
    BadText(Fixture.minimal("\(line) #!"), path, expected, found, suggestion)
  }

  static func instrument(
    _ line: String, _ key: String, _ expected: String, _ found: String,
    _ suggestion: String? = nil
  ) -> BadText {
    let text = "[[instruments]]\nname = \"B\"\n\(line) #!"
    let price = key == "start_price" ? "" : "\nstart_price = 1"
    return BadText(
      Fixture.minimal("", text + price), "instruments.B.\(key)", expected, found, suggestion)
  }

  static func walk(
    _ line: String, _ key: String, _ expected: String, _ found: String,
    _ suggestion: String? = nil
  ) -> BadText {
    let deviation = key == "deviation" ? "" : "deviation = 0.5"
    let text = """
      [[processes]]
      name = "w"
      kind = "random-walk"
      \(deviation)
      \(line) #!
      """
    return BadText(Fixture.minimal("", text), "processes.w.\(key)", expected, found, suggestion)
  }

  static func agent(
    _ lines: String, _ key: String, _ expected: String, _ found: String,
    _ suggestion: String? = nil
  ) -> BadText {
    let text = """
      [[agents]]
      name = "A"
      type = "idle"
      [[agents]]
      name = "MM_01"
      \(lines.hasPrefix("type") ? "" : "type = \"market-maker\"")
      \(lines) #!
      """
    return BadText(
      Fixture.minimal("topics = [\"news\", \"signals\"]", text), "agents.MM_01.\(key)", expected,
      found, suggestion)
  }
}

@Suite struct ScenarioFileErrorTests {
  static let tops: [BadText] = [
    .top("tikc = 1", "tikc", "one of: name, seed", "\"tikc\"", "tick"),
    .top("name = \"\"", "name", "a name in quotes: 1 to 255 bytes", "\"\""),
    .top("name = \"a\\u0007\"", "name", "without control characters", "\"a\\u{07}\""),
    .top("name = 3", "name", "a name", "3"),
    .top("tick = \"1 s\"", "tick", "a duration such as \"250ns\"", "\"1 s\""),
    .top("tick = 0", "tick", "1 to 1125899906842624 ns", "0"),
    .top("tick = 1.5", "tick", "a duration", "1.5"),
    .top("start = -1", "start", "0 to 4611686018427387903 ns", "-1"),
    .top("currency_decimals = 10", "currency_decimals", "a whole number in 0...9", "10"),
    .top("digest_interval = -1", "digest_interval", "in 0...4294967295", "-1"),
    .top("digest_interval = \"a\"", "digest_interval", "a whole number", "\"a\""),
    .top(
      "self_trade = \"cancel-restin\"", "self_trade", "one of: cancel-resting, cancel-taking",
      "\"cancel-restin\"", "cancel-resting"),
    .top("self_trade = true", "self_trade", "one of: cancel-resting", "true"),
    .top("provenance = \"imported\"", "provenance", "only an importer", "\"imported\""),
    .top(
      "provenance = \"syntetic\"", "provenance", "one of: simulated, synthetic, trained",
      "\"syntetic\"", "synthetic"),
    .top("topics = \"a\"", "topics", "a list of at most 4096 names", "\"a\""),
    .top("topics = [\"a\", \"a\"]", "topics", "a name used only once", "\"a\""),
    .top("topics = [\"a\", 1]", "topics", "a name in quotes", "1"),
    .top("processes = 1979-05-27", "processes", "at most 4096 tables", "a date"),
    .top("agents = [1]", "agents.0", "a table", "1"),
    BadText("seed = 7\nticks = 0 #!", "ticks", "a whole number in 1...", "0"),
    BadText("seed = 7\nticks = \"9\" #!", "ticks", "a whole number in 1...", "\"9\""),
    BadText(
      "seed = 7\nticks = 4611686019 #!", "ticks", "an end before 2^62 ns",
      "4611686019 ticks of 1s"),
    BadText("seed = -1 #!", "seed", "a seed, 0 to 2^64 - 1", "-1"),
    BadText("seed = \"-0\" #!", "seed", "a seed, 0 to 2^64 - 1", "\"-0\""),
    BadText("seed = \"18446744073709551616\" #!", "seed", "a seed", "\"18446744073709551616\""),
    BadText("ticks = 1", "seed", "a seed: there is no default", "nothing", "--seed 7"),
    BadText("seed = 1", "ticks", "a whole number in 1...", "nothing"),
    BadText("seed = 1\nticks = 1", "instruments", "at least one", "nothing"),
  ]

  static let instruments: [BadText] = [
    .instrument("start_pric = 1", "start_pric", "one of: name", "\"start_pric\"", "start_price"),
    .instrument("price_increment = \"0.05\"", "price_increment", "a power of ten", "\"0.05\""),
    .instrument("price_increment = 10", "price_increment", "a power of ten", "10"),
    .instrument("price_increment = 1e-10", "price_increment", "a power of ten", "1e-10"),
    .instrument("increment_value = 0", "increment_value", "in 1...1073741824", "0"),
    .instrument("start_price = \"1.005\"", "start_price", "multiple of the price", "\"1.005\""),
    .instrument("start_price = \"0.00\"", "start_price", "a price above 0", "\"0.00\""),
    .instrument("start_price = nan", "start_price", "a price above 0", "nan"),
    .instrument("start_price = -0.0", "start_price", "a price above 0", "-0.0"),
    .instrument("start_price = \"1 EUR\"", "start_price", "a price above 0", "\"1 EUR\""),
    .instrument("price_step = 0", "price_step", "a step above 0", "0"),
    .instrument("lot_step = 0", "lot_step", "a whole number in 1...", "0"),
    .instrument("price_band = -1", "price_band", "a distance", "-1"),
    .instrument("maker_fee_millionths = 1000001", "maker_fee_millionths", "in -1000000", "1000001"),
    .instrument("taker_fee_millionths = 0.5", "taker_fee_millionths", "a whole number", "0.5"),
    BadText(
      Fixture.minimal("", "[[instruments]]\nname = \"STOCK\" #!"), "instruments.STOCK.name",
      "a name used only once", "\"STOCK\""),
    BadText(
      Fixture.minimal("", "[[instruments]] #!"), "instruments.1.name", "a name", "nothing"),
    BadText(
      Fixture.minimal("", "[[instruments]] #!\nname = \"B\""), "instruments.B.start_price",
      "a price above 0", "nothing"),
  ]

  static let processes: [BadText] = [
    .walk("tape = \"a\"", "tape", "one of: name, kind, instrument", "\"tape\""),
    .walk("instrument = \"STOK\"", "instrument", "one of: STOCK", "\"STOK\"", "STOCK"),
    .walk("start = \"100.000001\"", "start", "a price above 0", "\"100.000001\""),
    .walk("deviation = -1", "deviation", "a price of 0 to 2^40", "-1"),
    .walk("deviation = -0.0", "deviation", "a price of 0 to 2^40", "-0.0"),
    .walk("deviation = inf", "deviation", "a price of 0 to 2^40", "inf"),
    .walk("deviation = 1e16", "deviation", "a price of 0 to 2^40", "1e+16"),
    .walk("reversion = 1.5", "reversion", "a number in 0...1", "1.5"),
    .walk("reversion = nan", "reversion", "a number in 0...1", "nan"),
    .walk("first = \"soon\"", "first", "a duration", "\"soon\""),
    .walk("every = 0", "every", "1 to 1125899906842624 ns", "0"),
    BadText(
      Fixture.minimal("", "[[processes]] #!\nname = \"w\""), "processes.w.kind",
      "one of: random-walk, recorded-flow", "nothing"),
    BadText(
      Fixture.minimal("", "[[processes]]\nname = \"w\"\nkind = \"random-wlk\" #!"),
      "processes.w.kind", "one of: random-walk", "\"random-wlk\"", "random-walk"),
    BadText(
      Fixture.minimal("", "[[processes]] #!\nname = \"w\"\nkind = \"random-walk\""),
      "processes.w.deviation", "a price of 0", "nothing"),
    BadText(
      Fixture.minimal("", "[[processes]] #!\nname = \"f\"\nkind = \"recorded-flow\""),
      "processes.f.tape", "the path of a tape", "nothing"),
    BadText(
      Fixture.minimal("", "processes.0 = 1 #!"), "instruments.STOCK.processes", "one of: name",
      "\"processes\""),
    BadText(
      Fixture.minimal(
        "",
        """
        [[processes]]
        name = "f" #!
        kind = "recorded-flow"
        tape = "a"
        [[agents]]
        name = "f.taking"
        type = "idle"
        """), "processes.f.name", "leaves \"f.taking\" free", "\"f\""),
    BadText(
      Fixture.minimal(
        "",
        """
        [[processes]]
        name = "f"
        kind = "recorded-flow"
        tape = "a"
        [[processes]]
        name = "f" #!
        """), "processes.f.name", "a name used only once", "\"f\""),
  ]

  static let agents: [BadText] = [
    .agent("csh = 1", "csh", "one of: name, type, group", "\"csh\"", "cash"),
    .agent(
      "type = \"market-makr\"", "type", "one of: market-maker, trend-follower, arbitrageur",
      "\"market-makr\"", "market-maker"),
    .agent("group = \"\"", "group", "a name", "\"\""),
    .agent("cash = \"1.001\"", "cash", "at most 2 decimals", "\"1.001\""),
    .agent("cash = 9223372036854775807", "cash", "within 2^60", "9223372036854775807"),
    .agent("positions = 3", "positions", "a table", "3"),
    .agent(
      "positions = { STOK = 3 }", "positions.STOK", "one of: STOCK", "\"STOK\"", "STOCK"),
    .agent("positions.STOCK = 0.5", "positions.STOCK", "a whole number", "0.5"),
    .agent("maximum_position = -1", "maximum_position", "a whole number in 0...", "-1"),
    .agent("maximum_open_orders = -1", "maximum_open_orders", "a whole number in 0...", "-1"),
    .agent("first_wake = \"-1s\"", "first_wake", "a duration", "\"-1s\""),
    .agent("wake_every = 0", "wake_every", "1 to", "0"),
    .agent("listens = [\"new\"]", "listens", "one of: news, signals", "\"new\"", "news"),
    .agent("listens = [\"news\", \"news\"]", "listens", "a name used only once", "\"news\""),
    .agent("latency = 3", "latency", "a table", "3"),
    .agent("latency.comand = 3", "latency.comand", "one of: command", "\"comand\"", "command"),
    .agent("latency.command = \"1\"", "latency.command", "a duration", "\"1\""),
    .agent("latency.report = true", "latency.report", "a duration, { uniform", "true"),
    .agent("latency.data = { uniform = [1, 2] }", "latency.data", "a duration such", "a table"),
    .agent("latency.command = {}", "latency.command", "a duration, {", "an empty table"),
    .agent(
      "latency.command = { uniform = [1, 2], exponential = { mean = 1 } }", "latency.command",
      "a duration, {", "both"),
    .agent(
      "latency.message = { uniform = [2, \"1ns\"] }", "latency.message.uniform", "LOW <= HIGH",
      "[2, \"1ns\"]"),
    .agent("latency.message.uniform = [2]", "latency.message.uniform", "[LOW, HIGH]", "a list"),
    .agent(
      "latency.message = { unifrm = [1, 2] }", "latency.message.unifrm", "one of: uniform",
      "\"unifrm\"", "uniform"),
    .agent(
      "latency.command = { exponential = { minimum = 1 } }", "latency.command.exponential.mean",
      "a duration", "nothing"),
    .agent("[agents.latency]\ndata = \"14d\"", "latency.data", "a duration", "\"14d\""),
    .agent(
      "[agents.parameters]\nhalf_spred = 3", "parameters.half_spred", "one of: instrument",
      "\"half_spred\"", "half_spread"),
    .agent(
      "[agents.parameters]\nhalf_spread = 3.5", "parameters.half_spread", "a whole number", "3.5"),
    .agent("[agents.parameters]\nskew = -0.0", "parameters.skew", "other than -0", "-0.0"),
    .agent("[agents.parameters]\nskew = nan", "parameters.skew", "a finite number", "nan"),
    .agent("[agents.parameters]\nskew = [1]", "parameters.skew", "a number, a text", "a list"),
    .agent(
      "[agents.parameters]\nheed_signals = 1", "parameters.heed_signals", "true or false", "1"),
    .agent(
      "type = \"foreign\"\nparameters.skew = 1", "parameters.skew", "nothing", "\"skew\""),
    BadText(
      Fixture.minimal("", "[[agents]] #!\nname = \"A\""), "agents.A.type", "a name", "nothing"),
    BadText(
      Fixture.minimal(
        "", "[[agents]]\nname = \"A\"\ntype = \"idle\"\n[[agents]]\nname = \"A\" #!"),
      "agents.A.name", "a name used only once", "\"A\""),
  ]

  static let syntax: [BadText] = [
    BadText("seed = 7\nticks = = #!", "", "TOML", "could not determine value type"),
    BadText("a = 1\na = 2 #!", "", "TOML", "redefine"),
    BadText("a = 1\n[=] #!", "", "the name of a table", ""),
    BadText("a = [\"\"\"\"\n[!\n\"\"\"\"\", [\n[!]]]\n[[[ #!", "", "the name of a table", ""),
    BadText("a = [{ b = \"]\" }, # }\n} #!", "", "the bracket that closes", ""),
    BadText("t = [{ 1-1-1 = 1, b = \"07:32\" }] # 07:32\na = 1979-05-27 0 #!", "", "no date", ""),
    BadText("a = [2, 07:32:00] #!", "", "no date or time", ""),
    BadText("a = \"\\u0000\" #!", "", "text without NUL", "one"),
    BadText("a = 1\n\0 #!", "", "text without NUL", "one"),
  ]

  @Test(arguments: tops + instruments + processes + agents + syntax)
  func `each error says what, where and what was found`(bad: BadText) throws {
    let error = try #require(Fixture.error(bad.text))
    #expect(error.path == bad.path)
    #expect(error.expected.contains(bad.expected), "\(error)")
    #expect(bad.path.isEmpty ? error.found.contains(bad.found) : error.found == bad.found)
    #expect(error.suggestion == bad.suggestion)
    #expect(error.line == bad.line)
    #expect((error.column > 0) == (error.line > 0))
  }

  @Test func `the description is one line with everything`() throws {
    let text = Fixture.minimal("", "[[agents]]\nname = \"MM_01\"\n  csh = 1\ntype = \"idle\"")
    let error = try #require(Fixture.error(text))
    #expect(
      error.description
        == "test.toml:9:3: agents.MM_01.csh: expected one of: name, type, group, cash, positions, "
        + "maximum_position, maximum_open_orders, first_wake, wake_every, listens, latency, "
        + "parameters, found \"csh\" (did you mean cash?)")
  }

  @Test func `a missing seed has no line`() throws {
    let error = try #require(Fixture.error("ticks = 1"))
    #expect(
      error.description
        == "test.toml: seed: expected a seed: there is no default, every run names its own, "
        + "found nothing (did you mean --seed 7?)")
  }

  @Test func `an overlong file is refused before it is parsed`() throws {
    let error = try #require(Fixture.error(String(repeating: "#", count: (4 << 20) + 1)))
    #expect(error.expected == "at most 4194304 bytes")
  }

  @Test func `what a session refuses is located too`() throws {
    let text = Fixture.minimal(
      "",
      """
      [[agents]]
      name = "A.B"
      type = "zero-intelligence"
      [agents.parameters]
      spread = 0
      """)
    let file = try Fixture.parse(text)
    do {
      _ = try MarketSession<BuiltInAgents>(scenario: file.scenario)
      Issue.record("a spread of 0 is refused")
    } catch {
      let located = file.located(error)
      #expect(located.line == 11)
      #expect(located.path == "agents.A.B.spread")
      #expect(located.description.hasPrefix("test.toml:11:1: agents.A.B.spread: expected a whole"))
    }
  }

  @Test(arguments: [
    ("instruments.STOCK.reference_price", 5), ("instruments.STOCK.price_step", 3),
    ("agents.A.limits", 9), ("agents.A.group", 6), ("horizon", 2), ("agents", 6), ("topics", 0),
  ])
  func `the paths of a scenario's own check lead to keys`(path: String, line: Int) throws {
    let agent = "[[agents]]\nname = \"A\"\ntype = \"idle\"\nmaximum_position = 1"
    let text = Fixture.minimal("", agent).split(separator: "\n").joined(separator: "\n")
    let file = try Fixture.parse(text)
    #expect(file.located(ScenarioError(path: path, expected: "sense")).line == line)
  }
}
