import Foundation
import TestSupport
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct LeagueTests {
    @Test func `all combinations are played, the same on any number of threads`() throws {
      let shell = try Shell()
      try shell.record("run")
      let train = "train @run.tape --agent Trend_01 --agent MM_01 \(TrainTests.short) -o @two.tape"
      #expect(shell.run(train).status == 0)
      let policies =
        "--policy Trend_01=\(shell.folder)/two.Trend_01.policy "
        + "--policy MM_01=\(shell.folder)/two.MM_01.policy"
      let line = "league @run.tape \(policies) --replicates 4"
      let played = shell.run("\(line) --json --threads 1")
      #expect(played.status == 0, "\(played.words)")
      #expect(played.data == shell.run("\(line) --json --threads 2").data)
      let object = try TrainTests.object(played.data)
      let profiles = try #require(object["profiles"] as? [[String: Any]])
      #expect(profiles.count == 4)
      // The same noise as that of pairs: what the policies change is what `evaluate` says.
      let evaluated = shell.run(
        "evaluate @run.tape --agent Trend_01 --policy @two.Trend_01.policy --replicates 4 --json")
      let rows = try #require(try TrainTests.object(evaluated.data)["outcomes"] as? [[String: Any]])
      let effect = try #require(rows.first { $0["name"] as? String == "gain of Trend_01" })
      let gains = profiles.compactMap { ($0["gains"] as? [Double])?.first }
      let mean = try #require(effect["mean"] as? Double)
      #expect((gains[2] - gains[0] - mean).magnitude < 1e-6, "\(gains) \(effect)")
      let text = shell.run(line).data
      for words in ["4 combinations", "on the first 2 runs", "on the other 2 runs", "again with"] {
        #expect(text.contains(words), "\(words): \(text)")
      }
      // The lines that train an answer do.
      let players = try #require(object["players"] as? [[String: Any]])
      for player in players {
        let train = try #require(player["train"] as? String)
        #expect(text.contains("  \(train)\n"))
        let answer = train.dropFirst("tapedeck ".count).replacing(
          "-o answer", with: "-o @answer")
        let learned = shell.run("\(answer) \(TrainTests.short) --force")
        #expect(learned.status == 0, "\(train): \(learned.words)")
      }
      let alone = shell.run(line.replacing("--replicates 4", with: "--replicates 1")).data
      #expect(alone.contains("one draw") && !alone.contains("still gain"), "\(alone)")
    }

    @Test(arguments: [
      ("MM_01", "gives nobody a policy"), ("MM_1=x", "no agent is called MM_1"),
      ("MM_01=none.policy", "none.policy"), ("Trend_01=strategy", "Trend_01 learns"),
      ("MM_01=strategy@0", "a weight from a millionth"), ("MM_01=run.tape", "a policy"),
      ("Arb_01=strategy", "Arb_01 is held"),
    ])
    func `opponents that cannot be are refused`(option: String, words: String) throws {
      let shell = try Shell()
      try shell.record("run")
      let option = option.replacing("run.tape", with: "\(shell.folder)/run.tape")
        .replacing("MM_1=x", with: "MM_1=strategy")
      let refused = shell.run(
        "train @run.tape --agent Trend_01 --hold Arb_01 --against \(option) -o @a.tape")
      #expect(refused.status != 0 && refused.words.contains(words), "\(refused.words)")
    }

    /// More combinations than there are numbers.
    @Test func `too many combinations are refused`() throws {
      let shell = try Shell()
      try shell.record("run")
      let many = (0..<70).map { " --policy agent\($0)=x" }.joined()
      let refused = shell.run("league @run.tape" + many)
      #expect(refused.status == 64 && refused.words.contains("combinations"), "\(refused.words)")
      let often = shell.run("league @run.tape --policy MM_01=x --replicates 1000000")
      #expect(often.status != 0)
    }

    @Test(arguments: [
      ("--policy Trend_01", "gives nobody a policy"), ("--policy =x", "gives nobody a policy"),
      ("--policy Trend_1=x", "did you mean Trend_01"),
      ("--policy Trend_01=none.policy", "none.policy"),
      ("--policy Trend_01=x --policy Trend_01=x", "comes twice"),
      ("--policy Trend_01=x --hold Trend_01", "cannot do what was recorded"),
      ("--policy Trend_01=x --at 5000", "tick"), ("--policy Trend_01=x --replicates 0", "1 to"),
    ])
    func `what cannot be played is refused`(option: String, words: String) throws {
      let shell = try Shell()
      try shell.record("run")
      let refused = shell.run("league @run.tape \(option)")
      #expect(refused.status != 0 && refused.words.contains(words), "\(refused.words)")
    }
  }
}
