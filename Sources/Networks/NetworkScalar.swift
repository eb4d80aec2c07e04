public import Determinism

/// Numbers that networks are made of: `Float`, on the kernels, and `Double`, in plain Swift, in which
/// the same code is checked to many more digits.
///
/// Both do the same operations in the same order, so what holds for one to 12 digits is no accident
/// in the other.
public protocol NetworkScalar: BinaryFloatingPoint, Sendable {
  /// A product of matrices; see `MatrixProduct`.
  static func multiply(
    _ shape: ProductShape, _ a: Span<Self>, _ b: Span<Self>, into c: inout MutableSpan<Self>)
  /// The same with the bias of each column.
  static func multiply(
    _ shape: ProductShape, _ a: Span<Self>, _ b: Span<Self>, bias: Span<Self>,
    into c: inout MutableSpan<Self>)
  /// Replaces each number by e to its power.
  static func exp(_ values: inout MutableSpan<Self>)
  /// Replaces each number by its hyperbolic tangent.
  static func tanh(_ values: inout MutableSpan<Self>)
  /// Replaces each number by its natural logarithm.
  static func log(_ values: inout MutableSpan<Self>)
  /// Moves parameters against their gradient; see `LoopReference.adam`.
  static func adam(
    _ step: AdamStep<Self>, _ parameters: inout MutableSpan<Self>, mean: inout [Self],
    square: inout [Self], gradient: Span<Self>)
  /// Multiplies gradients by the slope of tanh; see `LoopReference.tanhSlope`.
  static func tanhSlope(_ gradients: inout MutableSpan<Self>, results: Span<Self>)
  /// Adds the numbers of each column to its sum; see `LoopReference.addRows`.
  static func addRows(_ values: Span<Self>, to sums: inout MutableSpan<Self>)
  /// The sum of the squares of numbers; see `LoopReference.squareSum`.
  static func squareSum(_ values: Span<Self>) -> Double
  /// Writes a matrix with its rows as columns; see `LoopReference.transpose`.
  static func transpose(
    _ values: Span<Self>, rows: Int, columns: Int, into result: inout MutableSpan<Self>)
  /// Replaces each number that is not above 0 by 0; see `LoopReference.relu`.
  static func relu(_ values: inout MutableSpan<Self>)
  /// Replaces gradients by 0 where max(0, x) came to none above 0; see `LoopReference.reluSlope`.
  static func reluSlope(_ gradients: inout MutableSpan<Self>, results: Span<Self>)
  /// Moves numbers a part of the way to others; see `LoopReference.blend`.
  static func blend(_ values: inout MutableSpan<Self>, _ others: Span<Self>, part: Self)
  /// e to the power x.
  static func exp(_ x: Self) -> Self
  /// The natural logarithm.
  static func log(_ x: Self) -> Self
  /// The hyperbolic tangent.
  static func tanh(_ x: Self) -> Self
}

extension Float: NetworkScalar {
  /// A product of matrices; see `MatrixProduct`.
  public static func multiply(
    _ shape: ProductShape, _ a: Span<Float>, _ b: Span<Float>, into c: inout MutableSpan<Float>
  ) { MatrixProduct.multiply(shape, a, b, into: &c) }

  /// The same with the bias of each column.
  public static func multiply(
    _ shape: ProductShape, _ a: Span<Float>, _ b: Span<Float>, bias: Span<Float>,
    into c: inout MutableSpan<Float>
  ) { MatrixProduct.multiply(shape, a, b, bias: bias, into: &c) }

  /// Replaces each number by e to its power.
  public static func exp(_ values: inout MutableSpan<Float>) { VectorKernels.exp(&values) }

  /// Replaces each number by its hyperbolic tangent.
  public static func tanh(_ values: inout MutableSpan<Float>) { VectorKernels.tanh(&values) }

  /// Replaces each number by its natural logarithm.
  public static func log(_ values: inout MutableSpan<Float>) { VectorKernels.log(&values) }

  /// Moves parameters against their gradient; see `LoopReference.adam`.
  public static func adam(
    _ step: AdamStep<Float>, _ parameters: inout MutableSpan<Float>, mean: inout [Float],
    square: inout [Float], gradient: Span<Float>
  ) { LoopKernels.adam(step, &parameters, mean: &mean, square: &square, gradient: gradient) }

  /// Multiplies gradients by the slope of tanh; see `LoopReference.tanhSlope`.
  public static func tanhSlope(_ gradients: inout MutableSpan<Float>, results: Span<Float>) {
    LoopKernels.tanhSlope(&gradients, results: results)
  }

  /// Adds the numbers of each column to its sum; see `LoopReference.addRows`.
  public static func addRows(_ values: Span<Float>, to sums: inout MutableSpan<Float>) {
    LoopKernels.addRows(values, to: &sums)
  }

  /// The sum of the squares of numbers; see `LoopReference.squareSum`.
  public static func squareSum(_ values: Span<Float>) -> Double {
    LoopKernels.squareSum(values)
  }

