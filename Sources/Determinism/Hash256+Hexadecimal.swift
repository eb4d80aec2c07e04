extension Hash256 {
  /// Creates a hash from 64 hexadecimal digits of either case; nil for any other text.
  public init?(hexadecimal: String) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    var high: UInt8?
    for character in hexadecimal.utf8 {
      guard let value = Self.value(ofDigit: character), bytes.count < 32 else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    guard high == nil else { return nil }
    self.init(bytes: bytes)
  }

  /// The bytes as 64 lower-case hexadecimal digits.
  public var hexadecimal: String {
    var characters: [UInt8] = []
    characters.reserveCapacity(64)
    for byte in bytes {
      characters.append(Self.digit(ofValue: byte >> 4))
      characters.append(Self.digit(ofValue: byte & 15))
    }
    return String(decoding: characters, as: UTF8.self)
  }

  private static func value(ofDigit character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func digit(ofValue value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
