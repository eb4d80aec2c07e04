import Glibc
import Journal

/// Where a tape is written, and what has its name meanwhile.
///
/// A tape that takes the place of another is written as `X.tape.new`, its side files beside it, and
/// renamed once it is sealed and synced. So the old one is lost neither to a full disk nor to a
/// crash nor to an interrupt, and readers have the one or the other whole. The old one stays locked
/// meanwhile: nobody else writes or replaces it.
struct TapePlace: ~Copyable {
  /// The open file, locked.
  let file: FileDescriptor
  /// The name that it is to have.
  let name: String
  /// The locked file that has that name until then.
  private var old: FileDescriptor?

  /// Whether another tape has the name until this one is sealed.
  var isReplacement: Bool { old != nil }

  /// The name that it has now.
  var path: String { isReplacement ? SideFiles.replacement(name) : name }

  /// Creates an empty file for a tape.
  ///
  /// - Throws: `WriteError`; nothing that existed was touched then, except what an earlier
  ///   replacement that never ended left.
  init(_ name: String, replacing: Bool, isDurable: Bool) throws(WriteError) {
    self.name = name
    old = replacing ? try Self.lockExisting(name) : nil
    guard old != nil else {
      file = try Self.create(name, isDurable)
      return
    }
    let new = SideFiles.replacement(name)
    if try Self.lockExisting(new) != nil {
      guard Self.isUnfinished(new) else { throw .inTheWay(path: new) }
      do {
        try FileDescriptor.remove(new)
      } catch {
        throw .system(error)
      }
    }
    file = try Self.create(new, isDurable)
  }

  /// Whether a file is a tape that never ended, as an interrupted replacement leaves it; an empty file is one
  /// that had no time to begin.
  private static func isUnfinished(_ path: String) -> Bool {
    guard let file = try? TapeFile(path: path) else { return false }
    if (try? file.size()) == 0 { return true }
    guard let reader = try? JournalReader(file, level: .framing) else { return false }
    return reader.scan.seal == nil
  }

  /// Puts a sealed and synced tape in its place.
  mutating func settle() throws(FileFailure) {
    guard isReplacement else { return }
    let new = path
    try FileDescriptor.rename(new, to: name)
    old = nil
    if try FileIdentity(SideFiles.parent(new)) != nil {
      try FileDescriptor.rename(SideFiles.parent(new), to: SideFiles.parent(name))
    }
    try FileDescriptor.syncFolder(of: name)
    // What stands beside a sealed tape is not read, so that these may go last.
    try Self.removeSideFiles(new)
  }

  /// Creates a file that nobody has, with nothing beside it.
  private static func create(_ path: String, _ isDurable: Bool) throws(WriteError) -> FileDescriptor
  {
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL)
    } catch {
      if error.code == EEXIST { throw .exists(path: path) }
      throw .system(error)
    }
    do throws(FileFailure) {
      let isOurs = try file.lock()
      // What another tape of that name left beside it must never be taken for this one's.
      if isOurs {
        let hasRemoved = try removeSideFiles(path)
        if isDurable || hasRemoved { try FileDescriptor.syncFolder(of: path) }
        return file
      }
    } catch {
      _ = try? FileDescriptor.remove(path)
      throw .system(error)
    }
    throw .busy(path: path)
  }

  /// Locks a finished or abandoned tape; nil where there is none.
  private static func lockExisting(_ path: String) throws(WriteError) -> FileDescriptor? {
    var isOurs = false
    let old: FileDescriptor
    do throws(FileFailure) {
      guard let identity = try FileIdentity(path) else { return nil }
      if !identity.isRegular { throw FileFailure.notReplaced(path) }
      guard let found = try FileDescriptor.openExisting(path, O_RDWR) else { return nil }
      old = found
      // Another writer may have put its own in that place meanwhile.
      if try old.lock() { isOurs = try old.identity() == FileIdentity(path) }
    } catch {
      throw .system(error)
    }
    if !isOurs { throw .busy(path: path) }
    return old
  }

  /// Removes watermark and side file; false where there was none.
  @discardableResult
  static func removeSideFiles(_ path: String) throws(FileFailure) -> Bool {
    let hadMark = try FileDescriptor.remove(SideFiles.watermark(path))
    let hadTail = try FileDescriptor.remove(SideFiles.unfinished(path))
    return hadMark || hadTail
  }
}
