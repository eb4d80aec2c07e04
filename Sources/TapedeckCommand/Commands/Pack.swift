import Agents
import ArgumentParser
import Determinism
import FoundationEssentials
import Glibc
import Journal
import JournalFiles
import Replay
import Scenarios
import Session

/// `tapedeck pack`: a tape and all that it needs as one file.
struct Pack<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "pack", abstract: "Put a tape, its ancestors and its scenario into one file.",
      discussion: """
        The pack holds everything that `verify` needs: tapedeck verify X.pack works on any other \
        machine. It is a plain tar archive whose first file, MANIFEST, has size and SHA-256 of each \
        part. Policies are in the tapes.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "The scenario file, where there is one; else the tape's own is written out.")
  var scenario: String?

  @Option(help: "An effect card, or any other file that tells what the tape shows.")
  var card: [String] = []

  @Option(name: [.short, .long], help: "The pack to write, for example X.pack.")
  var output: String

  @Flag(help: "Replace a file that exists.")
  var force = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    let tape = try OpenedTape(input.tape, level: .chain, parents: input.parent)
    for (index, reader) in tape.lineage.readers.enumerated() {
      if reader.scan.damages.isEmpty && reader.scan.seal != nil { continue }
      throw CommandFailure(
        Exit.trouble, "\(tape.paths[index]): is not sealed and whole, and a pack is for keeps",
        next: "see what is wrong with: tapedeck doctor \(tape.paths[index])")
    }
    try OutputFile.expectOther(
      output, than: tape.paths + card + (scenario.map { [$0] } ?? []))
    var writer = PackWriter()
    let manifest: PackManifest
    do throws(PackError) {
      for (index, path) in tape.paths.enumerated() {
        let isLast = index == tape.paths.count - 1
        try writer.add(isLast ? .tape : .ancestor, name: Self.name(path), .file(path))
      }
      if let scenario {
        try writer.add(.scenario, name: Self.name(scenario), .file(scenario))
      } else {
        let text = ScenarioText(tape.lineage.scenario).text
        try writer.add(.scenario, name: "scenario.toml", .bytes(Array(text.utf8)))
      }
      for path in card { try writer.add(.card, name: Self.name(path), .file(path)) }
      manifest = try writer.write(to: output, replacing: force)
    } catch {
      throw CommandFailure(error, output)
    }
    Console.say("packed \(manifest.parts.count) parts: \(output)")
    try Console.write(options.json ? Json.text(manifest.object) + "\n" : manifest.text)
  }

  private static func name(_ path: String) -> String {
    URL(fileURLWithPath: path).lastPathComponent
  }
}

/// `tapedeck unpack`: takes a pack apart.
struct Unpack<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "unpack", abstract: "Take a pack apart, after checking every byte of it.")
  }

  @Argument(help: "The pack.")
  var pack: String

  @Option(name: [.short, .long], help: "The folder to write to; it is created.")
  var output: String

  @Flag(help: "Replace files that exist.")
  var force = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    let manifest: PackManifest
    do throws(PackError) {
      let file = try PackFile(path: pack)
      manifest = file.manifest
      do {
        try SmallFile.createFolder(output)
      } catch {
        throw .file(error)
      }
      _ = try file.unpack(into: output, replacing: force)
    } catch {
      throw CommandFailure(error, pack)
    }
    try writePolicies(manifest)
    Console.say("unpacked \(manifest.parts.count) parts: \(output)")
    try Console.write(options.json ? Json.text(manifest.object) + "\n" : manifest.text)
  }
}

extension Unpack {
  /// Writes the policies that the scenario names beside it: they stand in the tape.
  private func writePolicies(_ manifest: PackManifest) throws(CommandFailure) {
    guard let part = manifest.parts.first(where: { $0.role == .tape }) else { return }
    let tape = try OpenedTape("\(output)/\(part.name)")
    for policy in tape.lineage.scenario.agents.map({ $0.policy }) where !policy.isEmpty {
      let file = "\(output)/\(ScenarioText.policyName(policy))"
      if FileManager.default.fileExists(atPath: file) { continue }
      do {
        try SmallFile.write(policy, to: file, replacing: false)
      } catch {
        throw CommandFailure(error)
      }
    }
  }
}

extension PackManifest {
  /// A line for each part.
  var text: String {
    parts.map { part in
      let role = part.role.rawValue
      return role + String(repeating: " ", count: 10 - role.count)
        + "\(part.hash.hexadecimal.prefix(16))  \(part.size)  \(part.name)\n"
    }.joined()
  }

  /// The parts, for JSON.
  var object: [String: Any] {
    [
      "parts": parts.map { part -> [String: Any] in
        [
          "role": part.role.rawValue, "name": part.name, "size": part.size,
          "sha256": part.hash.hexadecimal,
        ]
      }
    ]
  }
}

extension CommandFailure {
  init(_ error: PackError, _ path: String) {
    let next = "get the pack again from where it was made"
    switch error {
    case .file(let failure) where failure.code == EEXIST:
      self.init(WriteError.exists(path: failure.path))
    case .file(let failure): self.init(failure)
    case .noPack:
      self.init(
        Exit.trouble, "\(path): offset 0: not a pack: it does not begin with its MANIFEST",
        next: "make one with: tapedeck pack TAPE -o X.pack")
    case .truncated(let offset):
      self.init(Exit.trouble, "\(path): ends at offset \(offset), in the middle", next: next)
    case .damaged(let offset, let what):
      self.init(Exit.trouble, "\(path): offset \(offset): \(what)", next: next)
    case .altered(let name):
      self.init(
        Exit.trouble, "\(path): \(name) is not what was packed (its SHA-256 differs)", next: next)
    }
  }
}

/// A pack taken apart into a temporary folder.
struct OpenedPack {
  private let folder: String
  /// The path of the tape.
  let tape: String

  init(_ path: String) throws(CommandFailure) {
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("tapedeck-pack-\(UUID().uuidString)").path
    do throws(PackError) {
      let file = try PackFile(path: path)
      do {
        try SmallFile.createFolder(folder)
      } catch {
        throw .file(error)
      }
      let paths = try file.unpack(into: folder, replacing: false)
      tape = zip(file.manifest.parts, paths).first { $0.0.role == .tape }?.1 ?? ""
    } catch {
      try? FileManager.default.removeItem(atPath: folder)
      throw CommandFailure(error, path)
    }
  }

  /// Removes the folder.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
