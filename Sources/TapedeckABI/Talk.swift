import Agents
import CTapedeck
import JournalFiles
import MarketModel
import ProcessAgents
import Scenarios
import Session
import TapedeckCommand
import Training

/// One session, some of whose agents the caller decides for.
final class Talk: Handle {
  private var conversation: Conversation<BuiltInAgents>
  private let agentCount: Int
  /// The line that was handed out last, as the caller sees it.
  private var line: UnsafeMutablePointer<CChar>?

  init(_ scenario: String, _ text: String?, seed: UInt64, agents: [String]) throws {
    let file = try ScenarioText.load(scenario, text: text, seed: seed)
    let flows = try RecordedFlow.open(file, at: scenario)
    do {
      conversation = try Conversation(file.scenario, agents: agents, flows: flows)
    } catch {
      throw CallFailure(error, path: scenario)
    }
    agentCount = agents.count
  }

  deinit { line?.deallocate() }

  func hello(_ agent: Int) throws -> UnsafePointer<CChar>? {
    guard (0..<agentCount).contains(agent) else {
      throw CallFailure.refused("agent \(agent): there are \(agentCount)")
    }
    return handOut(conversation.hello(agent).line)
  }

  func next() throws -> (agent: Int32, line: UnsafePointer<CChar>?) {
    do {
      guard let question = try conversation.next(within: 10_000) else {
        return (conversation.isFinished ? -1 : -2, nil)
      }
      return (Int32(question.position), handOut(question.line.line))
    } catch {
      throw CallFailure(error)
    }
  }

  func answer(_ line: String) throws {
    do {
      try conversation.answer(Array(line.utf8))
    } catch {
      throw CallFailure(error)
    }
  }

  var state: (tick: Tick, digest: UInt64) {
    let digests = conversation.digests
    return (conversation.tick, digests.root ^ (digests.memoryRoot ?? 0))
  }

  func record(to path: String, replacing: Bool) throws {
    do {
      try SmallFile.write(conversation.tape, to: path, replacing: replacing)
    } catch {
      throw CommandFailure(writing: error)
    }
  }

  /// Keeps a text where the caller can read it, until the next one.
  private func handOut(_ text: String) -> UnsafePointer<CChar>? {
    line?.deallocate()
    let bytes = text.utf8CString
    let place = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { place[index] = byte }
    line = place
    return UnsafePointer(place)
  }
}

extension CallFailure {
  init(_ refusal: ConversationRefusal, path: String = "scenario") {
    switch refusal {
    case .unknownAgent(let name): self.init(EnvironmentError.unknownAgent(name), path: path)
    case .program(let name): self.init(EnvironmentError.program(name), path: path)
    case .scenario(let error): self.init(EnvironmentError.scenario(error), path: path)
    case .noTurn: self = .refused("no turn waits for an answer: ask for the next one first")
    case .answer(let words): self = .refused(words)
    case .stopped(let words): self.init(status: TD_TROUBLE, message: words)
    }
  }
}
