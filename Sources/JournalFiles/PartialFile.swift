import Glibc

/// A file that is written piece by piece under a temporary name, and gets its own when it is whole.
///
/// Nobody sees half of it, not even after a power cut. What is given up before `finish` leaves
/// nothing, and an old file as it was.
public final class PartialFile {
  private let path: String
  private let temporary: String
  private let file: FileDescriptor
  private var size: UInt64 = 0
  private var isFinished = false

  /// Begins a file.
  ///
  /// - Throws: `WriteError.exists` unless `replacing`, `WriteError.system` otherwise.
  public init(_ path: String, replacing: Bool) throws(WriteError) {
    self.path = path
    temporary = "\(path).\(getpid()).partial"
    do throws(FileFailure) {
      if let old = try FileIdentity(path) {
        if !replacing { throw FileFailure("exists", path, code: EEXIST) }
        if !old.isRegular { throw FileFailure.notReplaced(path) }
      }
      do throws(FileFailure) {
        file = try FileDescriptor.open(temporary, O_RDWR | O_CREAT | O_TRUNC)
      } catch {
        throw Self.named(path, error)
      }
    } catch {
      throw Self.writeError(error)
    }
  }

  deinit {
    if !isFinished { _ = try? FileDescriptor.remove(temporary) }
  }

  /// Writes more.
  ///
  /// - Throws: `WriteError.system`.
  public func append(_ bytes: [UInt8]) throws(WriteError) {
    do {
      try file.write(bytes[...], at: size)
    } catch {
      throw Self.writeError(Self.named(path, error))
    }
    size += UInt64(bytes.count)
  }

  /// Syncs the file and gives it its name.
  ///
  /// - Throws: `WriteError.system`.
  public func finish() throws(WriteError) {
    do {
      try file.sync()
      try FileDescriptor.rename(temporary, to: path)
    } catch {
      throw Self.writeError(Self.named(path, error))
    }
    isFinished = true
  }

  /// The name that was asked for says more than a temporary one.
  private static func named(_ path: String, _ error: FileFailure) -> FileFailure {
    FileFailure(error.call, path, code: error.code)
  }

  private static func writeError(_ error: FileFailure) -> WriteError {
    error.code == EEXIST ? .exists(path: error.path) : .system(error)
  }
}
