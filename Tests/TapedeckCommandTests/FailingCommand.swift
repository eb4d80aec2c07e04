import DiskSupport
import Foundation
import Journal
import JournalFiles
import MarketModel
import Replay
import TestSupport

@testable import TapedeckCommand

/// A command run once for each call that may fail, in a folder made anew each time.
struct FailingCommand: Sendable {
  /// The command line.
  var line: String
  /// Makes the files that it needs.
  var prepare: @Sendable (borrowing Shell) throws -> Void
  /// The tape that it writes, and whether one is there before; nil where it only reads.
  var output: String?
  var replaces = false

  private(set) var count = 0
  private(set) var failures: [String] = []

  init(
    _ line: String, writes output: String? = nil, replaces: Bool = false,
    _ prepare: @escaping @Sendable (borrowing Shell) throws -> Void
  ) {
    self.line = line
    self.output = output
    self.replaces = replaces
    self.prepare = prepare
  }

  /// Runs it once for each call that the fault may hit; a hidden one is a canary.
  mutating func failEachCall(_ fault: Fault, isLasting: Bool, isHidden: Bool = false) throws {
    let shell = try Shell()
    try prepare(shell)
    let old = try output.flatMap { replaces ? try shell.bytes($0) : nil }
    let normal = shell.run(line)
    let new = try output.map { try shell.bytes($0) }
    // A campaign that is to find something looks everywhere.
    for number in stride(from: 1, to: Int.max, by: isHidden ? 1 : Effort.stride) {
      let shell = try Shell()
      try prepare(shell)
      let calls = FaultyCalls(
        FileSystem.calls, fault, first: number, isLasting: isLasting, isHidden: isHidden)
      let result = FileSystem.$calls.withValue(calls) { shell.run(line) }
      guard calls.wasHit else { return }
      count += 1
      let note = { [line] (what: String) in "\(line): \(fault), call \(number): \(what): \(result)"
      }
      let hasEnded = result.status == normal.status && sameData(result.data, normal.data)
      if !hasEnded, fault.isInvisible || result.status != 2 || !result.words.contains("tapedeck:") {
        failures.append(note("other than \(normal)"))
      }
      guard let output, let new else { continue }
      let there = try? shell.bytes(output)
      if hasEnded, there != new { failures.append(note("other bytes")) }
      if there == [] { failures.append(note("an empty file stays")) }
      if let old, there != old, there != new { failures.append(note("the old tape is lost")) }
      if let fault = lostEvents(shell, result.data, replaces && there == old) {
        failures.append(note(fault))
      }
    }
  }

  /// Commands name their folder, which is another each time.
  private func sameData(_ left: String, _ right: String) -> Bool {
    let lines = { (text: String) in
      text.split(separator: "\n").filter { !$0.contains("tapedeck-") }
    }
    return lines(left) == lines(right)
  }

  /// What is wrong with the tape in view of the events that were acknowledged.
  private func lostEvents(
    _ shell: borrowing Shell, _ data: String, _ isElsewhere: Bool
  ) -> String? {
    let last = data.split(separator: "\n").compactMap { SequenceNumber($0) }.last
    guard let output, let last else { return nil }
    let path = "\(shell.folder)/\(output)"
    do {
      let tape = try OpenedTape(isElsewhere ? SideFiles.replacement(path) : path, level: .chain)
      if tape.lineage.nextSequence > last { return nil }
      return "\(last) was acknowledged, \(tape.lineage.nextSequence) events are there"
    } catch {
      return "\(last) was acknowledged, and: \(error.what)"
    }
  }
}
