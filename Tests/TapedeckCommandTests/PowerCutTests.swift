import DiskSupport
import Foundation
import JournalFiles
import TestSupport
import Testing

/// `record` on a disk that loses power, and `verify`, `recover` and `cat` on what is left there.
struct PowerCutCommands {
  private let start: DiskContent
  private let record: String
  private let events: [Substring]
  private let operations: Int
  /// Names whose syncs are ignored: a canary.
  var ignoringSyncs: [String] = []

  private(set) var failures: [String] = []

  init(_ durability: Durability) throws {
    record =
      "record /disk/run.toml --seed 7 -o /disk/run.tape --acknowledge --durability \(durability)"
    let disk = SimulatedDisk()
    try FileSystem.$calls.withValue(disk) {
      try SmallFile.write(Array(Shell.scenario.utf8), to: "/disk/run.toml", replacing: false)
    }
    start = disk.content.atRest()
    let whole = SimulatedDisk(start)
    events = FileSystem.$calls.withValue(whole) { [record] in
      _ = Shell.running(record)
      return Shell.running("cat /disk/run.tape").data.split(separator: "\n")
    }
    operations = whole.operations
    precondition(events.count > 100, "Invariant: the session is recorded")
  }

  mutating func run(_ cuts: Int, seed: UInt64) {
    for cut in 0..<cuts {
      var numbers = KeyedNumbers(seed: seed &* 1_000_003 &+ UInt64(cut))
      let moment = numbers.index(below: operations + 1)
      let mood = numbers.pick(DiskContent.Mood.allCases)
      let disk = SimulatedDisk(start, powerEnd: moment, ignoringSyncs: ignoringSyncs)
      let end = FileSystem.$calls.withValue(disk) { Shell.running(record) }
      let left = SimulatedDisk(disk.content.cut(mood, &numbers))
      let acknowledged = end.data.split(separator: "\n").last.flatMap { Int($0) } ?? -1
      if let fault = FileSystem.$calls.withValue(left, operation: { check(left, acknowledged) }) {
        failures.append("cut \(cut) at \(moment), \(mood): \(fault)")
      }
    }
  }

  private func check(_ disk: SimulatedDisk, _ acknowledged: Int) -> String? {
    let verified = Shell.running("verify /disk/run.tape --level V3")
    if verified.status == 2, acknowledged < 0 { return nil }
    if verified.status != 0, verified.status != 3 { return "verify: \(verified)" }
    var tape = "/disk/run.tape"
    if verified.status == 3 {
      let recovered = Shell.running("recover /disk/run.tape -o /disk/saved.tape")
      if recovered.status != 0, recovered.status != 3 { return "recover: \(recovered)" }
      tape = "/disk/saved.tape"
      let again = Shell.running("verify /disk/saved.tape --level V4")
      if again.status != 3 || !again.data.contains("salvaged") { return "saved: \(again)" }
    }
    let found = Shell.running("cat \(tape)").data.split(separator: "\n")
    if found.count <= acknowledged {
      return "\(acknowledged) was acknowledged, \(found.count) events are there"
    }
    return events.starts(with: found) ? nil : "other events are there"
  }
}

extension CommandTests {
  @Suite struct PowerCutTests {
    @Test(arguments: [Durability.tick, .frame])
    func `what a power cut leaves is verified and recovered with all that was acknowledged`(
      durability: Durability
    ) throws {
      let isLong = ProcessInfo.processInfo.environment["TAPEDECK_SOAK"] != nil
      var campaign = try PowerCutCommands(durability)
      campaign.run(isLong ? 500 : 15, seed: 1)
      #expect(campaign.failures.prefix(3) == [])
    }

    @Test func `the campaign finds a disk that ignores syncs`() throws {
      var campaign = try PowerCutCommands(.tick)
      campaign.ignoringSyncs = [".tail"]
      campaign.run(15, seed: 2)
      #expect(!campaign.failures.isEmpty)
    }
  }
}
