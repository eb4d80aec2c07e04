import Glibc

/// Which file a path names, links followed: two paths may name one file.
public struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  private let node: UInt64
  /// Whether it is a regular file: no folder, device or pipe.
  public let isRegular: Bool

  /// Looks a path up; nil where nothing is there.
  public init?(_ path: String) {
    var information = stat()
    guard unsafe stat(path, &information) == 0 else { return nil }
    device = UInt64(information.st_dev)
    node = UInt64(information.st_ino)
    isRegular = information.st_mode & S_IFMT == S_IFREG
  }
}
