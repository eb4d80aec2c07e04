import Foundation
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct BadInputTests {
    /// Expects a status and words that say what, where and what next.
    private func expect(
      _ shell: borrowing Shell, _ line: String, _ status: Int32, _ words: String...,
      location: SourceLocation = #_sourceLocation
    ) {
      let result = shell.run(line)
      #expect(result.status == status, "\(line): \(result.words)", sourceLocation: location)
      for word in words {
        #expect(
          (result.words + result.data).contains(word), "\(line): \(result.words)\(result.data)",
          sourceLocation: location)
      }
    }

    @Test func `misspelt verbs, agents, kinds and paths get a suggestion`() throws {
      let shell = try Shell()
      try shell.record("run")
      expect(shell, "recrod x", 64, "did you mean: tapedeck record")
      expect(shell, "frobnicate", 64, "there are: record")
      expect(shell, "golden chek x", 64, "did you mean: tapedeck golden check")
      expect(shell, "import lobstr x", 64, "did you mean: tapedeck import lobster")
      expect(shell, "fork @run.tape --at -5 -o @x.tape", 64, "joined to its option: --at=-5")
      expect(shell, "cat @run.tape --agent MM_O1", 64, "did you mean MM_01")
      expect(shell, "cat @run.tape --kind orderfiled", 64, "did you mean orderFilled")
      expect(shell, "show @run.tape @5 agents.MM_02", 64, "did you mean")
      expect(shell, "fork @run.tape --at 5 --silence Trend_O1 -o @x.tape", 64, "Trend_01")
      expect(shell, "fork @run.tape --at 5 --set MM_01.half_spred=3 -o @x.tape", 64, "half_spread")
    }

    @Test func `ticks, ranges and numbers that make no sense are named`() throws {
      let shell = try Shell()
      try shell.record("run")
      expect(shell, "fork @run.tape --at 61 -o @x.tape", 64, "between 0 and 60")
      expect(shell, "show @run.tape @999", 64, "ends at tick 60")
      expect(shell, "show @run.tape 5", 64, "write @5")
      expect(shell, "show @run.tape @5 @6", 64, "two ticks, @5 and @6")
      expect(shell, "show @run.tape tick time", 64, "two paths, tick and time")
      expect(shell, "blame @run.tape @5", 64, "write its path")
      expect(shell, "cat @run.tape 9..3", 64, "100..120")
      expect(shell, "cat @run.tape abc", 64, "not a range")
      expect(shell, "cat @run.tape 900000..", 64, "has no event from 900000 on")
      expect(shell, "why @run.tape 999999", 64, "numbered from 0 to")
      expect(shell, "verify @run.tape --level V9", 64)
      expect(shell, "fork @run.tape --at 5 --set MM_01.half_spread=x -o @x.tape", 64, "a whole")
      let long = "fork @run.tape --at 5 -o @x.tape --change agents.MM_01.latency.command=9999999h"
      expect(shell, long, 64, "0 to 1125899906842624 ns")
      expect(shell, "fork @run.tape --at 99999999999999999999 -o @x.tape", 64, "up to 2^63 - 1")
      expect(shell, "show @run.tape @-1", 64, "begins at tick 0")
    }

    @Test func `an option that takes one value is not given two`() throws {
      let shell = try Shell()
      try shell.record("run")
      expect(shell, "fork @run.tape --at 5 --at 6 -o @x.tape", 64, "--at is given twice")
      expect(shell, "fork @run.tape --at=5 --output @y.tape -o @x.tape", 64, "-o is given twice")
      expect(shell, "verify @run.tape --level V1 --level V4", 64, "--level is given twice")
      expect(
        shell, "clone @run.tape --agent MM_01 --agent Trend_01 -o @x.policy", 64,
        "--agent is given twice")
      expect(shell, "golden check @none --part 1/2 --part 2/2", 64, "--part is given twice")
      expect(shell, "fork @run.tape --at 5 --silence MM_01 --silence MM_01 -o @x.tape", 64, "twice")
      #expect((try? shell.bytes("x.tape")) == nil && (try? shell.bytes("x.policy")) == nil)
      // Options that take many, and flags, may be.
      let many = "fork @run.tape --at 5 --silence MM_01 --silence Trend_01 -o @x.tape --json --json"
      #expect(shell.run(many).status == 0)
    }

    @Test func `files that are no tapes are named as what they are`() throws {
      let shell = try Shell()
      try shell.record("run")
      try shell.write("empty.tape", [UInt8]())
      try shell.write("text.tape", String(repeating: "hello world ", count: 20))
      var other = try shell.bytes("run.tape")
      other[8] = 9
      try shell.write("other.tape", other)
      for verb in ["info", "cat", "replay", "verify", "doctor"] {
        expect(shell, "\(verb) @none.tape", 2, "No such file", "check the name")
        expect(shell, "\(verb) @empty.tape", 2, "too few")
        expect(shell, "\(verb) @text.tape", 2, "not a tape")
        expect(shell, "\(verb) @other.tape", 2, "other.tape")
        expect(shell, "\(verb) @", 2)
      }
    }

    @Test func `truncated tapes are readable as far as they go, and told`() throws {
      let shell = try Shell()
      try shell.record("run")
      let bytes = try shell.bytes("run.tape")
      try shell.write("cut.tape", Array(bytes.prefix(bytes.count - 100)))
      expect(shell, "verify @cut.tape", 3, "torn")
      expect(shell, "info @cut.tape", 3, "no watermark")
      expect(shell, "doctor @cut.tape", 3, "recover")
      try shell.write("early.tape", Array(bytes.prefix(300)))
      expect(shell, "verify @early.tape", 2, "frame 0")
    }

    @Test func `flipped and zeroed bytes are named with their frame and never cut`() throws {
      let shell = try Shell()
      try shell.record("run")
      let bytes = try shell.bytes("run.tape")
      var flipped = bytes
      flipped[bytes.count * 3 / 4] ^= 4
      try shell.write("bad.tape", flipped)
      expect(shell, "verify @bad.tape", 2, "corrupt", "frame")
      // Deciders would go on where events are missing: that is no divergence of theirs.
      expect(shell, "verify @bad.tape --level V4", 2, "corrupt", "frame")
      expect(shell, "doctor @bad.tape", 2, "checksum")
      expect(shell, "replay @bad.tape", 2)
      expect(shell, "fork @bad.tape --at 5 -o @x.tape", 2, "damaged")
      let saved = shell.run("recover @bad.tape -o @good.tape")
      #expect(saved.status == 3)
      #expect(saved.words.contains("lost: frame"))
      expect(shell, "verify @good.tape", 3, "salvaged")
      expect(shell, "verify @good.tape --level V4", 3, "salvaged")
      var zeroed = bytes
      for index in 64..<128 { zeroed[index] = 0 }
      try shell.write("zero.tape", zeroed)
      expect(shell, "info @zero.tape", 2, "frame 0")
    }

    @Test func `forks without, with another, and with a changed parent are refused`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("fork @run.tape --at 30 -o @if.tape").status == 0)
      try FileManager.default.createDirectory(
        atPath: "\(shell.folder)/away", withIntermediateDirectories: true)
      try shell.write("away/if.tape", try shell.bytes("if.tape"))
      expect(shell, "info @away/if.tape", 2, "--parent")
      expect(shell, "info @away/if.tape --parent @run.tape", 0)
      try shell.record("other", seed: 8)
      expect(shell, "info @away/if.tape --parent @other.tape", 2, "another")
      var altered = try shell.bytes("run.tape")
      altered[altered.count / 2] ^= 1
      try shell.write("run.tape", altered)
      #expect(shell.run("verify @if.tape").status == 2)
    }

    @Test func `scenarios that make no sense are named by file, line and key`() throws {
      let shell = try Shell()
      let cases: [(String, String, String)] = [
        ("ticks = 60", "tiks = 60", "tiks"), ("\"STOCK\"", "\"STOCK", "bad.toml:5"),
        ("market-maker", "market-makr", "market-maker"),
        ("deviation = 0.5", "deviation = -1", "deviation"), ("ticks = 60", "ticks = 0", "ticks"),
        ("start_price = \"100.00\"", "start_price = \"x\"", "start_price"),
      ]
      for (old, new, word) in cases {
        try shell.write("bad.toml", Shell.scenario.replacingOccurrences(of: old, with: new))
        expect(shell, "record @bad.toml --seed 1 -o @x.tape", 2, "bad.toml", word)
      }
      try shell.write("bad.toml", Shell.scenario)
      expect(shell, "record @bad.toml -o @x.tape", 64, "seed")
      #expect(!FileManager.default.fileExists(atPath: "\(shell.folder)/x.tape"))
    }

    @Test func `nothing is overwritten without force, and folders that are missing are named`()
      throws
    {
      let shell = try Shell()
      try shell.record("run")
      expect(shell, "record @run.toml --seed 7 -o @run.tape", 2, "--force")
      expect(shell, "record @run.toml --seed 7 -o @no/run.tape", 2, "No such file")
      expect(shell, "record @run.toml --seed 7 -o @run.tape --force", 0)
      #expect(shell.run("export @run.tape -o @logs").status == 0)
      expect(shell, "export @run.tape -o @logs", 2, "--force")
    }

    @Test func `numbers at the ends of their types are refused, not trapped on`() throws {
      let shell = try Shell()
      try shell.record("run")
      expect(shell, "cat @run.tape 9223372036854775807", 64, "not a range")
      expect(shell, "import lobster @run.toml -o @x.tape --units-per-increment 0", 64, "1 to")
      expect(shell, "replay @run.tape --to 61", 64, "ends at 60")
      expect(
        shell, "fork @run.tape --at 5 --set MM_01.quantity=9223372036854775807 -o @x.tape", 64,
        "set parameters of MM_01: quantity: expected")
      expect(shell, "record @run.toml --seed 1 -o @x.tape --acknowledge", 64, "--durability")
      #expect(!FileManager.default.fileExists(atPath: "\(shell.folder)/x.tape"))
    }

    @Test func `what is read is never written over, nor is a device`() throws {
      let shell = try Shell()
      try shell.record("run")
      let before = try shell.bytes("run.tape")
      expect(shell, "fork @run.tape --at 5 -o @run.tape --force", 64, "would be lost")
      expect(shell, "recover @run.tape -o @run.tape --force", 64, "would be lost")
      expect(shell, "record @run.toml --seed 1 -o @run.toml --force", 64, "would be lost")
      expect(shell, "report @run.tape -o @run.tape --force", 64, "would be lost")
      expect(shell, "record @run.toml --seed 1 -o /dev/null --force", 2, "no regular file")
      #expect(try shell.bytes("run.tape") == before)
    }

    @Test func `of a fork of a fork, the ancestor that does not fit is named`() throws {
      let shell = try Shell.forked(at: 20)
      #expect(shell.run("fork @if.tape --at 30 --silence MM_01 -o @then.tape").status == 0)
      var bytes = try shell.bytes("run.tape")
      bytes[bytes.count * 3 / 4] ^= 1
      try shell.write("run.tape", bytes)
      let said = "/if.tape: its parent, \(shell.folder)/run.tape, is not whole"
      expect(shell, "info @then.tape", 2, said)
    }

    @Test func `a full disk is an error that names the file`() throws {
      let shell = try Shell()
      try shell.record("run")
      expect(shell, "report @run.tape -o /dev/full/report.html", 2, "/dev/full")
    }

    @Test func `event tables that do not fit are named by line`() throws {
      let shell = try Shell()
      try shell.record("run")
      try shell.write("bad.jsonl", "{\"sequence\":0,\"kind\":\"nothing\"}\n")
      expect(shell, "import events @bad.jsonl --scenario @run.tape -o @x.tape", 2, "bad.jsonl:1")
      expect(shell, "import lobster @none.csv -o @x.tape", 2, "none.csv")
      expect(shell, "import events @none.csv --scenario @run.tape -o @x.tape", 2, "No such file")
    }

    @Test func `a table whose events do not follow leaves no tape`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("export @run.tape --format events -o @csv").status == 0)
      var lines = try shell.bytes("csv/events.csv").split(separator: 10)
      // The first order is never submitted.
      lines.remove(
        at: try #require(
          lines.firstIndex { String(decoding: $0, as: UTF8.self).contains("orderSubmitted") }))
      try shell.write("gap.csv", Array(lines.joined(separator: [10])))
      expect(shell, "import events @gap.csv --scenario @run.tape -o @x.tape", 2, "gap.csv: event")
      #expect(throws: (any Error).self) { try shell.bytes("x.tape") }
    }

    @Test func `a table that breaks off leaves no tape, and the one that was there`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("export @run.tape --format events -o @csv").status == 0)
      try shell.write("cut.csv", Array(try shell.bytes("csv/events.csv").dropLast(300)))
      let old = try shell.bytes("run.tape")
      for options in ["", " --decide", " --durability tick"] {
        let line = "import events @cut.csv --scenario @run.tape\(options) -o"
        expect(shell, "\(line) @x.tape", 2, "columns, found")
        #expect(throws: (any Error).self) { try shell.bytes("x.tape") }
        expect(shell, "\(line) @run.tape --force", 64, "would be lost")
        try shell.write("y.tape", old)
        expect(shell, "\(line) @y.tape --force", 2, "columns, found")
        #expect(try shell.bytes("y.tape") == old)
      }
    }
  }
}
