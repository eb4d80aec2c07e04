public import Determinism

/// What a part of a pack is.
public enum PackRole: String, Sendable, CaseIterable {
  /// A tape that a later one was cut from; the root first.
  case ancestor
  /// The tape.
  case tape
  /// The scenario as text.
  case scenario
  /// An effect card.
  case card
}

/// A part of a pack: a file by name, size and hash.
public struct PackPart: Equatable, Sendable {
  /// What it is.
  public let role: PackRole
  /// Its name in the pack.
  public let name: String
  /// Its bytes.
  public let size: UInt64
  /// The SHA-256 of its content.
  public let hash: Hash256
}

/// The first file of a pack: what is in it.
///
///     tapedeck pack 1
///     ROLE SIZE SHA256 NAME
///     ...
///     end SHA256 of all lines before
public struct PackManifest: Equatable, Sendable {
  /// Its name in the pack.
  public static let name = "MANIFEST"
  static let maximumSize: UInt64 = 1 << 16
  private static let title = "tapedeck pack 1\n"

  /// The parts, in the order in which they stand in the pack.
  public let parts: [PackPart]

  init(_ parts: [PackPart]) { self.parts = parts }

  var bytes: [UInt8] {
    var text = Self.title
    for part in parts {
      text += "\(part.role.rawValue) \(part.size) \(part.hash.hexadecimal) \(part.name)\n"
    }
    text += "end \(SHA256.hash(Array(text.utf8)).hexadecimal)\n"
    return Array(text.utf8)
  }

  /// Reads a manifest; nil unless it is byte for byte what `bytes` gives, with one tape, names used
  /// once and ancestors before the tape.
  init?(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self), text.hasPrefix(Self.title) else {
      return nil
    }
    var parts: [PackPart] = []
    for line in text.dropFirst(Self.title.count).split(separator: "\n") {
      let words = line.split(separator: " ").map { String($0) }
      if words.first == "end" { break }
      guard words.count == 4, let role = PackRole(rawValue: words[0]), let size = UInt64(words[1]),
        size <= TarHeader.maximumSize, let hash = Hash256(hexadecimal: words[2]),
        TarHeader.isPlain(words[3]), words[3] != Self.name,
        !parts.contains(where: { $0.name == words[3] })
      else { return nil }
      parts.append(PackPart(role: role, name: words[3], size: size, hash: hash))
    }
    self.init(parts)
    let order = PackRole.allCases
    let places = parts.compactMap { order.firstIndex(of: $0.role) }
    guard self.bytes == bytes, places == places.sorted(),
      parts.count(where: { $0.role == .tape }) == 1
    else { return nil }
  }
}
