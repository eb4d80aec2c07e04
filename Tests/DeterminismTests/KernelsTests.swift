import Determinism
import Testing

/// Runs every kernel at every level of the dispatch.
///
/// One suite, in series: the level is one number for the process. What other suites compute
/// meanwhile does not depend on it.
@Suite(.serialized) struct KernelsTests {
  /// Bytes without a pattern of period 256.
  static let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3 ^ $0) }

  private func atEveryLevel(_ body: (Kernels.Level) throws -> Void) rethrows {
    for level in Kernels.Level.allCases {
      Kernels.select(level)
      try body(level)
    }
    Kernels.select(.automatic)
  }

  @Test func `the level in use is never above the one asked for, and never automatic`() {
    Kernels.select(.automatic)
    let best = Kernels.active
    atEveryLevel { level in
      let active = Kernels.active
      #expect(active != .automatic)
      #expect(active.rawValue <= best.rawValue)
      if level != .automatic { #expect(active.rawValue <= level.rawValue) }
      if level == .scalar { #expect(active == .scalar) }
    }
    #expect(Kernels.active == best)
  }

  @Test func `SHA-256 equals its twin at every level and every length from 0 to 300`() {
    let expected = (0...300).map { SHA256Reference.hash(Array(Self.bytes[..<$0])) }
    atEveryLevel { level in
      for length in 0...300 {
        #expect(SHA256.hash(Array(Self.bytes[..<length])) == expected[length], "\(level) \(length)")
      }
    }
  }

  @Test func `SHA-256 of one million a is the standard's at every level`() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    atEveryLevel { level in
      let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      #expect(SHA256.hash(bytes).hexadecimal == expected, "\(level)")
    }
  }

  @Test func `CRC-32C equals its twin at every level, length from 0 to 300 and alignment`() {
    atEveryLevel { level in
      for length in 0...300 {
        let start = length % 8
        let part = Self.bytes.span.extracting(start..<start + length)
        let expected = CRC32CReference.checksum(part, continuing: 0x1234_5678)
        #expect(CRC32C.checksum(part, continuing: 0x1234_5678) == expected, "\(level) \(length)")
      }
    }
  }
}
