import Determinism

/// A product with a matrix, and a bias: what layers have in common.
struct Affine {
  /// Where the matrix stands among the parameters: `inputs` rows of `outputs` numbers.
  let matrix: Range<Int>
  /// Where the biases stand.
  let biases: Range<Int>

  /// How many numbers go in.
  var inputs: Int { matrix.count / biases.count }
  /// How many come out.
  var outputs: Int { biases.count }

  /// Computes input matrix + biases for some rows.
  ///
  /// - Precondition: there are `rows` rows of inputs and of results.
  /// - Complexity: O(rows * parameters).
  func forward<Scalar: NetworkScalar>(
    _ parameters: Span<Scalar>, _ input: Span<Scalar>, rows: Int,
    into results: inout MutableSpan<Scalar>
  ) {
    Scalar.multiply(
      ProductShape(rows: rows, columns: outputs, depth: inputs), input,
      parameters.extracting(matrix), bias: parameters.extracting(biases), into: &results)
  }

  /// Adds the gradients of matrix and biases, given those of the results of some rows of inputs.
  ///
  /// Within a parameter's sum rows come in order.
  /// - Complexity: O(rows * parameters).
  func addGradients<Scalar: NetworkScalar>(
    _ input: Span<Scalar>, _ resultGradients: Span<Scalar>, rows: Int,
    into gradient: inout MutableSpan<Scalar>
  ) {
    addMatrixGradient(input, resultGradients, rows: rows, into: &gradient)
    var place = gradient._mutatingExtracting(biases)
    Scalar.addRows(resultGradients, to: &place)
  }

  /// Adds the gradient of the matrix alone.
  func addMatrixGradient<Scalar: NetworkScalar>(
    _ input: Span<Scalar>, _ resultGradients: Span<Scalar>, rows: Int,
    into gradient: inout MutableSpan<Scalar>
  ) {
    var place = gradient._mutatingExtracting(matrix)
    Scalar.multiply(
      ProductShape(rows: inputs, columns: outputs, depth: rows, isTransposed: true, adds: true),
      input, resultGradients, into: &place)
  }

  /// Writes the matrix with rows and columns exchanged to the beginning of an array.
  func transpose<Scalar: NetworkScalar>(
    _ parameters: Span<Scalar>, into transposed: inout [Scalar]
  ) {
    var whole = transposed.mutableSpan
    var place = whole._mutatingExtracting(first: matrix.count)
    Scalar.transpose(
      parameters.extracting(matrix), rows: inputs, columns: outputs, into: &place)
  }

  /// Computes the gradients of the inputs of some rows, given those of their results and the matrix as
  /// `transpose` wrote it; adds them to what is there where `adds` says so.
  ///
  /// - Complexity: O(rows * parameters).
  func passOn<Scalar: NetworkScalar>(
    _ resultGradients: Span<Scalar>, rows: Int, transposed: Span<Scalar>, adds: Bool = false,
    into inputGradients: inout [Scalar]
  ) {
    var whole = inputGradients.mutableSpan
    var place = whole._mutatingExtracting(first: rows * inputs)
    Scalar.multiply(
      ProductShape(rows: rows, columns: inputs, depth: outputs, adds: adds), resultGradients,
      transposed.extracting(first: matrix.count), into: &place)
  }
}
