import Agents
import Counterfactual
import Determinism
import Journal
import Learners
import MarketModel
import Replay
import Session
import SessionSupport
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct RecordedTrainingTests {
  private typealias Recorded = RecordedTraining<BuiltInAgents>

  private func plan(_ settings: MarketTrainingSettings = .small()) -> TrainingPlan {
    var settings = settings
    settings.updates = 5
    var plan = TrainingPlan(settings: settings, seed: 7)
    (plan.publishEvery, plan.saveEvery) = (2, 2)
    return plan
  }

  private var scenario: Scenario {
    var scenario = SmallSession.scenario("small", seed: 3, ticks: 40)
    scenario.agents = SmallSession.fourTypes.map { SmallSession.agent($0.0, $0.1) }
    return scenario
  }

  /// A training that has said how it begins, and what was said.
  private func begun(
    _ parent: [UInt8], _ settings: MarketTrainingSettings
  ) throws -> (Recorded, SaidTwice) {
    let fork = try ForkPlan<BuiltInAgents>(
      SmallSession.open([parent]), at: 10, interventions: [])
    var training = try Recorded(fork, plan: plan(settings))
    var said = SaidTwice(
      recorder: JournalRecorder(training.fork.encoder(), output: MemoryOutput()))
    try training.begin(into: &said)
    return (training, said)
  }

  /// Trains to the end, or goes on with what was said before, and returns all that is said.
  private func train(
    _ parent: [UInt8], _ earlier: [EventRecord] = [], _ settings: MarketTrainingSettings = .small()
  ) throws -> (records: [EventRecord], tape: [UInt8]) {
    var (training, said) = try begun(parent, settings)
    _ = try training.resume(earlier, into: &said)
    var workspaces = training.training.workspaces
    while !training.isFinished {
      let episodes = try training.training.nextEpisodes.map { try training.training.play($0) }
      _ = try training.learn(episodes, &workspaces, into: &said)
    }
    said.recorder.seal(training.session.state)
    return (said.records, said.recorder.output.bytes)
  }

  /// A training by each algorithm, and one of several agents.
  private static let trainings: [MarketTrainingSettings] =
    LearningAlgorithm.allCases.map { .small($0) } + [.several, .sharing, .opposed, .shared()]

  @Test(arguments: trainings)
  func `a tape of it is proved, and says what was learned`(
    settings: MarketTrainingSettings
  ) throws {
    let parent = try SmallSession.record(scenario)
    let (records, tape) = try train(parent, [], settings)
    let kinds = records.map { $0.event.kind }
    let agents = settings.trainees.count
    #expect(kinds.count { $0 == .episodePlayed } == 10 * agents)
    #expect(kinds.count { $0 == .learnerUpdated } == 5 * agents)
    #expect(kinds.count { $0 == .policyUpdated } == 3 * agents)
    #expect(kinds.count { $0 == .learnerSaved } == 3 * agents)
    #expect(records.last?.time == records[0].time + 5_000_000_000)
    let lineage = try SmallSession.open([parent, tape])
    let report = try Verification<BuiltInAgents, MemorySource>.run(lineage, level: .v5)
    #expect(report.finding == nil)
    let check = try TrainingCheck<BuiltInAgents, MemorySource>.run(lineage) {
      training throws(MarketTrainingError) in
      var episodes: [[MarketEpisode]] = []
      for number in training.nextEpisodes { episodes.append(try training.play(number)) }
      return episodes
    }
    #expect(check.divergence == nil && check.decidedCount == records.count)
  }

  /// A tape that is sealed says that it is whole; one that is open is right as far as it goes.
  @Test(arguments: [false, true])
  func `a tape that ends early is found where it is sealed`(isSealed: Bool) throws {
    let parent = try SmallSession.record(scenario)
    let (records, _) = try train(parent)
    let fork = try ForkPlan<BuiltInAgents>(
      SmallSession.open([parent]), at: 10, interventions: [])
    let training = try Recorded(fork, plan: plan())
    for count in [1, 4, records.count - 1] {
      var recorder = JournalRecorder(training.fork.encoder(), output: MemoryOutput())
      var session = training.session
      for record in records[..<count] { try session.inject(record, into: &recorder) }
      if isSealed { recorder.seal(session.state) } else { recorder.endFrame(session.state) }
      let check = try TrainingCheck<BuiltInAgents, MemorySource>.run(
        SmallSession.open([parent, recorder.output.bytes])
      ) { training throws(MarketTrainingError) in
        var episodes: [[MarketEpisode]] = []
        for number in training.nextEpisodes { episodes.append(try training.play(number)) }
        return episodes
      }
      #expect((check.divergence != nil) == isSealed, "\(count)")
    }
  }

  @Test(arguments: trainings)
  func `it goes on from every event as if it had not stopped`(
    settings: MarketTrainingSettings
  ) throws {
    let parent = try SmallSession.record(scenario)
    let whole = try train(parent, [], settings)
    for count in stride(from: 0, through: whole.records.count, by: Effort.isFull ? 1 : 7) {
      let again = try train(parent, Array(whole.records[..<count]), settings)
      #expect(again.tape == whole.tape, "\(count)")
    }
  }

  /// What a stopped training says, up to an update; nil for no stop.
  private func stopped(
    _ parent: [UInt8], after count: Int, _ settings: MarketTrainingSettings,
    altered isAltered: Bool = false
  ) throws -> (records: [EventRecord], tape: [UInt8]) {
    var (training, said) = try begun(parent, settings)
    var workspaces = training.training.workspaces
    for _ in 0..<count {
      let episodes = try training.training.nextEpisodes.map { try training.training.play($0) }
      _ = try training.learn(episodes, &workspaces, into: &said)
    }
    try training.stop(into: &said)
    if isAltered, let last = said.records.popLast() {
      // Once more, but otherwise.
      said.recorder = JournalRecorder(training.fork.encoder(), output: MemoryOutput())
      var session = training.fork.session
      for record in said.records + [altered(last)] {
        try session.inject(record, into: &said.recorder)
      }
    }
    said.recorder.endFrame(training.session.state)
    return (said.records, said.recorder.output.bytes)
  }

  /// Nothing that was learned is lost, and nothing of the stop stays on the tape.
  @Test(arguments: trainings)
  func `it stops after any update, and goes on from there`(
    settings: MarketTrainingSettings
  ) throws {
    let parent = try SmallSession.record(scenario)
    let whole = try train(parent, [], settings)
    for count in 0...5 {
      let (records, tape) = try stopped(parent, after: count, settings)
      let saves = records.compactMap { record in
        if case .learnerSaved(let saved) = record.event { saved.update } else { nil }
      }
      #expect(saves.max() ?? 0 == count)
      for isAltered in [false, true] {
        // What is said last is a state that was not due.
        if isAltered, ![1, 3].contains(count) { continue }
        let bytes =
          isAltered ? try stopped(parent, after: count, settings, altered: true).tape : tape
        let check = try TrainingCheck<BuiltInAgents, MemorySource>.run(
          SmallSession.open([parent, bytes])
        ) { training throws(MarketTrainingError) in
          var episodes: [[MarketEpisode]] = []
          for number in training.nextEpisodes { episodes.append(try training.play(number)) }
          return episodes
        }
        #expect((check.divergence != nil) == isAltered, "\(count)")
      }
      #expect(try train(parent, records, settings).tape == whole.tape, "\(count)")
    }
  }

  @Test func `an event that says something else is found`() throws {
    let parent = try SmallSession.record(scenario)
    let (records, _) = try train(parent)
    let fork = try ForkPlan<BuiltInAgents>(
      SmallSession.open([parent]), at: 10, interventions: [])
    let training = try Recorded(fork, plan: plan())
    for index in records.indices where index % 4 == 1 {
      // The same tape, but for one event.
      var recorder = JournalRecorder(training.fork.encoder(), output: MemoryOutput())
      var session = training.session
      for (place, record) in records.enumerated() {
        try session.inject(place == index ? altered(record) : record, into: &recorder)
      }
      recorder.seal(session.state)
      let lineage = try SmallSession.open([parent, recorder.output.bytes])
      let check = try TrainingCheck<BuiltInAgents, MemorySource>.run(lineage) {
        training throws(MarketTrainingError) in
        var episodes: [[MarketEpisode]] = []
        for number in training.nextEpisodes { episodes.append(try training.play(number)) }
        return episodes
      }
      #expect(check.divergence?.sequence == lineage.firstOwnSequence + Int64(index))
    }
  }

  private func altered(_ record: EventRecord) -> EventRecord {
    var record = record
    switch record.event {
    case .episodePlayed(var body):
      body.gain += 1
      record.event = .episodePlayed(body)
    case .learnerUpdated(var body):
      body.payload[40] ^= 1
      record.event = .learnerUpdated(body)
    case .learnerSaved(var body):
      body.payload[30] ^= 1
      record.event = .learnerSaved(body)
    case .policyUpdated(var body):
      body.payload[200] ^= 1
      record.event = .policyUpdated(body)
    default: record.cause = 0
    }
    return record
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `a plan comes back from its bytes, and no change of them traps`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    var plan = plan(.small(LearningAlgorithm(rawValue: UInt8(seed % 5)) ?? .ppo))
    plan.seed = numbers.next()
    plan.settings.end = seed % 2 == 0 ? nil : numbers.number(0...100)
    plan.settings.firstSeed = numbers.next()
    plan.settings.trainees[0].reward.drawdownPenalty = Double(numbers.number(0...9)) / 4
    plan.settings.trainees[0].learning.common.rate = Float(numbers.number(1...9)) / 128
    plan.settings.trainees[0].parameters.set("quantity", .integer(numbers.number(1...9)))
    try plan.expectBytes(&numbers)
  }

  /// Retraining begins with the policy that the agent has.
  @Test(arguments: LearningAlgorithm.allCases)
  func `an agent with a policy is trained further`(algorithm: LearningAlgorithm) throws {
    var scenario = scenario
    let first = try MarketTraining<BuiltInAgents>(
      smallPlan(seed: 2), settings: .small(algorithm), seed: 1)
    var learned = first
    _ = try learned.run(2)
    scenario.agents[1] = try scenario.agents[1].trading(Parameters()).with(learned.policy)
    let fork = try ForkPlan<BuiltInAgents>(
      SmallSession.open([try SmallSession.record(scenario)]), at: 10, interventions: [])
    var settings = MarketTrainingSettings.small(algorithm)
    // The policy that is there has another shape.
    settings.trainees[0].learning.common.hidden = [31]
    #expect {
      try MarketTraining(fork, settings: settings, seed: 5)
    } throws: { error in
      if case .setting("hidden", _)? = error as? MarketTrainingError { true } else { false }
    }
    settings = .small(algorithm)
    var training = try MarketTraining(fork, settings: settings, seed: 5)
    #expect(training.policy.parameters == learned.policy.parameters)
    // What a policy with a memory remembers of the time before the fork it remembers in it too.
    if algorithm == .recurrentPPO { #expect(training.policy == learned.policy) }
    #expect(try training.play(0)[0].memory.contains { $0 != 0 } == (algorithm == .recurrentPPO))
    let updates = try training.run(2)
    if !algorithm.keepsSteps { #expect(updates[0][.unmoved] == 1) }
    #expect(try training.play(0)[0].memory.allSatisfy { $0 == 0 })
    #expect(training.policy.parameters != learned.policy.parameters)
    #expect(training.policy.shifts == learned.policy.shifts)
    let next = LearningAlgorithm(rawValue: (algorithm.rawValue + 1) % 5) ?? .ppo
    #expect {
      try MarketTraining(fork, settings: .small(next), seed: 5)
    } throws: { error in
      if case .setting("algorithm", _)? = error as? MarketTrainingError { true } else { false }
    }
  }
}

