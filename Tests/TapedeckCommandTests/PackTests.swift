import Foundation
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct PackTests {
    /// A fork of a fork and its pack, and nothing else of them left.
    private func packed(_ shell: borrowing Shell) throws {
      try shell.record("run")
      try shell.write("card.json", "{\"effect\":1}")
      for line in [
        "fork @run.tape --at 30 --silence Trend_01 -o @if.tape",
        "fork @if.tape --at 40 --reseed 5 -o @deep.tape",
        "pack @deep.tape --card @card.json --scenario @run.toml -o @x.pack",
      ] {
        let result = shell.run(line)
        #expect(result.status == 0, "\(line): \(result.words)")
      }
    }

    @Test func `a pack verifies by itself, and comes apart again`() throws {
      let shell = try Shell()
      try packed(shell)
      let other = try Shell()
      try other.write("x.pack", try shell.bytes("x.pack"))
      for level in ["V1", "V3", "V5"] {
        let verified = other.run("verify @x.pack --level \(level)")
        #expect(verified.status == 0, "\(verified.words)")
        #expect(verified.data.contains("x.pack: verified at \(level)"))
      }
      let json = other.run("unpack @x.pack -o @out --json")
      #expect(json.status == 0 && json.data.contains("\"role\":\"ancestor\""), "\(json.words)")
      for name in ["run.tape", "if.tape", "deep.tape", "run.toml", "card.json"] {
        #expect(try other.bytes("out/\(name)") == shell.bytes(name), "\(name)")
      }
      #expect(other.run("verify @out/deep.tape --level V5").status == 0)
      #expect(other.run("unpack @x.pack -o @out").status == 2, "never overwrites")
      #expect(other.run("unpack @x.pack -o @out --force").status == 0)
      // Nothing is left of what verify unpacked.
      #expect(shell.run("pack @deep.tape -o @x.pack").status == 2)
      #expect(shell.run("pack @deep.tape -o @y.pack").data.contains("scenario.toml"))
      #expect(shell.run("pack @deep.tape -o @if.tape --force").status == 64)
    }

    @Test func `damaged packs and tapes that are not whole are refused with the place`() throws {
      let shell = try Shell()
      try packed(shell)
      let bytes = try shell.bytes("x.pack")
      try shell.write("cut.pack", Array(bytes.prefix(bytes.count / 2)))
      let cut = shell.run("verify @cut.pack")
      #expect(cut.status == 2 && cut.words.contains("cut.pack: ends at offset"))
      var altered = bytes
      altered[bytes.count / 2] ^= 1
      try shell.write("bad.pack", altered)
      let bad = shell.run("unpack @bad.pack -o @out")
      #expect(bad.status == 2 && bad.words.contains("is not what was packed"), "\(bad.words)")
      #expect(!FileManager.default.fileExists(atPath: shell.folder + "/out"))
      #expect(shell.run("unpack @run.tape -o @out").words.contains("not a pack"))
      try shell.write("torn.tape", Array(try shell.bytes("run.tape").dropLast(9)))
      let torn = shell.run("pack @torn.tape -o @torn.pack")
      #expect(torn.status == 2 && torn.words.contains("is not sealed and whole"))
      #expect(shell.run("pack @run.tape --card @none -o @y.pack").status == 2)
    }
  }
}
