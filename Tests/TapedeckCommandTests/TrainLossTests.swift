import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TapedeckCommand

/// What a newcomer lost to forced outputs, and did not know of trainings.
extension CommandTests {
  @Suite struct TrainLossTests {
    private static let short =
      "--updates 4 --episodes 2 --learn hidden=8 --save-every 2 --threads 2"

    /// `X.new` is where a tape stands until it may take the name of another.
    @Test func `what a forced output needs on its way is nobody's`() throws {
      let shell = try Shell()
      try shell.record("run")
      try shell.record("a")
      for (name, line) in [
        ("run.tape", "fork @a.tape.new --at 20 -o @a.tape --force"),
        ("notes", "fork @run.tape --at 20 -o @a.tape --force"),
        ("run.tape", "train @run.tape --agent Trend_01 \(Self.short) -o @a.tape --force"),
      ] {
        if name == "notes" { try shell.write("notes", "mine") }
        let before = try shell.bytes(name)
        let path = shell.folder + "/a.tape.new"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: shell.folder + "/" + name, toPath: path)
        let refused = shell.run(line)
        #expect(refused.status == 64 || refused.status == 2, "\(line): \(refused.words)")
        #expect(refused.words.contains("a.tape.new"), "\(refused.words)")
        #expect(try shell.bytes("a.tape.new") == before)
      }
    }

    /// What was missing was held against whoever decides.
    @Test func `a damaged training is corrupt at every level`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("train @run.tape --agent Trend_01 \(Self.short) -o @a.tape").status == 0)
      let whole = try shell.bytes("a.tape")
      for place in [2, 3, 4, 5].map({ whole.count * $0 / 6 }) {
        var damaged = whole
        damaged[place] ^= 1
        try shell.write("a.tape", damaged)
        for level in ["V1", "V3", "V4"] {
          let result = shell.run("verify @a.tape --level \(level)")
          #expect(result.status == 2, "\(level), byte \(place): \(result.data)")
        }
      }
    }

    @Test func `nothing that a fork or a report reads is written over`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("train @run.tape --agent Trend_01 \(Self.short) -o @a.tape").status == 0)
      try shell.write("in.toml", "[[agents]]\nname = \"Trend_01\"\nmaximum_position = 9\n")
      try shell.write(
        "other.toml",
        "[[agents]]\nname = \"Trend_01\"\ntype = \"policy\"\npolicy = \"a.policy\"\n")
      for (file, line) in [
        ("a.policy", "fork @run.tape --at 20 --policy Trend_01=\(shell.folder)/a.policy"),
        ("in.toml", "fork @run.tape --at 20 --interventions @in.toml"),
        ("a.policy", "fork @run.tape --at 20 --interventions @other.toml"),
        ("run.tape", "report @a.tape"),
      ] {
        let before = try shell.bytes(file)
        let refused = shell.run("\(line) -o @\(file) --force")
        #expect(refused.status == 64 && refused.words.contains("is what is read"), "\(line)")
        #expect(try shell.bytes(file) == before)
      }
      let both = shell.run("report @run.tape @a.tape -o @x.html")
      #expect(both.status == 64 && both.words.contains("is a training"))
      // All files or none: a page beside the figures of another would mislead.
      try shell.write("x-entropy.svg", "older")
      let partial = shell.run("report @a.tape -o @x.html")
      #expect(partial.status == 2 && partial.words.contains("x-entropy.svg"))
      #expect(!FileManager.default.fileExists(atPath: shell.folder + "/x.html"))
    }

    @Test func `a training that was to replace another goes on, and says that it is not finished`()
      throws
    {
      let shell = try Shell()
      try shell.record("run")
      let train = "train @run.tape --agent Trend_01 \(Self.short) --seed"
      #expect(shell.run("\(train) 1 -o @a.tape").status == 0)
      #expect(shell.run("\(train) 2 -o @b.tape").status == 0)
      Console.isInterrupted.store(true, ordering: .relaxed)
      #expect(shell.run("\(train) 2 -o @a.tape --force").status == 130)
      Console.isInterrupted.store(false, ordering: .relaxed)
      let unfinished = shell.run("report @a.tape.new --parent @run.tape -o @x.html")
      #expect(unfinished.status == 3 && unfinished.words.contains("not finished"))
      let page = try String(decoding: shell.bytes("x.html"), as: UTF8.self)
      #expect(page.contains("of 4 updates"))
      let resumed = shell.run("\(train) 2 -o @a.tape --force --resume")
      #expect(resumed.status == 0, "\(resumed.words)")
      #expect(try shell.bytes("a.tape") == shell.bytes("b.tape"))
    }

    @Test func `several files of interventions count, one upon the other`() throws {
      let shell = try Shell()
      try shell.record("run")
      try shell.write("1.toml", "[[agents]]\nname = \"Trend_01\"\nmaximum_position = 9\n")
      try shell.write(
        "2.toml",
        "[[agents]]\nname = \"Twin\"\nlike = \"Trend_01\"\n[[agents]]\nname = \"Trend_01\"\n"
          + "maximum_open_orders = 3\n")
      let fork = shell.run(
        "fork @run.tape --at 20 --interventions @1.toml --interventions @2.toml -o @f.tape")
      #expect(fork.status == 0, "\(fork.words)")
      #expect(shell.run("verify @f.tape --level V5").status == 0)
      let words = shell.run("info @f.tape").data
      #expect(words.contains("maximum_position = 9") && words.contains("maximum_open_orders = 3"))
    }
  }
}
