import Agents
import Counterfactual
import Determinism
import MarketModel
import Replay
import Session
import SessionSupport
import Testing

@Suite struct SweepTests {
  private func plan(seeds: Int = 3, seed: UInt64 = 1, held: [String] = []) -> SweepPlan {
    let silence = [Intervention.silence(agent: "MM_01")]
    return SweepPlan(
      parent: [1, 2, 3], arms: ["silent", "shock"],
      points: [10, 30].map { tick in
        SweepPlan.Point(
          tick: tick, interventions: [silence, [.shock(process: "fair", tick * 100)]])
      }, seeds: seeds, seed: seed, held: held)
  }

  @Test func `each fork has a name of its own, made of all that it depends on`() {
    let jobs = plan().jobs
    #expect(jobs.count == plan().count && jobs.count == 2 * 3 * 3)
    #expect(Set(jobs.map { $0.key.hexadecimal }).count == jobs.count)
    // More seeds, or other arms beside it, do not rename a fork.
    let more = Set(plan(seeds: 5).jobs.map { $0.key.hexadecimal })
    #expect(jobs.allSatisfy { more.contains($0.key.hexadecimal) })
    for other in [plan(seed: 2), plan(held: ["MM_01"])] {
      let names = Set(other.jobs.map { $0.key.hexadecimal })
      #expect(jobs.allSatisfy { !names.contains($0.key.hexadecimal) })
    }
    var elsewhere = plan()
    elsewhere.parent = [1, 2, 4]
    #expect(elsewhere.jobs[0].key != jobs[0].key)
  }

  @Test func `a result is what the fork's tape says, and comes back from its bytes`() throws {
    let parent = [try SmallSession.record(Forks.scenario())]
    let sweep = plan()
    for job in [sweep.jobs[0], sweep.jobs[4], sweep.jobs[14]] {
      let point = sweep.points[job.point]
      let fork = try ForkPlan<BuiltInAgents>(
        SmallSession.open(parent), at: point.tick, interventions: [])
      let result = try sweep.run(job, fork)
      let tapes = try Forks.fork(
        parent, at: point.tick,
        [.reseed(sweep.reseed(job.replicate))] + sweep.interventions(job.point, job.arm))
      let end = try Forks.end(tapes).digests()
      #expect(result.root == end.root && result.memoryRoot == end.memoryRoot)
      let shared = try SmallSession.open(tapes).firstOwnSequence
      #expect(result.eventCount == Int64(try Forks.events(tapes).count) - shared)
      let bytes = result.encoded
      #expect(try SweepResult(encoded: bytes) == result)
      for index in bytes.indices {
        var bad = bytes
        bad[index] ^= 1 << UInt8(index % 8)
        #expect(throws: ByteError.self) { try SweepResult(encoded: bad) }
        #expect(throws: ByteError.self) { try SweepResult(encoded: Array(bytes[..<index])) }
      }
    }
  }
}
