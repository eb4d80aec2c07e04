import Determinism
import Glibc

/// Writes packs.
public struct PackWriter {
  private struct Entry {
    let part: PackPart
    let source: Source
  }

  /// Where a part's content is.
  public enum Source: Sendable {
    /// A file.
    case file(String)
    /// These bytes.
    case bytes([UInt8])
  }

  private var entries: [Entry] = []

  /// Creates a pack with nothing in it.
  public init() {}

  /// Adds a part: ancestors first, then the tape, then the rest in the order of the roles.
  ///
  /// A name that a pack cannot have, or that is taken, is changed.
  /// - Throws: `PackError.file` where the content cannot be read, or is 8 GiB or more.
  public mutating func add(
    _ role: PackRole, name: String, _ source: Source
  ) throws(PackError) {
    var hash = SHA256()
    var size: UInt64 = 0
    try Self.read(source) { (bytes) throws(PackError) in
      hash.update(bytes)
      size += UInt64(bytes.count)
    }
    guard size <= TarHeader.maximumSize else {
      throw .file(FileFailure("is too large for a pack", name, code: 0))
    }
    let part = PackPart(role: role, name: free(name), size: size, hash: hash.finalize())
    entries.append(Entry(part: part, source: source))
  }

  /// The name, or one like it that is plain and not taken.
  private func free(_ name: String) -> String {
    let isFine: (String) -> Bool = { name in
      TarHeader.isPlain(name) && name != PackManifest.name
        && !entries.contains { $0.part.name == name }
    }
    if isFine(name) { return name }
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    let ending = TarHeader.isPlain("x" + name[dot...]) ? String(name[dot...].prefix(10)) : ""
    var number = entries.count + 1
    while !isFine("part-\(number)\(ending)") { number += 1 }
    return "part-\(number)\(ending)"
  }

  /// Writes the pack under a temporary name, syncs and renames it; returns what is in it.
  ///
  /// - Throws: `PackError.altered` where a file changed meanwhile, `file` otherwise.
  public func write(to path: String, replacing: Bool) throws(PackError) -> PackManifest {
    let manifest = PackManifest(entries.map { $0.part })
    try Self.write(to: path, replacing: replacing) { (file) throws(PackError) in
      var offset: UInt64 = 0
      func append(_ bytes: [UInt8]) throws(PackError) {
        do {
          try file.write(bytes[...], at: offset)
        } catch {
          throw .file(error)
        }
        offset += UInt64(bytes.count)
      }
      func append(_ header: TarHeader, _ source: Source, _ hash: Hash256) throws(PackError) {
        try append(header.bytes)
        var copied = SHA256()
        try Self.read(source) { (bytes) throws(PackError) in
          copied.update(bytes)
          try append(bytes)
        }
        if copied.finalize() != hash { throw .altered(name: header.name) }
        try append([UInt8](repeating: 0, count: TarHeader.padding(header.size)))
      }
      let list = manifest.bytes
      try append(
        TarHeader(name: PackManifest.name, size: UInt64(list.count)), .bytes(list),
        SHA256.hash(list))
      for entry in entries {
        try append(
          TarHeader(name: entry.part.name, size: entry.part.size), entry.source, entry.part.hash)
      }
      try append([UInt8](repeating: 0, count: 1024))
    }
    return manifest
  }

  private static func read(
    _ source: Source, _ take: ([UInt8]) throws(PackError) -> Void
  ) throws(PackError) {
    guard case .file(let path) = source else {
      if case .bytes(let bytes) = source { try take(bytes) }
      return
    }
    var offset: UInt64 = 0
    let file = try calling { () throws(FileFailure) in
      let file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
      try file.expectRegular()
      return file
    }
    while true {
      let bytes = try calling { () throws(FileFailure) in
        try file.read(at: offset, count: 1 << 20)
      }
      if bytes.isEmpty { return }
      try take(bytes)
      offset += UInt64(bytes.count)
    }
  }

  private static func calling<Result>(
    _ body: () throws(FileFailure) -> Result
  ) throws(PackError) -> Result {
    do {
      return try body()
    } catch {
      throw .file(error)
    }
  }

  /// Fills a file under a temporary name, syncs it and gives it its own.
  static func write(
    to path: String, replacing: Bool, _ body: (FileDescriptor) throws(PackError) -> Void
  ) throws(PackError) {
    let temporary = "\(path).\(getpid()).partial"
    let file = try calling { () throws(FileFailure) in
      if let old = try FileIdentity(path) {
        if !replacing { throw FileFailure("exists already", path, code: EEXIST) }
        if !old.isRegular { throw FileFailure.notReplaced(path) }
      }
      return try FileDescriptor.open(temporary, O_RDWR | O_CREAT | O_TRUNC)
    }
    do throws(PackError) {
      try body(file)
      try calling { () throws(FileFailure) in
        try file.sync()
        try FileDescriptor.rename(temporary, to: path)
      }
    } catch {
      _ = try? FileDescriptor.remove(temporary)
      throw error
    }
  }
}
