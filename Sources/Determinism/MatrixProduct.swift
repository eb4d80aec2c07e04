import CKernels

/// The shape of a product of matrices, c = a b: `a` has `rows` rows of `depth` numbers, `b` has
/// `depth` rows of `columns`, and `c` has `rows` rows of `columns`.
public struct ProductShape: Equatable, Sendable {
  /// Rows of `a` and `c`.
  public var rows: Int
  /// Columns of `b` and `c`.
  public var columns: Int
  /// Columns of `a`, and rows of `b`.
  public var depth: Int
  /// Whether `a` stands transposed: `depth` rows of `rows` numbers each.
  public var isTransposed: Bool
  /// Whether the product is added to what stands in `c`.
  public var adds: Bool

  /// Creates a shape.
  public init(
    rows: Int, columns: Int, depth: Int, isTransposed: Bool = false, adds: Bool = false
  ) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.isTransposed = isTransposed
    self.adds = adds
  }

  /// Traps where there is not a bias for each column, or something else to begin with.
  func check(bias: Int) {
    precondition(!adds && bias == columns, "Invariant: a column begins with its bias alone")
  }

  /// Traps where the matrices are not of this shape.
  func check(_ a: Int, _ b: Int, _ c: Int) {
    precondition(
      rows >= 0 && columns >= 0 && depth >= 0, "Invariant: a matrix has no negative size")
    precondition(
      a == rows * depth && b == depth * columns && c == rows * columns,
      "Invariant: matrices are of the shape of their product")
  }
}

/// Products of matrices of 32-bit numbers, by the kernels in C.
///
/// Each element is 0, what stood there or a bias, and then one fused multiply-add after the other with
/// the depth ascending. So a row does not depend on how many rows there are, and the bits are the same
/// for every vector length, tile and thread. `MatrixProductReference` defines them.
public enum MatrixProduct {
  /// Writes the product of `a` and `b` to `c`, all of them row by row.
  ///
  /// - Precondition: the matrices are of that shape.
  /// - Complexity: O(rows * columns * depth).
  public static func multiply(
    _ shape: ProductShape, _ a: Span<Float>, _ b: Span<Float>, into c: inout MutableSpan<Float>
  ) { unsafe multiply(shape, a, b, bias: nil, into: &c) }

  /// Writes the product of `a` and `b` to `c`, all of them row by row, with the bias of each column.
  ///
  /// - Precondition: the matrices are of that shape, which does not add, and a column has a bias.
  /// - Complexity: O(rows * columns * depth).
  public static func multiply(
    _ shape: ProductShape, _ a: Span<Float>, _ b: Span<Float>, bias: Span<Float>,
    into c: inout MutableSpan<Float>
  ) {
    shape.check(bias: bias.count)
    // Safe: there are as many as the product reads.
    unsafe bias.withUnsafeBufferPointer {
      unsafe multiply(shape, a, b, bias: $0.baseAddress, into: &c)
    }
  }

  private static func multiply(
    _ shape: ProductShape, _ a: Span<Float>, _ b: Span<Float>, bias: UnsafePointer<Float>?,
    into c: inout MutableSpan<Float>
  ) {
    shape.check(a.count, b.count, c.count)
    if c.isEmpty { return }
    // Safe: the counts were checked, and exclusive access keeps `c` from overlapping.
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        unsafe c.withUnsafeMutableBufferPointer { c in
          let standing = unsafe shape.adds ? UnsafePointer(c.baseAddress) : nil
          var product = unsafe tapedeck_product(
            rows: shape.rows, columns: shape.columns, depth: shape.depth, a: a.baseAddress,
            a_row: shape.isTransposed ? 1 : shape.depth,
            a_column: shape.isTransposed ? shape.rows : 1, b: b.baseAddress,
            b_row: shape.columns, c: c.baseAddress, c_row: shape.columns,
            start: bias ?? standing, start_row: bias == nil ? shape.columns : 0)
          unsafe tapedeck_multiply_f32(&product)
        }
      }
    }
  }
}
