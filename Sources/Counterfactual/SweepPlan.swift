public import Agents
public import Determinism
public import MarketModel
import Replay
public import Session

/// Forks to be run: ticks x interventions x seeds of one parent.
///
/// Beside each fork with interventions there is one without, its control, which all of the same
/// tick and seed share.
public struct SweepPlan: Equatable, Sendable {
  /// A tick, and what differs from it on in each arm.
  public struct Point: Equatable, Sendable {
    /// The tick.
    public var tick: Tick
    /// By arm.
    public var interventions: [[Intervention]]

    /// Creates a point.
    public init(tick: Tick, interventions: [[Intervention]]) {
      self.tick = tick
      self.interventions = interventions
    }
  }

  /// One fork to be run.
  public struct Job: Equatable, Sendable {
    /// The position of its tick.
    public var point: Int
    /// The position of its interventions; nil for the control.
    public var arm: Int?
    /// Which of the seeds.
    public var replicate: Int
    /// The name of its result.
    public var key: Hash256
  }

  /// The parent: its session id and its journal identity.
  public var parent: [UInt8]
  /// The names of the arms.
  public var arms: [String]
  /// The ticks, ascending.
  public var points: [Point]
  /// How many seeds.
  public var seeds: Int
  /// What the seeds are made of.
  public var seed: UInt64
  /// The agents that are held.
  public var held: [String]

  /// Creates a plan.
  public init(
    parent: [UInt8], arms: [String], points: [Point], seeds: Int, seed: UInt64, held: [String]
  ) {
    self.parent = parent
    self.arms = arms
    self.points = points
    self.seeds = seeds
    self.seed = seed
    self.held = held
  }

  /// How many forks there are.
  public var count: Int { points.count * seeds * (arms.count + 1) }

  /// The forks, by tick, then seed, then arm, the control first.
  ///
  /// - Complexity: O(count).
  public var jobs: [Job] {
    var jobs: [Job] = []
    jobs.reserveCapacity(count)
    for point in points.indices {
      for replicate in 0..<seeds {
        for arm in [nil] + arms.indices.map({ Optional($0) }) {
          jobs.append(
            Job(
              point: point, arm: arm, replicate: replicate,
              key: key(points[point].tick, interventions(point, arm), replicate)))
        }
      }
    }
    return jobs
  }

  /// The interventions of an arm, the reseed of the replicate left out.
  public func interventions(_ point: Int, _ arm: Int?) -> [Intervention] {
    arm.map { points[point].interventions[$0] } ?? []
  }

  /// The name of a result: a hash of all that it depends on.
  private func key(_ tick: Tick, _ interventions: [Intervention], _ replicate: Int) -> Hash256 {
    var writer = ByteWriter()
    writer.write(sized: parent)
    writer.write(Semantics.revision)
    writer.write(tick)
    writer.write(reseed(replicate))
    writer.write(count: interventions.count)
    for intervention in interventions {
      writer.write(intervention.code.rawValue)
      writer.write(sized: intervention.payload)
    }
    writer.write(count: held.count)
    for name in held { writer.write(name) }
    return SHA256.hash(writer.bytes)
  }

  /// The seed of a replicate, the same at all ticks and in all arms.
  public func reseed(_ replicate: Int) -> UInt64 {
    let key = NoiseKey(seed: seed, entity: "replicate", purpose: "reseed")
    return key.bits(tick: Int64(replicate), slot: 0, draw: 0)
  }

  /// Runs a fork; `plan` is that of its tick, without a difference.
  ///
  /// - Throws: `SessionError` where a recorded input does not fit.
  public func run<Roster: AgentRoster>(
    _ job: Job, _ plan: ForkPlan<Roster>
  ) throws(SessionError<Never>) -> SweepResult {
    let differences =
      [.reseed(reseed(job.replicate))] + interventions(job.point, job.arm)
    let run = try plan.with(differences).measureToEnd()
    return SweepResult(
      key: job.key, eventCount: run.eventCount, root: run.digests.root,
      memoryRoot: run.digests.memoryRoot, outcome: run.outcome)
  }
}
