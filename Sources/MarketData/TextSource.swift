internal import CZlib
import Glibc

/// Reads a text file line by line, unpacking gzip as it goes.
///
/// Whether a file is packed is told by its first bytes, except that a file named `.gz` must be.
/// Lines end in LF or CR LF; the last one may lack its end. Memory is one buffer and one line.
@safe public struct TextSource: ~Copyable {
  /// The longest line that is read unless another limit is given, in bytes.
  public static let usualLineLimit = 64 << 10

  /// The path of the file, as it was given.
  public let file: String
  /// How many lines were read: the number, from 1, of the line last returned.
  public private(set) var lineCount = 0
  private let lineLimit: Int
  // Safe: opened in `init`, closed only in `deinit`, never handed out.
  private let handle: gzFile
  private var buffer: [UInt8]
  private var position = 0
  private var end = 0

  /// Opens a file.
  ///
  /// - Throws: `ImportError.unreadable` where it cannot be opened, `truncatedArchive` where it is
  ///   named `.gz` and holds no whole gzip header.
  public init(_ file: String, lineLimit: Int = usualLineLimit) throws(ImportError) {
    // Safe: zlib copies the path; the handle is checked.
    guard let handle = unsafe gzopen(file, "rb") else {
      throw .unreadable(file: file, code: errno)
    }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count: Int
    do throws(ImportError) {
      count = try unsafe Self.fill(&buffer, from: handle, file, afterLine: 0)
      // Safe: the handle is open.
      let isPlain = unsafe gzdirect(handle) == 1
      guard !isPlain || !file.hasSuffix(".gz") else {
        throw ImportError.truncatedArchive(file: file, afterLine: 0)
      }
    } catch {
      // Safe: the handle is open, and nothing keeps it.
      _ = unsafe gzclose(handle)
      throw error
    }
    // Nothing throws from here on: a half-made value could not be destroyed.
    self.file = file
    self.lineLimit = lineLimit
    unsafe self.handle = unsafe handle
    self.buffer = buffer
    end = count
  }

  deinit {
    // Safe: the handle is open, and nobody uses it after this. Nothing was written, so the
    // result of closing says nothing.
    _ = unsafe gzclose(handle)
  }

  /// Reads the next line, without its end, into an array that is reused; returns false at the end.
  ///
  /// - Throws: `ImportError.unreadable`, `truncatedArchive`, `corruptArchive`, `byteOrderMark` or
  ///   `lineTooLong`.
  /// - Complexity: O(length of the line).
  public mutating func readLine(into line: inout [UInt8]) throws(ImportError) -> Bool {
    line.removeAll(keepingCapacity: true)
    var isEnded = false
    while !isEnded {
      if position == end {
        end = 0
        position = 0
        // Safe: the handle is open.
        end = try unsafe Self.fill(&buffer, from: handle, file, afterLine: lineCount)
        if end == 0 { break }
      }
      let stop = buffer[position..<end].firstIndex(of: UInt8(ascii: "\n"))
      line.append(contentsOf: buffer[position..<(stop ?? end)])
      position = stop.map { $0 + 1 } ?? end
      isEnded = stop != nil
      guard line.count <= lineLimit else {
        throw .lineTooLong(ImportPlace(file: file, line: lineCount + 1), limit: lineLimit)
      }
    }
    guard isEnded || !line.isEmpty else { return false }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    if lineCount == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { throw .byteOrderMark(file: file) }
    lineCount += 1
    return true
  }

  /// Fills the buffer and returns how many bytes there are; 0 at the end of the file.
  private static func fill(
    _ buffer: inout [UInt8], from handle: gzFile, _ file: String, afterLine line: Int
  ) throws(ImportError) -> Int {
    let size = UInt32(buffer.count)
    // Safe: zlib writes at most `size` bytes, the length of the buffer, while it is borrowed.
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe gzread(handle, bytes.baseAddress, size)
    }
    if count > 0 { return Int(count) }
    let reason = errno
    var code: Int32 = Z_OK
    // Safe: the handle is open; the text that is returned is not used.
    _ = unsafe gzerror(handle, &code)
    switch code {
    case Z_OK, Z_STREAM_END: return 0
    case Z_BUF_ERROR: throw .truncatedArchive(file: file, afterLine: line)
    case Z_DATA_ERROR: throw .corruptArchive(file: file, afterLine: line)
    default: throw .unreadable(file: file, code: reason)
    }
  }
}
