import FoundationEssentials
import JournalFiles
package import Scenarios

extension PolicyReader {
  /// Reads policy files whose paths begin in the folder of the file that names them; without one,
  /// where the command was given.
  package static func beside(_ path: String? = nil) -> PolicyReader {
    let folder = path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    return PolicyReader { path in
      let isWhole = path.hasPrefix("/") || folder == nil
      return try? SmallFile.read(isWhole ? path : "\(folder ?? ".")/\(path)")
    }
  }
}
