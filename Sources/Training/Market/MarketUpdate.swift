public import MarketModel

/// What one update came to.
public struct MarketUpdate: Equatable, Sendable {
  /// Its number, from 1.
  public let number: Int
  /// The algorithm.
  public let algorithm: LearningAlgorithm
  /// What it came to: a number for each of the algorithm's measures.
  public let values: [Float]
  /// The hash of all parameters after each gradient step.
  public let hashes: [UInt64]
  /// The mean gain of its episodes, in minor units.
  public let gain: Double
  /// The hash of all parameters after it.
  public let hash: UInt64

  init(number: Int, _ lesson: Lesson, gain: Double, hash: UInt64) {
    self.number = number
    algorithm = lesson.algorithm
    values = lesson.values
    hashes = lesson.hashes
    self.gain = gain
    self.hash = hash
  }

  /// The same for another agent, which gained something else.
  init(_ other: MarketUpdate, gain: Double) {
    (number, algorithm, values) = (other.number, other.algorithm, other.values)
    (hashes, hash) = (other.hashes, other.hash)
    self.gain = gain
  }

  /// What it came to by a measure; nil where the algorithm has none.
  public subscript(measure: LearningMeasure) -> Float? {
    algorithm.measures.firstIndex(of: measure).map { values[$0] }
  }

  /// What it came to, as an event has it: the mean gain of its episodes as a number of 64 bits; the
  /// algorithm, 8 bits, and its measures, 32 bits each; then a hash for each gradient step.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(gain)
    writer.write(algorithm.rawValue)
    for number in values { writer.write(number.bitPattern) }
    writer.write(count: hashes.count)
    for hash in hashes { writer.write(hash) }
    return writer.bytes
  }

  /// Reads what an event says of an update.
  ///
  /// - Throws: `ByteError`.
  public init(_ body: LearnerUpdated) throws(ByteError) {
    var reader = ByteReader(body.payload)
    gain = try reader.readDouble()
    guard let algorithm = LearningAlgorithm(rawValue: try reader.readByte()) else {
      throw ByteError(offset: reader.offset - 1, expected: "an algorithm, 0 to 4")
    }
    self.algorithm = algorithm
    var values: [Float] = []
    for _ in algorithm.measures { values.append(Float(bitPattern: try reader.readUInt32())) }
    self.values = values
    var hashes: [UInt64] = []
    for _ in 0..<(try reader.readCount(limit: reader.remaining / 8)) {
      hashes.append(try reader.readUInt64())
    }
    self.hashes = hashes
    number = Int(body.update)
    hash = UInt64(bitPattern: body.hash)
  }
}

/// What a learner made of some episodes.
struct Lesson {
  /// The algorithm.
  var algorithm: LearningAlgorithm
  /// A number for each of its measures.
  var values: [Float]
  /// The hash of all parameters after each gradient step.
  var hashes: [UInt64] = []
}
