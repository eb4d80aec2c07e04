import Agents
import Counterfactual
import FoundationEssentials
import Journal
import JournalFiles
import MarketModel
import Session
import Training

/// A folder with the tapes of everything that was tried, over any number of selections.
struct TrialTapes: Sendable {
  private let folder: String

  init(_ folder: String) { self.folder = folder }

  /// Refuses a name that the tape of another training has: one of something else, in a fork of something else.
  func expect<Roster: AgentRoster>(
    _ plan: TrainingPlan, _ name: String, in fork: ForkPlan<Roster>
  ) throws(CommandFailure) {
    let path = path(name)
    guard FileManager.default.fileExists(atPath: path) else { return }
    let there: FolderTape
    do throws(CommandFailure) {
      there = try FolderTape(name, path)
    } catch {
      throw uncounted("\(name).tape", error.what)
    }
    guard case .fork(let own) = fork.genesis.origin, case .fork(let origin) = there.genesis.origin,
      origin.training == plan.bytes, origin.parentId == own.parentId, origin.tick == own.tick,
      origin.held == own.held
    else { throw taken(path) }
  }

  private func path(_ name: String) -> String { "\(folder)/\(name).tape" }

  private func taken(_ path: String) -> CommandFailure {
    CommandFailure(
      Exit.usage, "\(path): exists, and is of another training",
      next: "give the candidate another name: --candidate again:algorithm=ppo")
  }

  /// Keeps the tape of a training; one that is there already stays.
  ///
  /// - Throws: a failure where another tape has the name.
  func keep(_ tape: [UInt8], _ name: String, of parent: String) throws(CommandFailure) {
    let path = path(name)
    if let there = try? ReadFiles.read(path) {
      if there == tape { return }
      throw taken(path)
    }
    do {
      try SmallFile.createFolder(folder)
    } catch {
      throw CommandFailure(error)
    }
    do {
      try SmallFile.write(tape, to: path, replacing: false)
    } catch {
      throw CommandFailure(error)
    }
    try Fork<BuiltInAgents>.noteParent(parent, of: path)
  }

  /// How many ways to learn were tried by an agent in forks of one session.
  ///
  /// Trainings count once that differ in their end alone, since a trial learns from many parts of a session, or in
  /// what their tapes keep.
  /// - Throws: a failure where a tape in the folder, or what it trains, cannot be read: a trial that is not counted
  ///   makes the best look better than it is.
  func count<Roster: AgentRoster>(
    of agent: String, in fork: ForkPlan<Roster>
  ) throws(CommandFailure) -> Int {
    guard case .fork(let own) = fork.genesis.origin else { return 0 }
    let (tapes, unreadable) = try FolderTape.all(in: folder)
    if let (name, reason) = unreadable.first { throw uncounted(name, reason) }
    var tried: [Trial] = []
    for tape in tapes {
      guard case .fork(let origin) = tape.genesis.origin, origin.isTraining,
        origin.parentId == own.parentId
      else { continue }
      let plan: TrainingPlan
      do {
        plan = try TrainingPlan(bytes: origin.training)
      } catch {
        throw uncounted(tape.name, "expected \(error.expected)")
      }
      guard plan.settings.trainees.contains(where: { $0.agent == agent }) else { continue }
      var settings = plan.settings
      settings.end = nil
      let trial = Trial(
        settings: settings, seed: plan.seed, tick: origin.tick, held: origin.held)
      if !tried.contains(trial) { tried.append(trial) }
    }
    return tried.count
  }

  /// What makes one trial differ from another.
  private struct Trial: Equatable {
    let settings: MarketTrainingSettings
    let seed: UInt64
    let tick: Tick
    let held: [String]
  }

  private func uncounted(_ name: String, _ reason: String) -> CommandFailure {
    CommandFailure(
      Exit.trouble, "\(folder)/\(name): a trial may be on it, and it cannot be read: \(reason)",
      next: "repair it with tapedeck recover, or take it away if it is none")
  }
}
