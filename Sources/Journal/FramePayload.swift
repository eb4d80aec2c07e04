import Determinism
import MarketModel

/// The content of a frame, checked against its header.
public enum FramePayload {
  /// Checks the stored payload and its padding; decompresses it where asked.
  ///
  /// The checksum is compared before anything is decompressed.
  /// - Throws: `FrameFault`.
  public static func check(
    _ header: FrameHeader, _ content: [UInt8], decompressing: Bool
  ) throws(FrameFault) -> [UInt8]? {
    let length = Int(header.storedLength)
    guard content.count >= length + header.paddingLength else {
      throw .truncated(missing: UInt64(length + header.paddingLength - content.count))
    }
    let stored = Array(content[0..<length])
    let checksum = CRC32C.checksum(stored)
    guard checksum == header.payloadChecksum else {
      throw .payloadChecksum(expected: header.payloadChecksum, found: checksum)
    }
    for byte in content[length..<length + header.paddingLength] where byte != 0 {
      throw .padding
    }
    if !decompressing && header.kind != .seal { return nil }
    if header.codec == .store { return stored }
    guard let raw = BlockCompression.decompress(stored, count: Int(header.rawLength)) else {
      throw .decompression
    }
    return raw
  }
}
