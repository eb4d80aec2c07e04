import Determinism
import TestSupport
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

  // MARK: Numbers of 32 bits

  /// Arguments where something changes, all bits of one at a time, and others at random.
  private static let arguments: [Float] = {
    var bits = (0..<32).flatMap { [1 << $0, ~(1 << $0)] as [UInt32] }
    for edge in [
      0, -0.0, 1, -1, .infinity, -.infinity, 88.72284, 88.72283, -103.97208, -103.9721, -87.4,
      9.010913, 9.010914, 0x1p-12, 0x1p-126, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
      0x1.827a74p-7, 0x1.2f1fd6p+3, 0x1.bacb4ap+25, 0x1.b121a6p+76, 0x1.6351d8p+95, 0.70710677,
      0.7071068, 1.4142135, 1.4142137,
    ] as [Float] {
      bits += [edge.bitPattern &- 1, edge.bitPattern, edge.bitPattern &+ 1]
    }
    bits += (0..<Effort.of(400_000)).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) }
    return bits.map { Float(bitPattern: $0) }
  }()

  /// Worked out to 80 digits by `tools/checks/elementary-all`.
  private static let hardLogarithms: [Float: Float] = [
    0x1.827a74p-7: -0x1.1c2b1ep+2, 0x1.2f1fd6p+3: 0x1.1fcbcep+1, 0x1.bacb4ap+25: 0x1.1e0696p+4,
    0x1.b121a6p+76: 0x1.a9a3f2p+5, 0x1.6351d8p+95: 0x1.08b512p+6,
  ]

  @Test func `exp, tanh and log equal their twins at every level`() {
    let functions: [(String, (inout MutableSpan<Float>) -> Void, (Float) -> Float)] = [
      ("exp", { VectorKernels.exp(&$0) }, { Elementary.exp($0) }),
      ("tanh", { VectorKernels.tanh(&$0) }, { Elementary.tanh($0) }),
      ("log", { VectorKernels.log(&$0) }, { Elementary.log($0) }),
    ]
    for (name, kernel, twin) in functions {
      let expected = Self.arguments.map { twin($0).bitPattern }
      atEveryLevel { level in
        var values = Self.arguments
        var span = values.mutableSpan
        kernel(&span)
        let wrong = values.indices.first { values[$0].bitPattern != expected[$0] }
        #expect(wrong == nil, "\(name) of \(Self.arguments[wrong ?? 0]), \(level)")
        for count in 0...40 {
          var few = Array(Self.arguments[70..<70 + count])
          var span = few.mutableSpan
          kernel(&span)
          #expect(few.map { $0.bitPattern } == Array(expected[70..<70 + count]))
        }
      }
    }
  }

  @Test func `exp, tanh and log of 32 bits are those of 64 bits, rounded`() {
    for x in Self.arguments where !x.isNaN {
      #expect(Elementary.exp(x) == Float(Elementary.exp(Double(x))), "\(x)")
      #expect(Elementary.tanh(x) == Float(Elementary.tanh(Double(x))), "\(x)")
      // The five arguments for which 64 bits are not enough stand among the edges.
      if x >= 0, Elementary.log(x) != Self.hardLogarithms[x] {
        #expect(Elementary.log(x) == Float(Elementary.log(Double(x))), "\(x)")
      }
    }
    for (x, result) in Self.hardLogarithms { #expect(Elementary.log(x) == result) }
    #expect(Elementary.exp(Float.nan).bitPattern == 0x7FC0_0000)
    #expect(Elementary.log(-1 as Float).bitPattern == 0x7FC0_0000)
    #expect(Elementary.tanh(-0.0 as Float).sign == .minus)
  }

  /// Numbers of very different sizes, some of them 0, subnormal or infinite.
  private func numbers(_ count: Int, _ seed: Int) -> [Float] {
    (0..<count).map { index in
      let bits = UInt32(truncatingIfNeeded: (index &+ seed &* 7919) &* 2_654_435_761)
      switch bits % 97 {
      case 0: return 0
      case 1: return -0.0
      case 2: return Float(bitPattern: bits & 0x007F_FFFF)
      case 3 where seed % 5 == 0: return .infinity
      default:
        return Float(Int32(bitPattern: bits))
          * Float(sign: .plus, exponent: Int(bits % 40) - 50, significand: 1)
      }
    }
  }

  @Test func `products equal their twin at every level, whatever their shape`() {
    let sizes = [0, 1, 2, 5, 6, 7, 8, 9, 13, 15, 16, 17, 31, 33, 48, 63, 64, 65, 70]
    var number = 0
    for _ in 0..<max(40, Effort.of(400)) {
      number += 1
      let size = { (salt: Int) in sizes[(number &* salt &+ number / 7) % sizes.count] }
      let shape = ProductShape(
        rows: size(3), columns: size(5), depth: size(11), isTransposed: number % 3 == 0,
        adds: number % 2 == 0)
      check(shape, number)
    }
  }

  /// Results so narrow that vectors run over rows.
  @Test func `tall products equal their twin at every level`() {
    for rows in [8, 16, 24, 64, 80, 128] {
      for columns in 1...5 {
        for depth in [0, 1, 7, 66] {
          for adds in [false, true] {
            let shape = ProductShape(
              rows: rows, columns: columns, depth: depth, isTransposed: true, adds: adds)
            check(shape, rows + columns + depth)
          }
        }
      }
    }
  }

  private func check(_ shape: ProductShape, _ number: Int) {
    let a = numbers(shape.rows * shape.depth, number)
    let b = numbers(shape.depth * shape.columns, number + 1)
    let c = numbers(shape.rows * shape.columns, number + 2)
    var expected = c
    var span = expected.mutableSpan
    MatrixProductReference.multiply(shape, a.span, b.span, into: &span)
    let bias = numbers(shape.columns, number + 3)
    var raised = c
    var raisedSpan = raised.mutableSpan
    if !shape.adds {
      MatrixProductReference.multiply(shape, a.span, b.span, bias: bias.span, into: &raisedSpan)
    }
    atEveryLevel { level in
      var found = c
      var span = found.mutableSpan
      MatrixProduct.multiply(shape, a.span, b.span, into: &span)
      #expect(isSame(found, expected), "\(shape) \(level)")
      if shape.adds { return }
      found = c
      span = found.mutableSpan
      MatrixProduct.multiply(shape, a.span, b.span, bias: bias.span, into: &span)
      #expect(isSame(found, raised), "\(shape) with a bias \(level)")
    }
  }

  /// Which NaN it is depends on the processor; nothing goes on from one.
  private func isSame(_ one: [Float], _ other: [Float]) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
  }

  @Test func `a product with a bias is what it is added to`() {
    let (a, b) = (numbers(5 * 3, 1), numbers(3 * 4, 2))
    let bias = numbers(4, 3)
    var raised = [Float](repeating: .nan, count: 20)
    var added = Array(repeatElement(bias, count: 5).joined())
    var raisedSpan = raised.mutableSpan
    var addedSpan = added.mutableSpan
    let shape = ProductShape(rows: 5, columns: 4, depth: 3)
    MatrixProductReference.multiply(shape, a.span, b.span, bias: bias.span, into: &raisedSpan)
    MatrixProductReference.multiply(
      ProductShape(rows: 5, columns: 4, depth: 3, adds: true), a.span, b.span, into: &addedSpan)
    #expect(isSame(raised, added))
  }

  @Test func `transposed matrices equal their twin, whatever their shape`() {
    for rows in [0, 1, 3, 15, 16, 17, 32, 50] {
      for columns in [1, 2, 16, 31, 48] {
        let values = numbers(rows * columns, rows + columns)
        var (found, expected) = (values, values)
        var foundSpan = found.mutableSpan
        var expectedSpan = expected.mutableSpan
        LoopKernels.transpose(values.span, rows: rows, columns: columns, into: &foundSpan)
        LoopReference.transpose(values.span, rows: rows, columns: columns, into: &expectedSpan)
        #expect(isSame(found, expected), "\(rows) x \(columns)")
      }
    }
  }

  @Test func `sums of squares equal their twin at every level and every length`() {
    for count in 0...70 {
      // Without infinite numbers, whose sum would hide all others.
      let values = numbers(count, 5 * count + 1).map { $0.isFinite ? $0 : 1 }
      let expected = LoopReference.squareSum(values.span)
      atEveryLevel { level in
        #expect(
          LoopKernels.squareSum(values.span).bitPattern == expected.bitPattern,
          "\(count) \(level)")
      }
    }
  }

  @Test func `sums of columns equal their twin at every level, however many columns there are`() {
    for columns in [1, 7, 63, 64, 65, 128, 200] {
      for rows in [0, 1, 2, 9] {
        let values = numbers(rows * columns, rows + columns)
        var expected = numbers(columns, 9)
        var span = expected.mutableSpan
        LoopReference.addRows(values.span, to: &span)
        atEveryLevel { level in
          var found = numbers(columns, 9)
          var span = found.mutableSpan
          LoopKernels.addRows(values.span, to: &span)
          #expect(isSame(found, expected), "\(rows) \(columns) \(level)")
        }
      }
    }
  }

  /// max(0, x), its slope and a blend, by the twins.
  private func simple(_ one: [Float], _ other: [Float]) -> [[Float]] {
    var (cut, slopes, blended) = (one, one, one)
    var cutSpan = cut.mutableSpan
    LoopReference.relu(&cutSpan)
    var slopeSpan = slopes.mutableSpan
    LoopReference.reluSlope(&slopeSpan, results: other.span)
    var blendedSpan = blended.mutableSpan
    LoopReference.blend(&blendedSpan, other.span, part: 0.005)
    return [cut, slopes, blended]
  }

  /// The same by the kernels.
  private func simple(kernels one: [Float], _ other: [Float]) -> [[Float]] {
    var (cut, slopes, blended) = (one, one, one)
    var cutSpan = cut.mutableSpan
    LoopKernels.relu(&cutSpan)
    var slopeSpan = slopes.mutableSpan
    LoopKernels.reluSlope(&slopeSpan, results: other.span)
    var blendedSpan = blended.mutableSpan
    LoopKernels.blend(&blendedSpan, other.span, part: 0.005)
    return [cut, slopes, blended]
  }

  @Test func `loops of networks equal their twins at every level and every length`() {
    let step = AdamStep<Float>(
      beta1: 0.9, beta2: 0.999, epsilon: 1e-8, size: 3e-4, scale: 3.3, keep: 0.999)
    for count in Array(1...70) + [1000] {
      let parameters = numbers(count, 5 * count + 1)
      let means = numbers(count, 5 * count + 2)
      let squares = numbers(count, 5 * count + 3).map { $0.magnitude }
      let gradient = numbers(count, 5 * count + 4)
      var (expected, mean, square) = (parameters, means, squares)
      var span = expected.mutableSpan
      LoopReference.adam(step, &span, mean: &mean, square: &square, gradient: gradient.span)
      var slopes = parameters
      var slopeSpan = slopes.mutableSpan
      LoopReference.tanhSlope(&slopeSpan, results: means.span)
      let columns = count % 7 == 0 ? 7 : 1
      var sums = numbers(columns, 9)
      var sumSpan = sums.mutableSpan
      LoopReference.addRows(parameters.span, to: &sumSpan)
      let others = simple(parameters, means)
      atEveryLevel { level in
        var (found, ownMean, ownSquare) = (parameters, means, squares)
        var span = found.mutableSpan
        LoopKernels.adam(
          step, &span, mean: &ownMean, square: &ownSquare, gradient: gradient.span)
        var ownSlopes = parameters
        var slopeSpan = ownSlopes.mutableSpan
        LoopKernels.tanhSlope(&slopeSpan, results: means.span)
        var ownSums = numbers(columns, 9)
        var sumSpan = ownSums.mutableSpan
        LoopKernels.addRows(parameters.span, to: &sumSpan)
        let own = [
          (found, expected), (ownMean, mean), (ownSquare, square), (ownSlopes, slopes),
          (ownSums, sums),
        ]
        for (one, other) in own + zip(simple(kernels: parameters, means), others) {
          #expect(isSame(one, other), "\(count) \(level)")
        }
      }
    }
  }

  /// Rounded to themselves they would stay for ever, and cost what nobody sees.
  @Test func `moments that are less than any normal number are 0, and no others`() {
    let least = Float.leastNormalMagnitude
    let step = AdamStep<Float>(
      beta1: 0.9, beta2: 0.999, epsilon: 1e-8, size: 3e-4, scale: 1, keep: 1)
    atEveryLevel { level in
      var parameters: [Float] = [1, 1, 1, 1, 1]
      var means = [least, 2 * least, -least, -2 * least, .nan]
      var squares = [least, 2 * least, least / 4, 1, .nan]
      var place = parameters.mutableSpan
      LoopKernels.adam(
        step, &place, mean: &means, square: &squares, gradient: [0, 0, 0, 0, 0].span)
      #expect(means[..<4] == [0, 0.9 * 2 * least, 0, -0.9 * 2 * least], "\(level)")
      #expect(squares[..<4] == [0, 0.999 * 2 * least, 0, 0.999], "\(level)")
      #expect(means[4].isNaN && squares[4].isNaN && parameters[4].isNaN, "\(level)")
    }
  }

  @Test func `a row of a product does not depend on the others`() {
    let (rows, columns, depth) = (37, 50, 29)
    let (a, b) = (numbers(rows * depth, 1), numbers(depth * columns, 2))
    atEveryLevel { level in
      var together = [Float](repeating: 0, count: rows * columns)
      var span = together.mutableSpan
      MatrixProduct.multiply(
        ProductShape(rows: rows, columns: columns, depth: depth), a.span, b.span, into: &span)
      for row in 0..<rows {
        var alone = [Float](repeating: 0, count: columns)
        var span = alone.mutableSpan
        MatrixProduct.multiply(
          ProductShape(rows: 1, columns: columns, depth: depth),
          a.span.extracting(row * depth..<(row + 1) * depth), b.span, into: &span)
        #expect(
          alone.map { $0.bitPattern }
            == together[row * columns..<(row + 1) * columns].map { $0.bitPattern }, "\(level)")
      }
    }
  }

  @Test func `matrices that are not of the shape trap`() async {
    await #expect(processExitsWith: .failure) {
      var c = [Float](repeating: 0, count: 4)
      var span = c.mutableSpan
      MatrixProduct.multiply(
        ProductShape(rows: 2, columns: 2, depth: 2), [1, 2, 3].span, [1, 2, 3, 4].span, into: &span)
    }
  }
}