  /// Writes a matrix with its rows as columns; see `LoopReference.transpose`.
  public static func transpose(
    _ values: Span<Float>, rows: Int, columns: Int, into result: inout MutableSpan<Float>
  ) { LoopKernels.transpose(values, rows: rows, columns: columns, into: &result) }

  /// Replaces each number that is not above 0 by 0; see `LoopReference.relu`.
  public static func relu(_ values: inout MutableSpan<Float>) { LoopKernels.relu(&values) }

  /// Replaces gradients by 0 where max(0, x) came to none above 0; see `LoopReference.reluSlope`.
  public static func reluSlope(_ gradients: inout MutableSpan<Float>, results: Span<Float>) {
    LoopKernels.reluSlope(&gradients, results: results)
  }

  /// Moves numbers a part of the way to others; see `LoopReference.blend`.
  public static func blend(
    _ values: inout MutableSpan<Float>, _ others: Span<Float>, part: Float
  ) { LoopKernels.blend(&values, others, part: part) }

  /// e to the power x.
  public static func exp(_ x: Float) -> Float { Elementary.exp(x) }

  /// The natural logarithm.
  public static func log(_ x: Float) -> Float { Elementary.log(x) }

  /// The hyperbolic tangent.
  public static func tanh(_ x: Float) -> Float { Elementary.tanh(x) }
}

/// What holds where there are no kernels: the loops that define their bits.
extension NetworkScalar {
  /// A product of matrices; see `MatrixProductReference`.
  public static func multiply(
    _ shape: ProductShape, _ a: Span<Self>, _ b: Span<Self>, into c: inout MutableSpan<Self>
  ) { MatrixProductReference.multiply(shape, a, b, into: &c) }

  /// The same with the bias of each column.
  public static func multiply(
    _ shape: ProductShape, _ a: Span<Self>, _ b: Span<Self>, bias: Span<Self>,
    into c: inout MutableSpan<Self>
  ) { MatrixProductReference.multiply(shape, a, b, bias: bias, into: &c) }

  /// Replaces each number by e to its power.
  public static func exp(_ values: inout MutableSpan<Self>) {
    for index in values.indices { values[index] = exp(values[index]) }
  }

  /// Replaces each number by its hyperbolic tangent.
  public static func tanh(_ values: inout MutableSpan<Self>) {
    for index in values.indices { values[index] = tanh(values[index]) }
  }

  /// Replaces each number by its natural logarithm.
  public static func log(_ values: inout MutableSpan<Self>) {
    for index in values.indices { values[index] = log(values[index]) }
  }

  /// Moves parameters against their gradient; see `LoopReference.adam`.
  public static func adam(
    _ step: AdamStep<Self>, _ parameters: inout MutableSpan<Self>, mean: inout [Self],
    square: inout [Self], gradient: Span<Self>
  ) { LoopReference.adam(step, &parameters, mean: &mean, square: &square, gradient: gradient) }

  /// Multiplies gradients by the slope of tanh; see `LoopReference.tanhSlope`.
  public static func tanhSlope(_ gradients: inout MutableSpan<Self>, results: Span<Self>) {
    LoopReference.tanhSlope(&gradients, results: results)
  }

  /// Adds the numbers of each column to its sum; see `LoopReference.addRows`.
  public static func addRows(_ values: Span<Self>, to sums: inout MutableSpan<Self>) {
    LoopReference.addRows(values, to: &sums)
  }

  /// The sum of the squares of numbers; see `LoopReference.squareSum`.
  public static func squareSum(_ values: Span<Self>) -> Double {
    LoopReference.squareSum(values)
  }

  /// Writes a matrix with its rows as columns; see `LoopReference.transpose`.
  public static func transpose(
    _ values: Span<Self>, rows: Int, columns: Int, into result: inout MutableSpan<Self>
  ) { LoopReference.transpose(values, rows: rows, columns: columns, into: &result) }

  /// Replaces each number that is not above 0 by 0; see `LoopReference.relu`.
  public static func relu(_ values: inout MutableSpan<Self>) { LoopReference.relu(&values) }

  /// Replaces gradients by 0 where max(0, x) came to none above 0; see `LoopReference.reluSlope`.
  public static func reluSlope(_ gradients: inout MutableSpan<Self>, results: Span<Self>) {
    LoopReference.reluSlope(&gradients, results: results)
  }

  /// Moves numbers a part of the way to others; see `LoopReference.blend`.
  public static func blend(_ values: inout MutableSpan<Self>, _ others: Span<Self>, part: Self) {
    LoopReference.blend(&values, others, part: part)
  }
}

extension Double: NetworkScalar {
  /// e to the power x.
  public static func exp(_ x: Double) -> Double { Elementary.exp(x) }

  /// The natural logarithm.
  public static func log(_ x: Double) -> Double { Elementary.log(x) }

  /// The hyperbolic tangent.
  public static func tanh(_ x: Double) -> Double { Elementary.tanh(x) }
}
