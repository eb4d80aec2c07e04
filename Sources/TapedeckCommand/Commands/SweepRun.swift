import Agents
import ArgumentParser
import Counterfactual
import Determinism
import JournalFiles
import MarketModel
import Replay
import Session
import Synchronization
import Workers

/// `tapedeck sweep run`: runs the forks of a sweep, or a part of them.
struct SweepRun<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "run", abstract: "Run the forks of a sweep that have no result yet.",
      discussion: """
        Stop it whenever you like: what is finished is kept. Parts run side by side, on one machine \
        or many that share the folder, with --shard 1/4 to --shard 4/4.
        """)
  }

  @Argument(help: "The folder of the sweep.")
  var folder: String

  @Option(help: "Only that part: I/N, from 1/N to N/N.")
  var shard = "1/1"

  @Option(help: "The parent, where it is not where it was.")
  var parent: String?

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let folder = try SweepFolder(folder)
    let mine = try jobs(folder)
    let tape = try folder.openParent(parent)
    Console.listenForInterrupts()
    var waiting: [SweepPlan.Job] = []
    var damaged = 0
    for job in mine {
      do {
        if try folder.result(job.key) == nil { waiting.append(job) }
      } catch {
        damaged += 1
        waiting.append(job)
      }
    }
    if damaged > 0 { Console.say("run again, as damaged: \(damaged)") }
    let progress = SharedProgress("sweeping", total: Int64(waiting.count))
    var keyframes = try TapeKeyframes(tape.paths)
    var done = 0
    var batch: [PlannedJob] = []
    var latest: PlannedJob?
    for (index, job) in waiting.enumerated() {
      if Console.isInterrupted.load(ordering: .relaxed) { break }
      var planned = PlannedJob(job: job, plan: nil)
      // All forks of a tick begin at the same plan.
      planned.plan =
        latest?.job.point == job.point
        ? latest?.plan : try plan(folder.plan, job, tape, &keyframes)
      latest = planned
      batch.append(planned)
      // Bounded memory: a state for each tick that is at work.
      if batch.count < 64 * threads.count, index < waiting.count - 1 { continue }
      done += try run(batch, folder, progress)
      batch.removeAll(keepingCapacity: true)
    }
    Console.say(
      "\(mine.count - waiting.count) results were there, \(done) are new: \(folder.path)")
    if done < waiting.count { throw ExitCode(Exit.interrupted) }
  }

  private struct PlannedJob: Sendable {
    let job: SweepPlan.Job
    var plan: ForkPlan<Roster>?
  }

  private func jobs(_ folder: SweepFolder) throws(CommandFailure) -> [SweepPlan.Job] {
    let part = try Part(shard, option: "--shard")
    // Neighbours stay together, as those of a tick share the way there.
    let jobs = folder.plan.jobs
    return jobs.indices.filter { $0 * part.count / jobs.count == part.number - 1 }.map { jobs[$0] }
  }

  private func plan(
    _ plan: SweepPlan, _ job: SweepPlan.Job, _ tape: OpenedTape,
    _ keyframes: inout TapeKeyframes
  ) throws(CommandFailure) -> ForkPlan<Roster> {
    let point = plan.points[job.point]
    let control: ForkPlan<Roster>
    do {
      control = try ForkPlan(tape.lineage, at: point.tick, held: plan.held, cache: &keyframes)
    } catch {
      throw CommandFailure(error, tape.paths)
    }
    for (arm, interventions) in point.interventions.enumerated() {
      var trial = control
      do {
        try trial.add(interventions)
      } catch {
        throw CommandFailure(
          Exit.trouble,
          "the plan's arm \(plan.arms[arm]) is impossible at tick \(point.tick): "
            + error.reason,
          next: "the plan was altered since it was made; plan anew")
      }
    }
    return control
  }

  /// Runs forks and writes their results; returns how many were finished.
  private func run(
    _ batch: [PlannedJob], _ folder: SweepFolder, _ progress: SharedProgress
  ) throws(CommandFailure) -> Int {
    let sweep = folder.plan
    let results = Workers.map(batch.count, threads: threads.count) {
      number -> Result<Void, CommandFailure>? in
      if Console.isInterrupted.load(ordering: .relaxed) { return nil }
      let planned = batch[number]
      guard let plan = planned.plan else { return nil }
      do throws(SessionError<Never>) {
        let result = try sweep.run(planned.job, plan)
        do throws(WriteError) {
          try folder.write(result)
        } catch {
          return .failure(CommandFailure(error))
        }
      } catch {
        return .failure(
          CommandFailure(Exit.trouble, "fork \(planned.job.key.hexadecimal): \(error)"))
      }
      progress.finishedOne()
      return .success(())
    }
    var done = 0
    for case let result? in results {
      try result.get()
      done += 1
    }
    return done
  }
}

/// `tapedeck sweep status`: how far a sweep is.
struct SweepStatus: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "status", abstract: "Say how many forks have a result.")
  }

  @Argument(help: "The folder of the sweep.")
  var folder: String

  @OptionGroup var options: OutputOptions

  func run() throws {
    let folder = try SweepFolder(folder)
    var (done, damaged) = (0, 0)
    for job in folder.plan.jobs {
      do {
        if try folder.result(job.key) != nil { done += 1 }
      } catch {
        damaged += 1
      }
    }
    let count = folder.plan.count
    if options.json {
      let object = ["forks": count, "done": done, "damaged": damaged, "missing": count - done]
      try Console.write(Json.text(object) + "\n")
    } else {
      try Console.data("\(done) of \(count) forks have a result, \(damaged) are damaged")
    }
  }
}
