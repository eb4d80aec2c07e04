import Determinism
import Glibc
import Journal

/// Why a pack cannot be used.
public enum PackError: Error, Equatable, Sendable {
  /// A system call failed.
  case file(FileFailure)
  /// It does not begin as a pack does.
  case noPack
  /// It ends too early.
  case truncated(offset: UInt64)
  /// What stands there is not what a pack has there.
  case damaged(offset: UInt64, what: String)
  /// The content of a part is not that of which the manifest has the hash.
  case altered(name: String)
}

/// A pack on disk: a tape, its ancestors and what belongs to them, as one file that can be checked
/// without anything else.
///
/// It is an archive of the format ustar, so that `tar` unpacks it, in one canonical form: the
/// manifest, then its parts in order, then two empty blocks. Every byte of it is checked.
public struct PackFile {
  /// What is in it.
  public let manifest: PackManifest
  private let file: FileDescriptor
  /// Where the content of each part begins.
  private let offsets: [UInt64]

  /// Whether a file begins as a pack does.
  public static func isPack(_ path: String) -> Bool {
    guard let file = try? FileDescriptor.open(path, O_RDONLY | O_NONBLOCK),
      let bytes = try? file.read(at: 0, count: TarHeader.size)
    else { return false }
    return TarHeader(bytes)?.name == PackManifest.name
  }

  /// Opens a pack and checks it whole.
  ///
  /// - Throws: `PackError`.
  /// - Complexity: O(bytes); 1 MiB is in memory at a time.
  public init(path: String) throws(PackError) {
    do {
      file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
      try file.expectRegular()
    } catch {
      throw .file(error)
    }
    let first = try Self.read(file, 0, TarHeader.size)
    guard let header = TarHeader(first), header.name == PackManifest.name else { throw .noPack }
    guard header.size <= PackManifest.maximumSize else {
      throw .damaged(offset: 124, what: "the manifest is too long")
    }
    let content = try Self.read(file, UInt64(TarHeader.size), Int(header.size))
    guard let manifest = PackManifest(content) else {
      throw .damaged(offset: UInt64(TarHeader.size), what: "the manifest is not as it was written")
    }
    self.manifest = manifest
    var offset = try Self.skipPadding(file, UInt64(TarHeader.size) + header.size, header.size)
    var offsets: [UInt64] = []
    for part in manifest.parts {
      let found = TarHeader(try Self.read(file, offset, TarHeader.size))
      guard found == TarHeader(name: part.name, size: part.size) else {
        throw .damaged(offset: offset, what: "not the header of \(part.name)")
      }
      offset += UInt64(TarHeader.size)
      offsets.append(offset)
      try Self.check(file, offset, part) { (_) throws(PackError) in }
      offset = try Self.skipPadding(file, offset + part.size, part.size)
    }
    self.offsets = offsets
    guard try Self.read(file, offset, 1024).allSatisfy({ $0 == 0 }) else {
      throw .damaged(offset: offset, what: "no end of archive")
    }
    let size: UInt64
    do {
      size = try file.size()
    } catch {
      throw .file(error)
    }
    if size != offset + 1024 { throw .damaged(offset: offset + 1024, what: "bytes after the end") }
  }

  /// Writes all parts into a folder, which must exist, and returns their paths in order.
  ///
  /// No file is replaced unless `replacing`.
  /// - Throws: `PackError.altered` where the pack changed since it was checked, `file` otherwise.
  public func unpack(into folder: String, replacing: Bool) throws(PackError) -> [String] {
    let paths = manifest.parts.map { "\(folder)/\($0.name)" }
    do throws(FileFailure) {
      for path in paths where !replacing {
        guard try FileIdentity(path) == nil else { throw FileFailure("open", path, code: EEXIST) }
      }
    } catch {
      throw .file(error)
    }
    for (index, part) in manifest.parts.enumerated() {
      try PackWriter.write(to: paths[index], replacing: replacing) { (output) throws(PackError) in
        var done: UInt64 = 0
        try Self.check(file, offsets[index], part) { (bytes) throws(PackError) in
          do throws(FileFailure) {
            try output.write(bytes[...], at: done)
          } catch {
            throw .file(error)
          }
          done += UInt64(bytes.count)
        }
      }
    }
    return paths
  }

  // MARK: Reading

  private static func read(
    _ file: FileDescriptor, _ offset: UInt64, _ count: Int
  ) throws(PackError) -> [UInt8] {
    let bytes: [UInt8]
    do {
      bytes = try file.read(at: offset, count: count)
    } catch {
      throw .file(error)
    }
    if bytes.count < count { throw .truncated(offset: offset + UInt64(bytes.count)) }
    return bytes
  }

  private static func skipPadding(
    _ file: FileDescriptor, _ offset: UInt64, _ size: UInt64
  ) throws(PackError) -> UInt64 {
    let count = TarHeader.padding(size)
    guard try read(file, offset, count).allSatisfy({ $0 == 0 }) else {
      throw .damaged(offset: offset, what: "the padding is not zero")
    }
    return offset + UInt64(count)
  }

  /// Reads a part and compares its hash.
  private static func check(
    _ file: FileDescriptor, _ offset: UInt64, _ part: PackPart,
    _ take: ([UInt8]) throws(PackError) -> Void
  ) throws(PackError) {
    var hash = SHA256()
    var done: UInt64 = 0
    while done < part.size {
      let bytes = try read(file, offset + done, Int(min(part.size - done, 1 << 20)))
      hash.update(bytes)
      try take(bytes)
      done += UInt64(bytes.count)
    }
    if hash.finalize() != part.hash { throw .altered(name: part.name) }
  }
}
