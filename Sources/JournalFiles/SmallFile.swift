import Glibc

/// Whole small files: reports, tables, hints.
public enum SmallFile {
  /// Writes a file under a temporary name and renames it, so that nobody sees half of it.
  ///
  /// - Throws: `WriteError.exists` unless `replacing`, `WriteError.system` otherwise; an old file
  ///   stays as it was then.
  public static func write(
    _ bytes: [UInt8], to path: String, replacing: Bool
  ) throws(WriteError) {
    if !replacing, unsafe access(path, F_OK) == 0 { throw .exists(path: path) }
    if let old = FileIdentity(path), !old.isRegular {
      throw .system(FileFailure("is no regular file, and is not replaced", path, code: 0))
    }
    let temporary = "\(path).\(getpid()).partial"
    do {
      let file = try FileDescriptor.open(temporary, O_RDWR | O_CREAT | O_TRUNC)
      try file.write(bytes, at: 0)
    } catch {
      try? FileDescriptor.remove(temporary)
      throw .system(error)
    }
    guard unsafe rename(temporary, path) == 0 else {
      let failure = FileFailure("rename", path)
      try? FileDescriptor.remove(temporary)
      throw .system(failure)
    }
  }

  /// Reads a file of at most `limit` bytes.
  ///
  /// - Throws: `FileFailure`; a larger file is one of `EFBIG`.
  public static func read(_ path: String, limit: Int = 1 << 26) throws(FileFailure) -> [UInt8] {
    let file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
    guard file.isRegular else { throw FileFailure("is no regular file", path, code: 0) }
    let size = try file.size()
    guard size <= UInt64(limit) else { throw FileFailure("read", path, code: EFBIG) }
    return try file.read(at: 0, count: Int(size))
  }

  /// Creates a folder and those above it.
  ///
  /// - Throws: `FileFailure`.
  public static func createFolder(_ path: String) throws(FileFailure) {
    if path.isEmpty { return }
    if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    let failure = FileFailure("mkdir", path)
    guard failure.code == ENOENT else { throw failure }
    let parent = FileDescriptor.parent(of: path)
    if parent == path { throw failure }
    try createFolder(parent)
    guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileFailure("mkdir", path)
    }
  }
}
