public import Determinism
public import Journal
public import MarketModel
public import Session

/// What may go wrong while a tape is read with its ancestors.
public enum ReplayError<SourceFailure: Error>: Error {
  /// A source failed, or its bytes are no good. `tape` counts from the root, 0.
  case read(tape: Int, ReadError<SourceFailure>)
  /// The scenario of the root cannot be read.
  case scenario(ByteError)
  /// The scenario of the root makes no sense here.
  case invalidScenario(ScenarioError)
  /// A fork does not fit its parent.
  case lineage(LineageFault)
  /// An event does not follow from the state before it.
  case reduction(ReductionFault)
  /// A kind of event that this build does not know and may not ignore.
  case unknownKind(name: String, sequence: SequenceNumber)
}

/// Why a fork does not fit its parent.
public enum LineageFault: Error, Equatable, Sendable {
  /// The first tape is a fork; its parent is needed.
  case missingParent(ForkOrigin)
  /// The parent is another session.
  case otherParent(tape: Int)
  /// The parent's events below the fork are not those that it was cut from.
  case alteredParent(tape: Int, tick: Tick)
  /// The parent is not whole up to the fork.
  case incompleteParent(tape: Int, tick: Tick)
  /// Forks of forks go too deep.
  case tooDeep
}

/// One thing that a tape says, in order.
public enum TapeItem: Equatable, Sendable {
  /// An event.
  case event(SequenceNumber, TapeEvent)
  /// The digest roots of the state here.
  case checkpoint(DigestRecord)
  /// The digests of all components here; a frame ends.
  case frameEnd(FrameDigests)
}

/// A tape and its ancestors, as one journal from the first event on.
public struct Lineage<Source: ByteSource> {
  /// The tapes, the root first.
  public let readers: [JournalReader<Source>]
  /// The scenario at the root.
  public let scenario: Scenario
  /// Events of the last tape that are in no frame yet, from its side file.
  public var unfinished: [EventRecord] = []
  /// Begins to decode a frame elsewhere, and returns what waits for it; nil where frames are decoded
  /// when they are needed.
  ///
  /// Who reads frame after frame has the next ones begun. What comes of it is the same.
  public var begin: ((@escaping FrameDecoding) -> FrameDecoding)?

  /// Links tapes, the root first; each must be a fork of the one before it.
  ///
  /// - Throws: `ReplayError` where a fork does not fit its parent.
  /// - Complexity: O(frames), and a frame of each parent is decoded.
  public init(_ readers: [JournalReader<Source>]) throws(ReplayError<Source.Failure>) {
    try self.init(readers, fitting: [])
  }

  /// Does the same where some tapes, by their places, are known to fit (`ForkOrigin.fits`): they are not
  /// held against their parents again.
  public init(
    _ readers: [JournalReader<Source>], fitting: [Int]
  ) throws(ReplayError<Source.Failure>) {
    precondition(!readers.isEmpty, "Invariant: a lineage has a root")
    self.readers = readers
    guard readers.count <= Limits.maximumForkDepth + 1 else { throw .lineage(.tooDeep) }
    switch readers[0].genesis.origin {
    case .fork(let origin): throw .lineage(.missingParent(origin))
    case .scenario(let bytes), .flattened(let bytes, _):
      var reader = ByteReader(bytes)
      do throws(ByteError) {
        scenario = try Scenario(from: &reader)
        try reader.expectEnd()
      } catch {
        throw .scenario(error)
      }
    }
    for tape in 1..<max(readers.count, 1) where !fitting.contains(tape) { try checkLink(tape) }
  }

  /// The tape itself.
  public var tape: JournalReader<Source> { readers[readers.count - 1] }

  /// Whether none of its tapes is damaged.
  public var isWhole: Bool { readers.allSatisfy { $0.scan.damages.isEmpty } }

  /// The forks that led here, the first one first, those of flattened tapes included.
  public var forks: [ForkOrigin] { readers.flatMap { $0.genesis.forks } }

  /// The sequence number of the first event that is the tape's own.
  public var firstOwnSequence: SequenceNumber {
    if case .fork(let origin) = tape.genesis.origin { return origin.sharedCount }
    return 0
  }

