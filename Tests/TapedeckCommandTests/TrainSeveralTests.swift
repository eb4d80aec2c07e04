import Agents
import Determinism
import Foundation
import Journal
import JournalFiles
import Learners
import MarketModel
import Replay
import TestSupport
import Testing
import Training

@testable import TapedeckCommand

extension CommandTests {
  /// Trainings of several agents, styles, and what is drawn of trainings.
  @Suite struct TrainSeveralTests {
    private static let both = "--agent Trend_01 --agent MM_01 \(TrainTests.short)"

    @Test func `several agents learn together, and each has a policy`() throws {
      let shell = try Shell()
      try shell.record("run")
      let line =
        "train @run.tape \(Self.both) --algorithm MM_01:dqn --learn MM_01:start=5 "
        + "--learn MM_01:every=4 --style Trend_01:momentum --reward MM_01:others=-0.5"
      let trained = shell.run("\(line) --json -o @two.tape")
      #expect(trained.status == 0, "\(trained.words)")
      let trainees = try #require(
        try TrainTests.object(trained.data)["trainees"] as? [[String: Any]])
      #expect(trainees.map { $0["agent"] as? String } == ["Trend_01", "MM_01"])
      #expect(trainees.map { $0["algorithm"] as? String } == ["ppo", "dqn"])
      for trainee in trainees {
        let name = try #require(trainee["agent"] as? String)
        let policy = try TradingPolicy(bytes: shell.bytes("two.\(name).policy"))
        #expect(policy.hash.hexadecimal == trainee["policy_hash"] as? String)
        // Who follows trends sees no depth.
        #expect((policy.scales[TradingFeature.depth.rawValue] == 0) == (name == "Trend_01"))
      }
      let proof = shell.run("verify @two.tape --level V4")
      #expect(proof.status == 0 && proof.data.contains("decided again"), "\(proof.data)")
      let facts = shell.run("info @two.tape").data
      #expect(facts.contains("Trend_01 by ppo, MM_01 by dqn: 4 updates"))
      let drawn = shell.run("report @two.tape -o @page.html")
      #expect(drawn.data.contains("page-Trend_01-gain.svg"), "\(drawn.words)")
      #expect(drawn.data.contains("page-MM_01-exploration.svg"))
      let value = shell.run(
        "evaluate @run.tape --agent Trend_01 --policy @two.Trend_01.policy --agent MM_01 "
          + "--policy @two.MM_01.policy --replicates 3")
      #expect(value.status == 0, "\(value.words)")
      #expect(value.data.contains("--agent MM_01 --policy") && value.data.contains("3 pairs"))
    }

    @Test func `several share one policy`() throws {
      let shell = try Shell()
      try shell.record("run")
      let trained = shell.run("train @run.tape \(Self.both) --shared --set quantity=3 -o @one.tape")
      #expect(trained.status == 0, "\(trained.words)")
      let policies = try ["Trend_01", "MM_01"].map {
        try TradingPolicy(bytes: shell.bytes("one.\($0).policy"))
      }
      #expect(policies[0].parameters == policies[1].parameters)
      #expect(policies[0].shifts == policies[1].shifts && policies[0].scales == policies[1].scales)
      #expect(shell.run("info @one.tape").data.contains("MM_01 by ppo, one policy"))
      #expect(shell.run("verify @one.tape --level V4").status == 0)
      let alone = shell.run("train @run.tape --agent Trend_01 --shared -o @two.tape")
      #expect(alone.status == 64 && alone.words.contains("two agents that learn, or more"))
    }

    @Test func `several are retrained in one fork`() throws {
      let shell = try Shell()
      try shell.record("run")
      let text = shell.run("retrain @run.tape --at 20 \(Self.both) --replicates 3 -o @new.tape")
      #expect(text.status == 0, "\(text.words)")
      for words in ["new.Trend_01.policy", "new.MM_01.policy", "gain of MM_01", "untrained"] {
        #expect(text.data.contains(words), "\(words): \(text.data)")
      }
      #expect(shell.run("verify @new.tape --level V5").status == 0)
      // What it says to measure again with is what was measured.
      let again = try #require(text.data.split(separator: "\n").last { $0.contains("again with") })
      let line = again.replacing("the total again with: tapedeck ", with: "")
      let measured = shell.run(String(line))
      #expect(measured.status == 0, "\(line): \(measured.words)")
    }

