public import Agents
public import ArgumentParser
import Determinism
import Glibc
import MarketModel

/// The command line, for a roster of agents: `Tapedeck<MyRoster>.run()` is a whole `tapedeck`.
public struct Tapedeck<Roster: AgentRoster>: ParsableCommand {
  /// Name, help and verbs.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tapedeck",
      abstract: "Record a simulated market onto a tape, rewind it, prove it, and fork it.",
      discussion: """
        Exit status: 0 ok, 1 differs, 2 trouble, 3 done with loss or unfinished, 64 usage, \
        130 interrupted. Data goes to standard output, words to standard error.
        """,
      version: "tapedeck 0.1.0 (tape format 1.0)",
      subcommands: [
        Record<Roster>.self, Info<Roster>.self, Cat<Roster>.self, Find<Roster>.self,
        Rewind<Roster>.self, Show<Roster>.self, Verify<Roster>.self, Doctor<Roster>.self,
        Recover<Roster>.self, Diff<Roster>.self, Why<Roster>.self, Blame<Roster>.self,
        Fork<Roster>.self, Flatten<Roster>.self, Branches<Roster>.self, Compare<Roster>.self,
        Attribute<Roster>.self, Sweep<Roster>.self, Shrink<Roster>.self,
        CheckAgent<Roster>.self, Train<Roster>.self, Clone<Roster>.self, Evaluate<Roster>.self,
        Retrain<Roster>.self, League<Roster>.self, Select<Roster>.self, Pack<Roster>.self,
        Unpack<Roster>.self,
        Import<Roster>.self,
        Export<Roster>.self, DrawReport<Roster>.self, Golden<Roster>.self, Bench<Roster>.self,
        Completions<Roster>.self,
      ])
  }

  /// Creates the command; ArgumentParser does.
  public init() {}

  /// Runs the command line of this process and exits.
  public static func run() -> Never {
    Glibc.exit(runAsProcess(Array(CommandLine.arguments.dropFirst())))
  }

  /// Does what `run()` does with other arguments, and returns the exit status.
  ///
  /// It takes over this process's signals and standard streams.
  public static func runAsProcess(_ arguments: [String]) -> Int32 {
    Console.prepare()
    selectKernels()
    return run(arguments)
  }

  /// Runs a command line within this process and returns its exit status.
  ///
  /// Data still goes to standard output, words to standard error.
  public static func run(_ arguments: [String]) -> Int32 {
    ReadFiles.clear()
    if let hint = misspelling(arguments) {
      Console.say("tapedeck: \(hint)")
      return Exit.usage
    }
    if let name = RepeatedOption.first(in: arguments, of: Self.self) {
      Console.say("tapedeck: \(name) is given twice; it takes one value")
      return Exit.usage
    }
    do {
      do {
        var command = try parseAsRoot(arguments)
        try command.run()
      } catch let request where exitCode(for: request) == .success {
        // Help and versions are thrown.
        try Console.data(fullMessage(for: request))
      }
      return 0
    } catch let failure as CommandFailure {
      Console.say("tapedeck: \(failure.what)")
      if let next = failure.next { Console.say("  \(next)") }
      return failure.code
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      Console.say(text)
      if let hint = number(arguments, text) { Console.say("  \(hint)") }
      return code.rawValue
    }
  }

  /// What is wrong with a number, where one was taken for an option or is too large; nil where none was.
  private static func number(_ arguments: [String], _ text: String) -> String? {
    if let value = arguments.first(where: { text.contains("The value '\($0)' is invalid") }),
      value.count > 18, value.allSatisfy({ ("0"..."9").contains($0) })
    {
      return "Numbers go up to 2^63 - 1, seeds up to 2^64 - 1."
    }
    for (option, value) in zip(arguments, arguments.dropFirst())
    where text.contains("Missing value for '\(option)") && value.hasPrefix("-") {
      if value.dropFirst().first?.isNumber == true {
        return "A negative number is joined to its option: \(option)=\(value)"
      }
    }
    return nil
  }

  /// What to say of an unknown verb, or of an unknown verb below one; nil for known ones.
  private static func misspelling(_ arguments: [String]) -> String? {
    var known = configuration.subcommands
    var path = "tapedeck"
    for (depth, verb) in arguments.prefix(2).enumerated() where !verb.hasPrefix("-") {
      let verbs = known.map { $0.configuration.commandName ?? "" }
      if verbs.isEmpty || (depth == 0 && verb == "help") { return nil }
      guard let index = verbs.firstIndex(of: verb) else {
        let nearest = Spelling.nearest(to: verb, among: verbs)
        let hint =
          nearest.map { "did you mean: \(path) \($0)" }
          ?? "there are: \(verbs.joined(separator: ", "))"
        return "there is no verb \(verb); \(hint)"
      }
      path += " " + verb
      known = known[index].configuration.subcommands
    }
    return nil
  }

  /// `TAPEDECK_KERNELS` chooses the vector kernels, for tests: all give the same bits.
  private static func selectKernels() {
    guard let name = Console.environment("TAPEDECK_KERNELS") else { return }
    switch name {
    case "scalar": Kernels.select(.scalar)
    case "avx2": Kernels.select(.avx2)
    case "avx512": Kernels.select(.avx512)
    case "automatic": Kernels.select(.automatic)
    default:
      Console.say("tapedeck: TAPEDECK_KERNELS is scalar, avx2, avx512 or automatic, not \(name)")
      Glibc.exit(Exit.usage)
    }
  }
}
