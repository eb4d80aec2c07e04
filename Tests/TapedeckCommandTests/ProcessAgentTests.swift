import Foundation
import TestSupport
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite(.enabled(if: Effort.isFull, "debug builds try programs without the command line"))
  struct ProcessAgentTests {
    /// The program, beside the tests; those that need it are skipped where it is not there.
    private static let program: String? = {
      for build in ["release", "debug"] {
        let path = "\(checkout)/.build/\(build)/tapedeck"
        if FileManager.default.isExecutableFile(atPath: path) { return path }
      }
      return nil
    }()

    private func example(_ name: String) throws -> String {
      try String(contentsOfFile: "\(checkout)/fixtures/agents/\(name)", encoding: .utf8)
    }

    private func allowRunning(_ shell: borrowing Shell) throws {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: "\(shell.folder)/every-tenth.sh")
    }

    /// A folder with the examples of programs and a session of theirs.
    private func recorded() throws -> Shell {
      let shell = try Shell()
      for name in ["maker.py", "trend.py", "session.toml", "every-tenth.sh"] {
        try shell.write(name, try example(name))
      }
      try allowRunning(shell)
      let result = shell.run("record @session.toml -o @run.tape")
      #expect(result.status == 0 && result.words.contains("5715 events"), "\(result.words)")
      return shell
    }

    @Test func `the same session gives the same tape, and it replays without its programs`() throws
    {
      let shell = try recorded()
      #expect(shell.run("record @session.toml -o @again.tape").status == 0)
      #expect(try shell.bytes("run.tape") == shell.bytes("again.tape"))
      try FileManager.default.removeItem(atPath: "\(shell.folder)/maker.py")
      let verified = shell.run("verify @run.tape --level V5")
      #expect(verified.status == 0 && verified.data.contains("818 inputs"), "\(verified.data)")
    }

    @Test(arguments: [0, 1, 199])
    func `a fork goes on live with programs that repeat themselves`(tick: Int) throws {
      let shell = try recorded()
      let live = shell.run("fork @run.tape --at \(tick) --folder @ -o @live.tape")
      #expect(live.status == 0 && live.data == "the fork equals its parent, event for event\n")
      #expect(live.words.contains("starting Python: python3 maker.py"))
      let held = shell.run("fork @run.tape --at \(tick) --hold Python --hold Shell -o @held.tape")
      #expect(held.status == 0 && held.data == live.data && !held.words.contains("starting"))
      // A fork of the fork is given both histories.
      let other = shell.run("fork @live.tape --at 199 --folder @ --silence MM_01 -o @next.tape")
      #expect(other.status == 0, "\(other.words)")
      #expect(shell.run("verify @next.tape --level V5").status == 0)
    }

    @Test func `live programs react in a fork and held ones do not`() throws {
      let shell = try recorded()
      for (name, options) in [
        ("live", "--folder @"), ("held", "--hold Python --hold Shell"),
      ] {
        let fork = shell.run(
          "fork @run.tape --at 50 --change instruments.STOCK.taker_fee_millionths=90 "
            + "--silence Noise_01 \(options) -o @\(name).tape")
        #expect(fork.status == 0, "\(fork.words)")
        #expect(shell.run("verify @\(name).tape --level V5").status == 0)
      }
      let commands = ["run", "live", "held"].map {
        shell.run("cat @\($0).tape --where kind=='order'\tand\tagent=='Python' --json").data
          .split(separator: "\n").count
      }
      #expect(commands[0] == commands[2] && commands[0] > 100)
      let check = shell.run("check-agent @live.tape --agent Python -- python3 @maker.py")
      #expect(check.status == 0 && check.data.hasPrefix("equal: "), "\(check.data)")
    }

    @Test func `a fork with another program is refused where it does otherwise`() throws {
      let shell = try recorded()
      let text = try example("maker.py").replacingOccurrences(of: "- 2 * held", with: "- 3 * held")
      try shell.write("maker.py", text)
      let fork = shell.run("fork @run.tape --at 100 --folder @ -o @fork.tape")
      #expect(fork.status == 1)
      #expect(
        fork.words.contains("Python: its program does not repeat what it did on")
          && fork.words.contains(": tick ") && fork.words.contains("expected {\"kind\":")
          && fork.words.contains("got {\"kind\":") && fork.words.contains("--hold Python"),
        "\(fork.words)")
      #expect(!FileManager.default.fileExists(atPath: "\(shell.folder)/fork.tape"))
      // Before it has done anything it cannot have done otherwise.
      #expect(shell.run("fork @run.tape --at 0 --folder @ -o @fork.tape").status == 0)
    }

    @Test func `a program that cannot be started is held, and that is said`() throws {
      let shell = try recorded()
      try FileManager.default.removeItem(atPath: "\(shell.folder)/every-tenth.sh")
      let fork = shell.run("fork @run.tape --at 100 --folder @ -o @fork.tape")
      #expect(fork.status == 0 && fork.data.hasPrefix("the fork equals its parent"))
      #expect(fork.words.contains("./every-tenth.sh cannot be started"), "\(fork.words)")
      #expect(fork.words.contains("it is held"))
      let record = shell.run("record @session.toml -o @none.tape")
      #expect(record.status == 2 && record.words.contains("cannot be started"))
      #expect(!FileManager.default.fileExists(atPath: "\(shell.folder)/none.tape"))
    }

    @Test func `faults end a recording with loss and stand on the tape`() throws {
      let shell = try recorded()
      try shell.write(
        "every-tenth.sh",
        try example("every-tenth.sh").replacingOccurrences(of: "\"quantity\":1", with: "\"lots\":1")
      )
      try allowRunning(shell)
      let record = shell.run("record @session.toml -o @bad.tape")
      #expect(record.status == 3)
      #expect(record.words.contains("Shell: 1 fault, the first at tick 9: command 1: quantity"))
      let faults = shell.run("cat @bad.tape --where kind=='faulted'").data
      #expect(
        faults.contains("t9 agentFaulted agent=Shell ordinal=0 command=1 fault=wrongCommand")
          && faults.contains("is_final=yes"), "\(faults)")
      #expect(shell.run("verify @bad.tape --level V5").status == 0)
      // What went wrong goes wrong again in a fork before it, and its agent stays silent after it.
      for tick in [5, 9, 10, 100] {
        for options in ["--folder @", "--hold Python --hold Shell"] {
          let fork = shell.run("fork @bad.tape --at \(tick) \(options) -o @fork.tape --force")
          #expect(fork.status == (tick < 10 && options == "--folder @" ? 3 : 0), "\(fork.words)")
          #expect(fork.data.hasPrefix("the fork equals its parent"), "\(tick) \(fork.data)")
        }
      }
    }

    @Test func `a built-in strategy written once more is checked, and a bug in it shrinks`() throws
    {
      let shell = try recorded()
      try shell.record("three")
      let check = "check-agent @three.tape --agent Trend_01 --json -- python3 @"
      let equal = shell.run(check + "trend.py")
      #expect(equal.status == 0 && equal.data.contains("\"equal\":true"), "\(equal.data)")
      try shell.write(
        "bug.py", try example("trend.py").replacingOccurrences(of: "+ (view", with: "- (view"))
      let differs = shell.run(check + "bug.py")
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(differs.data.utf8)) as? [String: Any])
      #expect(differs.status == 1 && object["equal"] as? Bool == false)
      let difference = try #require(object["difference"] as? [String: Any])
      #expect(difference["tick"] is Int && difference["command"] as? Int == 1)
      for key in ["expected", "got", "told"] { #expect(difference[key] is String) }
      #expect((difference["told"] as? String)?.contains("\"type\":\"turn\"") == true)
      guard let program = Self.program else { return }
      try shell.write(
        "check.sh",
        "\(program) check-agent \"$1\" --agent Trend_01 -- python3 \(shell.folder)/bug.py")
      let shrunk = shell.run(
        "shrink @three.tape --check sh\t\(shell.folder)/check.sh\t{} --seconds 6 -o @small.tape "
          + "--json")
      #expect(shrunk.status == 0 || shrunk.status == 3, "\(shrunk.words)")
      let small = shell.run("check-agent @small.tape --agent Trend_01 -- python3 @bug.py")
      #expect(small.status == 1, "\(small.data)")
      #expect(shell.run("info @small.tape --json").data.contains("small, shrunk"))
    }

    @Test func `trouble and misuse of check-agent have their own exit statuses`() throws {
      let shell = try recorded()
      for (line, status, words) in [
        ("check-agent @run.tape --agent Python", 64, "name the program"),
        ("check-agent @run.tape --agent Pyton -- true", 64, "Python"),
        ("check-agent @run.tape --agent Python -- /nowhere", 2, "cannot be started"),
        (
          "check-agent @run.tape --agent Python -- true", 2,
          "not ready: it ended with exit status 0"
        ),
        ("check-agent @none.tape --agent Python -- true", 2, "none.tape"),
        ("check-agent @run.tape --agent Python --timeout 0 -- true", 64, "--timeout"),
      ] as [(String, Int32, String)] {
        let result = shell.run(line)
        #expect(result.status == status, "\(line): \(result.words)")
        #expect(result.words.contains(words), "\(line): \(result.words)")
      }
    }

    @Test(.enabled(if: program != nil))
    func `an interrupt ends the program too and leaves a tape that can be read`() throws {
      let shell = try recorded()
      try shell.write(
        "hang.py",
        """
        import os, sys, time
        sys.stdin.readline()
        print('{"type":"ready","protocol":1}', flush=True)
        open("pid", "w").write(str(os.getpid()))
        time.sleep(1000)
        """)
      try shell.write(
        "hang.toml",
        try example("momentum.toml").replacingOccurrences(
          of: "\"momentum\"]\ntimeout = \"10s\"",
          with: "\"python3\", \"hang.py\"]\ntimeout = \"1h\""))
      let process = Process()
      // Threads of tests hold signals back, and a program begins with what its parent holds back.
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "python3", "-c",
        "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); "
          + "os.execv(sys.argv[1], sys.argv[1:])",
        try #require(Self.program), "record", "\(shell.folder)/hang.toml", "-o",
        "\(shell.folder)/hang.tape",
      ]
      process.standardError = FileHandle.nullDevice
      try process.run()
      var identity: pid_t = 0
      for _ in 0..<1000 where identity == 0 {
        usleep(10_000)
        let text = try? String(contentsOfFile: "\(shell.folder)/pid", encoding: .utf8)
        identity = text.flatMap { pid_t($0) } ?? 0
      }
      try #require(identity != 0)
      usleep(200_000)
      process.interrupt()
      for _ in 0..<1000 where process.isRunning { usleep(10_000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      #expect(kill(identity, 0) == -1)
      #expect(shell.run("info @hang.tape").data.contains("open"))
    }
  }
}
