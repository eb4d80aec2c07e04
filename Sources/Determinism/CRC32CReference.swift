/// Defines the bits of `CRC32C`, one bit at a time.
/// - Source: RFC 3720, section 12.1, <https://www.rfc-editor.org/rfc/rfc3720>.
public enum CRC32CReference {
  /// The polynomial 0x1edc6f41 with its bits reversed.
  private static let polynomial: UInt32 = 0x82f6_3b78

  /// Returns the checksum of earlier bytes, whose checksum is `continuing`, and these.
  /// - Complexity: O(n), eight steps a byte.
  public static func checksum(_ bytes: Span<UInt8>, continuing: UInt32 = 0) -> UInt32 {
    var remainder = ~continuing
    for index in bytes.indices {
      remainder ^= UInt32(bytes[index])
      for _ in 0..<8 {
        let dropped = remainder & 1
        remainder >>= 1
        if dropped == 1 { remainder ^= polynomial }
      }
    }
    return ~remainder
  }
}
