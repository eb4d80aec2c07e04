import Agents
import Determinism
import Foundation
import Market
import MarketModel
import Replay
import Session
import Testing

@testable import Journal
@testable import TapedeckCommand

extension CommandTests {
  @Suite struct UnknownKindTests {
    /// An open tape with one event of a kind that this build does not know.
    private func tape(isInert: Bool) throws -> [UInt8] {
      var scenario = Scenario(name: "from the future", seed: 1)
      scenario.horizon = 5
      scenario.instruments = [InstrumentRules(name: "STOCK")]
      let future = EventSchema(
        kind: 200, name: "auctionOpened", revision: 1, isInert: isInert, hasPayload: false,
        fields: [FieldSchema("instrument", .instrument), FieldSchema("phase", .number)])
      var genesis = Genesis(scenario: scenario)
      genesis.schemas = SchemaTable(EventSchema.all + [future])
      let encoder = JournalEncoder(genesis: genesis)
      let digests = try SessionState<BuiltInAgents>(scenario: scenario).digests()
      var row = EventRow(kind: 200)
      row.words[1] = 3
      let raw = EventFrame.encode(
        [PlacedRow(time: 1, distance: 0, row: row)], [],
        FrameDigests(
          digests: digests.record, components: digests.components, memories: []),
        clock: genesis.clock, schemas: genesis.schemas)
      var header = FrameHeader(
        kind: .events, firstSequence: 0, firstTick: 0, count: 1, index: 1)
      header.rawLength = UInt32(raw.count)
      header.storedLength = UInt32(raw.count)
      header.payloadChecksum = CRC32C.checksum(raw)
      header.chain = encoder.chain.next(header, raw: raw)
      return encoder.output + header.bytes + raw
        + [UInt8](repeating: 0, count: header.paddingLength)
    }

    @Test func `cat and info pass over an unknown kind, replay refuses it by name`() throws {
      let shell = try Shell()
      try shell.write("future.tape", try tape(isInert: false))
      let cat = shell.run("cat @future.tape")
      #expect(cat.status == 0)
      #expect(cat.data.contains("auctionOpened (unknown to this build) instrument=STOCK phase=3"))
      #expect(shell.run("info @future.tape").data.contains("auctionOpened"))
      let replay = shell.run("replay @future.tape")
      #expect(replay.status == 2)
      #expect(replay.words.contains("auctionOpened"))
    }

    @Test func `an inert kind is folded as nothing`() throws {
      let shell = try Shell()
      try shell.write("future.tape", try tape(isInert: true))
      #expect(shell.run("replay @future.tape").status == 0)
      #expect(shell.run("verify @future.tape").status == 3)
    }
  }
}
