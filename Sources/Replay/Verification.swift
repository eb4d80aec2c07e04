public import Agents
public import Journal
import Market
public import MarketModel
public import Session

/// How deeply a tape is proved; each level includes those before it.
public enum VerificationLevel: String, Sendable, CaseIterable, Comparable {
  /// Framing: checksums and limits.
  case v0 = "V0"
  /// The chain of hashes, and continuity.
  case v1 = "V1"
  /// Schema and invariants: cash and positions conserved, books not crossed, effects after causes.
  case v2 = "V2"
  /// The digests of the state.
  case v3 = "V3"
  /// Every decider run again.
  case v4 = "V4"
  /// A naive twin of the reducer, and encode-decode of the state at each digest.
  case v5 = "V5"

  /// Orders levels by what they include.
  public static func < (left: VerificationLevel, right: VerificationLevel) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The first thing that a verification found to be wrong.
public enum VerificationFinding: Equatable, Sendable {
  /// An invariant does not hold after an event.
  case invariant(SequenceNumber, String)
  /// The reducer does not reach a digest.
  case digest(DigestMismatch)
  /// A decider decides otherwise.
  case decider(DeciderDivergence)
  /// The naive twin reaches another state before an event.
  case twin(SequenceNumber, components: [String])
  /// The state before an event does not survive encode and decode.
  case encoding(SequenceNumber)
}

/// What a verification looked at and found.
public struct VerificationReport: Equatable, Sendable {
  /// Events folded.
  public var eventCount: SequenceNumber = 0
  /// Digests compared.
  public var digestCount = 0
  /// Digests whose memories were not compared: the tape does not say them, or they are foreign here.
  public var skippedMemories = 0
  /// Events that deciders decided again.
  public var decidedCount = 0
  /// Events that nobody decides.
  public var inputCount = 0
  /// Agents whose type this build does not know.
  public var foreignAgents: [String] = []
  /// States compared with the twin's, and encoded and decoded.
  public var twinCount = 0
  /// The first thing that is wrong.
  public var finding: VerificationFinding?

  /// Nothing yet.
  public init() {}
}

/// Proves a tape.
///
/// Damage of its bytes is in its scan; this is about what they say.
public enum Verification<Roster: AgentRoster, Source: ByteSource> {
  /// Verifies a tape and what it shares with its ancestors.
  ///
  /// - Throws: `ReplayError` where it cannot be read or folded.
  /// - Complexity: O(events) up to V4; V5 adds O(state) at each digest and, in the naive twin,
  ///   O(resting orders) for each event.
  @inlinable
  public static func run(
    _ lineage: Lineage<Source>, level: VerificationLevel
  ) throws(ReplayError<Source.Failure>) -> VerificationReport {
    var report = VerificationReport()
    if level < .v2 {
      report.eventCount = lineage.nextSequence
      return report
    }
    try fold(lineage, level, &report)
    if report.finding != nil || level < .v4 { return report }
    // Where events are missing, deciders would go on otherwise: that says nothing about them.
    if !lineage.isWhole { return report }
    // A training is no session that runs: the room `Training` proves it.
    if lineage.forks.last?.isTraining == true { return report }
    let deciders = try DeciderCheck<Roster, Source>.run(lineage)
    report.decidedCount = deciders.decidedCount
    report.inputCount = deciders.inputCount
    report.foreignAgents = deciders.foreignAgents
    if let divergence = deciders.divergence { report.finding = .decider(divergence) }
    return report
  }

  @inlinable
  static func fold(
    _ lineage: Lineage<Source>, _ level: VerificationLevel, _ report: inout VerificationReport
  ) throws(ReplayError<Source.Failure>) {
    var replayer = try Replayer<Roster, Source>(lineage, checksForm: true)
    var origins = OriginCheck(lineage.forks, lineage.scenario.clock)
    if level >= .v5 {
      var twin = TwinCheck(replayer.current.scenario)
      try fold(&replayer, beside: &twin, &origins, &report)
      report.twinCount = twin.comparisons
    } else {
      var (watch, cache) = (InvariantWatch(), NoKeyframes())
      while report.finding == nil,
        try replayer.advance(
          before: .max, sequence: .max, watching: &watch, keeping: &cache)
      {
        report.finding = watch.finding(replayer.flat, &origins)
      }
      if report.finding == nil { report.finding = watch.findingAtEnd(&replayer.current) }
      report.eventCount = replayer.nextSequence
    }
    if report.finding == nil, lineage.isWhole,
      lineage.tape.scan.seal.map({ !$0.isSalvaged }) ?? false,
      let fault = origins.faultAtEnd()
    {
      report.finding = .invariant(fault.sequence, fault.words)
    }
    if report.finding == nil { replayer.compareSeal() }
    if level >= .v3 {
      report.digestCount = replayer.comparedDigests
      report.skippedMemories = replayer.skippedMemories
    }
    if report.finding == nil, level >= .v3, let mismatch = replayer.mismatch {
      report.finding = .digest(mismatch)
    }
  }

  /// Folds everything beside the naive twin, and compares the two at each digest.
  @inlinable
  static func fold(
    _ replayer: inout Replayer<Roster, Source>, beside twin: inout TwinCheck,
    _ origins: inout OriginCheck, _ report: inout VerificationReport
  ) throws(ReplayError<Source.Failure>) {
    var compared = 0
    var watch = InvariantWatch()
    while let event = try replayer.step() {
      report.eventCount += 1
      guard case .known(let record) = event else { continue }
      if watch.look(at: &replayer.current, after: replayer.nextSequence - 1, event.kind) {
        report.finding = watch.finding(replayer.flat, &origins)
      }
      if report.finding != nil { return }
      twin.fold(record, replayer.nextSequence - 1)
      if replayer.comparedDigests != compared { report.finding = compare(&replayer, &twin) }
      if report.finding != nil { return }
      compared = replayer.comparedDigests
    }
    report.finding = watch.findingAtEnd(&replayer.current) ?? compare(&replayer, &twin)
  }

  /// Compares the twin where no order is being matched: a frame that is full ends within a match,
  /// and so does a tape that was cut off behind one.
  @usableFromInline
  static func compare(
    _ replayer: inout Replayer<Roster, Source>, _ twin: inout TwinCheck
  ) -> VerificationFinding? {
    if replayer.reading({ $0.market.isMatching }) { return nil }
    return twin.compare(replayer.state, replayer.nextSequence)
  }
}
