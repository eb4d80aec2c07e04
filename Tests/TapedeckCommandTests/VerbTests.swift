import Foundation
import TestSupport
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct VerbTests {
    @Test func `a session is recorded, told, replayed, shown and verified`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("info @run.tape").data.contains("status          sealed"))
      #expect(shell.run("replay @run.tape --to 30").data.contains("tick 29"))
      let shown = shell.run("show @run.tape @30 agents.MM_01")
      #expect(shown.status == 0)
      #expect(shown.data.contains("agents.MM_01.inventory.STOCK = "))
      let end = shell.run("show @run.tape")
      #expect(end.data.contains("tick = 59\n"))
      #expect(end.data == shell.run("show @run.tape @60").data)
      for level in ["V0", "V1", "V2", "V3", "v4", "5"] {
        let result = shell.run("verify @run.tape --level \(level)")
        #expect(result.status == 0, "\(level): \(result.words)\(result.data)")
      }
      #expect(shell.run("doctor @run.tape").status == 0)
      #expect(shell.run("cat @run.tape 10..12").data.split(separator: "\n").count == 2)
      #expect(shell.run("cat @run.tape 5 --json").data.contains("\"sequence\":5"))
      for option in ["", " --json"] {
        let all = shell.run("cat @run.tape\(option)").data.split(separator: "\n")
        #expect(all.count > 600)
        let middle = shell.run("cat @run.tape 300..555\(option)").data
        #expect(middle == all[300..<555].map { $0 + "\n" }.joined())
        // Many lines are printed at once, one is printed alone.
        for index in [0, 299, all.count - 1] {
          #expect(shell.run("cat @run.tape \(index)\(option)").data == all[index] + "\n")
        }
      }
      #expect(shell.run("cat @run.tape --kind orderFilled --agent MM_01").status == 0)
    }

    @Test func `a fork tells its first difference, and one that changes nothing says so`() throws {
      let shell = try Shell()
      try shell.record("run")
      let fork = shell.run("fork @run.tape --at 30 --silence Trend_01 -o @if.tape")
      #expect(fork.status == 0)
      #expect(fork.data.contains("one draw, not an effect"))
      #expect(fork.data.contains("intervention at tick 30: silence Trend_01"))
      #expect(shell.run("verify @if.tape --level V5").status == 0)
      #expect(shell.run("diff @run.tape @if.tape").status == 1)
      let placebo = shell.run("fork @run.tape --at 30 -o @same.tape")
      #expect(placebo.data == "the fork equals its parent, event for event\n")
      #expect(shell.run("diff @run.tape @same.tape").status == 0)
      let idle = shell.run("fork @run.tape --at 30 --add-idle Nobody -o @idle.tape")
      #expect(idle.status == 0)
      #expect(shell.run("diff @run.tape @idle.tape --ignoring Nobody").status == 0)
      // An agent that joined and never traded is counted in every table.
      #expect(shell.run("fork @idle.tape --at 40 --silence MM_01 -o @two.tape").status == 0)
      #expect(shell.run("report @idle.tape @two.tape -o @two.html").status == 0)
    }

    @Test func `why leads to the wake-up`() throws {
      let shell = try Shell()
      try shell.record("run")
      let fills = shell.run("cat @run.tape --kind orderFilled").data
      let first = try #require(fills.split(separator: " ").first)
      let why = shell.run("why @run.tape \(first)")
      #expect(why.status == 0)
      #expect(why.data.contains("because"))
      #expect(why.data.contains("agentWoken"))
    }

    @Test func `tables come out the same twice and every event table comes back`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("export @run.tape -o @a").status == 0)
      #expect(shell.run("export @run.tape -o @b").status == 0)
      for name in ["prices.csv", "actions.csv", "pnl.csv"] {
        #expect(try shell.bytes("a/\(name)") == shell.bytes("b/\(name)"))
      }
      for (format, file) in [("events", "events.csv"), ("jsonl", "events.jsonl")] {
        #expect(shell.run("export @run.tape --format \(format) -o @c").status == 0)
        let back = shell.run("import events @c/\(file) --scenario @run.tape -o @\(format).tape")
        #expect(back.status == 0, "\(back.words)")
        #expect(try shell.bytes("\(format).tape") == shell.bytes("run.tape"))
      }
    }

    @Test func `the specified tables have the specified columns`() throws {
      let shell = try Shell()
      try shell.record("run")
      _ = shell.run("export @run.tape -o @logs")
      let lines = { (name: String) in
        String(decoding: try shell.bytes("logs/\(name)"), as: UTF8.self).split(separator: "\n")
          .map(String.init)
      }
      let prices = try lines("prices.csv")
      #expect(prices[0] == "step,mid_price,best_bid,best_ask")
      #expect(prices.count == 61)
      let actions = try lines("actions.csv")
      #expect(actions[0] == "step,agent_id,type,side,price,quantity")
      #expect(actions.contains { $0.contains(",market,") && $0.contains(",MKT,") })
      let pnl = try lines("pnl.csv")
      #expect(pnl[0] == "step,agent_id,inventory,cash,total_value")
      // total_value = cash + inventory x mid_price, exactly, in each row.
      for row in pnl.dropFirst() {
        let cells = row.split(separator: ",").map(String.init)
        let step = try #require(Int(cells[0]))
        let mid = try #require(Decimal(string: String(prices[step + 1].split(separator: ",")[1])))
        let inventory = try #require(Decimal(string: cells[2]))
        let cash = try #require(Decimal(string: cells[3]))
        #expect(Decimal(string: cells[4]) == cash + inventory * mid)
      }
    }

    @Test func `a report is one page and three figures`() throws {
      let shell = try Shell()
      try shell.record("run")
      _ = shell.run("fork @run.tape --at 30 --silence Trend_01 -o @if.tape")
      let result = shell.run("report @run.tape @if.tape -o @out/report.html")
      #expect(result.status == 0)
      #expect(result.data.split(separator: "\n").count == 4)
      let page = String(decoding: try shell.bytes("out/report.html"), as: UTF8.self)
      #expect(page.contains("one draw, not an effect"))
      #expect(!page.contains("http://") || page.contains("http://www.w3.org"))
    }

    @Test(.enabled(if: Effort.isFull, "the matrix checks them with debug builds"))
    func `the goldens of this repository are reproduced`() throws {
      let shell = try Shell()
      let result = shell.run("golden check %journals --junit @junit.xml")
      #expect(result.status == 0, "\(result.data)")
      let xml = String(decoding: try shell.bytes("junit.xml"), as: UTF8.self)
      #expect(xml.contains("failures=\"0\""))
    }

    @Test func `anybody's folder of goldens works, and what changed is shown and accepted`()
      throws
    {
      let shell = try Shell()
      try shell.record("small")
      try FileManager.default.createDirectory(
        atPath: "\(shell.folder)/mine", withIntermediateDirectories: true)
      try shell.write("mine/a.command", "tapedeck record ../small.toml --seed 7\n")
      try shell.write("mine/b.command", "tapedeck fork a.tape --at 10 --silence MM_01\n")
      #expect(shell.run("golden check @mine").status == 1)
      #expect(shell.run("golden accept @mine").status == 0)
      #expect(shell.run("golden check @mine").status == 0)
      // What a part is made from is made along.
      #expect(shell.run("golden check @mine --part 1/2").data.contains("1 passed"))
      #expect(shell.run("golden check @mine --part 2/2").data.contains("2 passed"))
      for part in ["0/2", "3/2", "1/0", "one", "1"] {
        #expect(shell.run("golden check @mine --part \(part)").status == 64)
      }
      try shell.write("mine/a.command", "tapedeck record ../small.toml --seed 8\n")
      let changed = shell.run("golden check @mine")
      #expect(changed.status == 1)
      #expect(changed.data.contains("identity"))
      #expect(changed.data.contains("again with: tapedeck record"))
    }

    @Test func `completions are printed for three shells`() throws {
      let shell = try Shell()
      for name in ["bash", "zsh", "fish"] {
        #expect(shell.run("completions \(name)").data.contains("tapedeck"))
      }
    }

    @Test func `what damage concerns begins where the last whole event is`() throws {
      let shell = try Shell()
      let scenario = "\(checkout)/fixtures/scenarios/three-agents.toml"
      #expect(shell.run("record \(scenario) --seed 7 -o @run.tape").status == 0)
      try shell.write("run.tape", Array(try shell.bytes("run.tape").dropLast(6000)))
      let listed = shell.run("doctor @run.tape")
      #expect(listed.status == 3 && listed.data.contains("ticks from 640 to the end"), "\(listed)")
      let saved = shell.run("recover @run.tape -o @new.tape")
      #expect(saved.words.contains("ticks from 640 to the end"), "\(saved.words)")
      let never = shell.run("find @new.tape --when books.STOCK.volume>99999999")
      #expect(never.status == 1 && never.words.contains("up to tick 640, where"), "\(never.words)")
    }

    @Test func `who takes no turns cannot be silenced, and that is told`() throws {
      let shell = try Shell()
      let flow = "\(checkout)/fixtures/scenarios/on-made-flow.toml"
      #expect(shell.run("record \(flow) --seed 1 -o @run.tape").status == 0)
      let taking = shell.run("fork @run.tape --at 10 --silence flow.taking -o @one.tape")
      #expect(taking.words.contains("flow.taking takes no turns"), "\(taking.words)")
      let planned = shell.run(
        "sweep plan @run.tape --ticks 10,20 --silence flow.taking --silence MM_01 -o @sweep")
      #expect(planned.words.split(separator: "\n").count { $0.contains("takes no turns") } == 1)
      let maker = shell.run("fork @run.tape --at 10 --silence MM_01 -o @two.tape")
      #expect(maker.status == 0 && !maker.words.contains("takes no turns"), "\(maker.words)")
    }
  }
}
