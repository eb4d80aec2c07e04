import MarketModel
import Testing

@testable import Journal

struct ColumnTests {
  private func encode(_ values: [Int64], mayBin: Bool = false) -> [UInt8] {
    var writer = ByteWriter()
    var columns = ColumnWriter()
    columns.write(values.span, mayBin: mayBin, into: &writer)
    return writer.bytes
  }

  /// Reads as `verify` does: what is not in the form that a writer gives it is refused.
  private func decode(_ bytes: [UInt8], _ count: Int, mayBin: Bool = false) throws -> [Int64] {
    var reader = ByteReader(bytes)
    var values: [Int64] = []
    try Column.read(count, mayBin: mayBin, from: &reader, into: &values)
    try reader.expectEnd()
    if encode(values, mayBin: mayBin) != bytes {
      throw ByteError(offset: 0, expected: "the shortest form")
    }
    return values
  }

  /// Each of the encodings without bins, whether it is the one to take or not.
  private func variants(_ values: [Int64]) -> [[UInt8]] {
    let deltas = (1..<values.count).map { values[$0] &- values[$0 - 1] }
    var packed = ByteWriter()
    packed.write(UInt8(1))
    write(blocks: values, into: &packed)
    var delta = ByteWriter()
    delta.write(UInt8(2))
    delta.write(zigzag: values[0])
    write(blocks: deltas, into: &delta)
    var all = [packed.bytes, delta.bytes]
    if let common = common(values) { all.append([3] + common) }
    if let common = common(deltas) {
      var writer = ByteWriter()
      writer.write(UInt8(4))
      writer.write(zigzag: values[0])
      all.append(writer.bytes + common)
    }
    let (values7, deltas8) = (blocksSize(values), blocksSize(deltas))
    if values7 <= 2 * deltas8 { all.append([7] + rice(values)) }
    if deltas8 <= 2 * values7, !deltas.isEmpty {
      var writer = ByteWriter()
      writer.write(UInt8(8))
      writer.write(zigzag: values[0])
      all.append(writer.bytes + rice(deltas))
    }
    if !deltas.contains(where: { $0 != 0 }) {
      var constant = ByteWriter()
      constant.write(UInt8(0))
      constant.write(zigzag: values[0])
      all = [constant.bytes]
    }
    return all
  }

