import Determinism
import Testing

/// What happens at zeros, infinities, NaN, and the ends of the range.
@Suite struct ElementaryEdgeTests {
  static let infinity = Double.infinity
  static let payload = Double(bitPattern: 0xfff0_0000_0000_1234)

  private func expectBits(
    _ rows: [(Double, Double)], _ function: (Double) -> Double,
    at location: SourceLocation = #_sourceLocation
  ) {
    for (argument, result) in rows + [(.nan, .nan), (Self.payload, .nan)] {
      #expect(
        function(argument).bitPattern == result.bitPattern, "\(argument)", sourceLocation: location)
    }
  }

  @Test func `exp at its edges`() {
    expectBits(
      [
        (0, 1), (-0.0, 1), (Self.infinity, Self.infinity), (-Self.infinity, 0),
        (709.782712893384, 0x1.fffffffffff2ap1023), (709.7827128933841, Self.infinity),
        (1e308, Self.infinity), (-745.1332191019411, 0x1p-1074), (-745.1332191019412, 0),
        (-1e308, 0), (0x1p-1074, 1),
      ], Elementary.exp)
  }

  @Test func `log and log1p at their edges`() {
    expectBits(
      [
        (0, -Self.infinity), (-0.0, -Self.infinity), (1, 0), (-1, .nan), (-0x1p-1074, .nan),
        (Self.infinity, Self.infinity), (-Self.infinity, .nan),
      ], Elementary.log)
    expectBits(
      [
        (0, 0), (-0.0, -0.0), (-1, -Self.infinity), (-1.5, .nan), (0x1p-1074, 0x1p-1074),
        (Self.infinity, Self.infinity), (-Self.infinity, .nan),
      ], Elementary.log1p)
  }

  @Test func `tanh, sin and cos at their edges`() {
    expectBits(
      [
        (0, 0), (-0.0, -0.0), (0x1p-1074, 0x1p-1074), (20, 1), (-20, -1), (1e308, 1),
        (Self.infinity, 1), (-Self.infinity, -1),
      ], Elementary.tanh)
    expectBits(
      [
        (0, 0), (-0.0, -0.0), (0x1p-1074, 0x1p-1074), (Self.infinity, .nan),
        (-Self.infinity, .nan),
      ], Elementary.sin)
    expectBits(
      [
        (0, 1), (-0.0, 1), (0x1p-1074, 1), (Self.infinity, .nan), (-Self.infinity, .nan),
      ], Elementary.cos)
  }

  @Test func `inverseNormal at its edges`() {
    expectBits(
      [
        (0, -Self.infinity), (-0.0, -Self.infinity), (1, Self.infinity), (0.5, 0),
        (-0x1p-1074, .nan), (1.0.nextUp, .nan), (Self.infinity, .nan), (-Self.infinity, .nan),
      ], Elementary.inverseNormal)
  }

  @Test func `odd and even functions are so bit for bit`() {
    let key = NoiseKey(seed: 1, entity: "odd", purpose: "test")
    for draw in UInt32(0)..<2000 {
      let x = key.normal(tick: 0, slot: 0, draw: draw) * Double(1 << (draw % 60))
      #expect(Elementary.sin(-x).bitPattern == (-Elementary.sin(x)).bitPattern)
      #expect(Elementary.cos(-x).bitPattern == Elementary.cos(x).bitPattern)
      #expect(Elementary.tanh(-x).bitPattern == (-Elementary.tanh(x)).bitPattern)
      let p = Double(draw + 1) * 0x1p-12
      #expect(Elementary.inverseNormal(1 - p) == -Elementary.inverseNormal(p))
    }
  }

  /// IEEE 754-2019, 9.2.1, and C23, F.10.4.4.
  @Test func `pow keeps the special cases of the standard`() {
    let i = Self.infinity
    let rows: [(Double, Double, Double)] = [
      (.nan, 0, 1), (.nan, -0.0, 1), (1, .nan, 1), (1, i, 1), (-1, i, 1), (-1, -i, 1),
      (.nan, 1, .nan), (2, .nan, .nan), (Self.payload, 1, .nan), (-2, 0.5, .nan),
      (0, 3, 0), (-0.0, 3, -0.0), (0, 2, 0), (-0.0, 2, 0), (-0.0, 0.5, 0),
      (0, -3, i), (-0.0, -3, -i), (-0.0, -2, i), (-0.0, -0.5, i), (0, -i, i), (-0.0, -i, i),
      (0.5, -i, i), (2, -i, 0), (-2, -i, 0), (0.5, i, 0), (-0.5, i, 0), (2, i, i),
      (-i, -3, -0.0), (-i, -2, 0), (-i, -0.5, 0), (-i, 3, -i), (-i, 2, i), (-i, 0.5, i),
      (i, -1, 0), (i, 1, i), (-2, 3, -8), (-2, 2, 4), (-2, -1, -0.5), (-1, 3, -1), (-1, 0x1p60, 1),
      (10, 309, i), (-10, 309, -i), (10, -400, 0), (-10, -401, -0.0), (2, 1023, 0x1p1023),
      (2, -1074, 0x1p-1074), (2, -1076, 0), (0.5, 1e300, 0), (0.5, -1e300, i), (3, 1e-300, 1),
    ]
    for (x, y, result) in rows {
      #expect(Elementary.pow(x, y).bitPattern == result.bitPattern, "\(x) \(y)")
    }
  }

  @Test func `pow is exact where the result is a small integer`() {
    for base in 2...30 {
      var power = 1.0
      for exponent in 1...15 {
        power *= Double(base)
        guard power < 0x1p53 else { break }
        #expect(Elementary.pow(Double(base), Double(exponent)) == power)
      }
    }
  }
}
