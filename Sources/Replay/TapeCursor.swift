public import Journal
import MarketModel

/// Reads a lineage item by item; one frame is in memory at a time.
public struct TapeCursor<Source: ByteSource> {
  private let lineage: Lineage<Source>
  private var tape = 0
  private var entries: [JournalScan.Entry]
  private var nextEntry = 0
  private var items: [TapeItem] = []
  private var nextItem = 0
  private var unfinished = 0

  init(_ lineage: Lineage<Source>) {
    self.lineage = lineage
    entries = lineage.readers[0].eventEntries
  }

  /// The next item, or nil at the end.
  ///
  /// - Throws: `ReplayError.read` where a frame cannot be read.
  public mutating func next() throws(ReplayError<Source.Failure>) -> TapeItem? {
    while nextItem >= items.count {
      guard try load() else { return unfinishedItem() }
    }
    nextItem += 1
    return items[nextItem - 1]
  }

  /// The next item without taking it.
  ///
  /// - Throws: `ReplayError.read` where a frame cannot be read.
  public mutating func peek() throws(ReplayError<Source.Failure>) -> TapeItem? {
    while nextItem >= items.count {
      guard try load() else {
        let item = unfinishedItem()
        if item != nil { unfinished -= 1 }
        return item
      }
    }
    return items[nextItem]
  }

  private mutating func unfinishedItem() -> TapeItem? {
    guard unfinished < lineage.unfinished.count else { return nil }
    unfinished += 1
    let base = lineage.nextSequence - Int64(lineage.unfinished.count)
    return .event(
      base + Int64(unfinished - 1), .known(lineage.unfinished[unfinished - 1]))
  }

  /// Loads the next frame; false when there is none.
  private mutating func load() throws(ReplayError<Source.Failure>) -> Bool {
    while true {
      let limit = lineage.limit(tape)
      if nextEntry < entries.count, entries[nextEntry].header.firstSequence < limit {
        let frame: EventFrame
        do {
          frame = try lineage.readers[tape].frame(entries[nextEntry])
        } catch {
          throw .read(tape: tape, error)
        }
        nextEntry += 1
        take(frame, limit)
        return true
      }
      guard tape + 1 < lineage.readers.count else { return false }
      tape += 1
      entries = lineage.readers[tape].eventEntries
      nextEntry = 0
    }
  }

  /// Puts a frame's items in order; those at or after `limit` belong to the parent alone.
  private mutating func take(_ frame: EventFrame, _ limit: SequenceNumber) {
    items.removeAll(keepingCapacity: true)
    nextItem = 0
    var checkpoint = 0
    for (index, event) in frame.events.enumerated() {
      let sequence = frame.firstSequence + Int64(index)
      while checkpoint < frame.checkpoints.count,
        Int(frame.checkpoints[checkpoint].position) == index
      {
        if sequence <= limit { items.append(.checkpoint(frame.checkpoints[checkpoint].digests)) }
        checkpoint += 1
      }
      if sequence >= limit { return }
      items.append(.event(sequence, event))
    }
    items.append(.frameEnd(frame.digests))
  }
}
