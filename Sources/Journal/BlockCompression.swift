import CLZ4

/// LZ4 blocks by the system's liblz4.
///
/// Its bytes are no identity: they differ between versions.
enum BlockCompression {
  /// Compresses a block; nil where that does not make it smaller.
  static func compress(_ raw: [UInt8]) -> [UInt8]? {
    if raw.count < 16 { return nil }
    let capacity = raw.count - 1
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
      let written = unsafe raw.withUnsafeBytes { source in
        // Safe: lengths are those of the buffers; liblz4 writes at most `capacity` bytes.
        unsafe LZ4_compress_default(
          source.baseAddress?.assumingMemoryBound(to: CChar.self),
          UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self),
          Int32(raw.count), Int32(capacity))
      }
      count = Int(max(written, 0))
    }
    return packed.isEmpty ? nil : packed
  }

  /// Decompresses a block that must have exactly `count` bytes; nil where it has not.
  static func decompress(_ stored: [UInt8], count: Int) -> [UInt8]? {
    var isExact = false
    let raw = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      let written = unsafe stored.withUnsafeBytes { source in
        // Safe: LZ4_decompress_safe never reads or writes beyond the lengths given.
        unsafe LZ4_decompress_safe(
          source.baseAddress?.assumingMemoryBound(to: CChar.self),
          UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self),
          Int32(stored.count), Int32(count))
      }
      isExact = Int(written) == count
      initialized = isExact ? count : 0
    }
    return isExact ? raw : nil
  }
}
