public import Learners
public import MarketModel

/// What one update came to.
public struct MarketUpdate: Equatable, Sendable {
  /// Its number, from 1.
  public let number: Int
  /// What it came to.
  public let metrics: ProximalPolicyOptimization.Metrics
  /// The mean gain of its episodes, in minor units.
  public let gain: Double
  /// The hash of all parameters after it.
  public let hash: UInt64

  init(
    number: Int, metrics: ProximalPolicyOptimization.Metrics, gain: Double, hash: UInt64
  ) {
    self.number = number
    self.metrics = metrics
    self.gain = gain
    self.hash = hash
  }

  /// What it came to, as an event has it: the mean gain of its episodes as a number of 64 bits; the kept
  /// numbers of the metrics, 32 bits each; then a hash for each gradient step.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(gain)
    for number in metrics.kept { writer.write(number.bitPattern) }
    writer.write(count: metrics.hashes.count)
    for hash in metrics.hashes { writer.write(hash) }
    return writer.bytes
  }

  /// Reads what an event says of an update.
  ///
  /// - Throws: `ByteError`.
  public init(_ body: LearnerUpdated) throws(ByteError) {
    var reader = ByteReader(body.payload)
    gain = try reader.readDouble()
    var kept: [Float] = []
    for _ in 0..<ProximalPolicyOptimization.Metrics.keptCount {
      kept.append(Float(bitPattern: try reader.readUInt32()))
    }
    var hashes: [UInt64] = []
    for _ in 0..<(try reader.readCount(limit: reader.remaining / 8)) {
      hashes.append(try reader.readUInt64())
    }
    metrics = ProximalPolicyOptimization.Metrics(kept: kept, hashes: hashes)
    number = Int(body.update)
    hash = UInt64(bitPattern: body.hash)
  }
}
