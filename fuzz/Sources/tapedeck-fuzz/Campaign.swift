import CFuzzer
import Foundation

/// One run of libFuzzer over one target.
enum Campaign {
  /// The target that the command line names.
  static let target = CommandLine.arguments.dropFirst().first.flatMap { FuzzTarget(rawValue: $0) }

  /// Runs the driver on the arguments after the target, and returns its exit status.
  static func run() -> CInt {
    _ = Canary.current
    // Safe: the arguments live as long as the process; libFuzzer lends `size` bytes for the call.
    return unsafe fuzzer_run(CommandLine.argc, CommandLine.unsafeArgv) { data, size in
      Campaign.take(unsafe [UInt8](UnsafeBufferPointer(start: data, count: size)))
      return 0
    }
  }

  /// Runs the target on one input.
  static func take(_ input: [UInt8]) {
    fuzzer_limit_memory(target?.memoryLimit(for: input) ?? 0)
    target?.run(input)
    _ = fuzzer_release_memory()
  }

  /// Does something whose memory is the campaign's own, not that of the code under test.
  static func uncounted(_ body: () -> Void) {
    fuzzer_pause_memory(1)
    body()
    fuzzer_pause_memory(0)
  }

  /// Ends the process: an invariant of the campaign does not hold.
  static func fail(_ rule: String) -> Never {
    FileHandle.standardError.write(Data("CAMPAIGN: \(rule)\n".utf8))
    fatalError(rule)
  }

  /// Demands that what was accepted is written with the same bytes again.
  static func demand(_ written: [UInt8], equals read: [UInt8], of input: [UInt8], _ what: String) {
    let written = Canary.current.spoil(written, of: input)
    if written == read { return }
    let first = zip(written, read).enumerated().first { $0.element.0 != $0.element.1 }
    let place = first?.offset ?? min(written.count, read.count)
    fail("\(what): accepted bytes are written otherwise from byte \(place) of \(read.count) on")
  }
}

/// A deliberate defect, which a campaign must find.
struct Canary {
  /// The defect that `TAPEDECK_FUZZ_CANARY` asks for: `encoding` spoils what is written for every
  /// accepted input that is no seed, `memory` takes 17 MiB for it, `hang` never returns from it.
  static let current = Canary()

  private let kind: String?
  private var seeds: Set<[UInt8]> = []

  private init() {
    let environment = ProcessInfo.processInfo.environment
    kind = environment["TAPEDECK_FUZZ_CANARY"]
    guard kind != nil, let folder = environment["TAPEDECK_FUZZ_SEEDS"] else { return }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      guard let seed = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
      seeds.insert([UInt8](seed))
    }
  }

  func spoil(_ written: [UInt8], of input: [UInt8]) -> [UInt8] {
    guard let kind, !seeds.contains(input) else { return written }
    switch kind {
    case "memory":
      // Many small things, as libFuzzer itself sees a single large one.
      let blocks = (0..<17).map { [UInt8](repeating: UInt8($0), count: 1 << 20) }
      return written + [blocks[0][0]]
    case "hang":
      while CommandLine.argc > 0 {}
      return written
    default: return written + [0]
    }
  }
}
