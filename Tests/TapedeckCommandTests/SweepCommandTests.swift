import Foundation
import TestSupport
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct SweepCommandTests {
    private static let plan =
      "sweep plan @run.tape --ticks 20,40..48:4 --silence Trend_01 --change"
      + " fee=instruments.STOCK.taker_fee_millionths=900 --seeds 3"

    private func merged(_ shell: borrowing Shell, _ folder: String) throws -> String {
      let result = shell.run("sweep merge @\(folder)")
      #expect(result.status == 0, "\(result.words)")
      return String(try #require(result.data.split(separator: "\n").last))
    }

    @Test func `threads, parts, order and breaks do not change the digest`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("\(Self.plan) -o @whole").status == 0)
      #expect(shell.run("sweep run @whole --threads 4").status == 0)
      let expected = try merged(shell, "whole")
      #expect(shell.run("\(Self.plan) -o @parts").status == 0)
      for part in ["3/3", "1/3"] {
        #expect(shell.run("sweep run @parts --shard \(part) --threads 1").status == 0)
      }
      let unfinished = shell.run("sweep merge @parts")
      #expect(unfinished.status == 3 && unfinished.words.contains("12 of 36"))
      #expect(unfinished.words.contains("tapedeck sweep run"))
      #expect(shell.run("sweep run @parts --threads 2").status == 0)
      #expect(try merged(shell, "parts") == expected)
      let again = shell.run("sweep run @parts")
      #expect(again.words.contains("36 results were there, 0 are new"))
      #expect(shell.run("sweep status @parts").data.hasPrefix("36 of 36"))
    }

    @Test func `a damaged result is told, and run again`() throws {
      let shell = try Shell()
      try shell.record("run")
      _ = shell.run("\(Self.plan) -o @sweep")
      #expect(shell.run("sweep run @sweep").status == 0)
      let expected = try merged(shell, "sweep")
      let folder = "\(shell.folder)/sweep/results"
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      let file = URL(fileURLWithPath: folder + "/" + names[7])
      var bytes = try Data(contentsOf: file)
      bytes[40] ^= 1
      try bytes.write(to: file)
      let merge = shell.run("sweep merge @sweep")
      #expect(merge.status == 2 && merge.words.contains(names[7]))
      // A good result under another's name is no better.
      try FileManager.default.removeItem(atPath: folder + "/" + names[3])
      try FileManager.default.copyItem(
        atPath: folder + "/" + names[5], toPath: folder + "/" + names[3])
      let run = shell.run("sweep run @sweep")
      #expect(run.status == 0 && run.words.contains("run again, as damaged: 2"))
      #expect(try merged(shell, "sweep") == expected)
    }

    @Test(.enabled(if: Effort.isFull, "debug builds run sweeps in the matrix"))
    func `effects go to CSV, SQLite and JSON, and no file is overwritten`() throws {
      let shell = try Shell()
      try shell.record("run")
      _ = shell.run("\(Self.plan) -o @sweep")
      _ = shell.run("sweep run @sweep")
      let line = "sweep merge @sweep --csv @effects.csv --sqlite @effects.db"
      #expect(shell.run(line).status == 0)
      let csv = try String(contentsOfFile: "\(shell.folder)/effects.csv", encoding: .utf8)
      // Four ticks, two differences, five numbers of three agents and six of the market.
      #expect(csv.split(separator: "\r\n").count == 1 + 4 * 2 * 21)
      let magic = try Data(contentsOf: URL(fileURLWithPath: "\(shell.folder)/effects.db")).prefix(
        15)
      #expect(magic == Data("SQLite format 3".utf8))
      #expect(shell.run(line).status != 0)
      #expect(shell.run("sweep merge @sweep --sqlite @effects.db").words.contains("effects.db"))
      #expect(shell.run(line + " --force").status == 0)
      let object = try #require(
        try JSONSerialization.jsonObject(
          with: Data(shell.run("sweep merge @sweep --json").data.utf8)) as? [String: Any])
      #expect(object["schema_version"] as? Int == 1)
      #expect((object["effects"] as? [Any])?.count == 4 * 2 * 21)
    }

    @Test func `a sweep that cannot be is refused before anything runs`() throws {
      let shell = try Shell()
      try shell.record("run")
      try shell.record("other", seed: 8)
      for (line, words) in [
        ("--ticks 20 --silence MM_1", "no agent is called MM_1"),
        ("--ticks 20", "nothing differs"), ("--ticks 9..3 --silence MM_01", "9..3"),
        ("--ticks 5,5 --silence MM_01", "5 is there twice"),
        ("--ticks 5 --silence MM_01 --seeds 0", "--seeds"),
        ("--ticks 5000 --silence MM_01", "5000"),
        ("--ticks 5 --change x", "NAME="), ("--ticks 5 --interventions a=/nowhere", "/nowhere"),
      ] {
        let result = shell.run("sweep plan @run.tape \(line) -o @no")
        #expect(result.status != 0 && result.words.contains(words), "\(line): \(result.words)")
      }
      #expect(!FileManager.default.fileExists(atPath: "\(shell.folder)/no/plan.json"))
      _ = shell.run("\(Self.plan) -o @sweep")
      #expect(shell.run("\(Self.plan) -o @sweep").status != 0)
      let other = shell.run("sweep run @sweep --parent @other.tape")
      #expect(other.status == 64 && other.words.contains("is not the tape"))
      #expect(shell.run("sweep run @sweep --shard 4/3").status == 64)
      #expect(shell.run("sweep run @nowhere").words.contains("sweep plan"))
    }
  }
}
