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
    multiply(shape, a, b, into: &c) { row, column, c in
      shape.adds ? c[row * shape.columns + column] : 0
    }
  }

  /// The same with the bias of each column.
  ///
  /// - Precondition: the matrices are of that shape, which does not add, and a column has a bias.
  /// - Complexity: O(rows * columns * depth).
  public static func multiply<Scalar: BinaryFloatingPoint>(
    _ shape: ProductShape, _ a: Span<Scalar>, _ b: Span<Scalar>, bias: Span<Scalar>,
    into c: inout MutableSpan<Scalar>
  ) {
    shape.check(bias: bias.count)
    multiply(shape, a, b, into: &c) { _, column, _ in bias[column] }
  }

  /// `start` is what an element begins with.
  @inline(__always)
  private static func multiply<Scalar: BinaryFloatingPoint>(
    _ shape: ProductShape, _ a: Span<Scalar>, _ b: Span<Scalar>,
    into c: inout MutableSpan<Scalar>,
    _ start: (_ row: Int, _ column: Int, _ c: borrowing MutableSpan<Scalar>) -> Scalar
  ) {
    shape.check(a.count, b.count, c.count)
    for row in 0..<shape.rows {
      for column in 0..<shape.columns {
        var sum = start(row, column, c)
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
