import Glibc
package import JournalFiles
import Synchronization

/// A disk in memory that can lose power, one folder of files.
///
/// It keeps what was synced apart from what was not. When power goes, any part of what was not
/// synced may be on disk or not, sector by sector, size by size, name by name: `DiskContent.cut`.
package final class SimulatedDisk: FileCalls {
  private let state: Mutex<State>

  private struct State {
    var content = DiskContent()
    /// What each open file is; nil for the folder.
    var handles: [Int: Int?] = [:]
    var locks: [Int: Int] = [:]
    var nextHandle = 3
    var operations = 0
    var powerEnd: Int?
    var ignoredSyncs: [String] = []
  }

  /// Creates a disk that loses power after so many operations, or never.
  ///
  /// `ignoringSyncs` are ends of names whose syncs do nothing and say that they did; "/" is the
  /// folder.
  package init(
    _ content: DiskContent = DiskContent(), powerEnd: Int? = nil, ignoringSyncs: [String] = []
  ) {
    var state = State()
    state.content = content
    state.powerEnd = powerEnd
    state.ignoredSyncs = ignoringSyncs
    self.state = Mutex(state)
  }

  /// What is on it and what is on its way there.
  package var content: DiskContent { state.withLock { $0.content } }

  /// How many operations changed something or synced.
  package var operations: Int { state.withLock { $0.operations } }

  /// Runs a call that changes something, while there is power.
  private func change(_ body: (inout State) -> Int) -> Int {
    state.withLock { state in
      if let end = state.powerEnd, state.operations >= end { return -Int(EIO) }
      state.operations += 1
      return body(&state)
    }
  }

  private func look(_ body: (inout State) -> Int) -> Int {
    state.withLock { state in
      if let end = state.powerEnd, state.operations >= end { return -Int(EIO) }
      return body(&state)
    }
  }

  // MARK: Calls

  package func open(_ path: String, _ flags: Int32) -> Int {
    let exists = state.withLock { $0.content.names[path] != nil }
    let creates = flags & O_CREAT != 0 && !exists
    let body = { (state: inout State) -> Int in
      let handle = state.nextHandle
      if flags & O_DIRECTORY != 0 {
        state.handles[handle] = .some(nil)
      } else {
        if exists, flags & O_EXCL != 0 { return -Int(EEXIST) }
        if !exists, !creates { return -Int(ENOENT) }
        if creates { state.content.create(path) }
        guard let node = state.content.names[path] else { return -Int(ENOENT) }
        if flags & O_TRUNC != 0, exists { state.content.nodes[node].resize(0) }
        state.handles[handle] = .some(node)
      }
      state.nextHandle += 1
      return handle
    }
    return creates || flags & O_TRUNC != 0 ? change(body) : look(body)
  }

  package func close(_ file: Int) {
    state.withLock { state in
      state.handles[file] = nil
      for (node, holder) in state.locks where holder == file { state.locks[node] = nil }
    }
  }

  package func read(_ file: Int, _ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int
  {
    look { state in
      guard let node = state.handles[file] ?? nil else { return -Int(EBADF) }
      let bytes = state.content.nodes[node].bytes
      guard offset < UInt64(bytes.count) else { return 0 }
      let part = bytes[Int(offset)...].prefix(buffer.count)
      buffer.copyBytes(from: part)
      return part.count
    }
  }

  package func write(_ file: Int, _ buffer: UnsafeRawBufferPointer, at offset: UInt64) -> Int {
    change { state in
      guard let node = state.handles[file] ?? nil else { return -Int(EBADF) }
      state.content.nodes[node].write(Array(buffer), at: Int(offset))
      return buffer.count
    }
  }

  package func syncData(_ file: Int) -> Int {
    change { state in
      guard let node = state.handles[file] ?? nil else { return -Int(EBADF) }
      let name = state.content.names.first { $0.value == node }?.key ?? ""
      if state.ignoredSyncs.contains(where: { name.hasSuffix($0) }) { return 0 }
      state.content.nodes[node].sync()
      return 0
    }
  }

  package func syncFolder(_ file: Int) -> Int {
    change { state in
      if !state.ignoredSyncs.contains("/") { state.content.syncNames() }
      return 0
    }
  }

  package func truncate(_ file: Int, to size: UInt64) -> Int {
    change { state in
      guard let node = state.handles[file] ?? nil else { return -Int(EBADF) }
      state.content.nodes[node].resize(Int(size))
      return 0
    }
  }

  package func lock(_ file: Int) -> Int {
    look { state in
      guard let node = state.handles[file] ?? nil else { return -Int(EBADF) }
      if let holder = state.locks[node], holder != file { return -Int(EAGAIN) }
      state.locks[node] = file
      return 0
    }
  }

  package func isLocked(_ file: Int) -> Int {
    look { state in
      guard let node = state.handles[file] ?? nil else { return -Int(EBADF) }
      return state.locks[node].map { $0 != file } == true ? 1 : 0
    }
  }

  package func describe(_ file: Int, _ description: inout FileDescription) -> Int {
    var found = FileDescription()
    defer { description = found }
    return look { state in
      guard let node = state.handles[file] ?? nil else { return -Int(EBADF) }
      found.describe(node, state.content)
      return 0
    }
  }

  package func describe(path: String, _ description: inout FileDescription) -> Int {
    var found = FileDescription()
    defer { description = found }
    return look { state in
      guard let node = state.content.names[path] else { return -Int(ENOENT) }
      found.describe(node, state.content)
      return 0
    }
  }

  package func remove(_ path: String) -> Int {
    if state.withLock({ $0.content.names[path] }) == nil { return -Int(ENOENT) }
    return change { state in
      state.content.remove(path)
      return 0
    }
  }

  package func rename(_ old: String, to new: String) -> Int {
    if state.withLock({ $0.content.names[old] }) == nil { return -Int(ENOENT) }
    return change { state in
      state.content.rename(old, new)
      return 0
    }
  }

  package func createFolder(_ path: String) -> Int { -Int(EEXIST) }
}

extension FileDescription {
  fileprivate mutating func describe(_ node: Int, _ content: DiskContent) {
    self.node = UInt64(node)
    size = UInt64(content.nodes[node].bytes.count)
    isRegular = true
  }
}