/// A sink that keeps events and records them.
private struct SaidTwice: EventSink {
  var recorder: JournalRecorder<MemoryOutput>
  var records: [EventRecord] = []

  func wantsDigests(before event: EventShape) -> Bool { true }

  mutating func take(_ digests: SessionDigests, before event: EventShape) throws(Never) {
    recorder.take(digests, before: event)
  }

  mutating func append(
    _ record: borrowing EventRecord, sequence: SequenceNumber
  ) throws(Never) {
    records.append(copy record)
    recorder.append(record, sequence: sequence)
  }

  mutating func append(_ event: inout FlatEvent, sequence: SequenceNumber) throws(Never) {
    records.append(event.record)
    recorder.append(&event, sequence: sequence)
  }
}

extension TrainingPlan {
  /// It comes back from its bytes; cut ones are refused, and what altered ones say has those bytes.
  func expectBytes(_ numbers: inout KeyedNumbers) throws {
    let bytes = self.bytes
    #expect(try TrainingPlan(bytes: bytes) == self)
    for count in bytes.indices {
      #expect(throws: ByteError.self) { try TrainingPlan(bytes: Array(bytes[..<count])) }
      var altered = bytes
      altered[count] ^= UInt8(1 + numbers.number(0...254))
      if let other = try? TrainingPlan(bytes: altered) { #expect(other.bytes == altered) }
    }
  }
}
