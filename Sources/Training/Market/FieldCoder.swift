import Agents
import MarketModel

/// Writes fields, or reads them: so that both follow from one list of them.
protocol FieldCoder {
  /// What reading fails with; nothing for writing.
  associatedtype Failure: Error

  mutating func code(_ value: inout UInt64) throws(Failure)
  mutating func code(_ value: inout String) throws(Failure)
  mutating func code(_ value: inout Parameters) throws(Failure)
  mutating func code(_ value: inout Bool) throws(Failure)
  /// A finite number.
  mutating func code(_ value: inout Double) throws(Failure)
  /// A finite number.
  mutating func code(_ value: inout Float) throws(Failure)
  /// A number within a range.
  mutating func code(_ value: inout Int, in range: ClosedRange<Int64>) throws(Failure)
  /// The sizes of up to 8 layers.
  mutating func code(layers: inout [Int]) throws(Failure)
  /// Up to so many bytes.
  mutating func code(bytes: inout [UInt8], limit: Int) throws(Failure)
}

extension FieldCoder {
  /// How often something comes: once or more.
  mutating func code(count value: inout Int) throws(Failure) {
    try code(&value, in: 1...1 << 31)
  }
}

/// Appends fields.
struct FieldWriter: FieldCoder {
  var writer = ByteWriter()

  mutating func code(_ value: inout UInt64) { writer.write(value) }
  mutating func code(_ value: inout String) { writer.write(value) }
  mutating func code(_ value: inout Parameters) { value.encode(into: &writer) }
  mutating func code(_ value: inout Bool) { writer.write(value) }
  mutating func code(_ value: inout Double) { writer.write(value) }
  mutating func code(_ value: inout Float) { writer.write(value.bitPattern) }
  mutating func code(_ value: inout Int, in range: ClosedRange<Int64>) {
    writer.write(Int64(value))
  }

  mutating func code(bytes: inout [UInt8], limit: Int) { writer.write(sized: bytes) }

  mutating func code(layers: inout [Int]) {
    writer.write(count: layers.count)
    for width in layers { writer.write(UInt32(width)) }
  }
}

/// Reads fields.
struct FieldReader: FieldCoder {
  var reader: ByteReader

  mutating func code(_ value: inout UInt64) throws(ByteError) { value = try reader.readUInt64() }
  mutating func code(_ value: inout String) throws(ByteError) { value = try reader.readText() }
  mutating func code(_ value: inout Bool) throws(ByteError) { value = try reader.readBool() }
  mutating func code(_ value: inout Parameters) throws(ByteError) {
    value = try Parameters(from: &reader)
  }

  mutating func code(_ value: inout Double) throws(ByteError) {
    let place = reader.offset
    value = try reader.readDouble()
    if !value.isFinite { throw ByteError(offset: place, expected: "a finite number") }
  }

  mutating func code(_ value: inout Float) throws(ByteError) {
    let place = reader.offset
    value = Float(bitPattern: try reader.readUInt32())
    if !value.isFinite { throw ByteError(offset: place, expected: "a finite number") }
  }

  mutating func code(_ value: inout Int, in range: ClosedRange<Int64>) throws(ByteError) {
    let place = reader.offset
    let number = try reader.readInt64()
    guard range.contains(number) else {
      throw ByteError(
        offset: place, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    value = Int(number)
  }

  mutating func code(bytes: inout [UInt8], limit: Int) throws(ByteError) {
    bytes = try reader.readSized(limit: limit)
  }

  mutating func code(layers: inout [Int]) throws(ByteError) {
    layers = []
    for _ in 0..<(try reader.readCount(limit: 8)) {
      let place = reader.offset
      let width = Int(try reader.readUInt32())
      guard (1...1 << 12).contains(width) else {
        throw ByteError(offset: place, expected: "a layer of 1 to 4,096 numbers")
      }
      layers.append(width)
    }
  }
}
