import DiskSupport
import Foundation
import TestSupport
import Testing

extension CommandTests {
  @Suite struct FaultTests {
    private static let tiny = Shell.scenario.replacingOccurrences(of: "= 60", with: "= 4")
    private static let record = "record @run.toml --seed 7 --durability tick --acknowledge"

    /// The beginning of the tape, as a crash leaves it.
    @Sendable private static func crash(_ shell: borrowing Shell) throws {
      try shell.write("run.toml", tiny)
      let whole = shell.run("record @run.toml --seed 7 -o @run.tape")
      #expect(whole.status == 0, "\(whole.words)")
      let bytes = try shell.bytes("run.tape")
      try shell.write("cut.tape", Array(bytes.prefix(bytes.count - 20)))
    }

    @Test(
      .enabled(if: Effort.isFull, "the writer alone is tried in debug builds"),
      arguments: [
        FailingCommand("\(record) -o @run.tape", writes: "run.tape") {
          try $0.write("run.toml", tiny)
        },
        FailingCommand("\(record) -o @run.tape --force", writes: "run.tape", replaces: true) {
          try $0.write("run.toml", tiny)
          try $0.write("old.toml", tiny)
          #expect($0.run("record @old.toml --seed 8 -o @run.tape").status == 0)
        },
        FailingCommand("recover @cut.tape -o @new.tape", writes: "new.tape", crash),
        FailingCommand("fork @run.tape --at 2 -o @if.tape", writes: "if.tape", crash),
        FailingCommand(
          "fork @run.tape --at 2 --silence Trend_01 -o @if.tape --force --durability tick",
          writes: "if.tape", replaces: true
        ) {
          try crash($0)
          #expect($0.run("fork @run.tape --at 3 -o @if.tape").status == 0)
        },
        FailingCommand("verify @run.tape --level V4", crash),
        FailingCommand("doctor @cut.tape", crash),
        FailingCommand("cat @cut.tape", crash),
      ])
    func `whichever call fails, a command says so and loses nothing`(
      command: FailingCommand
    ) throws {
      var command = command
      for fault in Fault.allCases { try command.failEachCall(fault, isLasting: false) }
      try command.failEachCall(.full, isLasting: true)
      #expect(command.failures.prefix(3) == [])
      #expect(command.count > 20)
    }

    @Test func `the campaign finds a write that was not done`() throws {
      var command = FailingCommand("\(Self.record) -o @run.tape", writes: "run.tape") {
        try $0.write("run.toml", Self.tiny)
      }
      try command.failEachCall(.full, isLasting: false, isHidden: true)
      #expect(!command.failures.isEmpty)
    }
  }
}