  /// The sequence number after the last event.
  public var nextSequence: SequenceNumber {
    max(tape.scan.nextSequence, firstOwnSequence) + Int64(unfinished.count)
  }

  /// How many events of a tape belong to this lineage.
  func limit(_ tape: Int) -> SequenceNumber {
    guard tape + 1 < readers.count,
      case .fork(let origin) = readers[tape + 1].genesis.origin
    else { return SequenceNumber.max }
    return origin.sharedCount
  }

  private func checkLink(_ tape: Int) throws(ReplayError<Source.Failure>) {
    guard case .fork(let origin) = readers[tape].genesis.origin,
      origin.parentId == readers[tape - 1].scan.fileHeader.sessionId
    else { throw .lineage(.otherParent(tape: tape)) }
    let link = try ParentLink.of(readers[tape - 1], at: origin.sharedCount, tape: tape - 1)
    guard let link else {
      throw .lineage(.incompleteParent(tape: tape - 1, tick: origin.tick))
    }
    guard link.chain == origin.parentChain, link.remainder == origin.remainder else {
      throw .lineage(.alteredParent(tape: tape - 1, tick: origin.tick))
    }
    if let identity = origin.parentIdentity, identity != readers[tape - 1].scan.chain {
      throw .lineage(.alteredParent(tape: tape - 1, tick: origin.tick))
    }
  }

  /// A cursor at the first event.
  public func cursor() -> TapeCursor<Source> { TapeCursor(self) }

  /// A cursor at the beginning of the frame that holds an event, or of the last one before it.
  ///
  /// - Complexity: O(frames).
  func cursor(at sequence: SequenceNumber) -> TapeCursor<Source> {
    for tape in readers.indices.reversed() {
      let entries = readers[tape].eventEntries
      if let entry = entries.lastIndex(where: { $0.header.firstSequence <= sequence }) {
        return cursor(tape: tape, entry: entry)
      }
    }
    return cursor()
  }

  /// A cursor at the beginning of an events frame.
  func cursor(tape: Int, entry: Int) -> TapeCursor<Source> {
    TapeCursor(self, tape: tape, entry: entry)
  }
}

extension ForkOrigin {
  /// Whether a tape is the one that the fork was cut from, as far as can be told: its session, and
  /// its events below the fork.
  ///
  /// - Complexity: O(frames), and one frame is decoded.
  public func fits<Source: ByteSource>(_ parent: JournalReader<Source>) -> Bool {
    guard parentId == parent.scan.fileHeader.sessionId,
      let link = try? ParentLink.of(parent, at: sharedCount, tape: 0)
    else { return false }
    return link.chain == parentChain && link.remainder == remainder
      && (parentIdentity == nil || parentIdentity == parent.scan.chain)
  }
}

/// What a fork remembers of its parent's events below it.
public struct ParentLink: Equatable, Sendable {
  /// The chain after the last whole event frame below the fork, or after the genesis.
  public let chain: ChainLink
  /// The hash of the row-encoded events from there to the fork.
  public let remainder: Hash256

  /// Computes the link; nil where the parent is not whole that far.
  ///
  /// - Throws: `ReplayError.read` where the frame of the fork cannot be read.
  /// - Complexity: O(frames), and one frame is decoded.
  public static func of<Source: ByteSource>(
    _ parent: JournalReader<Source>, at sharedCount: SequenceNumber, tape: Int
  ) throws(ReplayError<Source.Failure>) -> ParentLink? {
    var chain = parent.scan.entries[0].header.chain
    var rows = RowHash()
    var reached = parent.scan.entries[0].header.firstSequence
    for entry in parent.eventEntries where reached < sharedCount {
      let end = entry.header.firstSequence + Int64(entry.header.count)
      if end <= sharedCount {
        chain = entry.header.chain
        reached = end
        continue
      }
      let frame: EventFrame
      do {
        frame = try parent.frame(entry)
      } catch {
        throw .read(tape: tape, error)
      }
      for event in frame.events.prefix(Int(sharedCount - reached)) {
        guard case .known(let record) = event else { return nil }
        rows.append(record)
      }
      reached = sharedCount
    }
    guard reached == sharedCount else { return nil }
    return ParentLink(chain: chain, remainder: rows.value)
  }
}
