import ArgumentParser
import MarketModel

/// A path of the state and a tick, of commands that look at a value: in either order.
struct PathAndTick: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A path such as agents.MM_01.cash, and a tick such as @500; the end without one.",
      valueName: "path-or-@tick"))
  var words: [String] = []

  @Option(help: "The tick, as a number.")
  var at: Tick?

  /// The two, apart; nil for what was not said.
  func read() throws(CommandFailure) -> (path: String?, tick: Tick?) {
    var path: String?
    var tick = at
    for word in words {
      if word.hasPrefix("@") {
        guard let value = Tick(word.dropFirst()) else {
          throw CommandFailure(
            Exit.usage, "\(word): not a tick", next: "write @ and a number, such as @500")
        }
        if let tick { throw Self.twice("ticks", "@\(tick)", word) }
        tick = value
      } else if Tick(word) != nil {
        throw CommandFailure(Exit.usage, "\(word): not a path", next: "of a tick, write @\(word)")
      } else if let path {
        throw Self.twice("paths", path, word)
      } else {
        path = word
      }
    }
    return (path, tick)
  }

  private static func twice(_ what: String, _ one: String, _ other: String) -> CommandFailure {
    CommandFailure(
      Exit.usage, "there are two \(what), \(one) and \(other)", next: "name one of them")
  }
}
