import Agents
import ArgumentParser
import JournalFiles

/// `tapedeck golden`: journals that every build must reproduce.
struct Golden<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "golden", abstract: "Check or accept golden journals.",
      subcommands: [GoldenCheck<Roster>.self, GoldenAccept<Roster>.self])
  }
}

/// `tapedeck golden check`: makes every golden from nothing and compares.
struct GoldenCheck<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "check", abstract: "Make every golden from nothing and compare.",
      discussion: """
        A golden is NAME.tape beside NAME.command, the line that makes it, without -o. Exit 0 \
        where all are equal, 1 where one is not.
        """)
  }

  @Argument(help: "The folder.")
  var folder = "journals"

  @Option(help: "Also write the results as JUnit XML.")
  var junit: String?

  @Option(help: "Only every N-th of them, and what they are made from: I/N, from 1/N to N/N.")
  var part = "1/1"

  @OptionGroup var options: OutputOptions

  func run() throws {
    Console.outliveReader()
    let results = try GoldenFolder<Roster>(folder).check(
      part: Part(part, option: "--part"))
    if let junit {
      do {
        try SmallFile.write(Array(xml(results).utf8), to: junit, replacing: true)
      } catch {
        throw CommandFailure(error)
      }
    }
    try Golden<Roster>.show(results, options.json)
    if !results.allSatisfy({ $0.isGood }) { throw ExitCode(Exit.differs) }
  }

  private func xml(_ results: [GoldenResult]) -> String {
    let bad = results.filter { !$0.isGood }.count
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuite name=\"golden\" tests=\"\(results.count)\" failures=\"\(bad)\">\n"
    for result in results {
      let thousandths = Int(result.seconds * 1000)
      let fraction = "\(1000 + thousandths % 1000)".dropFirst()
      text += "  <testcase classname=\"golden\" name=\"\(escaped(result.name))\" "
      text += "time=\"\(thousandths / 1000).\(fraction)\""
      let lines = result.lines
      if result.isGood {
        text += "/>\n"
      } else {
        text += "><failure message=\"\(escaped(lines.first ?? ""))\">"
        text += escaped(lines.joined(separator: "\n")) + "</failure></testcase>\n"
      }
    }
    return text + "</testsuite>\n"
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// `tapedeck golden accept`: keeps what changed, and shows it.
struct GoldenAccept<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "accept", abstract: "Keep goldens as this build makes them; show what changed.")
  }

  @Argument(help: "The folder.")
  var folder = "journals"

  @OptionGroup var options: OutputOptions

  func run() throws {
    let results = try GoldenFolder<Roster>(folder).accept()
    try Golden<Roster>.show(results, options.json)
    for result in results {
      if case .failed = result.verdict { throw ExitCode(Exit.trouble) }
    }
  }
}

extension Golden {
  static func show(_ results: [GoldenResult], _ isJson: Bool) throws {
    if isJson {
      let list = results.map { result -> [String: Any] in
        [
          "name": result.name, "command": result.command, "good": result.isGood,
          "findings": result.lines,
        ]
      }
      try Console.data(Json.text(["goldens": list]))
      return
    }
    for result in results {
      try Console.data("\(result.isGood ? "ok     " : "DIFFERS") \(result.name)")
      for line in result.lines { try Console.data("        \(line)") }
      if !result.isGood {
        try Console.data("        again with: tapedeck \(result.command) -o NEW.tape")
      }
    }
    let bad = results.filter { !$0.isGood }.count
    try Console.data("\(results.count - bad) passed, \(bad) failed")
  }
}

extension GoldenResult {
  /// The verdict in words; nothing for an equal golden.
  var lines: [String] {
    switch verdict {
    case .equal: []
    case .folds(let revision): ["recorded under semantics \(revision): folded, not decided again"]
    case .differs(let lines): lines
    case .failed(let why): [why]
    }
  }
}
