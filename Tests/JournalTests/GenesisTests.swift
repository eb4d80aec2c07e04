import Determinism
import MarketModel
import Testing

@testable import Journal

struct GenesisTests {
  static let fork: Genesis = {
    var generator = TestGenerator(seed: 1)
    return Genesis(
      semanticsRevision: 3, clock: SampleTape.clock, digestInterval: 0,
      origin: .fork(
        ForkOrigin(
          parentId: SHA256.hash([1]), parentIdentity: ChainLink(bytes: generator.bytes(16)),
          tick: 70, sharedCount: 1_234, parentChain: ChainLink(bytes: generator.bytes(16)),
          remainder: SHA256.hash([2]), depth: 2, held: ["maker", "noise"],
          interventions: [
            .init(code: .reseed, payload: [7, 0, 0, 0, 0, 0, 0, 0]),
            .init(code: .silence, payload: []),
          ])))
  }()

  static let flattened: Genesis = {
    var genesis = fork
    guard case .fork(var first) = fork.origin, case .fork(let second) = fork.origin else {
      return genesis
    }
    first.depth = 1
    genesis.origin = .flattened(scenario: [1, 2, 3], forks: [first, second])
    return genesis
  }()

  @Test func `a genesis comes back, and so do its bytes`() throws {
    var alone = Self.fork
    if case .fork(var origin) = alone.origin {
      origin.parentIdentity = nil
      alone.origin = .fork(origin)
    }
    for genesis in [
      SampleTape.genesis(), SampleTape.genesis([]), Self.fork, alone, Self.flattened,
    ] {
      #expect(try Genesis(genesis.bytes) == genesis)
      #expect(try Genesis(genesis.bytes).bytes == genesis.bytes)
      #expect(genesis.sessionId == SHA256.hash(genesis.bytes))
    }
  }

  @Test func `every truncation and every further byte is refused`() {
    for bytes in [SampleTape.genesis().bytes, Self.fork.bytes, Self.flattened.bytes] {
      for length in bytes.indices {
        #expect(throws: ByteError.self) { try Genesis(Array(bytes[..<length])) }
      }
      #expect(throws: ByteError.self) { try Genesis(bytes + [0]) }
    }
  }

  @Test func `whatever bytes are a genesis, the same bytes encode`() {
    for whole in [SampleTape.genesis().bytes, Self.fork.bytes, Self.flattened.bytes] {
      var read = 0
      for bit in stride(from: 0, to: whole.count * 8, by: 5) {
        var bytes = whole
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        guard let genesis = try? Genesis(bytes) else { continue }
        read += 1
        #expect(genesis.bytes == bytes)
      }
      #expect(read > 0)
    }
  }

  @Test func `a fork names the table of kinds that its parent lists`() throws {
    var fork = Self.fork
    var root = fork
    root.origin = .scenario([])
    #expect(root.bytes.count - fork.bytes.count > 2_900)
    let place = 4 + 8 + 8 + 4 + 1
    var bytes = fork.bytes
    #expect(bytes[place] == 0)
    bytes[place + 1] ^= 1
    #expect(throws: ByteError.self) { try Genesis(bytes) }
    // A table without a name is listed.
    fork.schemas = SchemaTable([EventSchema.of(.agentWoken)])
    #expect(try Genesis(fork.bytes) == fork)
    // One with a name is not, and only a fork may name one.
    var writer = ByteWriter()
    SchemaTable.current.encode(into: &writer)
    let listed = Array(Self.fork.bytes[..<place]) + writer.bytes + Self.fork.bytes[(place + 9)...]
    #expect(throws: ByteError.self) { try Genesis(listed) }
    let named = Array(Self.fork.bytes[place..<place + 9])
    let unlisted = Array(root.bytes[..<place]) + named + [0, 0, 0, 0]
    #expect(throws: ByteError.self) { try Genesis(unlisted) }
  }

  @Test func `flattened forks that do not follow each other are refused`() throws {
    let forks = Self.flattened.forks
    #expect(forks.count == 2 && Self.flattened.scenario == [1, 2, 3])
    #expect(Self.fork.forks.count == 1 && Self.fork.scenario == nil)
    var earlier = forks[1]
    earlier.tick -= 1
    var fewer = forks[1]
    fewer.sharedCount -= 1
    for list in [
      [], [forks[1]], [forks[0], forks[0]], [forks[0], earlier], [forks[0], fewer],
    ] {
      var genesis = Self.flattened
      genesis.origin = .flattened(scenario: [], forks: list)
      #expect(throws: ByteError.self) { try Genesis(genesis.bytes) }
    }
  }

  @Test func `a fork begins with the events that it shares`() throws {
    let tape = SampleTape(
      seed: 1, events: 60, perFrame: 20, genesis: Self.fork, firstSequence: 1_234)
    let reader = try JournalReader(MemorySource(tape.bytes), level: .chain)
    #expect(reader.scan.status == .sealed)
    #expect(reader.scan.nextSequence == 1_294)
    #expect(try reader.allEvents().map { $0.record } == tape.records)
    let other = SampleTape(
      seed: 1, events: 60, perFrame: 20, genesis: Self.fork, firstSequence: 1_233)
    #expect(throws: ReadError<Never>.self) { try JournalReader(MemorySource(other.bytes)) }
  }

  @Test func `limits on fork depth, counts and clocks hold`() throws {
    guard case .fork(let whole) = Self.fork.origin else { return }
    for change: (inout ForkOrigin) -> Void in [
      { $0.depth = 0 }, { $0.depth = 65 }, { $0.sharedCount = -1 }, { $0.sharedCount = .max },
      { $0.held = ["b", "a"] }, { $0.held = ["a", "a"] },
    ] {
      var origin = whole
      change(&origin)
      var genesis = Self.fork
      genesis.origin = .fork(origin)
      #expect(throws: ByteError.self) { try Genesis(genesis.bytes) }
    }
    for clock in [
      TickClock(start: -1, tickLength: 1), TickClock(start: .max, tickLength: 1),
      TickClock(start: 0, tickLength: .max),
    ] {
      var genesis = Self.fork
      genesis.clock = clock
      #expect(throws: ByteError.self) { try Genesis(genesis.bytes) }
    }
  }
}
