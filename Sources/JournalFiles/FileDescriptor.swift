import Glibc

/// An open file.
///
/// Every call is repeated after an interruption and completed after a short count.
final class FileDescriptor {
  let path: String
  private let number: Int
  private let calls: any FileCalls

  private init(_ number: Int, _ path: String, _ calls: any FileCalls) {
    self.number = number
    self.path = path
    self.calls = calls
  }

  deinit { calls.close(number) }

  static func open(_ path: String, _ flags: Int32) throws(FileFailure) -> FileDescriptor {
    let calls = FileSystem.calls
    let number = try FileSystem.attempt("open", path) { calls.open(path, flags) }
    return FileDescriptor(number, path, calls)
  }

  /// Opens a file; nil where there is none.
  static func openExisting(_ path: String, _ flags: Int32) throws(FileFailure) -> FileDescriptor? {
    do {
      return try open(path, flags)
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
  }

  private func description() throws(FileFailure) -> FileDescription {
    var description = FileDescription()
    try FileSystem.attempt("stat", path) { calls.describe(number, &description) }
    return description
  }

  func size() throws(FileFailure) -> UInt64 { try description().size }

  func identity() throws(FileFailure) -> FileIdentity { FileIdentity(try description()) }

  /// Refuses folders, devices and pipes.
  func expectRegular() throws(FileFailure) {
    guard try description().isRegular else { throw FileFailure.notRegular(path) }
  }

  /// Reads up to `count` bytes; fewer only at the end of the file.
  func read(at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
    var failure: FileFailure?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        // Safe: what is left of the buffer.
        let rest = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
        let part = FileSystem.repeating {
          unsafe calls.read(number, rest, at: offset + UInt64(filled))
        }
        if part < 0 { failure = FileFailure("read", path, code: Int32(-part)) }
        if part <= 0 { return }
        filled += part
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the whole file, of at most `limit` bytes.
  func readAll(limit: Int) throws(FileFailure) -> [UInt8] {
    let size = try size()
    guard size <= UInt64(limit) else { throw FileFailure("read", path, code: EFBIG) }
    return try read(at: 0, count: Int(size))
  }

  func write(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(FileFailure) {
    var done = 0
    while done < bytes.count {
      let part = FileSystem.repeating {
        unsafe bytes.withUnsafeBytes { buffer in
          // Safe: what is left of the buffer.
          let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
          return unsafe calls.write(number, rest, at: offset + UInt64(done))
        }
      }
      if part <= 0 {
        throw FileFailure("write", path, code: part == 0 ? ENOSPC : Int32(-part))
      }
      done += part
    }
  }

  func sync() throws(FileFailure) {
    try FileSystem.attempt("fdatasync", path) { calls.syncData(number) }
  }

  func truncate(to size: UInt64) throws(FileFailure) {
    try FileSystem.attempt("ftruncate", path) { calls.truncate(number, to: size) }
  }

  /// Takes the writer's lock; false where another open file has it.
  ///
  /// It is asked for again for a tenth of a second: a child that this process is just starting has
  /// all its open files, closed ones too, until it runs its own program.
  func lock() throws(FileFailure) -> Bool {
    for _ in 0..<20 {
      let result = FileSystem.repeating { calls.lock(number) }
      if result >= 0 { return true }
      guard result == -Int(EAGAIN) || result == -Int(EACCES) else {
        throw FileFailure("lock", path, code: Int32(-result))
      }
      usleep(5_000)
    }
    return false
  }

  /// Whether another open file has the writer's lock.
  var hasWriter: Bool { FileSystem.repeating { calls.isLocked(number) } > 0 }

  // MARK: Names

  /// Removes a name; false where it is gone already.
  @discardableResult
  static func remove(_ path: String) throws(FileFailure) -> Bool {
    let calls = FileSystem.calls
    let result = FileSystem.repeating { calls.remove(path) }
    if result == -Int(ENOENT) { return false }
    if result < 0 { throw FileFailure("unlink", path, code: Int32(-result)) }
    return true
  }

  static func rename(_ old: String, to new: String) throws(FileFailure) {
    let calls = FileSystem.calls
    try FileSystem.attempt("rename", new) { calls.rename(old, to: new) }
  }

  /// Syncs the folder of a file, so that its name is on disk too.
  static func syncFolder(of path: String) throws(FileFailure) {
    let folder = try open(parent(of: path), O_RDONLY | O_DIRECTORY)
    let result = FileSystem.repeating { folder.calls.syncFolder(folder.number) }
    if result == -Int(EINVAL) { return }  // some file systems cannot sync a folder
    if result < 0 { throw FileFailure("fsync", folder.path, code: Int32(-result)) }
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
