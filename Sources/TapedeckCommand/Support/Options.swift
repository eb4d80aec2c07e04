public import ArgumentParser
import JournalFiles
import Workers

/// Options of commands that print data.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON, with a schema_version.")
  var json = false
}

/// Options of commands that run sessions side by side.
struct ThreadOptions: ParsableArguments {
  @Option(help: "On how many threads; all there are by default. It changes nothing but time.")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads: 1 to 1024")
    }
  }

  /// The option, else what the machine has.
  var count: Int { threads ?? Workers.available }
}

/// Options of commands that write a tape.
struct WriteOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "The tape to write.")
  var output: String

  @Flag(help: "Replace a file that exists.")
  var force = false

  @Option(
    help: "When bytes are synced to disk: none, tick or frame. TAPEDECK_DURABILITY sets it too.")
  var durability: Durability?

  /// The option, else the environment, else none.
  func resolvedDurability() throws(CommandFailure) -> Durability {
    if let durability { return durability }
    guard let name = Console.environment("TAPEDECK_DURABILITY") else { return .none }
    guard let value = Durability(rawValue: name) else {
      throw CommandFailure(
        Exit.usage, "TAPEDECK_DURABILITY is none, tick or frame, not \(name)")
    }
    return value
  }
}

extension Durability: ExpressibleByArgument {}

/// Options of commands that read a tape, which may be a fork.
struct TapeOptions: ParsableArguments {
  @Argument(help: "The tape.")
  var tape: String

  @Option(help: "A tape that the fork was cut from; found by itself when it is beside it.")
  var parent: [String] = []

  /// Opens the tape.
  func open() throws(CommandFailure) -> OpenedTape { try OpenedTape(tape, parents: parent) }
}
