@testable import Journal

extension ForgedTape {
  /// Alters one frame in up to three places; checksums are made from what it says then.
  mutating func mutate(_ generator: inout TestGenerator) {
    // Event frames most of the time; then the genesis, chunks and the seal as well.
    let index =
      generator.chance(3, in: 4)
      ? 1 + generator.below(frames.count - 2) : generator.below(frames.count)
    for _ in 0...generator.below(3) {
      if generator.chance(1, in: 12) {
        Self.mutate(&frames[index].header, &generator)
      } else {
        Self.mutate(&frames[index].raw, &generator)
      }
    }
  }

  /// Alters bytes: single bits, extremes, removals, insertions, copies.
  static func mutate(_ bytes: inout [UInt8], _ generator: inout TestGenerator) {
    guard !bytes.isEmpty else { return }
    let place = generator.below(bytes.count)
    switch generator.below(7) {
    case 0: bytes[place] ^= 1 << UInt8(generator.below(8))
    case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][generator.below(5)]
    case 2: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
    case 3: bytes.remove(at: place)
    case 4: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
    case 5:
      let extreme: UInt8 = generator.chance(1, in: 2) ? 0xFF : 0
      for index in place..<min(place + generator.below(9), bytes.count) { bytes[index] = extreme }
    default:
      let from = generator.below(bytes.count)
      for index in 0..<generator.below(16)
      where place + index < bytes.count && from + index < bytes.count {
        bytes[place + index] = bytes[from + index]
      }
    }
  }

  private static func mutate(_ header: inout FrameHeader, _ generator: inout TestGenerator) {
    let word = [0, -1, 1, .max, .min, 1 << 62, 1 << 32][generator.below(7)] as Int64
    switch generator.below(4) {
    case 0: header.firstSequence = word
    case 1: header.firstTick = word
    case 2: header.count = UInt32(truncatingIfNeeded: generator.chance(1, in: 2) ? word : 16_384)
    default: header.kind = FrameKind.allCases[generator.below(4)]
    }
  }
}
