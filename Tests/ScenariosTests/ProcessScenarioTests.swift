import Agents
import Market
import MarketModel
import Scenarios
import Session
import TestSupport
import Testing

@Suite struct ProcessScenarioTests {
  @Test func `a program and what it is handed are read`() throws {
    let text = Fixture.minimal(
      "",
      """
      [[agents]]
      name = "P"
      type = "process"
      command = ["python3", "a b.py", ""]
      timeout = "250ms"
      on_fault = "stop"
      parameters = { depth = 3, word = "x", share = 0.5, on = true }
      [[agents]]
      name = "Q"
      type = "process"
      command = ["./q"]
      """)
    let agents = try Fixture.parse(text).scenario.agents
    var handed = Parameters()
    handed.set("depth", .integer(3))
    handed.set("word", .text("x"))
    handed.set("share", .number(0.5))
    handed.set("on", .flag(true))
    #expect(
      agents[0].process
        == ProcessSettings(
          command: ["python3", "a b.py", ""], timeout: 250_000_000, onFault: .stop,
          parameters: handed))
    #expect(agents[1].process == ProcessSettings(command: ["./q"]))
    #expect(agents[1].process?.timeout == 1_000_000_000 && agents[1].process?.onFault == .miss)
    #expect(agents.allSatisfy { $0.isForeign && $0.firstWake == 0 && $0.wakeInterval > 0 })
  }

  @Test func `settings and their encoding are the same thing`() throws {
    for seed in 0..<500 as Range<UInt64> {
      var numbers = KeyedNumbers(seed: seed)
      let words = (0..<numbers.number(1...12)).map { _ in
        numbers.pick(["a", "", "--x=\"y\"", "ü\n", "\\"]) + "\(numbers.number(0...9))"
      }
      var handed = Parameters()
      for name in ["a", "command.000", "timeout", "", "ö.ö"] where numbers.once(in: 2) {
        handed.set(name, numbers.pick([.integer(7), .text("t"), .flag(false), .number(0.25)]))
      }
      let settings = ProcessSettings(
        command: words, timeout: numbers.number(ProcessSettings.timeouts),
        onFault: numbers.pick([.miss, .stop]), parameters: handed)
      #expect(try ProcessSettings(settings.encoded) == settings, "seed \(seed)")
      // A scenario says them in text, too.
      var agent = AgentDescription(
        account: AccountRules(name: "P", group: 0), type: ProcessSettings.typeName)
      agent.parameters = settings.encoded
      var scenario = Scenario(name: "s", seed: 1)
      scenario.horizon = 5
      scenario.instruments = [InstrumentRules(name: "X")]
      scenario.groups = ["P"]
      scenario.agents = [agent]
      let read = try Fixture.parse(ScenarioText(scenario).text).scenario
      #expect(read.agents[0].process == settings, "seed \(seed)")
    }
  }

  @Test(arguments: [
    ("type = \"process\"", "command", "a program and its arguments"),
    ("type = \"process\"\ncommand = []", "command", "a program and its arguments"),
    ("type = \"process\"\ncommand = \"ls\"", "command", "a program and its arguments"),
    ("type = \"process\"\ncommand = [1]", "command", "a program and its arguments"),
    ("type = \"process\"\ncommand = [\"a\"]\ntimeout = \"1us\"", "timeout", "1000000 to"),
    ("type = \"process\"\ncommand = [\"a\"]\non_fault = \"die\"", "on_fault", "miss, stop"),
    (
      "type = \"process\"\ncommand = [\"a\"]\nparameters.x = []", "parameters.x", "a number, a text"
    ),
    ("type = \"foreign\"\ncommand = [\"a\"]", "command", "one of: name"),
    ("type = \"idle\"\ntimeout = \"1s\"", "timeout", "one of: name"),
  ])
  func `what makes no sense is refused with its place`(
    agent: String, key: String, expected: String
  ) throws {
    let error = try #require(
      Fixture.error(Fixture.minimal("", "[[agents]]\nname = \"P\"\n\(agent)")))
    #expect(error.path == "agents.P.\(key)")
    #expect(error.expected.contains(expected), "\(error.expected)")
  }

  @Test func `a tape cannot name a program that makes no sense`() throws {
    for (name, value) in [
      ("timeout", ParameterValue.integer(0)), ("on_fault", .text("die")),
      ("command.000", .text("")), ("command.002", .text("gap")), ("other", .flag(true)),
      ("command.000", .text("a\0b")),
    ] {
      var parameters = ProcessSettings(command: ["a"]).encoded
      parameters.set(name, value)
      #expect(throws: ParameterError.self, "\(name)") { try ProcessSettings(parameters) }
      var agent = AgentDescription(
        account: AccountRules(name: "P", group: 0), type: ProcessSettings.typeName)
      agent.parameters = parameters
      var scenario = Scenario(name: "s", seed: 1)
      scenario.instruments = [InstrumentRules(name: "X")]
      scenario.groups = ["P"]
      scenario.agents = [agent]
      #expect(throws: ScenarioError.self, "\(name)") { try scenario.check() }
    }
  }
}
