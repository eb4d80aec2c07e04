import Foundation
import Testing

@testable import TapedeckCommand

extension CommandTests {
  /// What would be said of half a tape, or written over what is read.
  @Suite struct LossTests {
    @Test func `nothing is said of a damaged tape as if it were whole`() throws {
      let shell = try Shell.forked(at: 20)
      for name in ["run.tape", "if.tape"] {
        let whole = try shell.bytes(name)
        var damaged = whole
        damaged[damaged.count * 2 / 3] ^= 16
        try shell.write(name, damaged)
        for line in [
          "compare @run.tape @if.tape", "compare @run.tape @if.tape --replicates 2",
          "diff @run.tape @if.tape", "report @run.tape @if.tape -o @page.html",
        ] {
          let result = shell.run(line)
          #expect(result.status == 2 && result.data.isEmpty, "\(line): \(result)")
          #expect(result.words.contains(".tape: "), "\(line): \(result.words)")
        }
        let branches = shell.run("branches @")
        #expect(branches.status == 3 && !branches.data.contains("gain of"), "\(branches)")
        try shell.write(name, whole)
      }
      #expect(shell.run("compare @run.tape @if.tape").status == 0)
    }

    @Test func `outputs beside the main one replace nothing that is read`() throws {
      let shell = try Shell.forked(at: 20)
      for name in ["run.tape", "if.tape"] {
        let before = try shell.bytes(name)
        let result = shell.run("compare @run.tape @if.tape --replicates 2 --card @\(name) --force")
        #expect(result.status == 64 && result.words.contains("is what is read"), "\(result)")
        #expect(try shell.bytes(name) == before)
      }
      // Before anything is computed.
      let nowhere = shell.run("compare @run.tape @if.tape --replicates 2 --card @no/card.html")
      #expect(nowhere.status == 2 && nowhere.data.isEmpty && nowhere.words.contains("no folder"))
      #expect(
        shell.run("sweep plan @run.tape --ticks 20,30 --silence MM_01 --seeds 2 -o @sweep").status
          == 0)
      #expect(shell.run("sweep run @sweep").status == 0)
      for name in ["run.tape", "sweep/plan.json"] {
        let before = try shell.bytes(name)
        for option in ["--csv", "--sqlite"] {
          let result = shell.run("sweep merge @sweep \(option) @\(name) --force")
          #expect(result.status == 64 && result.words.contains("is what is read"), "\(result)")
        }
        #expect(try shell.bytes(name) == before)
      }
    }

    @Test func `an altered plan is refused`() throws {
      let shell = try Shell.forked(at: 20)
      #expect(
        shell.run("sweep plan @run.tape --ticks 20 --silence MM_01 --seeds 2 -o @sweep").status == 0
      )
      let plan = String(decoding: try shell.bytes("sweep/plan.json"), as: UTF8.self)
      // The payload is base64 of a length and the name.
      let name = Data([5, 0, 0, 0] + Array("MM_01".utf8)).base64EncodedString()
      let other = Data([5, 0, 0, 0] + Array("MM_07".utf8)).base64EncodedString()
      #expect(plan.contains(name))
      try shell.write("sweep/plan.json", plan.replacingOccurrences(of: name, with: other))
      let result = shell.run("sweep run @sweep")
      #expect(result.status == 2 && result.words.contains("MM_07"), "\(result)")
    }

    @Test func `parts share the forks of one tick`() throws {
      let shell = try Shell.forked(at: 20)
      #expect(
        shell.run("sweep plan @run.tape --ticks 20 --silence MM_01 --seeds 4 -o @sweep").status == 0
      )
      for part in 1...4 {
        let result = shell.run("sweep run @sweep --shard \(part)/4")
        #expect(result.words.contains("0 results were there, 2 are new"), "\(result.words)")
      }
      #expect(shell.run("sweep merge @sweep").status == 0)
    }

    @Test(arguments: [
      ("run.tape", "run.tape"), ("-run.tape", "./-run.tape"), ("my run.tape", "'my run.tape'"),
      ("it's", "'it'\\''s'"), ("$HOME", "'$HOME'"), ("", "''"),
    ])
    func `a path is one word of a shell`(path: String, word: String) {
      #expect(path.shellWord == word)
    }
  }
}
