import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct CompareTests {
    private func object(_ text: String) throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test func `one draw says whom it reached and what became of the state`() throws {
      let shell = try Shell.forked(at: 30)
      let text = shell.run("compare @run.tape @if.tape").data
      for words in ["reached: ", "STOCK t3", "at the end still different", "one draw"] {
        #expect(text.contains(words), "\(words): \(text)")
      }
      let json = try object(shell.run("compare @run.tape @if.tape --json").data)
      #expect(json["schema_version"] as? Int == 1)
      let components = try #require(json["components"] as? [[String: Any]])
      #expect(components.count == 8 && components.contains { $0["apart_at_end"] as? Bool == true })
      let reached = try #require((json["reached"] as? [String: Any])?["agents"] as? [String: Any])
      #expect(reached["Trend_01"] != nil)
      #expect(shell.run("fork @run.tape --at 30 -o @same.tape").status == 0)
      let same = shell.run("compare @run.tape @same.tape")
      #expect(same.data == "the fork equals its parent, event for event\n")
    }

    /// Who trades another instrument than the first was told to hold nothing.
    @Test func `a fork tells what agents hold of all instruments`() throws {
      let shell = try Shell()
      let scenario = "\(checkout)/fixtures/scenarios/pairs.toml"
      #expect(shell.run("record \(scenario) --seed 3 -o @run.tape").status == 0)
      let fork = try object(shell.run("fork @run.tape --at 900 --reseed 9 -o @if.tape --json").data)
      let shown = try object(shell.run("show @if.tape agents --json").data)
      let state = try #require(shown["state"] as? [String: String])
      let changes = try #require(fork["agents"] as? [[String: Any]])
      var held = 0
      for change in changes {
        let name = try #require(change["agent"] as? String)
        let paths = ["LEFT", "RIGHT"].map { "agents.\(name).inventory.\($0)" }
        let lots = paths.compactMap { Int(state[$0] ?? "") }
        #expect(lots.count == 2 && change["inventory_fork"] as? Int == lots[0] + lots[1], "\(name)")
        if lots[1] != 0 { held += 1 }
      }
      #expect(held > 0)
    }

    /// The parent's last tick was held against the fork's end.
    @Test func `nothing is told of what came after the end of an unfinished tape`() throws {
      let shell = try Shell()
      try shell.write("run.toml", Shell.scenario)
      Console.isInterrupted.store(true, ordering: .relaxed)
      #expect(shell.run("record @run.toml --seed 7 -o @run.tape").status == 130)
      Console.isInterrupted.store(false, ordering: .relaxed)
      let fork = shell.run("fork @run.tape --at 3 --silence Trend_01 -o @if.tape")
      #expect(fork.status == 0 && fork.data.contains("no agent's change"), "\(fork)")
      #expect(fork.data.contains("run.tape is unfinished") && !fork.data.contains("pnl"))
      let other = shell.run("fork @run.tape --at 3 --silence MM_01 -o @other.tape --json")
      #expect(try object(other.data)["unfinished"] != nil)
      let draw = shell.run("compare @run.tape @if.tape")
      #expect(draw.status == 3 && draw.data.contains("is unfinished"), "\(draw)")
      #expect(!draw.data.contains("reached") && !draw.data.contains("what it came to"))
      let json = try object(shell.run("compare @run.tape @if.tape --json").data)
      #expect((json["unfinished"] as? [String: Any])?["tick"] as? Int != nil)
      #expect(json["outcomes"] == nil && json["components"] == nil && json["events"] == nil)
      let page = shell.run("report @run.tape @if.tape -o @page.html")
      #expect(page.status == 0 && page.words.contains("is unfinished"), "\(page.words)")
      #expect(try String(decoding: shell.bytes("page.html"), as: UTF8.self).contains("unfinished"))
      let branches = shell.run("branches @")
      #expect(branches.status == 0 && branches.data.contains("not compared: "), "\(branches.data)")
      #expect(!branches.data.contains("only in the fork"))
      let alone = shell.run("report @run.tape -o @alone.html")
      #expect(alone.words.contains("is unfinished"), "\(alone.words)")
      // Pairs of runs all go to the end.
      let card = shell.run("compare @run.tape @if.tape --replicates 2")
      #expect(card.status == 0 && card.data.contains("2 pairs"), "\(card.words)")
      let beyond = shell.run("fork @run.tape --at 50 -o @not.tape")
      #expect(beyond.status == 64 && beyond.words.contains("beyond what was recorded"))
      let clone = shell.run("clone @run.tape --agent MM_01 -o @mm.policy --epochs 1")
      #expect(clone.words.contains("is unfinished"), "\(clone.words)")
    }

    @Test func `what became impossible of held agents is counted`() throws {
      let shell = try Shell.forked(at: 30)
      // Without its maker the held agents' market orders find nothing; limits rest as before.
      let line =
        "fork @run.tape --at 30 --silence MM_01 --hold Trend_01 --hold Arb_01 -o @held.tape"
      #expect(shell.run(line).status == 0)
      let json = try object(shell.run("compare @run.tape @held.tape --json").data)
      #expect(json["infeasible"] as? Int != nil)
      #expect(shell.run("compare @run.tape @held.tape").data.contains("infeasible: "))
    }

    @Test(.enabled(if: Effort.isFull, "the parts of it are tried in debug builds"))
    func `an effect card has all that was asked, and a page of it is not overwritten`() throws {
      let shell = try Shell.forked(at: 30)
      let asked = "--replicates 4 --after 5 --after 10 --placebos 6 --decompose"
      let line = "compare @run.tape @if.tape \(asked) --card @card.html"
      let first = shell.run(line)
      #expect(first.status == 0, "\(first.words)")
      for words in [
        "4 pairs", "adjusted p", "placebo p", "5 ticks", "direct", "6 random orders of 1 lot;",
        "--placebos 6 --decompose",
      ] { #expect(first.data.contains(words), "\(words): \(first.data)") }
      let again = shell.run(line)
      #expect(again.status != 0 && again.words.contains("card.html"))
      let beyond = shell.run("compare @run.tape @if.tape --replicates 2 --after 5000")
      #expect(beyond.status == 64 && beyond.words.contains("--after 5000"), "\(beyond.words)")
      #expect(shell.run(line + " --force").data == first.data)
      let json = try object(shell.run("compare @run.tape @if.tape \(asked) --json").data)
      let effect = try #require(json["effect"] as? [String: Any])
      let outcomes = try #require(effect["outcomes"] as? [[String: Any]])
      #expect(outcomes.count == 3 * 5 + 6)
      for outcome in outcomes {
        #expect((outcome["spans"] as? [Any])?.count == 2)
        #expect((outcome["placebos"] as? [Any])?.count == 6)
        #expect(outcome["direct"] != nil && outcome["placebo_probability"] != nil)
      }
      let refused = shell.run("compare @run.tape @if.tape --placebos 3")
      #expect(refused.status == 64 && refused.words.contains("--replicates"))
    }

    @Test func `shares add up, and what cannot be shared out is refused`() throws {
      let shell = try Shell.forked(at: 30)
      let text = shell.run("attribute @run.tape --at 30")
      #expect(text.status == 0 && text.data.contains("together"), "\(text.words)")
      for more in ["", " --replicates 3"] {
        let json = try object(shell.run("attribute @run.tape --at 30\(more) --json").data)
        let outcome = try #require((json["outcomes"] as? [[String: Any]])?.first)
        let agents = try #require(outcome["agents"] as? [[String: Any]])
        let sum = agents.reduce(0) { $0 + ($1["share"] as? Double ?? .nan) }
        let total = try #require(outcome["total"] as? Double)
        #expect(agents.count == 3 && abs(sum - total) < 1e-9 * max(1, abs(total)))
      }
      for threads in 1...3 {
        #expect(shell.run("attribute @run.tape --at 30 --threads \(threads)").data == text.data)
      }
      for (line, words) in [
        ("attribute @run.tape --at 30 --agent MM_1", "did you mean MM_01"),
        ("attribute @run.tape --at 30 --of volum", "no outcome is called volum"),
        ("attribute @run.tape --at 3000", "3000"),
        ("attribute @run.tape --at 30 --replicates -1", "--replicates"),
      ] {
        let result = shell.run(line)
        #expect(result.status != 0 && result.words.contains(words), "\(line): \(result.words)")
      }
    }
  }
}
