import Foundation
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct ShrinkTests {
    /// The program, beside the tests; those that need it are skipped where it is not there.
    private static let program: String? = {
      for build in ["release", "debug"] {
        let path = "\(checkout)/.build/\(build)/tapedeck"
        if FileManager.default.isExecutableFile(atPath: path) { return path }
      }
      return nil
    }()

    /// A script that fails on tapes with a fill of 5 lots, and counts how often it was asked.
    private func writeCheck(_ shell: borrowing Shell, _ program: String) throws {
      try shell.write(
        "check.sh",
        "echo x >> \(shell.folder)/asked\n"
          + "\(program) find \"$1\" --where 'kind == \"fill\" and quantity == 5' --first && exit 9\n"
          + "exit 0\n")
    }

    @Test(.enabled(if: program != nil))
    func `a failing tape shrinks to a golden of few events that still fails`() throws {
      let shell = try Shell()
      try shell.record("run")
      try writeCheck(shell, try #require(Self.program))
      // The shell splits the command at tabs, the test its line at spaces.
      let check = "--check sh\t\(shell.folder)/check.sh\t{}"
      let shrunk = shell.run("shrink @run.tape \(check) -o @small.tape --json")
      #expect(shrunk.status == 0, "\(shrunk.words)")
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(shrunk.data.utf8)) as? [String: Any])
      #expect(object["schema_version"] as? Int == 1)
      #expect((object["events"] as? Int).map { $0 <= 8 } ?? false, "\(shrunk.data)")
      #expect(object["is_fixed_point"] as? Bool == true)
      let asked = try shell.bytes("asked").count / 2
      #expect(object["checks"] as? Int == asked - 3, "twice before, once after")
      // What it wrote is a golden, and makes the same tape again.
      #expect(shell.run("golden check @").data.contains("1 passed, 0 failed"))
      #expect(shell.run("verify @small.tape --level V5").status == 0)
      #expect(shell.run("info @small.tape").data.contains("small, shrunk"))
      let found = shell.run("find @small.tape --where quantity==5\tand\tkind=='fill' --count")
      #expect(found.data == "1\n")
      // A fixed point shrinks no further.
      let again = shell.run("shrink @small.tape \(check) -o @smaller.tape --json")
      #expect(again.status == 0)
      #expect(again.data.contains("\"events\":\(object["events"] as? Int ?? 0),"))
      let refused = shell.run("shrink @run.tape \(check) -o @small.tape")
      #expect(refused.status == 2 && refused.words.contains("small.tape"))
      #expect(shell.run("shrink @run.tape \(check) -o @run.tape --force").status == 64)
    }

    @Test func `a check that fails on everything is asked about`() throws {
      let shell = try Shell()
      try shell.record("run")
      let shrunk = shell.run("shrink @run.tape --check false\t{} -o @small.tape")
      #expect(shrunk.status == 0)
      #expect(shrunk.words.contains("is that what the check is about?"), "\(shrunk.words)")
    }

    @Test func `where time is over before anything was tried, that is told`() throws {
      let shell = try Shell()
      try shell.record("run")
      let shrunk = shell.run("shrink @run.tape --check false\t{} -o @small.tape --seconds 1e-9")
      #expect(shrunk.status == 3 && shrunk.words.contains("more --seconds"), "\(shrunk.words)")
    }

    @Test func `a check that passes, or is flaky, or cannot run, is refused`() throws {
      let shell = try Shell()
      try shell.record("run")
      let passes = shell.run("shrink @run.tape --check true\t{} -o @small.tape")
      #expect(passes.status == 64 && passes.words.contains("there is nothing to shrink"))
      let invariant = shell.run("shrink @run.tape --invariant -o @small.tape")
      #expect(invariant.status == 64 && invariant.words.contains("the check passes"))
      let absent = shell.run("shrink @run.tape --check no-such-program\t{} -o @small.tape")
      #expect(absent.status == 64 && absent.words.contains("cannot run"))
      try shell.write(
        "flaky.sh", "echo >> \(shell.folder)/n; exit $(wc -l < \(shell.folder)/n)\n")
      let flaky = shell.run(
        "shrink @run.tape --check sh\t\(shell.folder)/flaky.sh\t{} -o @small.tape")
      #expect(flaky.status == 64 && flaky.words.contains("flaky"), "\(flaky.words)")
      for line in [
        "shrink @run.tape -o @small.tape", "shrink @run.tape --check false -o @small.tape",
        "shrink @run.tape --check false\t{} --invariant -o @small.tape",
        "shrink @run.tape --check false\t{} -o @small",
        "shrink @run.tape --check false\t{} -o @small.tape --seconds 0",
        "shrink @run.tape --against @nothing -o @small.tape",
      ] {
        #expect(shell.run(line).status == 64, "\(line)")
      }
      #expect(shell.run("shrink @none.tape --check false\t{} -o @small.tape").status == 2)
      #expect(!FileManager.default.fileExists(atPath: shell.folder + "/small.tape"))
    }

    @Test(.enabled(if: program != nil))
    func `what only an intervention brings about keeps it`() throws {
      let shell = try Shell()
      let program = try #require(Self.program)
      try shell.record("run")
      let fee = "instruments.STOCK.taker_fee_millionths=9000"
      #expect(shell.run("fork @run.tape --at 20 --change \(fee) -o @fee.tape").status == 0)
      let fork = shell.run(
        "fork @fee.tape --at 30 --set MM_01.half_spread=77 --add-idle Nobody -o @if.tape")
      #expect(fork.status == 0, "\(fork.words)")
      // A trade that pays the new fee; a quote that only the new parameter asks for.
      let cases = [
        ("taker_fee > 1", 9),
        ("kind == \"order\" and agent == \"MM_01\" and tick > 30 and price > 101", 20),
      ]
      for (number, (expression, most)) in cases.enumerated() {
        try shell.write(
          "check.sh",
          "\(program) find \"$1\" --where '\(expression)' --first "
            + "--parent \(shell.folder)/fee.tape && exit 9\nexit 0\n")
        let shrunk = shell.run(
          "shrink @if.tape --check sh\t\(shell.folder)/check.sh\t{} -o @small\(number).tape --json")
        #expect(shrunk.status == 0, "\(shrunk.words)")
        let object = try #require(
          try JSONSerialization.jsonObject(with: Data(shrunk.data.utf8)) as? [String: Any])
        #expect((object["events"] as? Int).map { $0 <= most } ?? false, "\(shrunk.data)")
        #expect(shell.run("verify @small\(number).tape --level V5").status == 0)
      }
      #expect(shell.run("golden check @").data.contains("2 passed, 0 failed"))
    }

    @Test func `what always fails shrinks to nothing, also from a fork`() throws {
      let shell = try Shell()
      try shell.record("run")
      #expect(shell.run("fork @run.tape --at 30 --add-idle Nobody -o @if.tape").status == 0)
      for name in ["run", "if"] {
        let result = shell.run("shrink @\(name).tape --check exit\t3;#{} -o @\(name)-small.tape")
        #expect(result.status == 0, "\(result.words)")
        #expect(result.words.contains(" events to 0 in "))
        #expect(shell.run("verify @\(name)-small.tape --level V5").status == 0)
      }
    }

    @Test(.enabled(if: program != nil))
    func `another build that agrees has nothing to shrink, one that does not is shrunk`() throws {
      let shell = try Shell()
      let program = try #require(Self.program)
      try shell.record("run")
      let same = shell.run("shrink @run.tape --against \(program) -o @small.tape")
      #expect(same.status == 64 && same.words.contains("nothing to shrink"))
      // Another build that does not believe in market orders.
      try shell.write(
        "other", "#!/bin/sh\n! \(program) find \"$2\" --where 'type == \"market\"' --first\n")
      _ = try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: shell.folder + "/other")
      let other = shell.run("shrink @run.tape --against @other -o @small.tape")
      #expect(other.status == 0, "\(other.words)")
      #expect(other.words.contains(" events to 3 in "))
    }

    @Test func `when the time is over the best so far is kept`() throws {
      let shell = try Shell()
      try shell.record("run")
      // Fails on all tapes, slowly.
      let slow = shell.run(
        "shrink @run.tape --check sleep\t0.2;exit\t3;#{} -o @small.tape --seconds 1")
      #expect(slow.status == 3, "\(slow.words)")
      #expect(slow.words.contains("not to the end"))
      #expect(shell.run("verify @small.tape --level V5").status == 0)
    }
  }
}
