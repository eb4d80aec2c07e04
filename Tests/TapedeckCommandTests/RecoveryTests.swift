import Agents
import Journal
import JournalFiles
import MarketModel
import Replay
import Scenarios
import Session
import Testing

@testable import TapedeckCommand

extension CommandTests {
  @Suite struct RecoveryTests {
    @Test(arguments: [40, 300, 700])
    func `what a crash leaves is saved whole and verifies as far as it goes`(
      count: SequenceNumber
    ) throws {
      let shell = try Shell()
      try shell.write("small.toml", Shell.scenario)
      let path = "\(shell.folder)/cut.tape"
      let file = try Record<BuiltInAgents>.load("\(shell.folder)/small.toml", seed: 7)
      var session = try MarketSession<BuiltInAgents>(scenario: file.scenario)
      var recorder = try JournalRecorder(
        JournalEncoder(genesis: Genesis(scenario: file.scenario)),
        output: TapeWriter(path: path, durability: .tick))
      while session.nextSequence < count {
        if case .turn(let turn) = try session.step(into: &recorder) {
          try session.takeTurn(turn, into: &recorder)
        }
      }
      // The writer ends nothing: its side file holds the events of the unfinished frame.
      #expect(shell.run("verify @cut.tape --level V4").status == 3)
      let saved = shell.run("recover @cut.tape -o @saved.tape")
      #expect(saved.status == 0, "\(saved.words)")
      for level in ["V3", "V4", "V5"] {
        let result = shell.run("verify @saved.tape --level \(level)")
        #expect(result.status == 3, "\(result.data)\(result.words)")
        #expect(!result.data.contains("DIVERGED"))
      }
      #expect(shell.run("replay @saved.tape").status == 0)
      #expect(shell.run("doctor @saved.tape").data.contains("salvaged"))
    }
  }
}