    @Test(arguments: [
      ("--algorithm MM_1:sac", "did you mean MM_01"), ("--style trend", "--style"),
      ("--style momntum", "did you mean momentum"), ("--see inventry", "did you mean inventory"),
      ("--see microPrice", "did you mean micro_price"),
      ("--style MM_01:statistical-arbitrage", "that MM_01 knows"),
      ("--reward Nobody:gain=1", "no agent is called Nobody"), ("--agent MM_01", "comes twice"),
      ("--policy @a.policy", "is one name for 2 policies"), ("--learn MM_01:rat=1", "rate"),
      ("--hold MM_01", "cannot do what was recorded"),
      ("--against Arb_1=strategy", "did you mean Arb_01"),
      ("--set MM_01:pair=STOCK", "another instrument than the first"),
      ("--set MM_01:pair_quantity=2", "since pair_quantity is said"),
      ("--shared --style MM_01:momentum", "that MM_01 sees (see, style) as Trend_01 does"),
    ])
    func `what cannot be is refused`(option: String, words: String) throws {
      let shell = try Shell()
      try shell.record("run")
      let refused = shell.run("train @run.tape \(Self.both) \(option) -o @a.tape")
      #expect(refused.status == 64 && refused.words.contains(words), "\(refused.words)")
    }

    @Test func `a critic that sees what all see is for several agents`() throws {
      let shell = try Shell()
      try shell.record("run")
      let refused = shell.run(
        "train @run.tape --agent MM_01 --learn central_critic=true -o @a.tape")
      #expect(refused.status == 64 && refused.words.contains("one agent learns"))
    }

    @Test func `agents and policies that do not pair are refused`() throws {
      let shell = try Shell()
      try shell.record("run")
      let refused = shell.run(
        "evaluate @run.tape --agent Trend_01 --agent MM_01 --policy @a.policy")
      #expect(refused.status == 64 && refused.words.contains("which does what?"))
    }

    /// What a scenario cannot keep is refused before anything long is done.
    @Test(arguments: [
      "train @run.tape --agent Trend_01 -o @a.tape",
      "clone @run.tape --agent Trend_01 -o @a.policy",
    ])
    func `a policy that no scenario could keep is not learned`(line: String) throws {
      let shell = try Shell()
      try shell.record("run")
      let refused = shell.run("\(line) --learn hidden=4096x4096")
      #expect(refused.status == 64 && refused.words.contains("hidden: expected fewer numbers"))
      #expect(throws: (any Error).self) { try shell.bytes("a.tape") }
      #expect(throws: (any Error).self) { try shell.bytes("a.policy") }
    }

    /// Each policy may be as large as a scenario allows; all together may not.
    @Test func `several large policies are refused before anything is written`() throws {
      let shell = try Shell()
      try shell.record("run")
      let refused = shell.run(
        "train @run.tape --agent Trend_01 --agent MM_01 --agent Arb_01 --updates 1 --episodes 1 "
          + "--until 3 --learn hidden=300x1000 -o @a.tape")
      #expect(refused.status == 64 && refused.words.contains("bytes"), "\(refused.words)")
      #expect(throws: (any Error).self) { try shell.bytes("a.tape") }
      let one = shell.run(
        "train @run.tape --agent Trend_01 --updates 1 --episodes 1 --until 3 "
          + "--learn hidden=300x1000 -o @b.tape")
      #expect(one.status == 0, "\(one.words)")
      let two = shell.run(
        "fork @run.tape --at 3 --policy Trend_01=\(shell.folder)/b.policy "
          + "--policy MM_01=\(shell.folder)/b.policy -o @f.tape")
      #expect(two.status == 64 && two.words.contains("bytes when encoded"), "\(two.words)")
    }

    /// An agent that a fork added is in no scenario of the root.
    @Test func `a training of an agent that joined is drawn`() throws {
      let shell = try Shell()
      try shell.record("run")
      let fork = "fork @run.tape --at 2 --add-idle Late_01 -o @f.tape"
      #expect(shell.run(fork).status == 0)
      let joined = shell.run(
        "train @f.tape --at 3 --agent Trend_01 --agent MM_01 \(TrainTests.short) -o @a.tape")
      #expect(joined.status == 0, "\(joined.words)")
      #expect(shell.run("report @a.tape -o @page.html").status == 0)
    }

    /// To go on is no leave to replace what somebody else made.
    @Test func `what goes on replaces nothing of others`() throws {
      let shell = try Shell()
      try shell.record("run")
      let train = "train @run.tape --agent Trend_01 \(TrainTests.short)"
      #expect(shell.run("\(train) -o @a.tape").status == 0)
      #expect(shell.run("\(train) --seed 2 -o @b.tape").status == 0)
      let (own, other) = (try shell.bytes("a.policy"), try shell.bytes("b.policy"))
      #expect(own != other)
      #expect(shell.run("\(train) -o @a.tape --resume").status == 0)
      try shell.write("a.policy", other)
      #expect(shell.run("\(train) -o @a.tape --resume").status != 0)
      #expect(try shell.bytes("a.policy") == other)
      let retrain =
        "retrain @run.tape --agent Trend_01 --at 20 --replicates 0 \(TrainTests.short) -o @c.tape"
      #expect(shell.run(retrain).status == 0)
      #expect(shell.run("\(retrain) --resume").status == 0)
      try shell.write("c.tape", try shell.bytes("run.tape"))
      let refused = shell.run("\(retrain) --resume")
      #expect(refused.status == 64 && refused.words.contains("no fork that this retraining made"))
      #expect(try shell.bytes("c.tape") == shell.bytes("run.tape"))
      let silenced = "fork @run.tape --at 20 --silence MM_01 -o @c.tape --force"
      #expect(shell.run(silenced).status == 0)
      let fork = try shell.bytes("c.tape")
      #expect(shell.run("\(retrain) --resume").status == 64)
      #expect(try shell.bytes("c.tape") == fork)
    }

