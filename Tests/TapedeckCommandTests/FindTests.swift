import Agents
import ArgumentParser
import Foundation
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct FindTests {
    /// Runs a command line whose last word is an expression.
    private func run(
      _ shell: borrowing Shell, _ line: String, _ expression: String, _ more: String = ""
    ) -> (status: Int32, data: String, words: String) {
      // Expressions here need no spaces: words are cut at them.
      shell.run("\(line) \(expression) \(more)")
    }

    /// An expression without spaces.
    private static let fills = "kind=='fill'"

    @Test func `find and cat print the same events, and find counts them`() throws {
      let shell = try Shell()
      try shell.record("run")
      let all = shell.run("cat @run.tape --kind orderFilled").data
      #expect(run(shell, "cat @run.tape --where", Self.fills).data == all)
      let found = run(shell, "find @run.tape --where", Self.fills)
      #expect(found.status == 0)
      #expect(found.data == all)
      let lines = all.split(separator: "\n").map(String.init)
      #expect(lines.count > 5)
      #expect(
        run(shell, "find @run.tape --where", Self.fills, "--count").data == "\(lines.count)\n")
      #expect(run(shell, "find @run.tape --where", Self.fills, "--first").data == lines[0] + "\n")
      #expect(
        run(shell, "find @run.tape --where", Self.fills, "--last").data
          == lines[lines.count - 1] + "\n")
      let mine = shell.run("cat @run.tape --agent MM_01").data
      #expect(run(shell, "find @run.tape --where", "agents\tcontains\tMM_01").data == mine)
      // Options that are given twice are any of the two; different ones are all of them.
      let any =
        "cat @run.tape --agent MM_01 --agent Arb_01 --kind orderFilled --kind orderCancelled"
      let filter =
        "(agents\tcontains\tMM_01\tor\tagents\tcontains\tArb_01)\tand\tkind\tin\t('fill','cancelled')"
      let either = shell.run(any).data
      #expect(!either.isEmpty && run(shell, "find @run.tape --where", filter).data == either)
    }

    @Test func `nothing found is exit 1, and a count of 0`() throws {
      let shell = try Shell()
      try shell.record("run")
      let none = run(shell, "find @run.tape --where", "quantity>1000000")
      #expect(none.status == 1 && none.data.isEmpty)
      let count = run(shell, "find @run.tape --where", "quantity>1000000", "--count")
      #expect(count.status == 1 && count.data == "0\n")
      let state = run(shell, "find @run.tape --when", "agents.MM_01.inventory>1000000")
      #expect(state.status == 1 && state.data.isEmpty)
      #expect(state.words.contains("no event"))
      let blame = shell.run("blame @run.tape agents.MM_01.type")
      #expect(blame.status == 1)
      #expect(blame.data == "agents.MM_01.type = market-maker, as at the opening\n")
    }

    @Test func `json has a schema version wherever it is printed`() throws {
      let shell = try Shell()
      try shell.record("run")
      let lines = [
        "find @run.tape --where \(Self.fills) --json",
        "find @run.tape --where \(Self.fills) --count --json",
        "find @run.tape --when agents.MM_01.inventory!=0 --json",
        "find @run.tape --when agents.MM_01.inventory!=0 --backward --json",
        "find @run.tape --when agents.MM_01.inventory>99999 --json",
        "blame @run.tape agents.MM_01.cash --json", "blame @run.tape agents.MM_01.type --json",
      ]
      for line in lines {
        let result = shell.run(line)
        #expect(!result.data.isEmpty, "\(line): \(result.words)")
        for text in result.data.split(separator: "\n") {
          let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(line)")
          #expect(object["schema_version"] as? Int == 1, "\(line)")
        }
      }
    }

    @Test func `blame and a condition name the event that show tells apart`() throws {
      let shell = try Shell()
      try shell.record("run")
      let shown = shell.run("show @run.tape @30 agents.MM_01.inventory").data
      #expect(shell.run("show @run.tape agents.MM_01.inventory @30").data == shown)
      #expect(shell.run("show @run.tape agents.MM_01.inventory --at 30").data == shown)
      let value = try #require(shown.split(separator: " ").last).dropLast()
      let blame = shell.run("blame @run.tape agents.MM_01.inventory @30")
      #expect(blame.status == 0)
      let lines = blame.data.split(separator: "\n").map(String.init)
      #expect(lines[0].hasPrefix("agents.MM_01.inventory.STOCK: "))
      #expect(lines[0].hasSuffix("-> \(value)"))
      #expect(lines[1].contains("orderFilled"))
      #expect(lines[2].hasPrefix("  because "))
      #expect(shell.run("blame @run.tape agents.MM_01.inventory --at 30").data == blame.data)
      #expect(shell.run("blame @run.tape @30 agents.MM_01.inventory").data == blame.data)
      // Going back from there, the same event made the inventory what it is.
      let back = run(
        shell, "find @run.tape --when", "agents.MM_01.inventory==\(value)", "--backward --at 30")
      #expect(back.data.split(separator: "\n")[0] == lines[1])
      #expect(shell.run("blame @run.tape books.STOCK.bids.0").data.contains("bids.0.quantity: "))
      let price = shell.run("show @run.tape @30 books.STOCK.bids.0.price")
      #expect(price.status == 0 && price.data.hasPrefix("books.STOCK.bids.0.price = "))
    }

    @Test func `a condition that holds already is told`() throws {
      let shell = try Shell()
      try shell.record("run")
      let start = run(shell, "find @run.tape --when", "agents.MM_01.inventory<1000")
      #expect(start.status == 0 && start.data == "holds from the opening on\n")
      let later = run(shell, "find @run.tape --when", "tick>=29", "--at 30")
      #expect(later.status == 0 && later.data.hasPrefix("holds before event "))
      let opening = run(shell, "find @run.tape --when", "tick>=0", "--backward")
      #expect(opening.status == 1)
    }

    @Test func `bad expressions are shown with a caret`() throws {
      let shell = try Shell()
      try shell.record("run")
      let cases = [
        ("find @run.tape --where", "agnet==MM_01", "    ^~~~~", "did you mean agent?"),
        ("find @run.tape --where", "agent==MM_1", "           ^~~~", "did you mean MM_01?"),
        ("cat @run.tape --where", "quantity>", "             ^\n", "expected a number"),
        (
          "find @run.tape --when", "agents.MM_01.csh>1", "    ^~~~~~~~~~~~~~~~\n",
          "agents.MM_01.cash"
        ),
        ("find @run.tape --where", "latency>5", "            ^\n", "such as 5ms"),
        ("find @run.tape --when", "tick\tcontains\t1", "         ^~~~~~~~\n", "tick is asked with"),
      ]
      for (line, expression, caret, words) in cases {
        let result = run(shell, line, expression)
        #expect(result.status == 64, "\(expression)")
        #expect(result.words.contains(caret), "\(expression): \(result.words)")
        #expect(result.words.contains(words), "\(expression): \(result.words)")
      }
    }

    @Test func `options that do not go together, ticks and paths are refused`() throws {
      let shell = try Shell()
      try shell.record("run")
      for line in [
        "find @run.tape", "find @run.tape --where tick>1 --when tick>1",
        "find @run.tape --where tick>1 --first --last", "find @run.tape --when tick>1 --count",
        "find @run.tape --where tick>1 --backward", "find @run.tape --when tick>1 --at 61",
        "blame @run.tape tick @61", "blame @run.tape tick 5", "blame @run.tape tick @5 --at 5",
        "blame @run.tape agents.MM_01", "blame @run.tape agents.MM_2.cash",
      ] {
        #expect(shell.run(line).status == 64, "\(line)")
      }
      #expect(shell.run("blame @run.tape agents.MM_01.csh").words.contains("agents.MM_01.cash"))
      #expect(shell.run("blame @run.tape books.STOCK").words.contains("books.STOCK.volume"))
    }

    @Test func `help tells the language`() {
      // Help is printed for whoever asked for it, and is no data of a command.
      let find = Tapedeck<BuiltInAgents>.helpMessage(for: Find<BuiltInAgents>.self, columns: 400)
      #expect(find.contains("and kind ==") && find.contains("--backward"))
      #expect(find.contains("Paths are those that show prints"))
      let cat = Tapedeck<BuiltInAgents>.helpMessage(for: Cat<BuiltInAgents>.self, columns: 400)
      #expect(cat.contains("--where") && cat.contains("and kind =="))
      let blame = Tapedeck<BuiltInAgents>.helpMessage(for: Blame<BuiltInAgents>.self, columns: 400)
      #expect(blame.contains("@T means before tick T's first"))
    }

    @Test func `why and blame follow causes across the fork, and end in an intervention`() throws {
      let shell = try Shell()
      try shell.write("slow.toml", Shell.scenario + "\nlatency.command = \"1500ms\"\n")
      #expect(shell.run("record @slow.toml --seed 7 -o @run.tape").status == 0)
      let fork = shell.run("fork @run.tape --at 30 --add-idle Nobody -o @if.tape")
      #expect(fork.status == 0, "\(fork.words)")
      // Arb_01's orders of tick 29 reach the exchange after the fork.
      let shared = try #require(
        fork.words.split(separator: " ").last { Int($0) != nil }, "\(fork.words)")
      let crossing = run(
        shell, "find @if.tape --where", "sequence>=\(shared)\tand\tcause<\(shared)", "--first")
      let sequence = try #require(crossing.data.split(separator: " ").first)
      let why = shell.run("why @if.tape \(sequence)").data
      let lines = why.split(separator: "\n").map(String.init)
      #expect(lines.count >= 2, "\(why)")
      #expect(lines[lines.count - 1].contains("because "), "\(why)")
      // Its root lies on the parent's tape, and is the same there.
      let root = try #require(lines.last?.split(separator: " ").dropFirst().first)
      let parent = shell.run("why @run.tape \(root)").data.split(separator: "\n")[0]
      #expect(lines[lines.count - 1].hasSuffix(String(parent)))
      #expect(lines[lines.count - 1].contains("agentWoken"))
      let applied = run(shell, "find @if.tape --where", "kind==intervention")
      #expect(applied.status == 0)
      let intervention = try #require(applied.data.split(separator: " ").first)
      #expect(shell.run("why @if.tape \(intervention)").data.contains("interventionApplied"))
      #expect(shell.run("blame @if.tape agents.Nobody.cash").status == 0)
    }
  }
}
