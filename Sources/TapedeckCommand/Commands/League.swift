import Agents
import ArgumentParser
import Counterfactual
import Market
import MarketModel
import Session
import Synchronization
import Training
import Workers

/// `tapedeck league`: plays what several agents may do against each other.
struct League<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "league", abstract: "Play policies of several agents against each other.",
      discussion: """
        Each agent that is given a policy may do what it does on the tape or what one of its policies says. Every \
        combination is played, all under the same noise, and what each agent gains is a game. Regret matching says \
        how often each would choose which way; what somebody could still gain by another way is how far that is \
        from an equilibrium. It also says how an answer to what is chosen is learned: add \
        that, and play again.
        """)
  }

  @OptionGroup var input: TapeOptions

  @Option(help: "A policy file that an agent may follow, NAME=FILE. Repeat it, for one agent too.")
  var policy: [String]

  @Option(help: "How often each combination is played.")
  var replicates = 20

  @OptionGroup var policies: PolicyOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var options: OutputOptions

  /// The most combinations, and the most runs of all together.
  private static var maximumProfiles: Int { 4096 }
  private static var maximumRuns: Int { 1 << 24 }

  func run() throws {
    guard (1...1_000_000).contains(replicates) else {
      throw CommandFailure(Exit.usage, "--replicates: 1 to 1000000")
    }
    let ways = try ways()
    // Bounded at each step: the product of many would not be a number.
    let count = ways.reduce(1) { min($0 * ($1.files.count + 1), Self.maximumProfiles + 1) }
    if count > Self.maximumProfiles {
      throw CommandFailure(
        Exit.usage, "--policy: more than \(Self.maximumProfiles) combinations",
        next: "leave out policies that nobody would choose")
    }
    if count * replicates > Self.maximumRuns {
      throw CommandFailure(
        Exit.usage, "--replicates: \(count) combinations, and \(Self.maximumRuns) runs at most",
        next: "take \(Self.maximumRuns / count) or fewer")
    }
    let parent = try input.open()
    let plan = try policies.fork(parent, of: ways.map { $0.agent }, Roster.self)
    let league = try league(ways, plan)
    guard let gains = try play(league, profiles: count) else {
      throw CommandFailure(Exit.interrupted, "interrupted; nothing came of it")
    }
    let report = LeagueReport(
      result: LeagueResult(ways: league.ways, gains: gains), agents: ways.map { $0.agent },
      names: ways.map { ["strategy"] + $0.files }, tape: parent.path,
      unit: plan.opening.scenario.moneyUnit,
      seed: policies.seed,
      command: "tapedeck league \(parent.path.shellWord)"
        + policy.map { " --policy \($0.shellWord)" }.joined()
        + policies.words(replicates: replicates, input),
      place: policies.set.isEmpty
        ? " --at \(policies.at)" + input.parent.map { " --parent \($0.shellWord)" }.joined()
          + policies.hold.map { " --hold \($0.shellWord)" }.joined() : nil)
    try Console.write(options.json ? Json.text(report.object) + "\n" : report.text)
  }

  /// The agents that have policies, in the order in which they are first named, and their files.
  private func ways() throws(CommandFailure) -> [(agent: String, files: [String])] {
    var ways: [(agent: String, files: [String])] = []
    for text in policy {
      let assignment = try PolicyAssignment(text)
      let (agent, file) = (assignment.agent, assignment.file)
      let place = ways.firstIndex { $0.agent == agent } ?? ways.count
      if place == ways.count { ways.append((agent, [])) }
      if ways[place].files.contains(file) {
        throw CommandFailure(Exit.usage, "--policy: \(text) comes twice")
      }
      ways[place].files.append(file)
    }
    return ways
  }

  private func league(
    _ ways: [(agent: String, files: [String])], _ plan: ForkPlan<Roster>
  ) throws(CommandFailure) -> PolicyLeague<Roster> {
    var players: [PolicyLeague<Roster>.Player] = []
    for (agent, files) in ways {
      var player = PolicyLeague<Roster>.Player(agent: agent)
      for file in files {
        player.ways.append(
          try policies.intervention(
            file, for: agent, among: ways.map { $0.agent }, in: plan.opening.scenario))
      }
      players.append(player)
    }
    do {
      return try PolicyLeague(plan, players: players, seed: policies.seed)
    } catch {
      throw CommandFailure(Exit.usage, "--policy: \(error.reason)")
    }
  }

  /// Plays every profile, run by run; nil where that was interrupted.
  private func play(
    _ league: PolicyLeague<Roster>, profiles: Int
  ) throws(CommandFailure) -> [[[Double]]]? {
    Console.listenForInterrupts()
    let progress = SharedProgress("playing", total: Int64(profiles * replicates))
    let (replicates, ways) = (replicates, league.ways)
    let results = Workers.map(profiles * replicates, threads: threads.count) {
      job -> Result<[Double], SessionError<Never>>? in
      if Console.isInterrupted.load(ordering: .relaxed) { return nil }
      defer { progress.finishedOne() }
      do throws(SessionError<Never>) {
        return .success(
          try league.gains(
            NormalFormGame.choices(in: job / replicates, of: ways), run: job % replicates))
      } catch {
        return .failure(error)
      }
    }
    var gains = [[[Double]]](repeating: [], count: profiles)
    for (job, result) in results.enumerated() {
      guard let result else { return nil }
      do {
        gains[job / replicates].append(try result.get())
      } catch {
        throw CommandFailure(Exit.trouble, "run \(job % replicates): \(error)")
      }
    }
    return gains
  }
}
