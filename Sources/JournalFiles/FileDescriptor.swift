import Glibc

/// An open file.
///
/// Every call is repeated after an interruption and completed after a short count.
final class FileDescriptor {
  let number: Int32
  let path: String

  private init(_ number: Int32, _ path: String) {
    self.number = number
    self.path = path
  }

  deinit { _ = close(number) }

  static func open(
    _ path: String, _ flags: Int32, mode: mode_t = 0o644
  ) throws(FileFailure) -> FileDescriptor {
    while true {
      let number = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
      if number >= 0 { return FileDescriptor(number, path) }
      if errno != EINTR { throw FileFailure("open", path) }
    }
  }

  func size() throws(FileFailure) -> UInt64 {
    var information = stat()
    guard unsafe fstat(number, &information) == 0 else { throw FileFailure("stat", path) }
    return UInt64(max(information.st_size, 0))
  }

  var isRegular: Bool {
    var information = stat()
    guard unsafe fstat(number, &information) == 0 else { return false }
    return information.st_mode & S_IFMT == S_IFREG
  }

  /// Reads up to `count` bytes; fewer only at the end of the file.
  func read(at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
    var failure: FileFailure?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        // Safe: reads at most what is left of the buffer.
        let part = unsafe pread(
          number, buffer.baseAddress?.advanced(by: filled), count - filled,
          off_t(clamping: offset) + off_t(filled))
        if part > 0 {
          filled += part
        } else if part == 0 {
          break
        } else if errno != EINTR {
          failure = FileFailure("read", path)
          break
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws(FileFailure) {
    var done = 0
    while done < bytes.count {
      let part = unsafe bytes.withUnsafeBytes { buffer in
        // Safe: writes at most what is left of the buffer.
        unsafe pwrite(
          number, buffer.baseAddress?.advanced(by: done), bytes.count - done,
          off_t(clamping: offset) + off_t(done))
      }
      if part > 0 {
        done += part
      } else if part == 0 {
        throw FileFailure("write", path, code: ENOSPC)
      } else if errno != EINTR {
        throw FileFailure("write", path)
      }
    }
  }

  func sync() throws(FileFailure) {
    while fdatasync(number) != 0 {
      if errno != EINTR { throw FileFailure("fdatasync", path) }
    }
  }

  func truncate(to size: UInt64) throws(FileFailure) {
    while ftruncate(number, off_t(clamping: size)) != 0 {
      if errno != EINTR { throw FileFailure("ftruncate", path) }
    }
  }

  /// Takes the writer's lock; false where another process or descriptor has it.
  ///
  /// The lock belongs to the open file description: it goes with it, so that no stale lock stays.
  func lock() throws(FileFailure) -> Bool {
    while flock(number, LOCK_EX | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw FileFailure("flock", path) }
    }
    return true
  }

  /// Whether another descriptor holds the writer's lock.
  var hasWriter: Bool {
    guard flock(number, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
    _ = flock(number, LOCK_UN)
    return false
  }

  /// Removes a name; one that is gone already is no failure.
  static func remove(_ path: String) throws(FileFailure) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileFailure("unlink", path) }
  }

  /// Syncs the folder of a file, so that its name is on disk too.
  static func syncFolder(of path: String) throws(FileFailure) {
    let folder = try open(parent(of: path), O_RDONLY | O_DIRECTORY)
    while fsync(folder.number) != 0 {
      if errno == EINVAL { return }  // some file systems cannot sync a folder
      if errno != EINTR { throw FileFailure("fsync", folder.path) }
    }
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
