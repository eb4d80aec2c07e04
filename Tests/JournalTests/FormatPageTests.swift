import Foundation
import MarketModel
import Testing

@testable import Journal

/// FORMAT.md says what the encoder does.
struct FormatPageTests {
  private static let page: String = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = root.appendingPathComponent("FORMAT.md")
    return (try? String(contentsOf: page, encoding: .utf8)) ?? ""
  }()

  /// The tape of the worked example: two kinds, two events, nothing compressed.
  static let example: [UInt8] = {
    var genesis = Genesis(
      semanticsRevision: 1, clock: TickClock(start: 0, tickLength: 1_000_000_000),
      digestInterval: 1_024, origin: .scenario([]))
    genesis.schemas = SchemaTable([EventSchema.of(.agentWoken), EventSchema.of(.noteAdded)])
    var encoder = JournalEncoder(genesis: genesis, usesCompression: false)
    encoder.append(
      EventRecord(
        time: 1_000_000_005, cause: nil,
        event: .agentWoken(AgentWoken(agent: 0, tick: 1, ordinal: 0, delay: -1))))
    encoder.append(
      EventRecord(
        time: 1_000_000_005, cause: 0, event: .noteAdded(NoteAdded(payload: Array("hi".utf8)))))
    encoder.seal(
      DigestRecord(root: 0x1122_3344_5566_7788, memoryRoot: nil), components: [1], memories: [])
    return encoder.takeOutput()
  }()

  @Test func `the worked example is what the encoder writes`() throws {
    // Lines of the example: an offset of four digits, two spaces, bytes; text after a semicolon.
    var bytes: [UInt8] = []
    for line in Self.page.split(separator: "\n") {
      let parts = line.split(separator: ";", maxSplits: 1)[0].split(separator: " ")
      guard line.first?.isHexDigit == true, let first = parts.first, first.count == 4,
        let offset = Int(first, radix: 16), parts.dropFirst().allSatisfy({ $0.count == 2 })
      else { continue }
      #expect(offset == bytes.count)
      bytes += parts.dropFirst().compactMap { UInt8($0, radix: 16) }
    }
    #expect(bytes == Self.example)
    #expect(try JournalReader(MemorySource(bytes)).allEvents().count == 2)
  }

  private static let references = ["", " (o)", " (f", " (c", " (s", " (t", " (r)"]

  static func line(_ schema: EventSchema) -> String {
    let fields = schema.fields.map { field in
      let (code, index) = field.reference.code
      let name = "`\(field.name)` \(field.type.rawValue)"
      return name + references[Int(code)] + ((2...5).contains(code) ? "\(index))" : "")
    }
    let flags = (schema.isInert ? 1 : 0) | (schema.hasPayload ? 2 : 0) | (schema.usesBins ? 4 : 0)
    let list = fields.isEmpty ? "none" : fields.joined(separator: ", ")
    return "| \(schema.kind) | `\(schema.name)` | \(flags) | \(list) |"
  }

  @Test(arguments: EventSchema.all.map { Int($0.kind) })
  func `every kind stands in the table of kinds`(kind: Int) throws {
    let line = Self.line(EventSchema.all[kind - 1])
    if ProcessInfo.processInfo.environment["TAPEDECK_PRINT"] != nil { print("KIND", line) }
    #expect(Self.page.contains(line))
  }

  @Test func `the example can be printed`() {
    guard ProcessInfo.processInfo.environment["TAPEDECK_PRINT"] != nil else { return }
    print("HEX", Self.example.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }

  @Test func `limits stand in the page`() {
    for limit in [
      "768 KiB", "4 MiB", "16,384", "32 KiB", "256 MiB", "1 MiB", "2^62", "2^50",
    ] {
      #expect(Self.page.contains(limit))
    }
    #expect(JournalEncoder.softRowSize == 768 << 10 && JournalEncoder.hardRowSize == 1 << 20)
    #expect(Limits.maximumRawFrame == 4 << 20 && Limits.maximumFrameEvents == 16_384)
    #expect(Limits.maximumInlinePayload == 32 << 10 && Limits.maximumPayload == 256 << 20)
    #expect(JournalEncoder.chunkPartSize == 1 << 20)
  }
}
