import Foundation
import TestSupport
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct SelectTapesTests {
    private static let line =
      "select @run.tape --agent Trend_01 --updates 2 --episodes 2 --folds 2 --purge 2 --tests 2 "
      + "--tapes @tried"

    private func count(_ shell: borrowing Shell, _ options: String) throws -> Int? {
      let done = shell.run("\(Self.line) --json \(options)")
      #expect(done.status == 0, "\(done.words)")
      return try TrainTests.object(done.data)["trial_count"] as? Int
    }

    @Test func `what was tried before counts, and what is tried again does not count twice`() throws
    {
      let shell = try Shell()
      try shell.record("run")
      #expect(try count(shell, "--candidate ppo:hidden=8") == 2)
      #expect(try count(shell, "--candidate small:algorithm=ppo,hidden=4") == 4)
      #expect(try count(shell, "--candidate ppo:hidden=8") == 4)
      // The same way to learn under another name is none.
      #expect(try count(shell, "--candidate again:algorithm=ppo,hidden=4") == 4)
      #expect(try count(shell, "--candidate ppo:hidden=8 --seeds 3") == 5)
      let told = shell.run("\(Self.line) --candidate ppo:hidden=8 --seeds 1")
      #expect(told.data.contains("with those of earlier calls there were 5 trials"), "\(told.data)")
      let proof = shell.run("verify @tried/small-seed2-fold1.tape --level V4")
      #expect(proof.status == 0 && proof.data.contains("decided again"), "\(proof.words)")
    }

    /// What is in the folder is what `train` makes of the same options.
    @Test func `the tapes are those of trainings`() throws {
      let shell = try Shell()
      try shell.record("run")
      _ = try count(shell, "--candidate ppo:hidden=8 --until 32")
      // Two folds of ten ticks, the first of which begins at 12, less those that nobody learns from.
      let train = shell.run(
        "train @run.tape --agent Trend_01 --updates 2 --episodes 2 --learn hidden=8 --seed 2 "
          + "--until 10 -o @one.tape")
      #expect(train.status == 0, "\(train.words)")
      #expect(try shell.bytes("tried/ppo-seed2-fold1.tape") == shell.bytes("one.tape"))
    }

    @Test func `a name that another training has is refused before anything is tried`() throws {
      let shell = try Shell()
      try shell.record("run")
      _ = try count(shell, "--candidate ppo:hidden=8")
      let before = try shell.bytes("tried/ppo-seed1-fold1.tape")
      let refused = shell.run("\(Self.line) --candidate ppo:hidden=4")
      #expect(refused.status == 64 && refused.words.contains("is of another training"))
      #expect(try shell.bytes("tried/ppo-seed1-fold1.tape") == before)
    }

    /// Which product it is follows from what the agent trades, not from what stands first.
    @Test func `the rule is that of the instrument that the agent trades`() throws {
      let shell = try Shell()
      let scenario = "\(checkout)/fixtures/scenarios/latency.toml"
      #expect(shell.run("record \(scenario) --seed 3 -o @two.tape").status == 0)
      let classes = { (name: String, algorithm: String) in
        "[[classes]]\nname = \"\(name)\"\nalgorithm = \"\(algorithm)\"\ninstruments = [\"\(name)\"]\n"
      }
      try shell.write("rules.toml", classes("STOCK", "dqn") + classes("BOND", "ppo"))
      for (agent, instrument) in [("Noise_01", "STOCK"), ("Noise_02", "BOND")] {
        let ruled = shell.run(
          "select @two.tape --agent \(agent) --candidate ppo:hidden=4 --updates 1 --episodes 1 "
            + "--folds 1 --tests 1 --purge 1 --seeds 1 --until 40 --rules @rules.toml")
        let words = "\(agent) trades \(instrument), of the class \(instrument)"
        #expect(ruled.data.contains(words), "\(ruled.data)\(ruled.words)")
      }
    }

    /// Another session, agents held or another tick: not the training that has the name, told before it is tried.
    @Test func `a name is one training of one fork`() throws {
      let shell = try Shell()
      try shell.record("run")
      try shell.record("other", seed: 8)
      _ = try count(shell, "--candidate ppo:hidden=8")
      let line = Self.line + " --candidate ppo:hidden=8"
      for changed in [
        line.replacing("@run.tape", with: "@other.tape"), line + " --hold MM_01", line + " --at 1",
      ] {
        let refused = shell.run(changed)
        #expect(refused.status == 64 && refused.words.contains("is of another training"))
      }
      #expect(try count(shell, "--candidate held:algorithm=ppo,hidden=8 --hold MM_01") == 4)
    }

    @Test func `a tape that cannot be read is told, since a trial may be on it`() throws {
      let shell = try Shell()
      try shell.record("run")
      _ = try count(shell, "--candidate ppo:hidden=8")
      try shell.write("tried/odd.tape", Array("no tape".utf8))
      let refused = shell.run("\(Self.line) --candidate ppo:hidden=8")
      #expect(refused.status == 2 && refused.words.contains("a trial may be on it"))
    }
  }
}
