import Agents
import ArgumentParser

/// A shell whose completions can be made.
enum ShellName: String, ExpressibleByArgument, CaseIterable {
  /// Bash.
  case bash
  /// Zsh.
  case zsh
  /// Fish.
  case fish
}

/// `tapedeck completions`: prints a completion script for a shell.
struct Completions<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "completions", abstract: "Print a completion script for bash, zsh or fish.")
  }

  @Argument(help: "bash, zsh or fish.")
  var shell: ShellName

  func run() throws {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    try Console.data(Tapedeck<Roster>.completionScript(for: kind))
  }
}
