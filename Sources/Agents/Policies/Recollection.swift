import MarketModel
import Networks

/// What an agent whose policy has a memory remembers by it, from one wake-up to the next.
struct Recollection: Sendable {
  /// The checksum of the policy that it remembers by: by another one nothing is remembered yet.
  private let policy: UInt32
  /// What is remembered, finite.
  private let numbers: [Float]

  /// Remembers one more row of features.
  init(_ before: Recollection?, _ ready: ReadyPolicy, _ policy: TradingPolicy, _ features: [Float])
  {
    self.policy = ready.checksum
    let remembered = Self.numbers(before, policy, checksum: ready.checksum)
    numbers = policy.remember(features, after: remembered)
  }

  /// What is remembered by a policy with a memory.
  ///
  /// - Precondition: it is the one whose bytes have that checksum.
  static func numbers(
    _ recollection: Recollection?, _ policy: TradingPolicy, checksum: UInt32
  ) -> [Float] {
    let width = policy.memory?.width ?? 0
    guard let recollection, recollection.policy == checksum, recollection.numbers.count == width
    else { return [Float](repeating: 0, count: width) }
    return recollection.numbers
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    policy = try reader.readUInt32()
    var numbers: [Float] = []
    for _ in 0..<(try reader.readCount(limit: TradingPolicy.maximumWidth)) {
      numbers.append(try TradingPolicy.number(&reader))
    }
    self.numbers = numbers
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(policy)
    writer.write(count: numbers.count)
    for number in numbers { writer.write(number.bitPattern) }
  }
}

extension Recollection: Equatable {
  /// Equal where the encodings are.
  static func == (left: Recollection, right: Recollection) -> Bool {
    left.policy == right.policy
      && left.numbers.elementsEqual(right.numbers) { $0.bitPattern == $1.bitPattern }
  }
}

/// A policy and the bytes that it was read from.
struct ReadyPolicy: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var policy: TradingPolicy?
  /// The checksum at the end of the bytes.
  var checksum: UInt32 { Self.checksum(of: bytes) }

  mutating func update(_ bytes: [UInt8]) {
    // Quick where both are one array, as they are unless the policy changed.
    if bytes == self.bytes { return }
    self.bytes = bytes
    policy = try? TradingPolicy(bytes: bytes)
  }

  /// The checksum at the end of a policy's bytes.
  static func checksum(of bytes: [UInt8]) -> UInt32 {
    bytes.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
