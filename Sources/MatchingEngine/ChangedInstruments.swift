public import MarketModel

/// The instruments in which anything changed since somebody looked, each once.
///
/// Whoever keeps something of every instrument brings up to date what changed, and not all of a thousand.
public struct ChangedInstruments: Sendable {
  /// The one in which anything changed last; -1 for none.
  public private(set) var latest: InstrumentIndex = -1
  /// One that is in the list, so that it need not be looked for; -1 for none.
  @usableFromInline var listed: InstrumentIndex = -1
  private var list: [InstrumentIndex] = []
  private var isListed: [Bool]

  init(count: Int) {
    isListed = Array(repeating: false, count: count)
    list.reserveCapacity(count)
  }

  /// Notes a change; most are in the instrument of the one before.
  @inlinable @inline(__always)
  mutating func note(_ instrument: InstrumentIndex) {
    if instrument != listed { enter(instrument) }
  }

  @usableFromInline @inline(never)
  mutating func enter(_ instrument: InstrumentIndex) {
    (latest, listed) = (instrument, instrument)
    if isListed[Int(instrument)] { return }
    isListed[Int(instrument)] = true
    list.append(instrument)
  }

  mutating func noteAll() {
    for instrument in isListed.indices { enter(InstrumentIndex(instrument)) }
  }

  mutating func takeNext() -> InstrumentIndex? {
    guard let next = list.popLast() else { return nil }
    listed = -1
    isListed[Int(next)] = false
    return next
  }
}
