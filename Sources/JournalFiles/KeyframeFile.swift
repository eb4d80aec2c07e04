import Glibc
public import Journal
import MarketModel

/// The keyframes beside a tape: a cache that can be deleted at any time.
///
/// Nothing that goes wrong with it is an error: without keyframes, seeking takes longer.
public struct KeyframeFile: Sendable {
  /// The most bytes that it may have where nobody says otherwise.
  public static let standardBudget = 64 << 20

  private let path: String
  private let budget: Int
  private var index: [(offset: UInt64, header: Keyframe.Header)] = []
  private var size: UInt64 = 0

  /// Looks at what there is beside a tape; `budget` is the most bytes that may stand there, and 0
  /// keeps nothing and uses nothing.
  public init(tape: String, budget: Int = Self.standardBudget) {
    path = SideFiles.keyframes(tape)
    self.budget = budget
    if budget > 0 { readIndex() }
  }

  /// What keyframes there are, by the order they were written in.
  public var headers: [Keyframe.Header] { index.map { $0.header } }

  private mutating func readIndex() {
    guard let file = try? FileDescriptor.open(path, O_RDONLY), let end = try? file.size() else {
      return
    }
    while size < end {
      guard let bytes = try? file.read(at: size, count: Keyframe.headerSize),
        let header = Keyframe.header(bytes), size + UInt64(header.totalSize) <= end
      else { return }
      index.append((size, header))
      size += UInt64(header.totalSize)
    }
  }

  /// Reads a keyframe; nil where it is damaged or gone.
  public func read(_ header: Keyframe.Header) -> Keyframe? {
    guard let place = index.last(where: { $0.header == header }),
      let file = try? FileDescriptor.open(path, O_RDONLY),
      let bytes = try? file.read(at: place.offset, count: header.totalSize),
      let keyframe = Keyframe(bytes), keyframe.header == header
    else { return nil }
    return keyframe
  }

  /// Adds a keyframe; where that exceeds the budget, every second one goes.
  ///
  /// Whoever has the lock writes; others do without.
  public mutating func append(_ keyframe: Keyframe) {
    guard budget > 0, let bytes = keyframe.bytes, bytes.count <= budget,
      !index.contains(where: { $0.header.nextSequence == keyframe.header.nextSequence }),
      let header = Keyframe.header(bytes)
    else { return }
    do throws(FileFailure) {
      let file = try FileDescriptor.open(path, O_RDWR | O_CREAT)
      guard try file.lock() else { return }
      while size + UInt64(bytes.count) > UInt64(budget), !index.isEmpty { try thin(file) }
      // What stands behind the last intact keyframe is of no use.
      try file.truncate(to: size)
      try file.write(bytes[...], at: size)
      index.append((size, header))
      size += UInt64(bytes.count)
    } catch {
      return  // a cache: its folder may be read-only, or its disk full
    }
  }

  /// Keeps every second keyframe.
  private mutating func thin(_ file: FileDescriptor) throws(FileFailure) {
    var kept: [(offset: UInt64, header: Keyframe.Header)] = []
    var end: UInt64 = 0
    for (position, place) in index.enumerated() where position % 2 == 1 {
      let bytes = try file.read(at: place.offset, count: place.header.totalSize)
      try file.write(bytes[...], at: end)
      kept.append((end, place.header))
      end += UInt64(bytes.count)
    }
    index = kept
    size = end
  }
}
