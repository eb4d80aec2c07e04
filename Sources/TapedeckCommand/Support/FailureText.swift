import Counterfactual
import Glibc
import Journal
package import JournalFiles
import Market
import MarketData
import MarketModel
import Replay
import Scenarios
import Session

/// Errors of the rooms, in words: what, where, why, and what to do next.
extension CommandFailure {
  init(_ failure: FileFailure) { self.init(Exit.trouble, "\(failure)", next: failure.next) }

  /// What went wrong while a tape was written.
  package init(writing error: WriteError) { self.init(error) }

  init(_ error: WriteError) {
    switch error {
    case .system(let failure): self.init(failure)
    case .exists(let path):
      self.init(
        Exit.trouble, "\(path): exists already; nothing was changed",
        next: "choose another name, or replace it with --force")
    case .inTheWay(let path):
      self.init(
        Exit.trouble,
        "\(path): stands where the new tape is written until it is whole; nothing was changed",
        next: "move it, or write to another name")
    case .busy(let path):
      self.init(
        Exit.trouble, "\(path): another writer has it",
        next: "wait for it to end, or write to another file")
    case .poisoned(let path):
      self.init(
        Exit.trouble, "\(path): an earlier write or sync failed, so nothing more is written",
        next: "see what is safe with: tapedeck doctor \(path)")
    }
  }

  init(_ error: ImportError) {
    var next: String?
    if case .unreadable = error { next = "check the name, and who may read it" }
    self.init(Exit.trouble, "\(error)", next: next)
  }

  init(_ error: ScenarioFileError) {
    let isUsage = error.path == "seed" && ["", "nothing"].contains(error.found)
    self.init(isUsage ? Exit.usage : Exit.trouble, "\(error)")
  }

  init(_ error: ScenarioError) {
    self.init(Exit.trouble, "\(error.path): expected \(error.expected)")
  }

  init(_ error: ReadError<FileFailure>, _ path: String) {
    switch error {
    case .source(let failure): self.init(failure)
    case .journal(let error): self.init(error, path)
    }
  }

  init(_ error: JournalError, _ path: String) {
    let doctor = "list everything that is wrong with: tapedeck doctor \(path)"
    switch error {
    case .tooShort(let size):
      self.init(
        Exit.trouble, "\(path): \(size) bytes are too few for a tape (its header has 64)",
        next: "check that this is the right file, and that it was copied whole")
    case .notATape:
      self.init(
        Exit.trouble, "\(path): offset 0: not a tape: it does not begin with 89 'TAPE'",
        next: "record one with: tapedeck record SCENARIO.toml --seed 7 -o NAME.tape")
    case .headerDamaged:
      self.init(
        Exit.trouble, "\(path): offset 0: the file header is damaged (checksum)", next: doctor)
    case .unsupportedVersion(let major, let minor, let features):
      self.init(
        Exit.trouble,
        "\(path): format \(major).\(minor), features \(features); this build reads format 1",
        next: "use a newer tapedeck")
    case .frame(let index, let offset, let fault):
      self.init(
        Exit.trouble, "\(path): frame \(index) at offset \(offset): \(fault.words)", next: doctor)
    case .genesis(let error):
      self.init(
        Exit.trouble, "\(path): genesis, byte \(error.offset): expected \(error.expected)",
        next: doctor)
    case .unknownKind(let name, let kind, let sequence):
      self.init(
        Exit.trouble,
        "\(path): event \(sequence) is of kind \(name) (\(kind)), unknown to this build")
    case .otherLayout(let name, let revision):
      self.init(Exit.trouble, "\(path): \(name) has another layout there, revision \(revision)")
    case .missingChunk(let sequence):
      self.init(Exit.trouble, "\(path): event \(sequence): its large value is missing")
    }
  }

  init(_ error: ReplayError<FileFailure>, _ paths: [String]) {
    let path = paths.last ?? "tape"
    switch error {
    case .read(let tape, let error):
      self.init(error, tape < paths.count ? paths[tape] : path)
    case .scenario(let error):
      self.init(
        Exit.trouble, "\(path): scenario, byte \(error.offset): expected \(error.expected)")
    case .invalidScenario(let error):
      self.init(Exit.trouble, "\(path): scenario: \(error.path): expected \(error.expected)")
    case .lineage(let fault): self.init(fault, paths)
    case .reduction(let fault):
      self.init(
        Exit.trouble,
        "\(path): event \(fault.sequence) at \(fault.time) ns does not follow from the state "
          + "before it: \(fault.error.words)",
        next: "see it with: tapedeck cat \(path) \(fault.sequence)..\(fault.sequence + 1)")
    case .unknownKind(let name, let sequence):
      self.init(
        Exit.trouble,
        "\(path): event \(sequence) is of kind \(name), which this build does not know; "
          + "replaying without it would give another state",
        next: "use the build that recorded it; `cat` and `info` work without")
    }
  }

  init(_ fault: LineageFault, _ paths: [String]) {
    let path = paths.last ?? "tape"
    // A fault names the parent; the tape after it is the fork.
    func place(_ tape: Int) -> String { paths.indices.contains(tape) ? paths[tape] : path }
    switch fault {
    case .missingParent:
      self.init(
        Exit.trouble, "\(path): is a fork, and its parent is not beside it",
        next: "name the parent with --parent PARENT.tape")
    case .otherParent:
      self.init(
        Exit.trouble, "\(path): was cut from another session than the parent given",
        next: "name the right parent with --parent PARENT.tape")
    case .alteredParent(let tape, let tick):
      self.init(
        Exit.trouble,
        "\(place(tape + 1)): was cut from other events below tick \(tick) than those of its parent, "
          + place(tape),
        next: "use the parent as it was when the fork was cut")
    case .incompleteParent(let tape, let tick):
      self.init(
        Exit.trouble,
        (tape + 1 < paths.count ? "\(paths[tape + 1]): its parent, \(place(tape)), " : "\(path): ")
          + "is not whole up to tick \(tick)",
        next: "see what is left with: tapedeck doctor \(place(tape))")
    case .tooDeep:
      self.init(Exit.trouble, "\(path): forks of forks go at most 64 deep")
    }
  }

