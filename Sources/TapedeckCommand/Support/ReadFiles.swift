import Synchronization

/// The texts and policies that a command has read: nothing may be written over them.
enum ReadFiles {
  private static let list = Mutex<[String]>([])

  /// Their paths.
  static var paths: [String] { list.withLock { $0 } }

  /// A file was read.
  static func note(_ path: String) { list.withLock { $0.append(path) } }

  /// A command begins.
  static func clear() { list.withLock { $0 = [] } }
}
