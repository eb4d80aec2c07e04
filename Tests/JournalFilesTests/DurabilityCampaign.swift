import DiskSupport
import Journal
import JournalFiles
import MarketModel
import TestSupport

/// Recordings on a disk that loses power, or whose calls fail.
struct DurabilityCampaign: Sendable {
  /// What stands at the path when the recording starts.
  enum Before: CaseIterable, Sendable {
    /// Nothing.
    case nothing
    /// Watermark and side file of a tape that was removed.
    case sideFiles
    /// A sealed tape that is replaced.
    case sealed
    /// An unfinished tape, some of its events in its side file, that is replaced.
    case unfinished
  }

  static let path = "/disk/run.tape"
  private static let old = RecordedCalls(seed: 71, ticks: 12, largest: 600)

  var recording: RecordedCalls
  var durability: Durability
  var before: Before
  /// Names whose syncs are ignored: a canary.
  var ignoringSyncs: [String] = []
  /// Whether the writer acknowledges what it merely was given: a canary.
  var acknowledgesAtOnce = false
  /// Whether calls that fail say that they did not: a canary.
  var hidesFaults = false
  /// What is done to what was read: a canary.
  var misreading: @Sendable (inout FoundTape) -> Void = { _ in }

  var count = 0
  var failures: [String] = []
  /// How often each outcome was seen.
  private(set) var outcomes: [String: Int] = [:]

  init(_ recording: RecordedCalls, _ durability: Durability, _ before: Before) {
    self.recording = recording
    self.durability = durability
    self.before = before
  }

  /// The disk before the recording starts, everything on it synced.
  func start() -> DiskContent {
    let disk = SimulatedDisk()
    FileSystem.$calls.withValue(disk) {
      guard before != .nothing else { return }
      do {
        let writer = try TapeWriter(path: Self.path, durability: .tick)
        let end = Self.old.calls.count * 2 / 3
        try Self.old.replay(onto: writer, stoppingAfter: before == .sealed ? nil : end)
        if before == .sideFiles { _ = disk.remove(Self.path) }
      } catch {
        preconditionFailure("Invariant: nothing fails here: \(error)")
      }
    }
    return disk.content.atRest()
  }

  private var replaces: Bool { before == .sealed || before == .unfinished }

  /// How many of the old tape's events must stay until the new tape is there.
  private var oldEvents: Int {
    guard before == .unfinished else { return Self.old.records.count }
    var noted = 0
    var synced = 0
    for call in Self.old.calls.prefix(Self.old.calls.count * 2 / 3) {
      guard case .note(_, let sequence, let startsTick) = call else { continue }
      if startsTick { synced = noted }
      noted = Int(sequence) + 1
    }
    return synced
  }

  /// How a recording ended.
  struct End {
    /// The latest acknowledged event.
    var acknowledged: SequenceNumber = -1
    /// Whether an event was acknowledged again.
    var repeatsItself = false
    /// Why it ended early.
    var error: WriteError?
    /// Whether another write after that was refused as it must be.
    var isPoisoned = true
  }

  /// Records until it is done or cannot go on.
  func record(_ calls: any FileCalls) -> End {
    var end = End()
    var writer: TapeWriter?
    FileSystem.$calls.withValue(calls) {
      do throws(WriteError) {
        let new = try TapeWriter(
          path: Self.path, durability: durability, replacing: replaces,
          acknowledge: { sequence in
            end.repeatsItself = end.repeatsItself || sequence <= end.acknowledged
            end.acknowledged = sequence
          })
        writer = new
        for call in recording.calls {
          switch call {
          case .write(let frames, let progress): try new.write(frames, progress)
          case .note(let record, let sequence, let startsTick):
            var event = FlatEvent()
            event.set(record)
            try new.note(&event, sequence: sequence, startsTick: startsTick)
            if acknowledgesAtOnce { end.acknowledged = sequence }
          }
        }
        try new.finish(isSealed: true)
      } catch {
        end.error = error
      }
      if end.error == nil { return }
      if let writer { end.isPoisoned = refusesMore(writer) }
    }
    return end
  }

  private func refusesMore(_ writer: TapeWriter) -> Bool {
    guard case .write(let frames, let progress)? = recording.calls.first else { return false }
    do throws(WriteError) {
      try writer.write(frames, progress)
      return false
    } catch {
      if case .poisoned = error { return true }
      return false
    }
  }

  // MARK: The checker

  /// What is wrong with what is on a disk after a recording; nil where nothing is.
  mutating func check(_ left: DiskContent, _ acknowledged: SequenceNumber) -> String? {
    var path = Self.path
    if let fault = faultOfOld(left) { return fault }
    if replaces, left.bytes(path) != recording.bytes { path = SideFiles.replacement(path) }
    do {
      var found = try FileSystem.$calls.withValue(SimulatedDisk(left)) { try FoundTape(path) }
      misreading(&found)
      outcomes["\(found.status)", default: 0] += 1
      return found.fault(
        asPartOf: recording, acknowledged: acknowledged, isDurable: durability != .none)
    } catch {
      outcomes["not begun", default: 0] += 1
      // Before its genesis is synced a tape holds nothing, and nothing was acknowledged.
      if acknowledged >= 0 { return "\(acknowledged) was acknowledged, and: \(error)" }
      let mark = left.bytes(SideFiles.watermark(path)).flatMap { Watermark.newest(in: $0) }
      return mark == nil || before == .sideFiles ? nil : "synced, and cannot be opened: \(error)"
    }
  }

  /// What is wrong with the old tape, where there was one and the new one is not in its place.
  func faultOfOld(_ left: DiskContent) -> String? {
    if !replaces || left.bytes(Self.path) == recording.bytes { return nil }
    do {
      let found = try FileSystem.$calls.withValue(SimulatedDisk(left)) {
        try FoundTape(Self.path)
      }
      let certain = SequenceNumber(oldEvents) - 1
      return found.fault(asPartOf: Self.old, acknowledged: certain).map { "the old tape: \($0)" }
    } catch {
      return "the old tape cannot be opened: \(error)"
    }
  }
}
