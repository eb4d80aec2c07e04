import Glibc

/// Which file a path names, links followed: two paths may name one file.
public struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  private let node: UInt64
  /// Whether it is a regular file: no folder, device or pipe.
  public let isRegular: Bool

  /// Looks a path up; nil where nothing is there.
  ///
  /// - Throws: `FileFailure` where the system does not say.
  public init?(_ path: String) throws(FileFailure) {
    var description = FileDescription()
    let calls = FileSystem.calls
    let result = FileSystem.repeating { calls.describe(path: path, &description) }
    if result == -Int(ENOENT) || result == -Int(ENOTDIR) { return nil }
    if result < 0 { throw FileFailure("stat", path, code: Int32(-result)) }
    self.init(description)
  }

  init(_ description: FileDescription) {
    device = description.device
    node = description.node
    isRegular = description.isRegular
  }
}
