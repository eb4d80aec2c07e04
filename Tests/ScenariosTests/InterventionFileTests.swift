import Agents
import Market
import MarketModel
import Scenarios
import Session
import Testing

@Suite struct InterventionFileTests {
  private func scenario() throws -> Scenario {
    try Fixture.parse(try Fixture.text("three-agents"), seed: 7).scenario
  }

  private func read(_ text: String) throws(ScenarioFileError) -> [Intervention] {
    guard let scenario = try? scenario() else { return [] }
    return try InterventionFile.read(
      text: text, file: "what-if.toml", scenario: scenario, at: 500_000_000_000,
      roster: BuiltInAgents.entries)
  }

  private func short(_ changes: String...) throws(ScenarioFileError) -> [Intervention] {
    guard let scenario = try? scenario() else { return [] }
    return try InterventionFile.read(
      changes: changes, scenario: scenario, at: 500_000_000_000, roster: BuiltInAgents.entries)
  }

  @Test func `a file says the same as short forms`() throws {
    let file = try read(
      """
      [[agents]]
      name = "Trend_01"
      latency = { command = "5ms" }
      maximum_position = 8
      [[instruments]]
      name = "STOCK"
      taker_fee_millionths = 200
      [[processes]]
      name = "fair"
      shock = "-1.50"
      """)
    let flags = try short(
      "agents.Trend_01.latency.command=5ms", "processes.fair.shock=-1.50",
      "instruments.STOCK.taker_fee_millionths=200", "agents.Trend_01.maximum_position=8")
    #expect(file == flags)
    guard case .changeAgent(let agent)? = file.first else {
      Issue.record("\(file)")
      return
    }
    var expected = try #require(try scenario().agents.first { $0.account.name == "Trend_01" })
    expected.commandLatency = .fixed(5_000_000)
    expected.account.maximumPosition = 8
    #expect(agent == expected)
    #expect(file.last == .shock(process: "fair", -150_000))
  }

  @Test(arguments: [
    ("agents.Trend_01.latency.command=5ms", "agents.Trend_01.latency.command=6ms"),
    ("agents.Trend_01.latency.command=5ms", "agents.Trend_01.latency={ command = \"6ms\" }"),
    ("agents.Trend_01.latency={ command = \"6ms\" }", "agents.Trend_01.latency.command=5ms"),
  ])
  func `two changes of one path are refused`(one: String, other: String) throws {
    do {
      _ = try short(one, other)
      Issue.record("both were taken")
    } catch {
      #expect(error.file == other && error.expected == "each path changed only once")
    }
    #expect(try !short(one, "agents.MM_01.latency.command=1ms").isEmpty)
  }

  /// The second entry was once made from the agent as the session has it, and undid the first.
  @Test func `entries of one agent or process build on each other`() throws {
    let file = try read(
      """
      [[agents]]
      name = "Trend_01"
      maximum_position = 8
      [[agents]]
      name = "Trend_01"
      maximum_open_orders = 3
      [[agents]]
      name = "Twin"
      like = "Trend_01"
      [[processes]]
      name = "fair"
      deviation = "0.01"
      [[processes]]
      name = "fair"
      every = "7ms"
      """)
    var scenario = try scenario()
    for intervention in file { intervention.apply(to: &scenario) }
    for name in ["Trend_01", "Twin"] {
      let agent = try #require(scenario.agents.first { $0.account.name == name })
      #expect(agent.account.maximumPosition == 8 && agent.account.maximumOpenOrders == 3)
    }
    let process = try #require(scenario.processes.first { $0.name == "fair" })
    guard case .walk(_, let deviation, _) = process.motion else {
      Issue.record("\(process.motion)")
      return
    }
    #expect(process.interval == 7_000_000)
    let short = try short("processes.fair.deviation=0.01", "processes.fair.every=7ms")
    guard case .changeProcess(let at)? = short.first, case .walk(_, let expected, _) = at.motion
    else {
      Issue.record("\(short)")
      return
    }
    #expect(deviation == expected)
  }

  @Test func `an agent like another wakes in the same rhythm and starts with nothing`() throws {
    let list = try read(
      """
      [[agents]]
      name = "MM_02"
      like = "MM_01"
      parameters = { half_spread = 20 }
      """)
    guard case .addAgent(let twin)? = list.first, list.count == 1 else {
      Issue.record("\(list)")
      return
    }
    #expect(twin.account.name == "MM_02" && twin.account.group == -1)
    #expect(twin.account.openingCash == 0 && twin.firstWake == 500_000_000_000)
    #expect(twin.parameters["half_spread"] == .integer(20))
  }

