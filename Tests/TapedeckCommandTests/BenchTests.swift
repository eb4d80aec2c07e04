import Determinism
import Foundation
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct BenchTests {
    @Test func `the bench reaches the same outcome whenever it is run`() throws {
      let shell = try Shell()
      let first = shell.run("bench --messages 300 --runs 2 --folder @ --json")
      #expect(first.status == 0, "\(first.words)")
      #expect(first.data.contains("\"trades\":"))
    }

    /// The hash is that of the file that the flow's first program, in C++, writes.
    @Test func `the written flow is the one that everybody times`() {
      let bytes = OrderFlow.records(count: 30_000)
      #expect(bytes.count == 24 * 30_000)
      let first = SHA256.hash(bytes).bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      #expect(first == 0xc2d0_e62c_9e4a_5ef5)
    }

    @Test func `forks cost the same tapes in every run`() throws {
      let shell = try Shell()
      try shell.record("run")
      let line = "bench forks @run.tape --at 20 --forks 5 --ticks 3 --runs 2"
      let text = shell.run(line)
      #expect(text.status == 0, "\(text.words)")
      #expect(text.data.contains("for being a fork"))
      let json = shell.run("\(line) --json")
      #expect(json.data.contains("\"bytes_without_events\":"))
      let digest = try #require(text.data.split(separator: " ").last).prefix(16)
      #expect(json.data.contains(digest))
      let beyond = shell.run("bench forks @run.tape --at 2000")
      #expect(beyond.status == 64 && beyond.words.contains("ends at tick"))
    }

    @Test func `a session of agents is run again, folded and proved`() throws {
      let shell = try Shell()
      try shell.record("run")
      let result = shell.run("bench agents @run.tape --runs 1")
      #expect(result.status == 0, "\(result.words)")
      for row in ["record", "replay", "V3", "V4"] { #expect(result.data.contains(row)) }
      let json = shell.run("bench agents @run.tape --runs 1 --json")
      #expect(json.data.contains("\"nanoseconds\":"))
      #expect(shell.run("fork @run.tape --at 20 --silence Trend_01 -o @fork.tape").status == 0)
      let fork = shell.run("bench agents @fork.tape")
      #expect(fork.status == 64 && fork.words.contains("is a fork"))
    }

    @Test func `the written flow replaces nothing, unless forced`() throws {
      let shell = try Shell()
      let line = "bench --messages 1000 --runs 1 --only exchange --write-flow @flow.bin"
      let result = shell.run(line)
      #expect(result.status == 0 && result.data.contains("nothing trades"))
      #expect(try shell.bytes("flow.bin") == OrderFlow.records(count: 1000))
      try shell.write("flow.bin", "mine")
      #expect(shell.run(line).status == 2)
      #expect(try shell.bytes("flow.bin") == Array("mine".utf8))
      #expect(shell.run("\(line) --force").status == 0)
      #expect(try shell.bytes("flow.bin") == OrderFlow.records(count: 1000))
    }

    @Test func `the kept tape is whole, and replaces nothing`() throws {
      let shell = try Shell()
      let line = "bench --messages 300 --runs 2 --only file-none --folder @ --keep @kept.tape"
      #expect(shell.run(line).status == 0)
      let bytes = try shell.bytes("kept.tape")
      let verified = shell.run("verify @kept.tape --level V3")
      #expect(verified.status == 0, "\(verified.words)")
      #expect(shell.run(line).status == 2)
      #expect(try shell.bytes("kept.tape") == bytes)
      #expect(shell.run("bench --messages 1000 --only scan --keep @other.tape").status == 64)
    }

    @Test func `learning comes to the same weights whenever it is timed`() throws {
      let shell = try Shell()
      let line = "bench learning --steps 1000 --runs 1"
      let results = try (0..<2).map { _ in
        let result = shell.run(line + " --json")
        #expect(result.status == 0, "\(result.words)")
        let object = try #require(
          try JSONSerialization.jsonObject(with: Data(result.data.utf8)) as? [String: Any])
        let rows = try #require(object["rows"] as? [[String: Any]])
        return rows.map { $0["digest"] as? String ?? "" }
      }
      #expect(results[0] == results[1] && Set(results[0]).count == 11)
      let alone = shell.run("\(line) --only market").data
      #expect(alone.contains(results[0][8]) && !alone.contains("ppo-cleanrl"))
      #expect(shell.run("bench learning --steps 0").status == 64)
      let odd = shell.run("bench learning --only markt")
      #expect(odd.status == 64 && odd.words.contains("ppo-cleanrl"))
    }
  }
}
