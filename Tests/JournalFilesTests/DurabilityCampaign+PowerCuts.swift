import DiskSupport
import JournalFiles
import TestSupport

extension DurabilityCampaign {
  /// Records so many times, the power going at some moment, and reads any part of what was not
  /// synced then.
  mutating func cutPower(_ cuts: Int, seed: UInt64) {
    let start = start()
    let whole = SimulatedDisk(start, ignoringSyncs: ignoringSyncs)
    if record(whole).repeatsItself, !acknowledgesAtOnce {
      failures.append("an event was acknowledged twice")
    }
    let finished = whole.content.bytes(Self.path)
    if finished != recording.bytes { failures.append("the undisturbed tape has other bytes") }
    for cut in 0..<cuts {
      var numbers = KeyedNumbers(seed: seed &* 1_000_003 &+ UInt64(cut))
      // Each moment once where there are enough cuts, and then any.
      let isSweep = cuts > whole.operations && cut < whole.operations
      let moment = isSweep ? cut : numbers.index(below: whole.operations + 1)
      let mood = numbers.pick(DiskContent.Mood.allCases)
      let disk = SimulatedDisk(start, powerEnd: moment, ignoringSyncs: ignoringSyncs)
      let end = record(disk)
      let left = disk.content.cut(mood, &numbers)
      count += 1
      if let fault = check(left, end.acknowledged) {
        failures.append(
          "\(durability), \(before), seed \(seed), cut \(cut) at \(moment), \(mood): \(fault)")
      }
    }
  }
}
