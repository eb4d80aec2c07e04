import ArgumentParser

/// How a command ends.
enum Exit {
  /// It differs: diverged, or verification failed.
  static let differs: Int32 = 1
  /// Trouble: input or output, or a corrupt file.
  static let trouble: Int32 = 2
  /// Done with loss, or unfinished.
  static let loss: Int32 = 3
  /// Used wrongly.
  static let usage: Int32 = 64
  /// Interrupted.
  static let interrupted: Int32 = 130
}

/// Why a command failed: what and where, why, and what to do next.
package struct CommandFailure: Error {
  package var code: Int32
  package var what: String
  package var next: String?

  /// Whether the caller asked for something that makes no sense.
  package var isUsage: Bool { code == Exit.usage }

  init(_ code: Int32, _ what: String, next: String? = nil) {
    self.code = code
    self.what = what
    self.next = next
  }
}
