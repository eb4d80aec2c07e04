import Glibc

/// The calls to the system that this room makes.
///
/// Each does what the call of its name does, once: an interruption is returned and so is a short
/// count. A result below 0 is the negative of the system's number for the reason. Repeating and
/// completing is done above, in `FileDescriptor`, so that a disk that fails or loses power meets
/// the same code as a real one.
package protocol FileCalls: Sendable {
  /// Opens a file; returns its number.
  func open(_ path: String, _ flags: Int32) -> Int
  /// Closes a file.
  func close(_ file: Int)
  /// Reads into a buffer; returns how many bytes, 0 at the end of the file.
  func read(_ file: Int, _ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int
  /// Writes a buffer; returns how many bytes.
  func write(_ file: Int, _ buffer: UnsafeRawBufferPointer, at offset: UInt64) -> Int
  /// Syncs a file's bytes, and of its description what reading them needs.
  func syncData(_ file: Int) -> Int
  /// Syncs the names in a folder.
  func syncFolder(_ file: Int) -> Int
  /// Cuts a file, or fills it up with zeros.
  func truncate(_ file: Int, to size: UInt64) -> Int
  /// Takes the writer's lock; it goes with the open file, so that no stale lock stays.
  func lock(_ file: Int) -> Int
  /// Whether another open file has the writer's lock, 1 or 0; nothing is locked for it.
  func isLocked(_ file: Int) -> Int
  /// Describes an open file.
  func describe(_ file: Int, _ description: inout FileDescription) -> Int
  /// Describes what a path names, links followed.
  func describe(path: String, _ description: inout FileDescription) -> Int
  /// Removes a name.
  func remove(_ path: String) -> Int
  /// Gives a file another name, in place of the file that had it.
  func rename(_ old: String, to new: String) -> Int
  /// Creates a folder.
  func createFolder(_ path: String) -> Int
}

/// What the system says about a file.
package struct FileDescription: Equatable, Sendable {
  /// The device it is on.
  package var device: UInt64 = 0
  /// Its number there.
  package var node: UInt64 = 0
  /// How many bytes it has.
  package var size: UInt64 = 0
  /// Whether it is a regular file: no folder, device or pipe.
  package var isRegular = false

  /// Creates an empty description.
  package init() {}
}

/// Where files are.
package enum FileSystem {
  /// The calls that files opened from here on use: the system's, unless a test says otherwise.
  @TaskLocal package static var calls: any FileCalls = SystemCalls()

  /// Repeats a call while it is interrupted.
  static func repeating(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result != -Int(EINTR) { return result }
    }
  }

  /// Repeats a call while it is interrupted, and throws where it fails.
  @discardableResult
  static func attempt(
    _ name: String, _ path: String, _ call: () -> Int
  ) throws(FileFailure) -> Int {
    let result = repeating(call)
    if result < 0 { throw FileFailure(name, path, code: Int32(-result)) }
    return result
  }
}
