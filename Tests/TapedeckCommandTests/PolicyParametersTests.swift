import Foundation
import TestSupport
import Testing

@testable import TapedeckCommand

extension CommandTests {
  /// A policy brings how it trades, wherever it goes.
  @Suite struct PolicyParametersTests {
    /// A tape, and `a.policy` that learned with 3 lots and tells the market maker something.
    private func trained() throws -> Shell {
      let shell = try Shell()
      try shell.record("run")
      let line =
        "train @run.tape --agent Trend_01 --set quantity=3 --set signal_to=MM_01 "
        + "\(TrainTests.short) -o @a.tape"
      #expect(shell.run(line).status == 0)
      return shell
    }

    /// What an agent of a tape did of a kind after tick 5, line by line.
    private func deeds(
      _ shell: borrowing Shell, _ tape: String, _ kind: String, of agent: String
    ) -> [Substring] {
      shell.run("cat @\(tape).tape --where kind==\"\(kind)\"").data.split(separator: "\n").filter {
        let tick = $0.split(separator: " ")[1].dropFirst()
        return $0.contains(" agent=\(agent) ") && Int(tick) ?? 0 > 5
      }
    }

    /// What is left out where it has its default is said to be gone.
    @Test func `a parameter that is taken away is told`() throws {
      let shell = try trained()
      let fork = "fork @run.tape --at 5 --policy MM_01=\(shell.folder)/a.policy -o @f.tape"
      #expect(shell.run(fork).status == 0)
      let change = "--change agents.MM_01.latency.command"
      let slower = shell.run("fork @f.tape --at 8 \(change)=5ms -o @g.tape")
      #expect(slower.status == 0, "\(slower.words)")
      let faster = shell.run("fork @g.tape --at 9 \(change)=0ms -o @h.tape")
      #expect(faster.data.contains("without latency.command"), "\(faster.data)")
    }

    @Test func `what is asked for counts, not what the policy was learned with`() throws {
      let shell = try trained()
      let fork = "fork @run.tape --at 5 --policy MM_01=\(shell.folder)/a.policy -o @f.tape --force"
      for (set, quantity) in [("", 3), (" --set MM_01.quantity=7 --set MM_01.value=fair", 7)] {
        let forked = shell.run(fork + set)
        #expect(forked.status == 0, "\(forked.words)")
        let orders = deeds(shell, "f", "order", of: "MM_01")
        #expect(!orders.isEmpty && orders.allSatisfy { $0.contains("quantity=\(quantity)") })
      }
      let odd = shell.run(fork + " --set MM_01.value=worth")
      #expect(odd.status == 64 && odd.words.contains("value = worth, and small has: fair"))
    }

    @Test func `scenarios and interventions take what they do not say from the policy`() throws {
      let shell = try trained()
      let agent = "\n[[agents]]\nname = \"L\"\ntype = \"policy\"\npolicy = \"a.policy\"\n"
      for (more, expected) in [("", "3"), ("parameters = { quantity = 9 }\n", "9")] {
        try shell.write("s.toml", Shell.scenario + agent + "wake_every = \"1s\"\n" + more)
        let recorded = shell.run("record @s.toml --seed 1 -o @s.tape --force")
        #expect(recorded.status == 0, "\(recorded.words)")
        let orders = deeds(shell, "s", "order", of: "L")
        #expect(!orders.isEmpty && orders.allSatisfy { $0.contains("quantity=\(expected)") })
      }
      try shell.write(
        "i.toml",
        "[[agents]]\nname = \"MM_01\"\ntype = \"policy\"\npolicy = \"a.policy\"\n")
      let fork = shell.run("fork @run.tape --at 5 --interventions @i.toml -o @f.tape")
      #expect(fork.status == 0, "\(fork.words)")
      let orders = deeds(shell, "f", "order", of: "MM_01")
      #expect(!orders.isEmpty && orders.allSatisfy { $0.contains("quantity=3") }, "\(orders)")
    }

    @Test func `whom it tells is told, unless that is taken away`() throws {
      let shell = try trained()
      let fork =
        "fork @run.tape --at 5 --policy Trend_01=\(shell.folder)/a.policy -o @f.tape --force"
      for (set, isTold) in [("", true), (" --set Trend_01.signal_to=", false)] {
        #expect(shell.run(fork + set).status == 0)
        let said = deeds(shell, "f", "message", of: "Trend_01")
        #expect(said.isEmpty != isTold, "\(said)")
        #expect(shell.run("verify @f.tape --level V4").status == 0)
      }
      // A clone of who speaks is silent, and learns on.
      #expect(shell.run(fork).status == 0)
      let clone = "clone @f.tape --at 5 --agent Trend_01 --epochs 2 --learn hidden=8 -o @c.policy"
      #expect(shell.run(clone).status == 0)
      let again = "fork @run.tape --at 5 --policy Trend_01=\(shell.folder)/c.policy -o @g.tape"
      #expect(shell.run(again).status == 0)
      let on = shell.run("train @g.tape --at 5 --agent Trend_01 \(TrainTests.short) -o @on.tape")
      #expect(on.status == 0, "\(on.words)")
      let silent = shell.run("train @f.tape --at 5 --agent Trend_01 --set signal_to= -o @no.tape")
      #expect(silent.status == 64 && silent.words.contains("signal_to"), "\(silent.words)")
    }

    /// What an opponent cannot do is said before anything is learned, however rarely it is drawn.
    @Test func `opponents that fit nowhere are refused at once`() throws {
      let shell = try trained()
      try shell.write(
        "other.toml", Shell.scenario.replacing("\"MM_01\"", with: "\"Maker\""))
      #expect(shell.run("record @other.toml --seed 1 -o @other.tape").status == 0)
      let refused = shell.run(
        "train @other.tape --agent Maker --against Trend_01=strategy@100000 "
          + "--against Trend_01=\(shell.folder)/a.policy@0.0001 \(TrainTests.short) -o @x.tape")
      #expect(refused.status == 64 && refused.words.contains("signal_to"), "\(refused.words)")
      #expect(!FileManager.default.fileExists(atPath: shell.folder + "/x.tape"))
    }
  }
}
