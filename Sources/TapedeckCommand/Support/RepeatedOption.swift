import ArgumentParser
import FoundationEssentials

/// Finds options that hold one value and are given twice: ArgumentParser takes the last and says nothing.
enum RepeatedOption {
  /// The name of the first such option in a command line of `Root`, as it was typed; nil where there is none.
  static func first<Root: ParsableCommand>(in arguments: [String], of root: Root.Type) -> String? {
    let typed = arguments.prefix { $0 != "--" }
    let names = typed.filter { $0.hasPrefix("-") }.map { $0.prefix { $0 != "=" } }
    // Only the verb knows which names belong together, and it takes a while to ask it: `-o` may be
    // `--output`.
    let mayRepeat =
      Set(names).count < names.count
      || names.contains { short in names.contains { $0.hasPrefix("-\(short)") } }
    guard mayRepeat else { return nil }
    guard let verb = described(Array(typed), root) else { return nil }
    let options = (verb.command.arguments ?? []).filter { $0.kind == "option" }
    for option in options where !option.isRepeating {
      let own = (option.names ?? []).map { $0.typed }
      let given = names.filter { own.contains(String($0)) }
      if given.count > 1 { return given.last.map(String.init) }
    }
    return nil
  }

  /// The verb of a command line as ArgumentParser describes it to those who ask; nil where it cannot.
  private static func described<Root: ParsableCommand>(
    _ arguments: [String], _ root: Root.Type
  ) -> Verb? {
    do {
      _ = try Root.parseAsRoot(arguments + ["--experimental-dump-help"])
      return nil
    } catch {
      return try? JSONDecoder().decode(Verb.self, from: Data(Root.fullMessage(for: error).utf8))
    }
  }

  /// The part of that description that is needed.
  private struct Verb: Decodable {
    struct Command: Decodable {
      let arguments: [Argument]?
    }

    struct Argument: Decodable {
      let kind: String
      let isRepeating: Bool
      let names: [Name]?
    }

    struct Name: Decodable {
      let kind: String
      let name: String

      var typed: String { (kind == "long" ? "--" : "-") + name }
    }

    let command: Command
  }
}
