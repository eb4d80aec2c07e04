import Glibc

/// A system call that failed.
public struct FileFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call.
  public let call: String
  /// The file.
  public let path: String
  /// The system's number for the reason; 0 where `call` says it all.
  public let code: Int32

  /// Creates a failure.
  init(_ call: String, _ path: String, code: Int32) {
    self.call = call
    self.path = path
    self.code = code
  }

  static func notRegular(_ path: String) -> FileFailure {
    FileFailure("is no regular file", path, code: 0)
  }

  static func notReplaced(_ path: String) -> FileFailure {
    FileFailure("is no regular file, and is not replaced", path, code: 0)
  }

  /// The call, the file and the reason in words.
  public var description: String {
    if code == 0 { return "\(path): \(call)" }
    let reason = unsafe String(cString: strerror(code))
    return "\(path): \(call): \(reason)"
  }
}

/// Why a tape cannot be written.
public enum WriteError: Error, Equatable, Sendable {
  /// A system call failed.
  case system(FileFailure)
  /// The file exists, and nobody said that it may be replaced.
  case exists(path: String)
  /// Something else stands where a tape that replaces another is written until it is whole.
  case inTheWay(path: String)
  /// Another writer has the file.
  case busy(path: String)
  /// An earlier call failed: what is on disk is unknown, so nothing more is written.
  case poisoned(path: String)
}
