import JournalFiles

/// Reads the small texts that people write.
package enum TextFile {
  /// The content of a file.
  package static func read(_ path: String) throws(CommandFailure) -> String {
    let bytes: [UInt8]
    do {
      bytes = try ReadFiles.read(path)
    } catch {
      throw CommandFailure(error)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(Exit.trouble, "\(path): is not UTF-8 text")
    }
    return text
  }
}