  @Test func `commands are inserted by names`() throws {
    let list = try read(
      """
      reseed = 9
      silence = ["Arb_01"]
      [[insert]]
      agent = "MM_01"
      command = "sell"
      quantity = 3
      price = "120.00"
      [[insert]]
      agent = "MM_01"
      command = "buy"
      quantity = 2
      [[insert]]
      agent = "MM_01"
      command = "cancel"
      tick = 499
      """)
    let sell = OrderTerms(instrument: 0, side: .sell, price: 12_000, quantity: 3)
    var buy = OrderTerms(instrument: 0, side: .buy, price: 0, quantity: 2)
    buy.type = .market
    buy.timeInForce = .immediateOrCancel
    #expect(
      list == [
        .reseed(9), .silence(agent: "Arb_01"),
        .insert(agent: "MM_01", .place(instrument: "STOCK", sell)),
        .insert(agent: "MM_01", .place(instrument: "STOCK", buy)),
        .insert(agent: "MM_01", .cancel(tick: 499, ordinal: 0, quantity: 0)),
      ])
  }

  @Test func `rules on commands are read`() throws {
    let list = try read(
      """
      [[commands]]
      agent = "MM_01"
      where = "kind == order and quantity > 5"
      drop = true
      [[commands]]
      from = 600
      until = 700
      delay = "5ms"
      [[commands]]
      agent = "Trend_01"
      quantity_factor = 0.5
      side = "buy"
      price = "99.50"
      [[commands]]
      text = "sell everything"
      """)
    let end = try scenario().horizon + 1
    #expect(
      list == [
        .rule(
          CommandRule(
            agent: "MM_01", from: 500, until: end, condition: "kind == order and quantity > 5",
            action: .withhold)),
        .rule(CommandRule(agent: nil, from: 600, until: 700, action: .delay(5_000_000))),
        .rule(
          CommandRule(
            agent: "Trend_01", from: 500, until: end,
            action: .change(CommandRule.OrderChange(side: .buy, price: 9_950, factor: 500)))),
        .rule(
          CommandRule(
            agent: nil, from: 500, until: end,
            action: .forge(Array("sell everything".utf8)))),
      ])
  }

  @Test func `errors say where, what and what may have been meant`() throws {
    for (text, words) in [
      ("silense = []", ["1:1", "silense", "did you mean silence"]),
      ("silence = [\"MM_1\"]", ["silence", "did you mean MM_01"]),
      ("[[agents]]\nname = \"MM_01\"\ncash = 3", ["3:1", "agents.MM_01.cash"]),
      ("[[agents]]\nname = \"MM_01\"\nlike = \"Arb_01\"", ["3:1", "a new name"]),
      ("[[agents]]\nname = \"X\"\nlike = \"Arb_1\"", ["3:1", "did you mean Arb_01"]),
      ("[[instruments]]\nname = \"STOCK\"\nprice_step = 3", ["3:1", "price_step"]),
      ("[[processes]]\nname = \"fair\"\nshock = \"a\"", ["3:1", "a change of price"]),
      ("[[insert]]\nagent = \"MM_01\"\ncommand = \"by\"", ["3:1", "did you mean buy"]),
      ("[[insert]]\nagent = \"MM_01\"\ncommand = \"buy\"", ["quantity", "nothing"]),
      ("[[commands]]\nagent = \"MM_1\"\ndrop = true", ["2:1", "did you mean MM_01"]),
      ("[[commands]]\nagent = \"MM_01\"", ["1:", "one thing to do", "none"]),
      ("[[commands]]\ndrop = true\ndelay = 5", ["one thing to do", "several"]),
      ("[[commands]]\ndrop = false", ["2:1", "expected true"]),
      ("[[commands]]\ndrop = true\nwhere = \"prise > 3\"", ["3:1", "prise", "price"]),
      ("[[commands]]\ndrop = true\nuntil = 3", ["3:1", "until"]),
    ] {
      do {
        _ = try read(text)
        Issue.record("\(text) is read")
      } catch {
        for word in words { #expect("\(error)".contains(word), "\(error)") }
      }
    }
    for (text, words) in [
      ("agents.MM_1.latency.command=5ms", ["did you mean MM_01"]),
      ("agents.MM_01.latency.comand=5ms", ["did you mean command"]),
      ("agents.MM_01=5", ["expected agents.NAME.key=value"]), ("nonsense", ["agents.NAME"]),
      ("agents.MM_01.latency.command=5 parsecs", ["5 parsecs"]),
    ] {
      do {
        _ = try short(text)
        Issue.record("\(text) is read")
      } catch {
        for word in words { #expect("\(error)".contains(word), "\(error)") }
      }
    }
  }
}