  /// One value that most have, and the others.
  private func common(_ values: [Int64]) -> [UInt8]? {
    var counts: [Int64: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    guard let most = counts.first(where: { 2 * $0.value > values.count })?.key else { return nil }
    let places = values.indices.filter { values[$0] != most }
    var writer = ByteWriter()
    writer.write(zigzag: most)
    writer.write(varint: UInt64(places.count))
    write(
      blocks: places.indices.map { Int64(places[$0] - ($0 > 0 ? places[$0 - 1] + 1 : 0)) },
      into: &writer)
    write(blocks: places.map { values[$0] }, into: &writer)
    return writer.bytes
  }

  /// Rice codes, written bit by bit.
  private func rice(_ values: [Int64]) -> [UInt8] {
    let smallest = values.min() ?? 0
    let offsets = values.map { UInt64(bitPattern: $0 &- smallest) }
    let mean = offsets.reduce(0) { $0 + min($1, 1 << 48) } / UInt64(offsets.count)
    var width = 0
    while width < 38, mean >> UInt64(width + 1) > 0 { width += 1 }
    var writer = ByteWriter()
    writer.write(zigzag: smallest)
    writer.write(UInt8(width))
    var bits: [UInt8] = []
    for offset in offsets {
      let units = offset >> UInt64(width)
      let isPlain = units >= 24
      bits += [UInt8](repeating: 0, count: isPlain ? 24 : Int(units)) + (isPlain ? [] : [1])
      for bit in 0..<(isPlain ? 64 : width) { bits.append(UInt8(offset >> UInt64(bit) & 1)) }
    }
    write(bits: bits, into: &writer)
    return writer.bytes
  }

  private func write(bits: [UInt8], into writer: inout ByteWriter) {
    for start in stride(from: 0, to: bits.count, by: 8) {
      var byte: UInt8 = 0
      for bit in 0..<8 where start + bit < bits.count { byte |= bits[start + bit] << UInt8(bit) }
      writer.write(byte)
    }
  }

  /// Blocks, written bit by bit.
  private func write(blocks values: [Int64], into writer: inout ByteWriter, wider: Int = 0) {
    for start in stride(from: 0, to: values.count, by: 128) {
      let block = values[start..<min(start + 128, values.count)]
      let smallest = block.min() ?? 0
      let span = UInt64(bitPattern: (block.max() ?? 0) &- smallest)
      let width = min(64 - span.leadingZeroBitCount + wider, 64)
      writer.write(zigzag: smallest)
      writer.write(UInt8(width))
      var bits: [UInt8] = []
      for value in block {
        let offset = UInt64(bitPattern: value &- smallest)
        for bit in 0..<width { bits.append(UInt8(offset >> UInt64(bit) & 1)) }
      }
      write(bits: bits, into: &writer)
    }
  }

  private func shapes(_ seed: UInt64) -> [[Int64]] {
    var generator = TestGenerator(seed: seed)
    let count = [1, 2, 3, 7, 8, 9, 127, 128, 129, 130, 255, 256][generator.below(12)]
    let base = generator.anyWord()
    let width = Int64(generator.below(65))
    var walk: [Int64] = [base]
    var steps: [Int64] = [base]
    while walk.count < count {
      walk.append(walk[walk.count - 1] &+ (generator.anyWord() >> 40))
      steps.append(
        generator.chance(1, in: 9) ? generator.anyWord() : steps[steps.count - 1])
    }
    let rare = (0..<count).map { _ in generator.chance(1, in: 9) ? generator.anyWord() : base }
    return [
      [Int64](repeating: base, count: count), walk, steps, rare,
      (0..<count).map { _ in
        base &+ (width == 0 ? 0 : Int64(bitPattern: generator.next() >> UInt64(64 - width)))
      },
      (0..<count).map { _ in generator.anyWord() },
      (0..<count).map { base &+ Int64($0) &* width },
      // As many as are half as large, again and again, and now and then a very large one.
      (0..<count).map { _ in
        let large = generator.chance(1, in: 60) ? generator.anyWord() : 0
        return base &+ large &+ Int64(generator.below(1 << min(Int(width), 30) + 1))
          * Int64(generator.next().trailingZeroBitCount)
      },
      (0..<count).map { $0 % 2 == 0 ? Int64.min : Int64.max },
    ]
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `values of every shape come back, in the smallest encoding and no other`(
    seed: UInt64
  ) throws {
    for values in shapes(seed) {
      let bytes = encode(values)
      #expect(try decode(bytes, values.count) == values)
      let all = variants(values)
      // The first of the smallest: variants stand in the order of their numbers.
      #expect(bytes == all.min { $0.count < $1.count })
      for other in all where other != bytes {
        #expect(throws: ByteError.self) { try decode(other, values.count) }
      }
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `bins bring values back in no more bytes`(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let tails = (0..<300).map { _ in
      Int64(bitPattern: generator.next() >> UInt64(generator.below(64)))
    }
    let few = (0..<300).map { _ in Int64([0, 7, 100_000][generator.below(3)]) }
    var taken = 0
    for values in shapes(seed) + [tails, few] {
      let bytes = encode(values, mayBin: true)
      #expect(try decode(bytes, values.count, mayBin: true) == values)
      #expect(bytes.count <= encode(values).count)
      if bytes[0] == 5 || bytes[0] == 6 {
        taken += 1
        #expect(throws: ByteError.self) { try decode(bytes, values.count) }
      }
    }
    #expect(taken > 0)
  }

  @Test(arguments: 0..<20 as Range<UInt64>, [false, true])
  func `long columns take the encoding that is best for a sample`(
    seed: UInt64, mayBin: Bool
  ) throws {
    for short in shapes(seed) where short.count >= 256 {
      var generator = TestGenerator(seed: seed)
      let count = 257 + generator.below(3000)
      let values = (0..<count).map { short[$0 % 256] &+ Int64($0 / 256) }
      let bytes = encode(values, mayBin: mayBin)
      #expect(try decode(bytes, count, mayBin: mayBin) == values)
      if mayBin { continue }
      let deltas = (1..<count).map { values[$0] &- values[$0 - 1] }
      let sizes = [
        blocksSize(sample(values)), 1 * 256 / count + blocksSize(sample(deltas)),
      ]
      if bytes[0] <= 2 { #expect(sizes[Int(bytes[0]) - 1] == sizes.min()) }
    }
  }

  private func sample(_ values: [Int64]) -> [Int64] {
    if values.count <= 256 { return values }
    return (0..<4).flatMap { values[($0 * values.count / 4)...].prefix(64) }
  }

  private func blocksSize(_ values: [Int64]) -> Int {
    var writer = ByteWriter()
    write(blocks: values, into: &writer)
    return writer.bytes.count
  }

  @Test func `more bins than a sample shows become one`() throws {
    // Outside of the sample's runs: 300 values, each in a bucket of its own, 40 times.
    var values = [Int64](repeating: 3, count: 60_000)
    for index in values.indices { values[index] = Int64(index % 7) << 20 }
    for place in 0..<12_000 {
      let bucket = place % 300
      values[200 + place] = Int64(17 + bucket % 15) << Int64(bucket / 15)
    }
    let bytes = encode(values, mayBin: true)
    #expect(try decode(bytes, values.count, mayBin: true) == values)
  }

  @Test func `the lengths of codes are Huffman's, and at most 14`() {
    #expect(PrefixCode.lengths(of: [1, 1], total: 2) == [1, 1])
    #expect(PrefixCode.lengths(of: [5, 1, 1], total: 7) == [1, 2, 2])
    #expect(PrefixCode.lengths(of: [1, 1, 2, 4], total: 8) == [3, 3, 2, 1])
    // Fibonacci numbers make the deepest codes.
    var counts = [1, 1]
    while counts.count < 30 { counts.append(counts[counts.count - 1] + counts[counts.count - 2]) }
    let lengths = PrefixCode.lengths(of: counts, total: counts.reduce(0, +))
    #expect(lengths.max().map { $0 <= 14 } == true)
    #expect(PrefixCode.table(lengths) != nil)
    #expect(PrefixCode.table([1, 1, 1]) == nil && PrefixCode.table([1, 2]) == nil)
    #expect(PrefixCode.table([0, 1]) == nil)
  }

  @Test(arguments: 0...64)
  func `blocks have every width`(width: Int) throws {
    let top = width == 0 ? 0 : UInt64.max >> UInt64(64 - width)
    var generator = TestGenerator(seed: UInt64(width))
    var values = (0..<200).map { _ in Int64.min &+ Int64(bitPattern: generator.next() & top) }
    // Many large ones, for which blocks take the fewest bytes.
    for place in stride(from: 3, to: 200, by: 3) {
      values[place] = Int64.min &+ Int64(bitPattern: top)
    }
    values[0] = Int64.min
    values[1] = Int64.min &+ Int64(bitPattern: top)
    values[128] = Int64.min
    values[129] = Int64.min &+ Int64(bitPattern: top)
    let bytes = encode(values)
    #expect(bytes[0] == (width == 0 ? 0 : 1))
    if width > 0 { #expect(Int(bytes[11]) == width) }
    #expect(try decode(bytes, 200) == values)
  }

  @Test func `extremes of the integers come back`() throws {
    for values: [Int64] in [
      [.min], [.max], [.min, .max], [.max, .min], [.min, .min, .max], [0, .min, 0, .max, -1],
    ] {
      #expect(try decode(encode(values), values.count) == values)
    }
  }

  @Test func `a wider block, set padding bits and long varints are refused`() throws {
    var wide = ByteWriter()
    wide.write(UInt8(1))
    write(blocks: [5, 7, 6, 5, 9], into: &wide, wider: 1)
    #expect(throws: ByteError.self) { try decode(wide.bytes, 5) }
    // 5 values of 3 bits leave one bit, which must be zero.
    var bytes = encode([5, 7, 6, 5, 9])
    #expect(bytes[0] == 1)
    bytes[bytes.count - 1] |= 0x80
    #expect(throws: ByteError.self) { try decode(bytes, 5) }
    #expect(try decode([0, 0], 3) == [0, 0, 0])
    #expect(throws: ByteError.self) { try decode([0, 0x80, 0x00], 3) }
    #expect(throws: ByteError.self) { try decode([1, 0x80, 0x00, 1, 1], 2) }
    // The smallest of a block is the smallest.
    #expect(throws: ByteError.self) { try decode([1, 0, 2, 0b0000_1101], 2) }
    let long: [UInt8] = [1, 0, 65] + [UInt8](repeating: 255, count: 20)
    #expect(throws: ByteError.self) { try decode(long, 2) }
    // Blocks end at the largest integer: smallest + difference does not wrap around.
    var beyond = ByteWriter()
    beyond.write(UInt8(1))
    beyond.write(zigzag: Int64.max)
    beyond.write(UInt8(1))
    beyond.write(UInt8(0b10))
    #expect(throws: ByteError.self) { try decode(beyond.bytes, 2) }
    for encoding in UInt8(3)...255 {
      #expect(throws: ByteError.self) { try decode([encoding, 0, 0, 0], 2) }
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>, [false, true])
  func `whatever bytes decode, the same bytes encode`(seed: UInt64, mayBin: Bool) {
    var generator = TestGenerator(seed: seed)
    var decoded = 0
    for _ in 0..<200 {
      let values = shapes(generator.next() % 400)[generator.below(9)]
      var bytes = encode(values, mayBin: mayBin)
      for _ in 0...generator.below(2) {
        bytes[generator.below(bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
      }
      guard let other = try? decode(bytes, values.count, mayBin: mayBin) else { continue }
      decoded += 1
      #expect(encode(other, mayBin: mayBin) == bytes)
    }
    #expect(decoded > 0)
  }

  @Test(arguments: [6, 8] as [UInt8])
  func `codes of no differences are refused`(encoding: UInt8) {
    // One value has no differences: the first value, the smallest, bins or width, and nothing.
    for tail in [[0, 0, 0], [0, 0], [77, 38]] as [[UInt8]] {
      var reader = ByteReader([encoding, 5] + tail)
      var values: [Int64] = []
      #expect(throws: ByteError.self) {
        try Column.read(1, mayBin: true, from: &reader, into: &values)
      }
    }
  }

  @Test func `a column that is cut short is refused`() {
    for seed in 0..<20 as Range<UInt64> {
      for values in shapes(seed) {
        let bytes = encode(values, mayBin: true)
        for length in bytes.indices {
          #expect(throws: ByteError.self) {
            try decode(Array(bytes[..<length]), values.count, mayBin: true)
          }
        }
      }
    }
  }
}