  init(_ mismatch: DigestMismatch, _ path: String) {
    self.init(
      Exit.differs,
      "\(path): this build does not reach the tape's digests from event \(mismatch.sequence) on, "
        + "tick \(mismatch.tick): \(mismatch.components.joined(separator: ", "))",
      next: "tapedeck verify \(path)")
  }

  init(_ error: ForkError<FileFailure>, _ paths: [String]) {
    let path = paths.last ?? "tape"
    switch error {
    case .replay(let error): self.init(error, paths)
    case .beyondEnd(let tick, let last) where tick < 0:
      self.init(
        Exit.usage, "\(path): tick \(tick) lies before the session, which begins at tick 0",
        next: "choose a tick between 0 and \(last)")
    case .beyondEnd(let tick, let last):
      self.init(
        Exit.usage, "\(path): tick \(tick) lies beyond the session, which ends at tick \(last)",
        next: "choose a tick between 0 and \(last)")
    case .beyondRecorded(let tick, let last):
      self.init(
        Exit.usage,
        "\(path): tick \(tick) lies beyond what was recorded, which is whole up to tick \(last)",
        next: "choose a tick between 0 and \(last)")
    case .beforeParent(let tick, let first):
      self.init(
        Exit.usage, "\(path): tick \(tick) lies before this fork's own first tick \(first)",
        next: "write --at \(first) or later, or fork its parent instead")
    case .ofTraining:
      self.init(
        Exit.usage, "\(path): is a training: its market does not go on",
        next: "fork its parent, with --policy AGENT=FILE for what was learned")
    case .notReproduced(let mismatch): self.init(mismatch, path)
    case .damagedParent:
      self.init(
        Exit.trouble, "\(path): is damaged: nothing is built on what is left of it",
        next: "see what is wrong with: tapedeck doctor \(path)")
    case .tooDeep: self.init(LineageFault.tooDeep, paths)
    case .impossible(_, let reason): self.init(Exit.usage, "impossible: \(reason)")
    case .cannotHold(let agent, let reason):
      self.init(Exit.usage, "cannot hold \(agent): \(reason)")
    case .cannotGoLive(let agent, let reason):
      self.init(Exit.usage, "cannot drive \(agent): \(reason)")
    }
  }
}

extension FileFailure {
  /// What to do about it; nil where only who knows the machine can tell.
  var next: String? {
    switch code {
    case ENOENT: "check the name, and the folder that it is in"
    case ENOTDIR, EISDIR, 0: "name a file"
    case ENOSPC, EDQUOT: "make room there, or write to another disk"
    case EACCES, EPERM, EROFS: "see who may read and write there, or name another place"
    default: nil
    }
  }
}

extension FrameFault {
  /// The fault in words.
  var words: String {
    switch self {
    case .truncated(let missing): "ends \(missing) byte\(missing == 1 ? "" : "s") too early"
    case .badMagic(let found): "no frame begins here (found \(hexadecimal(found)))"
    case .headerChecksum(let expected, let found):
      "header checksum \(hexadecimal(found)), stored \(hexadecimal(expected))"
    case .limit(let what): "out of limits: \(what)"
    case .payloadChecksum(let expected, let found):
      "payload checksum \(hexadecimal(found)), stored \(hexadecimal(expected))"
    case .padding: "the padding is not zero"
    case .decompression: "does not decompress to its stated length"
    case .continuity(let what): "does not continue the frame before it: \(what)"
    case .chain: "the chain of hashes is broken"
    case .payload(let offset, let expected): "payload byte \(offset): expected \(expected)"
    case .event(let index, let error):
      "event \(index) of the frame: field \(error.field) of kind \(error.kind) is \(error.value)"
    }
  }

  private func hexadecimal(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }
}

extension ReductionError {
  /// The error in words.
  var words: String {
    switch self {
    case .unknownAgent(let agent): "there is no agent \(agent)"
    case .unknownInstrument(let instrument): "there is no instrument \(instrument)"
    case .unknownProcess(let process): "there is no process \(process)"
    case .unknownOrder(let key): "no order \(key.words) rests"
    case .duplicateOrder(let key): "an order \(key.words) exists already"
    case .unknownCommand(let key): "no command \(key.words) is on its way"
    case .duplicateCommand(let key): "a command \(key.words) was given already"
    case .unknownReport(let outcome, let agent):
      "no report of \(outcome.command.words)#\(outcome.number) is on its way to agent \(agent)"
    case .unknownMessage(let key, let agent):
      "no message \(key.words) is on its way to agent \(agent)"
    case .invalidQuantity(let quantity): "quantity \(quantity)"
    case .invalidPrice(let price): "price \(price)"
    case .contradiction(let what): what
    case .overflow: "a number leaves its range"
    case .invalidTime(let time): "time \(time)"
    case .invalidMemory(let agent): "the memory of agent \(agent) cannot be read"
    }
  }
}

extension CommandKey {
  /// Agent, tick and ordinal.
  var words: String { "agent \(agent) tick \(tick) ordinal \(ordinal)" }
}
