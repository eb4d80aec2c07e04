import TestSupport

/// One file of a simulated disk.
package struct DiskNode: Sendable {
  /// What a device writes as a whole or not at all.
  package static let sectorSize = 512

  enum Change: Sendable {
    case write(Int, [UInt8])
    case resize(Int)
  }

  /// The bytes as programs see them.
  package private(set) var bytes: [UInt8] = []
  private var synced: [UInt8] = []
  private var changes: [Change] = []

  init() {}

  mutating func write(_ part: [UInt8], at offset: Int) {
    Self.apply(.write(offset, part), to: &bytes)
    changes.append(.write(offset, part))
  }

  mutating func resize(_ size: Int) {
    Self.apply(.resize(size), to: &bytes)
    changes.append(.resize(size))
  }

  mutating func sync() {
    synced = bytes
    changes = []
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .write(let offset, let part):
      if bytes.count < offset + part.count { resize(&bytes, offset + part.count) }
      bytes.replaceSubrange(offset..<offset + part.count, with: part)
    case .resize(let size): resize(&bytes, size)
    }
  }

  private static func resize(_ bytes: inout [UInt8], _ size: Int) {
    if size < bytes.count { bytes.removeLast(bytes.count - size) }
    bytes += [UInt8](repeating: 0, count: size - bytes.count)
  }

  /// What is left of it after the power went.
  func cut(_ mood: DiskContent.Mood, _ numbers: inout KeyedNumbers) -> DiskNode {
    var left = synced
    switch mood {
    case .nothing: break
    case .everything: left = bytes
    case .inOrder:
      let count = numbers.index(below: changes.count + 1)
      for change in changes.prefix(count) { Self.apply(change, to: &left) }
      if count < changes.count { left = mixed([left], [changes[count]], nil, &numbers) }
    case .anyPart: left = mixed([synced], changes, nil, &numbers)
    case .anyPartOverGarbage:
      left = mixed([synced], changes, UInt8(numbers.number(1...255)), &numbers)
    }
    var node = DiskNode()
    node.bytes = left
    node.synced = left
    return node
  }

  /// A size and, for each sector, a content, each of any moment between `first` and now.
  private func mixed(
    _ first: [[UInt8]], _ changes: [Change], _ garbage: UInt8?, _ numbers: inout KeyedNumbers
  ) -> [UInt8] {
    if changes.isEmpty { return first[0] }
    var moments = first
    for change in changes {
      var next = moments[moments.count - 1]
      Self.apply(change, to: &next)
      moments.append(next)
    }
    let size = numbers.pick(moments).count
    var left = [UInt8](repeating: 0, count: size)
    for start in stride(from: 0, to: size, by: Self.sectorSize) {
      let end = min(start + Self.sectorSize, size)
      let moment = numbers.index(below: moments.count)
      let source = moments[moment]
      if start < source.count {
        let part = source[start..<min(end, source.count)]
        left.replaceSubrange(start..<start + part.count, with: part)
      } else if let garbage, start >= moments[0].count {
        for index in start..<end { left[index] = garbage &* UInt8(truncatingIfNeeded: index | 1) }
      }
    }
    return left
  }
}
