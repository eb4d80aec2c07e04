import Foundation
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct BranchTests {
    /// A parent, two forks of it and a fork of one of them.
    private func family(_ shell: borrowing Shell) throws {
      try shell.record("run")
      for line in [
        "fork @run.tape --at 30 --silence Trend_01 --hold Arb_01 -o @if.tape",
        "fork @if.tape --at 40 --reseed 5 -o @deep.tape", "fork @run.tape --at 20 -o @same.tape",
      ] {
        let result = shell.run(line)
        #expect(result.status == 0, "\(line): \(result.words)")
      }
    }

    @Test func `branches draws forks under their parents with what came of them`() throws {
      let shell = try Shell()
      try family(shell)
      let drawn = shell.run("branches @")
      #expect(drawn.status == 0, "\(drawn.words)")
      let lines = drawn.data.split(separator: "\n").map(String.init)
      #expect(lines.count == 7, "\(drawn.data)")
      #expect(lines[0] == "run.tape  small, simulated, seed 7, 60 ticks")
      #expect(lines[1] == "|- same.tape  @20 no difference")
      #expect(lines[2] == "|       equals its parent, event for event")
      #expect(lines[3] == "`- if.tape  @30 silence Trend_01 (held: Arb_01)")
      #expect(lines[4].hasPrefix("   |    one draw, not an effect: gain of "))
      #expect(lines[5] == "   `- deep.tape  @40 reseed with 5 (held: Arb_01)")
      // The same counts as compare tells.
      let compared = shell.run("compare @run.tape @if.tape").data
      let changed = try #require(lines[4].split(separator: " ").first { Int($0) != nil })
      #expect(compared.contains(" \(changed) changed"), "\(compared)")
      let quick = shell.run("branches @ --quick").data
      #expect(quick.split(separator: "\n").count == 4 && !quick.contains("one draw"))
    }

    @Test func `branches tells apart what was changed by how much`() throws {
      let shell = try Shell()
      try shell.record("run")
      let change = "--change agents.MM_01.latency.command"
      #expect(shell.run("fork @run.tape --at 20 \(change)=5ms -o @a.tape").status == 0)
      #expect(shell.run("fork @a.tape --at 30 \(change)=6ms -o @b.tape").status == 0)
      let lines = shell.run("branches @ --quick").data.split(separator: "\n")
      #expect(lines.dropFirst().first == "`- a.tape  @20 change MM_01: latency.command = \"5ms\"")
      #expect(lines.last == "   `- b.tape  @30 change MM_01: latency.command = \"6ms\"")
    }

    @Test func `missing parents and unreadable tapes are told, and the exit is 3`() throws {
      let shell = try Shell()
      try family(shell)
      try FileManager.default.removeItem(atPath: shell.folder + "/run.tape")
      try shell.write("broken.tape", "not a tape")
      let drawn = shell.run("branches @")
      #expect(drawn.status == 3)
      #expect(
        drawn.data.contains("if.tape  @30 silence Trend_01 (held: Arb_01); its parent, session"))
      #expect(drawn.data.contains("broken.tape  cannot be read: "))
      #expect(drawn.data.contains("`- deep.tape"))
      // What the fork of the orphan does cannot be folded any more.
      #expect(drawn.data.contains("cannot be compared: "))
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(shell.run("branches @ --json").data.utf8))
          as? [String: Any])
      #expect(json["schema_version"] as? Int == 1)
      let branches = try #require(json["branches"] as? [[String: Any]])
      #expect(
        branches.map { $0["place"] as? String } == ["missing_parent", "missing_parent", "fork"])
      #expect((json["unreadable"] as? [Any])?.count == 1)
    }

    @Test func `a folder without tapes, or none at all, is refused`() throws {
      let shell = try Shell()
      #expect(shell.run("branches @").status == 2)
      #expect(shell.run("branches @nowhere").words.contains("cannot be read as a folder"))
    }

    @Test func `flatten makes a fork stand alone and says what it was`() throws {
      let shell = try Shell()
      try family(shell)
      let flat = shell.run("flatten @deep.tape -o @flat.tape")
      #expect(flat.status == 0 && flat.words.contains("2 forks deep"), "\(flat.words)")
      let end = shell.run("replay @deep.tape").data
      let diff = shell.run("diff @deep.tape @flat.tape")
      #expect(diff.status == 0, "\(diff.data)")
      for name in ["run", "if", "deep", "same"] {
        try FileManager.default.removeItem(atPath: "\(shell.folder)/\(name).tape")
      }
      #expect(shell.run("replay @flat.tape").data == end)
      #expect(shell.run("verify @flat.tape --level V5").status == 0)
      let info = shell.run("info @flat.tape").data
      #expect(info.contains("at tick 30: silence Trend_01"), "\(info)")
      #expect(info.contains("at tick 40: reseed with 5"))
      #expect(shell.run("info @flat.tape --json").data.contains("\"flattened_forks\":[{"))
      #expect(shell.run("branches @").data.contains("flattened: forked @30 silence Trend_01"))
      let again = shell.run("flatten @flat.tape -o @again.tape")
      #expect(again.status == 64 && again.words.contains("is no fork"))
      #expect(shell.run("fork @flat.tape --at 50 --silence MM_01 -o @more.tape").status == 0)
      #expect(shell.run("flatten @more.tape -o @more.tape --force").status == 64)
      #expect(shell.run("flatten @more.tape -o @flat.tape --force").status == 64)
      #expect(shell.run("flatten @more.tape -o @all.tape").words.contains("3 forks deep"))
      #expect(shell.run("flatten @more.tape -o @all.tape").status == 2, "never overwrites")
      #expect(shell.run("verify @all.tape --level V5").status == 0)
    }
  }
}
