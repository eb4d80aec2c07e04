import MarketModel
import Testing

@testable import Journal

struct UnknownKindTests {
  private static let future = EventSchema(
    kind: 200, name: "auctionOpened", revision: 4, isInert: true, hasPayload: true,
    fields: [
      FieldSchema("agent", .agent, .command(0)), FieldSchema("tick", .tick, .ownTick),
      FieldSchema("copy", .number, .field(0)), FieldSchema("limit", .price, .order(8)),
      FieldSchema("ordinal", .number, .target(5)), FieldSchema("nothing", .number, .command(15)),
    ])

  private static let genesis: Genesis = {
    var genesis = SampleTape.genesis()
    genesis.schemas = SchemaTable(EventSchema.all + [future])
    return genesis
  }()

  /// An order, a cancel, and three events of the future kind: two with causes, one without.
  private func rows() -> [PlacedRow] {
    var samples = SampleEvents(seed: 1, clock: SampleTape.clock)
    var rows = [samples.next(.orderSubmitted), samples.next(.cancelSubmitted)].map {
      PlacedRow(time: $0.time, distance: 0, row: $0.event.row)
    }
    for (index, distance) in [2, 2, 0].enumerated() as EnumeratedSequence<[Int64]> {
      var row = EventRow(kind: 200)
      for field in 0..<6 { row.words[field] = Int64(100 * index + field) - 40 }
      row.payload = [UInt8](repeating: 9, count: index)
      rows.append(PlacedRow(time: rows[1].time + 5, distance: distance, row: row))
    }
    return rows
  }

  private func tape() -> [UInt8] {
    let genesis = Self.genesis
    let rows = rows()
    let digests = FrameDigests(
      digests: DigestRecord(root: 1, memoryRoot: nil), components: [], memories: [])
    var forged = ForgedTape(SampleTape(seed: 1, events: 5, perFrame: 5, genesis: genesis))
    forged.frames[1].raw = EventFrame.encode(
      rows, [], digests, clock: genesis.clock, schemas: genesis.schemas)
    forged.frames[1].header.firstTick = genesis.clock.tick(at: rows[0].time)
    return forged.bytes
  }

  @Test func `a kind that only the genesis lists is read by its layout`() throws {
    let reader = try JournalReader(MemorySource(tape()), level: .chain)
    #expect(reader.scan.damages.isEmpty)
    let events = try reader.allEvents()
    let rows = rows()
    #expect(events.count == 5)
    #expect(events[0].record?.event.row.kind == 2)
    #expect(events[1].record?.event.row.kind == 3)
    for index in 2..<5 {
      guard case .unknown(let event) = events[index] else {
        Issue.record("event \(index) is known")
        continue
      }
      #expect(event.schema == Self.future)
      #expect(event.time == rows[index].time)
      #expect(event.cause == (index < 4 ? Int64(index) - 2 : nil))
      #expect(event.words == (0..<6).map { rows[index].row.words[$0] })
      #expect(event.payload == rows[index].row.payload)
    }
  }

  @Test func `a kind that the genesis does not list is refused`() throws {
    var forged = ForgedTape(SampleTape(seed: 1, events: 5, perFrame: 5))
    var rows = rows()
    rows.removeSubrange(3...)
    let digests = FrameDigests(
      digests: DigestRecord(root: 1, memoryRoot: nil), components: [], memories: [])
    forged.frames[1].raw = EventFrame.encode(
      rows, [], digests, clock: SampleTape.clock, schemas: Self.genesis.schemas)
    forged.frames[1].header.count = 3
    #expect(throws: (any Error).self) { try ForgedTape.open(forged.bytes) }
  }

  @Test func `a known kind with another layout is refused`() throws {
    var genesis = SampleTape.genesis()
    var list = EventSchema.all
    list[0] = EventSchema(
      kind: 1, name: "agentWoken", revision: 2, isInert: false, hasPayload: false,
      fields: list[0].fields)
    genesis.schemas = SchemaTable(list)
    var samples = SampleEvents(seed: 1, clock: SampleTape.clock)
    _ = samples.next(.agentWoken)
    let tape = SampleTape(samples.records, perFrame: 1, genesis: genesis)
    #expect(throws: (any Error).self) { try ForgedTape.open(tape.bytes) }
  }
}
