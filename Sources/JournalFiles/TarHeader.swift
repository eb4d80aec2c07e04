/// The header of a file in an archive of the format ustar, in the one form that packs have.
///
/// - Source: [POSIX.1-2017, pax, "ustar Interchange Format"](https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html).
struct TarHeader: Equatable {
  /// Bytes of a header; contents are filled up to a multiple of it.
  static let size = 512
  /// The largest file: eleven octal digits.
  static let maximumSize: UInt64 = (1 << 33) - 1

  /// The file's name: 1 to 100 bytes.
  let name: String
  /// The bytes of its content.
  let size: UInt64

  init(name: String, size: UInt64) {
    self.name = name
    self.size = size
  }

  /// Whether a name may stand in a pack: one that is a plain file in whatever folder it is put.
  static func isPlain(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return (1...100).contains(bytes.count) && bytes.first != UInt8(ascii: ".")
      && bytes.first != UInt8(ascii: "-")
      && bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
  }

  /// Reads a header; nil unless it is byte for byte what `bytes` gives.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.size else { return nil }
    let nameBytes = Array(bytes[..<100].prefix { $0 != 0 })
    guard let name = String(validating: nameBytes, as: UTF8.self), Self.isPlain(name) else {
      return nil
    }
    var size: UInt64 = 0
    for digit in bytes[124..<135] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
      size = size << 3 | UInt64(digit - UInt8(ascii: "0"))
    }
    self.init(name: name, size: size)
    if self.bytes != bytes { return nil }
  }

  /// The 512 bytes: mode 0644, no owner, no time.
  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.size)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { bytes[offset + index] = byte }
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(Self.octal(size, digits: 11), at: 124)
    put("00000000000", at: 136)
    put("        ", at: 148)  // the sum is taken with spaces in its own place
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    put("0000000", at: 329)
    put("0000000", at: 337)
    let sum = bytes.reduce(0) { $0 + UInt64($1) }
    put(Self.octal(sum, digits: 6), at: 148)
    bytes[154] = 0
    bytes[155] = UInt8(ascii: " ")
    return bytes
  }

  private static func octal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// The zeros after a content of that many bytes.
  static func padding(_ size: UInt64) -> Int { Int((512 - size % 512) % 512) }
}
