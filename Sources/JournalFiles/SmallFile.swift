import Glibc

/// Whole small files: reports, tables, hints.
public enum SmallFile {
  /// Writes a file under a temporary name, syncs it and renames it, so that nobody sees half of it,
  /// not even after a power cut.
  ///
  /// - Throws: `WriteError.exists` unless `replacing`, `WriteError.system` otherwise; an old file
  ///   stays as it was then.
  public static func write(
    _ bytes: [UInt8], to path: String, replacing: Bool
  ) throws(WriteError) {
    let file = try PartialFile(path, replacing: replacing)
    try file.append(bytes)
    try file.finish()
  }

  /// Reads a file of at most `limit` bytes.
  ///
  /// - Throws: `FileFailure`; a larger file is one of `EFBIG`.
  public static func read(_ path: String, limit: Int = 1 << 26) throws(FileFailure) -> [UInt8] {
    let file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
    try file.expectRegular()
    return try file.readAll(limit: limit)
  }

  /// Creates a folder and those above it.
  ///
  /// - Throws: `FileFailure`.
  public static func createFolder(_ path: String) throws(FileFailure) {
    if path.isEmpty { return }
    do {
      try create(path)
    } catch {
      let parent = FileDescriptor.parent(of: path)
      if error.code != ENOENT || parent == path { throw error }
      try createFolder(parent)
      try create(path)
    }
  }

  private static func create(_ path: String) throws(FileFailure) {
    let calls = FileSystem.calls
    let result = FileSystem.repeating { calls.createFolder(path) }
    if result < 0, result != -Int(EEXIST) {
      throw FileFailure("mkdir", path, code: Int32(-result))
    }
  }
}
