import DiskSupport
import JournalFiles
import TestSupport

extension DurabilityCampaign {
  /// Records once for each call that the fault may hit, failing there, until none is left to fail.
  ///
  /// What is there afterwards is checked as programs see it and as a power cut leaves it.
  mutating func failEachCall(_ fault: Fault, isLasting: Bool) {
    let start = start()
    // A campaign that is to find something looks everywhere.
    for number in stride(from: 1, to: Int.max, by: hidesFaults ? 1 : Effort.stride) {
      let disk = SimulatedDisk(start)
      let calls = FaultyCalls(
        disk, fault, first: number, isLasting: isLasting, isHidden: hidesFaults)
      let end = record(calls)
      guard calls.wasHit else { return }
      count += 1
      var numbers = KeyedNumbers(seed: UInt64(number))
      if let fault = check(disk.content, end.acknowledged) { note(number, fault) }
      for mood in [DiskContent.Mood.nothing, .anyPart] {
        let left = disk.content.cut(mood, &numbers)
        // Without durability nothing is promised about a new tape, only about the old one.
        let fault = durability == .none ? faultOfOld(left) : check(left, end.acknowledged)
        if let fault { note(number, "\(mood): \(fault)") }
      }
      if fault.isInvisible {
        if let error = end.error { note(number, "it was seen: \(error)") }
        if disk.content.bytes(Self.path) != recording.bytes { note(number, "other bytes") }
      } else if !end.isPoisoned {
        note(number, "not poisoned")
      }
    }

    func note(_ number: Int, _ what: String) {
      failures.append("\(durability), \(before), \(fault), call \(number): \(what)")
    }
  }
}
