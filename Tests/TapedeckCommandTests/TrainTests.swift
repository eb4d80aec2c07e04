import Agents
import Determinism
import Foundation
import Journal
import JournalFiles
import Learners
import MarketModel
import Replay
import Synchronization
import TestSupport
import Testing
import Training

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct TrainTests {
    static let short = "--updates 4 --episodes 2 --learn hidden=8 --save-every 2 --threads 2"

    static func object(_ text: String) throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test func `a training is proved, and its policy is worth something`() throws {
      let shell = try Shell()
      try shell.record("run")
      let train = "train @run.tape --agent Trend_01 \(Self.short) -o"
      let first = shell.run("\(train) @a.tape")
      #expect(first.status == 0, "\(first.words)")
      #expect(first.data.contains("policy ") && first.words.contains("4 updates, 8 episodes"))
      #expect(shell.run("\(train) @b.tape --policy @other.policy").status == 0)
      #expect(try shell.bytes("a.tape") == shell.bytes("b.tape"))
      #expect(try shell.bytes("a.policy") == shell.bytes("other.policy"))
      let proof = shell.run("verify @a.tape --level V4")
      #expect(proof.status == 0 && proof.data.contains("decided again"), "\(proof.data)")
      #expect(shell.run("info @a.tape").data.contains("Trend_01 by ppo: 4 updates"))
      let value = shell.run("evaluate @run.tape --agent Trend_01 --policy @a.policy --replicates 3")
      #expect(value.status == 0 && value.data.contains("gain of Trend_01"), "\(value.words)")
      let fork = shell.run(
        "fork @run.tape --at 20 --policy Trend_01=\(shell.folder)/a.policy -o @f.tape")
      #expect(fork.status == 0, "\(fork.words)")
      #expect(shell.run("verify @f.tape --level V5").status == 0)
      #expect(shell.run("cat @f.tape --where kind==\"choice\"").data.contains("actionChosen"))
    }

    @Test func `an interrupted training goes on to the same bytes`() throws {
      let shell = try Shell()
      try shell.record("run")
      let train = "train @run.tape --agent Trend_01 \(Self.short) --durability tick -o"
      #expect(shell.run("\(train) @whole.tape").status == 0)
      Console.isInterrupted.store(true, ordering: .relaxed)
      let stopped = shell.run("\(train) @cut.tape")
      Console.isInterrupted.store(false, ordering: .relaxed)
      #expect(stopped.status == 130 && stopped.words.contains("--resume"), "\(stopped.words)")
      let refused = shell.run("\(train) @cut.tape --resume --seeds 3")
      #expect(refused.status == 64 && refused.words.contains("other settings"))
      let elsewhere = shell.run("\(train) @cut.tape --resume --at 5")
      #expect(elsewhere.status == 64 && elsewhere.words.contains("other settings"))
      let there = shell.run("\(train) @cut.tape").words
      #expect(there.contains("exists") && there.contains("--resume"), "\(there)")
      #expect(shell.run("\(train) @cut.tape --resume").status == 0)
      #expect(try shell.bytes("cut.tape") == shell.bytes("whole.tape"))
      #expect(try shell.bytes("cut.policy") == shell.bytes("whole.policy"))
    }

    @Test func `retraining gives a fork, a training, a policy and an effect in two parts`() throws {
      let shell = try Shell()
      try shell.record("run")
      let line = "retrain @run.tape --agent Trend_01 --at 20 --replicates 3 \(Self.short)"
      let text = shell.run("\(line) -o @new.tape")
      #expect(text.status == 0, "\(text.words)")
      for words in ["one draw", "3 pairs", "untrained", "learning"] {
        #expect(text.data.contains(words), "\(words): \(text.data)")
      }
      for tape in ["new", "new.training"] {
        #expect(shell.run("verify @\(tape).tape --level V4").status == 0)
      }
      let again = shell.run("\(line) -o @new.tape")
      #expect(again.status == 2 && again.words.contains("exists"))
      let json = try Self.object(shell.run("\(line) -o @more.tape --json").data)
      let outcomes = try #require(
        (json["effect"] as? [String: Any])?["outcomes"] as? [[String: Any]])
      for outcome in outcomes {
        let mean = { (key: String) in (outcome[key] as? [String: Any])?["mean"] as? Double ?? .nan }
        let total = try #require(outcome["mean"] as? Double)
        #expect(abs(mean("untrained") + mean("learning") - total) < 1e-9 * max(1, abs(total)))
      }
      // What is a training is no session.
      for line in [
        "fork @new.training.tape --at 20 -o @x.tape", "flatten @new.training.tape -o @x.tape",
        "compare @run.tape @new.training.tape",
      ] {
        let refused = shell.run(line)
        #expect(refused.status == 64 && refused.words.contains("is a training"), "\(line)")
      }
      #expect(shell.run("branches @").data.contains("a training"))
    }

    @Test func `nothing that is read or written is lost to a policy`() throws {
      let shell = try Shell()
      try shell.record("run")
      let before = try shell.bytes("run.tape")
      for policy in ["@run.tape", "@x.tape", "@none/x.policy", "@"] {
        let line =
          "train @run.tape --agent Trend_01 \(Self.short) --policy \(policy) --force -o @x.tape"
        let result = shell.run(line)
        #expect(result.status == 64 || result.status == 2, "\(policy): \(result.words)")
      }
      #expect(try shell.bytes("run.tape") == before)
      #expect(!FileManager.default.fileExists(atPath: shell.folder + "/x.tape"))
    }

    @Test func `differences of one fork are made one upon the other`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("train @run.tape --agent Trend_01 \(Self.short) -o @a.tape").status == 0)
      let line =
        "fork @run.tape --at 20 --policy Trend_01=\(shell.folder)/a.policy "
        + "--set Trend_01.quantity=7 --change agents.Trend_01.latency.command=5ms -o @f.tape"
      let fork = shell.run(line)
      #expect(fork.status == 0, "\(fork.words)")
      #expect(shell.run("cat @f.tape --where kind==\"choice\"").data.contains("actionChosen"))
      let words = shell.run("info @f.tape").data
      #expect(words.contains("\"quantity\" = 7") && words.contains("\"5ms\""), "\(words)")
    }

    @Test func `a pack brings the policies that its scenario names`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("train @run.tape --agent Trend_01 \(Self.short) -o @a.tape").status == 0)
      try shell.write("s.toml", Shell.scenario + "\n[[agents]]\nname = \"L\"\ntype = \"policy\"\n")
      #expect(shell.run("record @s.toml --seed 1 -o @s.tape").words.contains("agents.L.policy"))
      try shell.write(
        "s.toml",
        Shell.scenario + "\n[[agents]]\nname = \"L\"\ntype = \"policy\"\npolicy = \"a.policy\"\n")
      #expect(shell.run("record @s.toml --seed 1 -o @s.tape").status == 0)
      #expect(shell.run("pack @s.tape -o @s.pack").status == 0)
      #expect(shell.run("unpack @s.pack -o @up").status == 0)
      let again = shell.run("record @up/scenario.toml --seed 1 -o @again.tape")
      #expect(again.status == 0, "\(again.words)")
      #expect(try shell.bytes("again.tape") == shell.bytes("s.tape"))
    }

    @Test func `what an agent did is learned, and the policy is one`() throws {
      let shell = try Shell()
      try shell.record("run")
      let line = "clone @run.tape --agent Trend_01 --epochs 5 --learn hidden=8 -o @a.policy"
      let cloned = shell.run(line)
      #expect(cloned.status == 0 && cloned.data.contains("Trend_01 did: "), "\(cloned.words)")
      let first = try shell.bytes("a.policy")
      #expect(shell.run(line).words.contains("exists already"))
      let facts = try Self.object(shell.run(line + " --force --json").data)
      #expect(try shell.bytes("a.policy") == first)
      #expect(facts["policy_hash"] as? String == SHA256.hash(first).hexadecimal)
      let learned = try #require(facts["learned"] as? Int)
      let tested = try #require(facts["tested"] as? Int)
      #expect(learned > tested && tested > 0)
      let used = shell.run(
        "fork @run.tape --at 5 --policy Trend_01=\(shell.folder)/a.policy -o @f.tape")
      #expect(used.status == 0, "\(used.words)")
    }

    @Test(arguments: [
      ("clone @run.tape --agent Trnd_01 -o @x.tape", "Trend_01"),
      ("clone @run.tape --agent Trend_01 --learn rte=1 -o @x.tape", "did you mean rate"),
      ("clone @run.tape --agent Trend_01 --epochs 0 -o @x.tape", "--epochs"),
      ("clone @run.tape --agent Trend_01 --test-part 1 -o @x.tape", "--test-part"),
      ("clone @run.tape --agent Trend_01 --until 0 -o @x.tape", "--until"),
      ("clone @run.tape --agent Trend_01 --learn rate=1e30 -o @x.tape", "no finite number"),
      (
        "train @run.tape --agent Trend_01 --algorithm dqn --learn exploration_part=0 -o @x.tape",
        "0.001"
      ),
      (
        "train @run.tape --agent Trend_01 --algorithm sac --learn temperature=0 -o @x.tape",
        "above 0"
      ),
      ("clone @run.tape --agent Trend_01 --force -o @run.tape", "what is read"),
      ("train @run.tape --agent Trend_01 --algorithm dqn --learn clip=1 -o @x.tape", "dqn"),
      ("train @run.tape --agent Trend_01 --algorithm sac --learn every=0 -o @x.tape", "1 to"),
      ("train @run.tape --agent Trend_01 --algorithm dqn --learn double=1 -o @x.tape", "true or"),
      ("train @run.tape --agent Trnd_01 -o @x.tape", "Trend_01"),
      ("train @run.tape --agent Trend_01 --at 61 -o @x.tape", "tick 61"),
      ("train @run.tape --agent Trend_01 --until 0 -o @x.tape", "--until"),
      ("train @run.tape --agent Trend_01 --algorithm sarsa -o @x.tape", "ppo"),
      ("train @run.tape --agent Trend_01 --learn rat=1 -o @x.tape", "rate"),
      ("train @run.tape --agent Trend_01 --learn rate=-1 -o @x.tape", "from 0 to 3.40e38"),
      ("clone @run.tape --agent Trend_01 --at 59 -o @x.policy", "decided once"),
      ("train @run.tape --agent Trend_01 --reward gian=1 -o @x.tape", "gain"),
      ("train @run.tape --agent Trend_01 --set quantty=1 -o @x.tape", "quantity"),
      ("train @run.tape --agent Trend_01 --set quantity=0 -o @x.tape", "quantity"),
      ("train @run.tape --agent Trend_01 --updates 0 -o @x.tape", "--updates"),
      ("train @run.tape --agent Trend_01 --hold Trend_01 -o @x.tape", "--hold"),
      ("train @run.tape --agent Trend_01 --at 9 --until 9 -o @x.tape", "--until"),
      ("train @run.tape --agent Trend_01 --learn lambda=5 -o @x.tape", "0 to 1"),
      ("train @run.tape --agent Trend_01 --learn hidden=8x -o @x.tape", "layers"),
      ("evaluate @run.tape --agent Trend_01 --policy @run.toml", "a policy"),
      ("evaluate @run.tape --agent Trend_01 --policy @none", "none"),
      ("fork @run.tape --at 5 --policy Trend_01 -o @x.tape", "NAME=FILE"),
    ])
    func `what cannot be trained is refused, and nothing is written`(
      line: String, words: String
    ) throws {
      let shell = try Shell()
      try shell.record("run")
      let result = shell.run(line)
      #expect(result.status == 64 || result.status == 2)
      #expect(result.words.contains(words), "\(line): \(result.words)")
      #expect(!FileManager.default.fileExists(atPath: shell.folder + "/x.tape"))
    }

    @Test func `a policy that was cut or altered is refused with its offset`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("train @run.tape --agent Trend_01 \(Self.short) -o @a.tape").status == 0)
      let bytes = try shell.bytes("a.policy")
      try shell.write("cut.policy", Array(bytes.dropLast(3)))
      var other = bytes
      other[16] = 20
      try shell.write("other.policy", other)
      for name in ["cut", "other"] {
        let line = "evaluate @run.tape --agent Trend_01 --policy @\(name).policy"
        let result = shell.run(line)
        #expect(result.status == 2 && result.words.contains("offset"), "\(result.words)")
        try shell.write(
          "s.toml",
          Shell.scenario + "\n" + """
            [[agents]]
            name = "L"
            type = "policy"
            policy = "\(name).policy"
            """)
        let scenario = shell.run("record @s.toml --seed 1 -o @s.tape")
        #expect(scenario.status == 64 || scenario.status == 2)
        #expect(scenario.words.contains("agents.L.policy"), "\(scenario.words)")
      }
    }

    @Test func `parts of a batch that do not come out even are said to be fewer`() throws {
      let shell = try Shell()
      try shell.record("run")
      let train = "train @run.tape --agent Trend_01 --updates 1 --episodes 2 --learn hidden=8"
      let odd = shell.run("\(train) --learn minibatches=4095 -o @odd.tape")
      #expect(odd.status == 0, "\(odd.words)")
      #expect(odd.words.contains(", not 4095: parts of a batch"), "\(odd.words)")
      let even = shell.run("\(train) --learn minibatches=2 -o @even.tape")
      #expect(even.status == 0 && !even.words.contains("parts of a batch"), "\(even.words)")
    }

    @Test func `algorithms are compared, and with the rule of a file`() throws {
      let shell = try Shell()
      try shell.record("run")
      let heading = "[[classes]]\nname = \"all\"\nalgorithm = "
      try shell.write("r.toml", heading + "\"dqn\"\n")
      let few = "hidden=8,start=5,every=20,batch=8"
      let select =
        "select @run.tape --agent Trend_01 --candidate ppo:hidden=8 --candidate q:algorithm=dqn,\(few) "
        + "--candidate sac:\(few) --updates 2 --episodes 2 --folds 2 --purge 2 --tests 2 --seeds 1"
      let tried = shell.run("\(select) --rules @r.toml --json")
      #expect(tried.status == 0, "\(tried.words)")
      let facts = try Self.object(tried.data)
      let ruled = try #require(facts["rules"] as? [String: Any])
      #expect(ruled["class"] as? String == "all" && ruled["instrument"] as? String != nil)
      let against = try #require(ruled["against"] as? [[String: Any]])
      #expect(against.map { $0["algorithm"] as? String } == ["ppo", "sac"])
      #expect(["agrees", "disagrees", "open"].contains(ruled["verdict"] as? String))
      let words = shell.run("\(select) --rules @r.toml").data
      #expect(words.contains("less that of ppo") && words.contains("--rules"), "\(words)")
      let alone =
        "select @run.tape --agent Trend_01 --candidate a:algorithm=ppo,hidden=8 --updates 1 --folds 1 --tests 1"
      #expect(shell.run("\(alone) --rules @r.toml").data.contains("no candidate learns by dqn"))
      try shell.write("bad.toml", heading + "\"sarsa\"\n")
      let bad = shell.run("\(alone) --rules @bad.toml")
      #expect(bad.status != 0 && bad.words.contains("bad.toml:3"), "\(bad.words)")
      try shell.write("none.toml", heading + "\"ppo\"\ninstruments = [\"GOLD\"]\n")
      #expect(shell.run("\(alone) --rules @none.toml").words.contains("no class fits Trend_01"))
    }

    @Test func `ways to learn are tried out on later ticks, the same on any number of threads`()
      throws
    {
      let shell = try Shell()
      try shell.record("run")
      let select =
        "select @run.tape --agent Trend_01 --candidate plain:algorithm=ppo,hidden=8 --candidate "
        + "shy:algorithm=ppo,hidden=8,reward.inventory=3 --updates 2 --episodes 2 --folds 2 --purge 2 --tests 2"
      let first = shell.run("\(select) --json --threads 1")
      #expect(first.status == 0, "\(first.words)")
      #expect(first.data == shell.run("\(select) --json --threads 2").data)
      let object = try Self.object(first.data)
      let trials = try #require(object["trials"] as? [[String: Any]])
      let best = try #require(object["best"] as? [String: Any])
      #expect(trials.map { $0["candidate"] as? String } == ["plain", "plain", "shy", "shy"])
      #expect(trials.map { $0["seed"] as? Int } == [1, 2, 1, 2])
      let ratios = trials.compactMap { $0["sharpe"] as? Double }
      let winner = trials.first { $0["sharpe"] as? Double == ratios.max() }
      #expect(best["candidate"] as? String == winner?["candidate"] as? String)
      #expect(try #require(object["deflated_sharpe"] as? Double) < 1)
      #expect(Set(ratios).count >= 2)
      let text = shell.run(select).data
      #expect(text.contains("best of 4 trials") && text.contains("again with: tapedeck select"))
      #expect(text.contains("fold 2: learns from 0 to"))
      let one = shell.run(
        "\(select) --seeds 1".replacing(
          " --candidate shy:algorithm=ppo,hidden=8,reward.inventory=3", with: "")
      ).data
      #expect(one.contains("probability that its") && !one.contains("best of"), "\(one)")
    }

    @Test(arguments: [
      ("--candidate ppo --candidate ppo", "has no name of its own"),
      ("--candidate pop", "did you mean ppo"), ("--candidate a:rate=0.1", "a:algorithm=ppo"),
      ("--candidate a:algorithm=ppo,algorithm=dqn", "algorithm comes twice"),
      ("--until 5000", "the session ends at tick"),
      ("--candidate dqn:start=99999", "--candidate dqn"),
      ("--candidate :rate=0.1", "has no name of its own"),
      (
        "--candidate a:algorithm=ppo,rate=0.1 --candidate b:algorithm=ppo,rate=0.1",
        "learns as a does"
      ),
      ("--candidate a:algorithm=ppo,rate=1e300", "--candidate a"),
      ("--at 20 --until 10", "nothing comes after"),
      ("--candidate a:algorithm=ppo,rat=1", "did you mean rate"),
      ("--candidate a:algorithm=ppo,reward.inventry=1", "did you mean inventory"),
      ("--candidate a:algorithm=ppo,updates=0", "1 to 65536"),
      ("--folds 5000", "too few"), ("--purge 5000", "too few"), ("--tests 0", "--tests"),
      ("--hold Trend_01", "cannot do what was recorded"), ("--at 5000", "tick"),
    ])
    func `what cannot be tried out is refused`(option: String, words: String) throws {
      let shell = try Shell()
      try shell.record("run")
      let refused = shell.run("select @run.tape --agent Trend_01 \(option)")
      #expect(refused.status == 64 && refused.words.contains(words), "\(refused.words)")
    }
  }
}
