/// Products of matrices in plain Swift, for numbers of any size: it defines the bits of
/// `MatrixProduct`.
public enum MatrixProductReference {
  /// Writes the product of `a` and `b` to `c`, all of them row by row.
  ///
  /// - Precondition: the matrices are of that shape.
  /// - Complexity: O(rows * columns * depth).
  public static func multiply<Scalar: BinaryFloatingPoint>(
    _ shape: ProductShape, _ a: Span<Scalar>, _ b: Span<Scalar>,
    into c: inout MutableSpan<Scalar>
  ) {
    shape.check(a.count, b.count, c.count)
    for row in 0..<shape.rows {
      for column in 0..<shape.columns {
        var sum = shape.adds ? c[row * shape.columns + column] : 0
        for depth in 0..<shape.depth {
          let factor =
            shape.isTransposed ? a[depth * shape.rows + row] : a[row * shape.depth + depth]
          sum = sum.addingProduct(factor, b[depth * shape.columns + column])
        }
        c[row * shape.columns + column] = sum
      }
    }
  }
}
