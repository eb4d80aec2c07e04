import FoundationEssentials
import JournalFiles

/// Looks, before anything is computed for a file, whether it could be written then.
enum OutputFile {
  /// Refuses to write over what is read, over what is there unless it is to be replaced, over what is no
  /// file, and into a folder that cannot be written to.
  static func check(
    _ path: String, isNot inputs: [String], replacing: Bool
  ) throws(CommandFailure) {
    try expectOther(path, than: inputs)
    if !replacing { try expectNothing(at: [path]) }
    var isFolder = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if path.isEmpty || isFolder {
      throw CommandFailure(
        Exit.trouble, "\(path): is no file that can be written", next: "name a file in a folder")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if !FileManager.default.isWritableFile(atPath: folder) {
      throw CommandFailure(
        Exit.trouble, "\(path): \(folder) is no folder that can be written to",
        next: "name a file in another folder")
    }
    if exists {
      do {
        _ = try SmallFile.read(path, limit: 1 << 28)
      } catch {
        throw CommandFailure(error)
      }
    }
  }

  /// Refuses to write over what is read.
  static func expectOther(_ path: String, than inputs: [String]) throws(CommandFailure) {
    var isInput = false
    do {
      guard let written = try FileIdentity(path) else { return }
      for input in inputs + ReadFiles.paths where try FileIdentity(input) == written {
        isInput = true
      }
    } catch {
      throw CommandFailure(error)
    }
    if isInput {
      throw CommandFailure(
        Exit.usage, "\(path): is what is read; it would be lost", next: "write to another name")
    }
  }

  /// Refuses to write over anything.
  static func expectNothing(at paths: [String]) throws(CommandFailure) {
    for path in paths {
      var exists = false
      do {
        exists = try FileIdentity(path) != nil
      } catch {
        throw CommandFailure(error)
      }
      if exists { throw CommandFailure(WriteError.exists(path: path)) }
    }
  }
}
