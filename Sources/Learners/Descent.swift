import Networks

extension Adam where Scalar == Float {
  /// Moves parameters against a gradient that is shortened to `maximum` first, and returns its length before
  /// that; 0 where it is not shortened at all.
  mutating func descend(
    _ parameters: inout [Float], _ gradient: inout [Float], rate: Float, maximum: Float
  ) -> Float {
    var given = gradient.mutableSpan
    let norm = maximum.isFinite ? GradientClipping.clip(&given, to: maximum) : 0
    var place = parameters.mutableSpan
    step(&place, given.span, rate: rate)
    return norm
  }
}
