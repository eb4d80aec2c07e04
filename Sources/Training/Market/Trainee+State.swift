import Learners
import MarketModel

/// The state of what one agent learns, to be kept and gone on with.
extension Trainee {
  /// The whole state, given the plan of the training.
  public var stateBytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Int64(updateCount))
    let state = learner.state
    writer.write(count: state.counts.count)
    for count in state.counts { writer.write(count) }
    writer.write(count: state.numbers.count)
    for numbers in state.numbers {
      writer.write(count: numbers.count)
      for number in numbers { writer.write(number.bitPattern) }
    }
    for moments in [moments, returnMoments] {
      writer.write(moments.count)
      for number in moments.means { writer.write(number) }
      for number in moments.squares { writer.write(number) }
    }
    return writer.bytes
  }

  /// Goes on from a state that was kept of this training.
  ///
  /// - Throws: `ByteError` where the bytes hold something else; nothing changed then.
  mutating func resume(_ bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    let updates = try reader.readInt64()
    guard (0...1 << 31).contains(updates) else {
      throw ByteError(offset: 0, expected: "an update of this training")
    }
    var state = LearnerState()
    for _ in 0..<(try reader.readCount(limit: reader.remaining / 8)) {
      state.counts.append(try reader.readInt64())
    }
    for _ in 0..<(try reader.readCount(limit: reader.remaining / 4)) {
      state.numbers.append(try Self.numbers(&reader))
    }
    let place = reader.offset
    let (seen, returns) = (
      try Self.moments(&reader, columns: moments.means.count), try Self.moments(&reader, columns: 1)
    )
    try reader.expectEnd()
    guard learner.resume(state) else {
      throw ByteError(offset: place, expected: "the state of a learner of this training")
    }
    updateCount = Int(updates)
    (moments, returnMoments) = (seen, returns)
  }

  private static func numbers(_ reader: inout ByteReader) throws(ByteError) -> [Float] {
    let count = try reader.readCount(limit: reader.remaining / 4)
    var numbers: [Float] = []
    numbers.reserveCapacity(count)
    for _ in 0..<count { numbers.append(Float(bitPattern: try reader.readUInt32())) }
    return numbers
  }

  private static func moments(
    _ reader: inout ByteReader, columns: Int
  ) throws(ByteError) -> RunningMoments {
    let count = try reader.readInt64()
    var means: [Double] = []
    var squares: [Double] = []
    for _ in 0..<columns { means.append(try reader.readDouble()) }
    for _ in 0..<columns { squares.append(try reader.readDouble()) }
    guard (0...1 << 53).contains(count), means.allSatisfy({ $0.isFinite }),
      squares.allSatisfy({ $0.isFinite && $0 >= 0 })
    else {
      throw ByteError(offset: reader.offset, expected: "means and squares of up to 2^53 rows")
    }
    return RunningMoments(count: count, means: means, squares: squares)
  }
}
