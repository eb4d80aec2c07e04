package import TestSupport

/// The files of a disk: as programs see them, as they were synced, and each change between.
package struct DiskContent: Sendable {
  /// A change of a folder that is not synced yet.
  enum NameChange: Sendable {
    case add(String, Int)
    case remove(String)
    case rename(String, String, Int)
  }

  package var nodes: [DiskNode] = []
  package private(set) var names: [String: Int] = [:]
  private var syncedNames: [String: Int] = [:]
  private var nameChanges: [NameChange] = []

  /// Creates an empty disk.
  package init() {}

  /// The bytes of a file; nil where there is none.
  package func bytes(_ path: String) -> [UInt8]? { names[path].map { nodes[$0].bytes } }

  /// The names of all files.
  package var paths: [String] { names.keys.sorted() }

  package mutating func create(_ path: String) {
    nodes.append(DiskNode())
    names[path] = nodes.count - 1
    nameChanges.append(.add(path, nodes.count - 1))
  }

  package mutating func remove(_ path: String) {
    names[path] = nil
    nameChanges.append(.remove(path))
  }

  package mutating func rename(_ old: String, _ new: String) {
    guard let node = names[old] else { return }
    names[old] = nil
    names[new] = node
    nameChanges.append(.rename(old, new, node))
  }

  package mutating func syncNames() {
    syncedNames = names
    nameChanges = []
  }

  /// Everything synced: a disk that was shut down in order.
  package func atRest() -> DiskContent {
    var content = self
    content.syncNames()
    for index in content.nodes.indices { content.nodes[index].sync() }
    return content
  }

  /// How the system wrote back, on its own, what nobody had synced before the power went.
  package enum Mood: CaseIterable, Sendable {
    /// Nothing of it.
    case nothing
    /// All of it.
    case everything
    /// The changes up to one of them, which is torn.
    case inOrder
    /// Any sector, size and name on its own.
    case anyPart
    /// The same, and new sectors that were not written hold what somebody else left there.
    case anyPartOverGarbage
  }

  /// What is on disk after the power went.
  package func cut(_ mood: Mood, _ numbers: inout KeyedNumbers) -> DiskContent {
    var content = DiskContent()
    content.syncedNames = syncedNames
    for change in kept(mood, &numbers) {
      switch change {
      case .add(let name, let node): content.syncedNames[name] = node
      case .remove(let name): content.syncedNames[name] = nil
      case .rename(let old, let new, let node):
        content.syncedNames[old] = nil
        content.syncedNames[new] = node
      }
    }
    content.names = content.syncedNames
    content.nodes = nodes.map { $0.cut(mood, &numbers) }
    return content
  }

  private func kept(_ mood: Mood, _ numbers: inout KeyedNumbers) -> [NameChange] {
    switch mood {
    case .nothing: []
    case .everything: nameChanges
    case .inOrder: Array(nameChanges.prefix(numbers.index(below: nameChanges.count + 1)))
    case .anyPart, .anyPartOverGarbage: nameChanges.filter { _ in numbers.once(in: 2) }
    }
  }
}
