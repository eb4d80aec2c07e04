import Foundation
import Journal
import JournalFiles
import MarketModel
import Synchronization

/// Readers at work while a writer writes one tape after another, each in the place of the one
/// before.
final class ReaderCampaign: Sendable {
  /// What the writer has done.
  private struct Stage: Sendable {
    var hasTape = false
    var round = 0
    /// Whether the new tape has its genesis.
    var hasBegun = false
    /// Whether it may have its place already.
    var isEnding = false
    var acknowledged: SequenceNumber = -1
    var isDone = false
  }

  private let recording: RecordedCalls
  private let path: String
  private let misreading: @Sendable (inout FoundTape) -> Void
  private let stage = Mutex(Stage())
  private let found = Mutex<[String]>([])
  private let reads = Atomic<Int>(0)

  /// How often a tape was read, and how many tapes were written.
  var counts: (reads: Int, tapes: Int) {
    (reads.load(ordering: .relaxed), stage.withLock { $0.round })
  }
  /// What readers found wrong.
  var failures: [String] { found.withLock { $0 } }

  init(
    _ recording: RecordedCalls, _ path: String,
    misreading: @escaping @Sendable (inout FoundTape) -> Void = { _ in }
  ) {
    self.recording = recording
    self.path = path
    self.misreading = misreading
  }

  /// Lets one writer and so many readers work for some seconds, and on until so much was read: a busy
  /// machine is slow.
  func run(seconds: Double, readers: Int, reads: Int = 0, tapes: Int = 0) throws {
    let group = DispatchGroup()
    for reader in 0..<readers {
      let thread = Thread { [self] in
        while !stage.withLock({ $0.isDone }) { read(isFinished: reader % 2 == 1) }
        group.leave()
      }
      group.enter()
      thread.start()
    }
    let end = Date().addingTimeInterval(seconds)
    defer {
      stage.withLock { $0.isDone = true }
      group.wait()
    }
    while Date() < end || counts.reads < reads || counts.tapes < tapes { try write() }
  }

  /// Writes one tape.
  private func write() throws {
    let round = stage.withLock { stage in
      stage.round += 1
      stage.hasBegun = false
      stage.isEnding = false
      stage.acknowledged = -1
      return stage.round
    }
    let writer = try TapeWriter(
      path: path, durability: Durability.allCases[round % 3], replacing: true,
      acknowledge: { [self] number in stage.withLock { $0.acknowledged = number } })
    for end in recording.calls.indices {
      switch recording.calls[end] {
      case .write(let frames, let progress): try writer.write(frames, progress)
      case .note(let record, let sequence, let startsTick):
        var event = FlatEvent()
        event.set(record)
        try writer.note(&event, sequence: sequence, startsTick: startsTick)
      }
      stage.withLock { $0.hasBegun = true }
    }
    stage.withLock { $0.isEnding = true }
    try writer.finish(isSealed: true)
    stage.withLock { $0.hasTape = true }
  }

  /// Reads the tape that is being written, or the finished one whose place it takes.
  private func read(isFinished: Bool) {
    let before = stage.withLock { $0 }
    // The first tape has no other's place to take.
    let isNew = !isFinished && before.hasTape
    let name = isNew ? SideFiles.replacement(path) : path
    var fault: String?
    do {
      var tape = try FoundTape(name)
      misreading(&tape)
      let isSameRound = stage.withLock { $0.round } == before.round
      let certain =
        isNew || !before.hasTape
        ? (isSameRound ? before.acknowledged : -1) : SequenceNumber(recording.records.count) - 1
      fault = tape.fault(asPartOf: recording, acknowledged: certain)
    } catch {
      // Before its first frame, and between two rounds, there is no new tape.
      let now = stage.withLock { $0 }
      let isThere = before.hasBegun && now.round == before.round && !now.isEnding
      if isThere || (before.hasTape && !isNew) { fault = "\(error)" }
    }
    reads.add(1, ordering: .relaxed)
    if let fault { found.withLock { $0.append("\(name): \(fault)") } }
  }
}
