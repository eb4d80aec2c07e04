import JournalFiles
import Synchronization

/// The texts and policies that a command has read: nothing may be written over them.
enum ReadFiles {
  private static let list = Mutex<[String]>([])

  /// Their paths.
  static var paths: [String] { list.withLock { $0 } }

  /// Reads a file, which nothing is written over then.
  static func read(_ path: String) throws(FileFailure) -> [UInt8] {
    list.withLock { $0.append(path) }
    return try SmallFile.read(path)
  }

  /// A command begins.
  static func clear() { list.withLock { $0 = [] } }
}
