import Agents
import Journal
import Replay
import SessionSupport
import Testing

@Suite struct StateTreeTests {
  @Test func `paths select what lies at or below them, and nothing beside`() throws {
    var replayer = try Replayer<BuiltInAgents, MemorySource>(
      try SmallSession.open([try SmallSession.record(Tapes.scenario())]))
    try replayer.run()
    let all = StateTree.entries(of: replayer.state)
    #expect(all.contains { $0.path == "agents.MM_01.inventory.STOCK" })
    let own = StateTree.entries(of: replayer.state, below: "agents.MM_01")
    #expect(!own.isEmpty)
    #expect(own.allSatisfy { $0.path.hasPrefix("agents.MM_01.") })
    #expect(StateTree.entries(of: replayer.state, below: "agents.MM_0").isEmpty)
    #expect(StateTree.entries(of: replayer.state, below: "").count == all.count)
    #expect(Set(all.map { $0.path }).count == all.count)
  }

  @Test func `numbers are 16 hexadecimal digits`() {
    #expect(StateTree.hexadecimal(0) == "0000000000000000")
    #expect(StateTree.hexadecimal(0xFEDC_BA98_7654_3210) == "fedcba9876543210")
  }
}
