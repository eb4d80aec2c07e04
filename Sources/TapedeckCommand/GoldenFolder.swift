public import Agents
import FoundationEssentials
import Glibc
import Journal
import JournalFiles
import MarketModel
import Replay
import Session

/// What came of one golden journal.
public struct GoldenResult: Equatable, Sendable {
  /// The verdict on a golden.
  public enum Verdict: Equatable, Sendable {
    /// Reproduced from nothing: the same journal.
    case equal
    /// Recorded under an older revision of the deciders: it still folds to its digests.
    case folds(semantics: UInt32)
    /// Another journal.
    case differs([String])
    /// It could not be made or read.
    case failed(String)
  }

  /// The name of the golden.
  public let name: String
  /// The command that makes it.
  public let command: String
  /// The verdict.
  public let verdict: Verdict
  /// How long it took, in seconds; for reports only.
  public let seconds: Double

  /// Whether it holds.
  public var isGood: Bool {
    switch verdict {
    case .equal, .folds: true
    case .differs, .failed: false
    }
  }
}

/// A folder of golden journals: `NAME.tape`, and beside each `NAME.command`, the one line that
/// makes it from nothing, without `tapedeck` in front and without `-o`.
///
/// Files in a command are named relative to the folder. A tape in a command is that of another
/// golden, which is made first.
public struct GoldenFolder<Roster: AgentRoster> {
  /// The folder.
  public let path: String
  /// The names of its goldens, sorted.
  public let names: [String]

  /// Lists a folder.
  ///
  /// - Throws: an error where it cannot be read or has no goldens.
  public init(_ path: String) throws {
    self.path = path
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw CommandFailure(
        Exit.trouble, "\(path): cannot be read as a folder",
        next: "name the folder of the goldens, NAME.command beside NAME.tape")
    }
    names = files.filter { $0.hasSuffix(".command") }.map { String($0.dropLast(8)) }.sorted()
    if names.isEmpty {
      throw CommandFailure(
        Exit.trouble, "\(path): has no goldens (NAME.command beside NAME.tape)",
        next: "write the command line that makes one into NAME.command, then: "
          + "tapedeck golden accept \(path)")
    }
  }

  /// The command of a golden, in words.
  public func command(of name: String) throws -> [String] {
    let text = try String(contentsOfFile: "\(path)/\(name).command", encoding: .utf8)
    var words = text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    if words.first == "tapedeck" { words.removeFirst() }
    return words
  }

  /// Makes every golden anew, or those of a part with all that they are made from, and compares them
  /// with those kept.
  public func check(part: Part = Part()) -> [GoldenResult] {
    make(part) { name, made in compare(name, made) }
  }

  /// Makes every golden anew and keeps what differs; tells what changed.
  public func accept() throws -> [GoldenResult] {
    var failure: (any Error)?
    let results = make { name, made in
      let verdict = compare(name, made)
      if case .equal = verdict { return verdict }
      do {
        let bytes = try SmallFile.read(made, limit: 1 << 30)
        try SmallFile.write(bytes, to: "\(path)/\(name).tape", replacing: true)
      } catch {
        failure = error
      }
      return verdict
    }
    if let failure = failure as? WriteError { throw CommandFailure(failure) }
    if let failure = failure as? FileFailure { throw CommandFailure(failure) }
    return results
  }

  // MARK: Making

  private func make(
    _ part: Part = Part(), _ judge: (String, String) -> GoldenResult.Verdict
  ) -> [GoldenResult] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tapedeck-golden-\(getpid())")
      .path
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var results: [GoldenResult] = []
    var made: [String] = []
    for (index, name) in names.enumerated() where index % part.count == part.number - 1 {
      run(name, folder, &made, &results, judge, depth: 0)
    }
    return results.sorted { $0.name < $1.name }
  }

  /// Makes a golden, after those it is made from.
  private func run(
    _ name: String, _ folder: String, _ made: inout [String], _ results: inout [GoldenResult],
    _ judge: (String, String) -> GoldenResult.Verdict, depth: Int
  ) {
    if made.contains(name) { return }
    made.append(name)
    let start = Console.seconds
    var verdict: GoldenResult.Verdict
    var words: [String] = []
    do {
      words = try command(of: name)
      for word in words where word.hasSuffix(".tape") {
        let other = String(word.dropLast(5))
        if names.contains(other), depth < Limits.maximumForkDepth {
          run(other, folder, &made, &results, judge, depth: depth + 1)
        }
      }
      let arguments = words.map { resolve($0, folder) } + ["-o", "\(folder)/\(name).tape"]
      let status = Console.quietly { Tapedeck<Roster>.run(arguments) }
      // A fork that differs, or an import with counted losses, is made all the same.
      verdict =
        status == 0 || status == Exit.loss
        ? judge(name, "\(folder)/\(name).tape")
        : .failed("tapedeck \(words.joined(separator: " ")) ended with \(status)")
    } catch {
      verdict = .failed("\(name).command cannot be read")
    }
    results.append(
      GoldenResult(
        name: name, command: words.joined(separator: " "), verdict: verdict,
        seconds: Console.seconds - start))
  }

  private func resolve(_ word: String, _ folder: String) -> String {
    if word.hasPrefix("-") || word.hasPrefix("/") { return word }
    if word.hasSuffix(".tape") { return "\(folder)/\(word)" }
    // NAME=FILE, as policies are given, or a file.
    let start = word.lastIndex(of: "=").map { word.index(after: $0) } ?? word.startIndex
    let file = "\(path)/\(word[start...])"
    return FileManager.default.fileExists(atPath: file) ? word[..<start] + file : word
  }

  // MARK: Comparing

  private func compare(_ name: String, _ made: String) -> GoldenResult.Verdict {
    do throws(CommandFailure) {
      let new = try OpenedTape(made, level: .chain)
      guard FileManager.default.fileExists(atPath: "\(path)/\(name).tape") else {
        return .differs(["there is no \(name).tape yet"])
      }
      let kept = try OpenedTape("\(path)/\(name).tape", level: .chain)
      if !kept.scan.damages.isEmpty { return .failed("\(name).tape is damaged") }
      if kept.scan.chain == new.scan.chain { return .equal }
      if kept.lineage.tape.genesis.semanticsRevision < Semantics.revision {
        return try fold(kept)
      }
      return .differs(try changes(kept, new))
    } catch {
      return .failed(error.what)
    }
  }

  /// A golden of an older revision must still fold to its digests.
  private func fold(_ tape: OpenedTape) throws(CommandFailure) -> GoldenResult.Verdict {
    do {
      let report = try Verification<Roster, TapeFile>.run(tape.lineage, level: .v3)
      if report.finding != nil { return .differs(["it no longer folds to its digests"]) }
      return .folds(semantics: tape.lineage.tape.genesis.semanticsRevision)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
  }

  private func changes(
    _ kept: OpenedTape, _ new: OpenedTape
  ) throws(CommandFailure) -> [String] {
    let comparison = try Diff<Roster>.compare(kept, new)
    var lines = [
      "identity \(kept.scan.chain.hexadecimal) -> \(new.scan.chain.hexadecimal)",
      "equal \(comparison.equalCount), changed \(comparison.changedCount), only before "
        + "\(comparison.onlyFirstCount), only now \(comparison.onlySecondCount)",
    ]
    if let difference = comparison.firstDifference {
      lines += try Diff<Roster>.describe(difference, kept, new)
    } else {
      lines.append("the events are equal; genesis, digests or causes are not")
    }
    return lines
  }
}
