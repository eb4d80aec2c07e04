import Agents
public import Journal
import Market
public import MarketModel
import Session

/// Where the keyframes of a lineage's tapes are kept; `tape` counts from the root, 0.
public protocol KeyframeCache {
  /// What keyframes there are for a tape.
  func headers(_ tape: Int) -> [Keyframe.Header]
  /// Reads one; nil where it is damaged or gone.
  func read(_ tape: Int, _ header: Keyframe.Header) -> Keyframe?
  /// Keeps one, or not.
  mutating func keep(_ tape: Int, _ keyframe: Keyframe)
  /// Whether it ever keeps any: else none are made for it.
  var keepsAny: Bool { get }
}

/// Keeps no keyframes.
public struct NoKeyframes: KeyframeCache {
  /// Creates it.
  public init() {}

  /// None.
  public func headers(_ tape: Int) -> [Keyframe.Header] { [] }

  /// None.
  public func read(_ tape: Int, _ header: Keyframe.Header) -> Keyframe? { nil }

  /// Nothing to do.
  public mutating func keep(_ tape: Int, _ keyframe: Keyframe) {}

  /// None.
  public var keepsAny: Bool { false }
}

/// The encoding of states in keyframes; grows when it changes, and older ones are of no use then.
public enum KeyframeEncoding {
  /// The current revision.
  public static let revision: UInt32 = 2
  /// How many events are folded from one keyframe to the next.
  public static let spacing: Int64 = 1 << 16
}

extension Replayer {
  /// Starts at the last usable keyframe before a tick and a position, else at the opening.
  ///
  /// A keyframe is used only if it belongs to a frame of this lineage and its state has the digests
  /// that stand there.
  /// - Throws: `ReplayError` where the root's scenario makes no sense.
  /// - Complexity: O(frames + state).
  public init(
    _ lineage: Lineage<Source>, before tick: Tick,
    sequence: SequenceNumber = SequenceNumber.max, _ cache: some KeyframeCache
  ) throws(ReplayError<Source.Failure>) {
    for tape in lineage.readers.indices.reversed() {
      let reader = lineage.readers[tape]
      let limit = lineage.limit(tape)
      let usable = cache.headers(tape).filter {
        $0.revision == KeyframeEncoding.revision && $0.tick < tick && $0.nextSequence <= limit
          && $0.nextSequence < sequence && $0.sessionId == reader.scan.fileHeader.sessionId
      }
      for header in usable.sorted(by: { $0.nextSequence > $1.nextSequence }) {
        guard let position = Self.frame(before: header, reader),
          let state = Self.state(at: header, tape, position, reader, cache)
        else { continue }
        self.init(
          state, nextSequence: header.nextSequence,
          cursor: lineage.cursor(tape: tape, entry: position + 1))
        return
      }
    }
    try self.init(lineage)
  }

  /// The position of the events frame that ends where a keyframe stands.
  private static func frame(
    before header: Keyframe.Header, _ reader: JournalReader<Source>
  ) -> Int? {
    let entries = reader.eventEntries
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      let end = entries[middle].header.firstSequence + Int64(entries[middle].header.count)
      if end < header.nextSequence { low = middle + 1 } else { high = middle }
    }
    guard low < entries.count else { return nil }
    let found = entries[low].header
    let isThere =
      found.firstSequence + Int64(found.count) == header.nextSequence
      && found.chain == header.chain
    return isThere ? low : nil
  }

  private static func state(
    at header: Keyframe.Header, _ tape: Int, _ position: Int, _ reader: JournalReader<Source>,
    _ cache: some KeyframeCache
  ) -> SessionState<Roster>? {
    guard let keyframe = cache.read(tape, header),
      let frame = try? reader.decoded(reader.eventEntries[position]),
      let state = try? SessionState<Roster>(encoded: keyframe.state)
    else { return nil }
    let digests = state.digests()
    let stated = frame.digests
    guard digests.components == stated.components, digests.root == stated.digests.root,
      state.tick == header.tick
    else { return nil }
    if let own = digests.memoryRoot, let memory = stated.digests.memoryRoot, own != memory {
      return nil
    }
    return state
  }

  /// Folds all events of earlier ticks, and keeps keyframes on the way.
  ///
  /// - Throws: `ReplayError`.
  public mutating func advance(
    to tick: Tick, keeping cache: inout some KeyframeCache,
    every spacing: Int64 = KeyframeEncoding.spacing
  ) throws(ReplayError<Source.Failure>) {
    var nobody = NoWatch()
    _ = try advance(
      before: state.scenario.clock.firstInstant(of: tick), sequence: .max, watching: &nobody,
      keeping: &cache, every: spacing)
  }

  /// Keeps a keyframe after a frame that was folded whole, where enough events followed the last.
  ///
  /// A frame that is full ends in the middle of whatever is being matched; no state is kept then.
  @usableFromInline
  mutating func keep(
    in cache: inout some KeyframeCache, _ last: inout SequenceNumber, every spacing: Int64
  ) {
    guard cache.keepsAny, let place = cursor.lastFrame, nextSequence - last >= spacing,
      mismatch == nil, reading({ !$0.market.isMatching })
    else { return }
    last = nextSequence
    cache.keep(
      place.tape,
      Keyframe(
        state: state.encoded, revision: KeyframeEncoding.revision, sessionId: place.sessionId,
        chain: place.chain, nextSequence: nextSequence, tick: state.tick))
  }
}
