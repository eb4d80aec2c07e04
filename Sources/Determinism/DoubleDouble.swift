/// An unevaluated sum of two doubles, about 106 bits: |tail| is at most half an ulp of head.
///
/// Only + - * are used, no fused multiply-add: where the processor has none, it would be a slow
/// call into libm.
/// - Precondition: in all of it, heads are 0 or between 2^-480 and 2^480 in magnitude, so that
///   no product of halves overflows or loses bits.
/// - Source: Dekker, "A floating-point technique for extending the available precision", 1971,
///   <https://doi.org/10.1007/BF01397083>.
struct DoubleDouble {
  var head: Double
  var tail: Double

  init(head: Double, tail: Double) {
    self.head = head
    self.tail = tail
  }

  /// Holds left + right exactly, whatever their sizes (Knuth's two-sum).
  init(sum left: Double, _ right: Double) {
    head = left + right
    let rightPart = head - left
    tail = (left - (head - rightPart)) + (right - rightPart)
  }

  /// Holds left + right exactly if |left| >= |right| or left is 0 (Dekker's fast two-sum).
  init(ordered left: Double, _ right: Double) {
    head = left + right
    tail = right - (head - left)
  }

  /// Holds left * right exactly (Dekker's product of Veltkamp halves).
  init(product left: Double, _ right: Double) {
    let (leftHigh, leftLow) = Self.halves(left)
    let (rightHigh, rightLow) = Self.halves(right)
    head = left * right
    let cross = ((leftHigh * rightHigh - head) + leftHigh * rightLow) + leftLow * rightHigh
    tail = cross + leftLow * rightLow
  }

  static func + (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let heads = DoubleDouble(sum: left.head, right.head)
    return DoubleDouble(ordered: heads.head, heads.tail + (left.tail + right.tail))
  }

  static func * (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let heads = DoubleDouble(product: left.head, right.head)
    let cross = left.head * right.tail + left.tail * right.head
    return DoubleDouble(ordered: heads.head, heads.tail + cross)
  }

  static func / (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let quotient = left.head / right.head
    let back = DoubleDouble(product: quotient, right.head)
    let rest = ((left.head - back.head) - back.tail) + (left.tail - quotient * right.tail)
    return DoubleDouble(ordered: quotient, rest / right.head)
  }

  /// Two parts of at most 26 bits each whose sum is the value.
  private static func halves(_ value: Double) -> (Double, Double) {
    let scaled = value * 0x1.0000002p27
    let high = scaled - (scaled - value)
    return (high, value - high)
  }
}
