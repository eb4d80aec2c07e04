import Agents
import Foundation
import Journal
import MarketData
import MarketModel
import Replay
import Session

/// The first inputs of each target, from goldens and fixtures.
struct Seeds {
  private static let largestTape = 16 << 10
  private let root: URL

  init(repository: String) { root = URL(fileURLWithPath: repository) }

  /// Writes a folder of seeds for each target; bombs go to `bombs`, known failures to `known`.
  func write(to folder: String) throws {
    for target in FuzzTarget.allCases {
      let name = target.rawValue
      try Self.write(try seeds(of: target), "\(folder)/\(name)")
      try Self.write(Bombs.of(target), "\(folder)/bombs/\(name)")
      try Self.write(Bombs.known(target), "\(folder)/known/\(name)")
    }
  }

  private static func write(_ inputs: [[UInt8]], _ folder: String) throws {
    let place = URL(fileURLWithPath: folder)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for (index, input) in inputs.enumerated() {
      try Data(input).write(to: place.appendingPathComponent(String(format: "%03d", index)))
    }
  }

  private func seeds(of target: FuzzTarget) throws -> [[UInt8]] {
    switch target {
    case .tape: try tapes().map { plain($0) } + tapes().prefix(4)
    case .events: try tapes().flatMap { eventFrames($0) }
    case .sides: try sides()
    case .recovery: try tapes().flatMap { [mark(0) + $0, mark($0.count / 2) + $0] }
    case .scenario: try files("fixtures/scenarios")
    case .lobster: try lobster()
    case .table: try tables()
    case .state: try tapes().compactMap { state($0) }
    case .fold: try tapes().map { plain($0) }
    }
  }

  private func files(_ folder: String, _ suffix: String = "") throws -> [[UInt8]] {
    let place = root.appendingPathComponent(folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
    return try names.filter { $0.hasSuffix(suffix) }
      .map { [UInt8](try Data(contentsOf: place.appendingPathComponent($0))) }
  }

  private func tapes() throws -> [[UInt8]] {
    try files("journals", ".tape").filter { $0.count <= Self.largestTape }
  }

  /// The same tape with payloads as they are, so that their bytes can be mutated.
  private func plain(_ tape: [UInt8]) -> [UInt8] {
    guard var image = TapeImage(tape) else { return tape }
    for index in image.frames.indices { image.frames[index].isPacked = false }
    return image.bytes
  }

  private func eventFrames(_ tape: [UInt8]) -> [[UInt8]] {
    (TapeImage(tape)?.frames ?? []).filter { $0.kind == 3 }.map { EventsTarget.input(of: $0) }
  }

  private func mark(_ offset: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt64(offset))
    return writer.bytes
  }

  private func sides() throws -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    for tape in try tapes() {
      let frames = TapeImage(tape)?.frames ?? []
      seeds += frames.filter { $0.kind == 1 }.map { [0] + $0.raw }
      seeds += frames.filter { $0.kind == 4 }.map { [1] + $0.raw }
      var records: [UInt8] = []
      for (sequence, record) in firstEvents(tape, 16) {
        records += UnfinishedEvents.encode(
          record, sequence: sequence, startsSync: sequence % 4 == 0)
      }
      seeds.append([3] + records)
    }
    let mark = Watermark(
      number: 1, offset: 4096, nextSequence: 9, tick: 3, chain: .origin, frameCount: 2)
    return seeds + [[2] + mark.bytes, [2] + mark.bytes + mark.bytes]
  }

  private func firstEvents(
    _ tape: [UInt8], _ count: Int
  ) -> [(sequence: SequenceNumber, record: EventRecord)] {
    guard let reader = try? JournalReader(MemorySource(tape)),
      let entry = reader.eventEntries.first, let frame = try? reader.frame(entry)
    else { return [] }
    var events: [(sequence: SequenceNumber, record: EventRecord)] = []
    for (index, event) in frame.events.prefix(count).enumerated() {
      guard case .known(let record) = event else { continue }
      events.append((frame.firstSequence + Int64(index), record))
    }
    return events
  }

  private func lobster() throws -> [[UInt8]] {
    let texts = try files("fixtures/lobster", ".csv").map { head($0, lines: 24) }
    let others = "0.1,1,1,5,10000,1\n0.2,5,0,3,10000,-1\n0.3,2,1,2,10000,1\n0.4,7,0,0,-1,-1\n"
    guard texts.count == 2 else { return texts }
    return [texts[0], texts[0] + [0x1E] + texts[1], Array(others.utf8)]
  }

  private func tables() throws -> [[UInt8]] {
    var seeds = try files("fixtures/events", ".jsonl").map { head($0, lines: 24) }
      .filter { $0.count < Self.largestTape }
    let clock = TickClock(start: 0, tickLength: 1_000_000_000)
    for format in EventTableFormat.allCases {
      let writer = EventTableWriter(format: format, names: TableTarget.names, clock: clock)
      for tape in try tapes() {
        var lines = writer.header.map { [$0] } ?? []
        for (sequence, record) in firstEvents(tape, 12) where record.event.row.payload.count < 1024
        {
          lines.append(writer.line(sequence: sequence, record: record))
        }
        seeds.append(Array(lines.joined(separator: "\n").utf8))
      }
    }
    return seeds
  }

  private func head(_ text: [UInt8], lines: Int) -> [UInt8] {
    Array(text.split(separator: 10).prefix(lines).joined(separator: [10]))
  }

  private func state(_ tape: [UInt8]) -> [UInt8]? {
    guard let reader = try? JournalReader(MemorySource(tape)), let lineage = try? Lineage([reader]),
      var replayer = try? Replayer<BuiltInAgents, MemorySource>(lineage)
    else { return nil }
    try? replayer.advance(to: (reader.scan.entries.last?.header.firstTick ?? 0) / 2)
    if replayer.state.market.working != nil { return nil }
    return replayer.state.encoded
  }
}
