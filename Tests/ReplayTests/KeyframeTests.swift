import Agents
import Journal
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

/// Keyframes in memory.
private struct Kept: KeyframeCache {
  var keepsAny: Bool { true }
  var keyframes: [[Keyframe]] = [[], []]
  var limit = Int.max

  func headers(_ tape: Int) -> [Keyframe.Header] { keyframes[tape].map { $0.header } }

  func read(_ tape: Int, _ header: Keyframe.Header) -> Keyframe? {
    keyframes[tape].first { $0.header == header }
  }

  mutating func keep(_ tape: Int, _ keyframe: Keyframe) {
    keyframes[tape].append(keyframe)
    if keyframes[tape].count > limit { keyframes[tape].remove(at: 0) }
  }
}

@Suite struct KeyframeTests {
  /// A tape whose frames are short.
  private static let tape: [UInt8] = {
    do {
      let scenario = Tapes.scenario(seed: 5, ticks: 200)
      var session = try MarketSession<BuiltInAgents>(scenario: scenario)
      var recorder = JournalRecorder(
        JournalEncoder(genesis: Genesis(scenario: scenario)), output: MemoryOutput())
      while let turn = try session.advance(into: &recorder) {
        try session.takeTurn(turn, into: &recorder)
        if session.nextSequence % 5 == 0 { recorder.endFrame(session.state) }
      }
      recorder.seal(session.state)
      return recorder.output.bytes
    } catch {
      preconditionFailure("Invariant: \(error)")
    }
  }()

  private func lineage() throws -> Lineage<MemorySource> { try SmallSession.open([Self.tape]) }

  private func linear(_ tick: Tick) throws -> [UInt8] {
    var replayer = try Replayer<BuiltInAgents, MemorySource>(try lineage())
    try replayer.advance(to: tick)
    return replayer.state.encoded
  }

  private func sought(_ tick: Tick, _ cache: inout Kept) throws -> (state: [UInt8], from: Int64) {
    var replayer = try Replayer<BuiltInAgents, MemorySource>(
      try lineage(), before: tick, cache)
    let start = replayer.nextSequence
    try replayer.advance(to: tick, keeping: &cache, every: 40)
    #expect(replayer.mismatch == nil)
    return (replayer.state.encoded, start)
  }

  @Test(arguments: [2, Int.max])
  func `seeking comes to the same state as folding, in whatever order`(limit: Int) throws {
    var cache = Kept()
    cache.limit = limit
    var jumps = 0
    for index in 0..<Effort.of(60) {
      let tick = Tick(index * 83 % 201)
      let (state, start) = try sought(tick, &cache)
      #expect(state == (try linear(tick)), "tick \(tick)")
      if start > 0 { jumps += 1 }
    }
    #expect(jumps >= Effort.of(20) && !cache.keyframes[0].isEmpty)
  }

  @Test func `a keyframe that does not fit is not used`() throws {
    var cache = Kept()
    _ = try sought(180, &cache)
    let good = try #require(cache.keyframes[0].last)
    let header = good.header
    var other = good.state
    other[other.count / 2] ^= 1
    let bad = [
      Keyframe(
        state: other, revision: header.revision, sessionId: header.sessionId,
        chain: header.chain, nextSequence: header.nextSequence, tick: header.tick),
      Keyframe(
        state: good.state, revision: header.revision + 1, sessionId: header.sessionId,
        chain: header.chain, nextSequence: header.nextSequence, tick: header.tick),
      Keyframe(
        state: good.state, revision: header.revision, sessionId: header.sessionId,
        chain: .origin, nextSequence: header.nextSequence, tick: header.tick),
      Keyframe(
        state: good.state, revision: header.revision, sessionId: header.sessionId,
        chain: header.chain, nextSequence: header.nextSequence + 1, tick: header.tick),
      Keyframe(
        state: cache.keyframes[0][0].state, revision: header.revision,
        sessionId: header.sessionId, chain: header.chain, nextSequence: header.nextSequence,
        tick: header.tick),
    ]
    for keyframe in bad {
      var only = Kept()
      only.keyframes[0] = [keyframe]
      let (state, start) = try sought(190, &only)
      #expect(start == 0)
      #expect(state == (try linear(190)))
    }
    var only = Kept()
    only.keyframes[0] = [good]
    #expect(try sought(190, &only).from == header.nextSequence)
  }

  @Test func `bytes of a keyframe come back, and any flipped bit is noticed`() throws {
    var cache = Kept()
    _ = try sought(120, &cache)
    let keyframe = try #require(cache.keyframes[0].first)
    let bytes = try #require(keyframe.bytes)
    let read = try #require(Keyframe(bytes))
    #expect(read.state == keyframe.state)
    #expect(read.header.nextSequence == keyframe.header.nextSequence)
    let used = Keyframe.headerSize + Int(read.header.storedLength)
    for bit in 0..<used * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Keyframe(flipped) == nil)
    }
    for length in stride(from: 0, to: used, by: 7) {
      #expect(Keyframe(Array(bytes.prefix(length))) == nil)
    }
  }
}