    @Test func `a training of which no state is left says that it begins anew`() throws {
      let shell = try Shell()
      try shell.record("run")
      let train = "train @run.tape --agent Trend_01 \(TrainTests.short)"
      #expect(shell.run("\(train) -o @a.tape --policy @other.policy").status == 0)
      let whole = try shell.bytes("a.tape")
      try shell.write("a.tape", Array(whole[..<(whole.count / 2)]))
      let again = shell.run("\(train) -o @a.tape --resume")
      #expect(again.words.contains("trained from the beginning"), "\(again.words)")
      #expect(try again.status == 0 && shell.bytes("a.tape") == whole)
    }

    @Test func `a training is no session, and its market no table`() throws {
      let shell = try Shell()
      try shell.record("run")
      let line = "train @run.tape --agent Trend_01 \(TrainTests.short) -o @a.tape"
      #expect(shell.run(line).status == 0)
      for line in ["export @a.tape -o @tables", "shrink @a.tape --invariant -o @small.tape"] {
        let refused = shell.run(line)
        #expect(refused.status == 64 && refused.words.contains("is a training"), "\(refused.words)")
      }
      #expect(shell.run("export @a.tape --format events -o @tables").status == 0)
    }

    @Test(arguments: LearningAlgorithm.allCases)
    func `choices are shown with the names and scores of actions`(
      algorithm: LearningAlgorithm
    ) throws {
      let shell = try Shell()
      try shell.record("run")
      let early = algorithm.keepsNothing ? "" : "--learn start=5 --learn every=4"
      let line =
        "train @run.tape --agent Trend_01 --algorithm \(algorithm.name) \(TrainTests.short)"
      #expect(shell.run("\(line) \(early) -o @a.tape").status == 0)
      let fork = "fork @run.tape --at 5 --policy Trend_01=\(shell.folder)/a.policy -o @f.tape"
      #expect(shell.run(fork).status == 0)
      let shown = shell.run("cat @f.tape --where kind==\"choice\"").data
      let words =
        algorithm == .sac || algorithm == .continuousPPO
        ? ["numbers: bid_distance ", ", taking "] : [" scores: wait ", ", cancel ", ") scores"]
      for word in words { #expect(shown.contains(word), "\(word): \(shown)") }
      #expect(!shown.contains("payload"))
    }

    @Test(arguments: zip(LearningAlgorithm.allCases, [7, 5, 6, 7, 7]))
    func `a training is drawn: what each of its updates came to`(
      algorithm: LearningAlgorithm, files: Int
    ) throws {
      let shell = try Shell()
      try shell.record("run")
      let line =
        "train @run.tape --agent Trend_01 --algorithm \(algorithm.name) \(TrainTests.short) --json -o @a.tape"
      if !algorithm.keepsNothing {
        let refused = shell.run(line)
        #expect(refused.status == 64 && refused.words.contains("start: expected fewer steps than"))
      }
      let early = algorithm.keepsNothing ? "" : " --learn start=5 --learn every=4"
      let trained = shell.run(line + early)
      let trainees = try #require(
        try TrainTests.object(trained.data)["trainees"] as? [[String: Any]])
      let gains = try #require(trainees[0]["gains"] as? [Double])
      let drawn = shell.run("report @a.tape -o @page.html")
      #expect(drawn.status == 0, "\(drawn.words)")
      #expect(drawn.data.split(separator: "\n").count == files)
      let page = try String(decoding: shell.bytes("page.html"), as: UTF8.self)
      #expect(page.contains("Training of Trend_01") && page.contains("4 updates, 2 episodes"))
      let lineage = try OpenedTape(
        shell.folder + "/a.tape", parents: [shell.folder + "/run.tape"]
      ).lineage
      let records = try TrainingCheck<BuiltInAgents, TapeFile>.ownRecords(lineage)
      let points = try records.compactMap { record -> MarketUpdate? in
        guard case .learnerUpdated(let body) = record.event else { return nil }
        let update = try MarketUpdate(body)
        #expect(update.bytes == body.payload)
        return update
      }
      #expect(points.map { $0.number } == [1, 2, 3, 4])
      #expect(points.map { $0.gain / lineage.scenario.moneyUnit } == gains)
      #expect(points.allSatisfy { $0.algorithm == algorithm && $0.values.contains { $0 != 0 } })
      let both = shell.run("report @a.tape @run.tape -o @other.html")
      #expect(both.status == 64 && both.words.contains("is a training"))
    }
  }
}

extension LearningAlgorithm {
  /// Whether it learns from episodes and forgets them.
  fileprivate var keepsNothing: Bool { self != .dqn && self != .sac }
}
