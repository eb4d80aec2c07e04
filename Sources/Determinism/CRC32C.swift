import CKernels

/// Computes the 32-bit cyclic redundancy check with Castagnoli's polynomial.
///
/// `CRC32CReference` defines the bits.
/// - Source: RFC 3720, section 12.1, <https://www.rfc-editor.org/rfc/rfc3720>.
public enum CRC32C {
  /// Returns the checksum of earlier bytes, whose checksum is `continuing`, and these.
  /// - Complexity: O(n).
  public static func checksum(_ bytes: Span<UInt8>, continuing: UInt32 = 0) -> UInt32 {
    // Safe: the kernel reads `count` bytes from the base address, and none if there is no base.
    unsafe bytes.withUnsafeBufferPointer {
      unsafe tapedeck_crc32c(continuing, $0.baseAddress, $0.count)
    }
  }

  /// Returns the checksum of earlier bytes, whose checksum is `continuing`, and these.
  /// - Complexity: O(n).
  public static func checksum(_ bytes: [UInt8], continuing: UInt32 = 0) -> UInt32 {
    checksum(bytes.span, continuing: continuing)
  }

  /// Returns the checksum of earlier bytes, whose checksum is `continuing`, and these.
  /// - Precondition: the memory is bound to any type, initialised, and alive during the call.
  /// - Complexity: O(n).
  @unsafe
  public static func checksum(_ bytes: UnsafeRawBufferPointer, continuing: UInt32 = 0) -> UInt32 {
    unsafe bytes.withMemoryRebound(to: UInt8.self) {
      unsafe tapedeck_crc32c(continuing, $0.baseAddress, $0.count)
    }
  }
}
