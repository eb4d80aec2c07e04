public import Determinism

/// A matrix that is divided by an estimate of its largest singular value.
///
/// The estimate is v W u, where u and v are moved one power iteration towards the singular vectors at
/// each update; they are taken as given in gradients. Matrices have `inputs` rows of `outputs` numbers,
/// as those of `Perceptron`. As a value it is complete: it can be kept and gone on with.
/// - Source: T. Miyato and others, Spectral normalization for generative adversarial networks,
///   <https://arxiv.org/abs/1802.05957>, algorithm 1; fifteen iterations to begin with are PyTorch's.
public struct SpectralNormalization<Scalar: NetworkScalar>: Equatable, Sendable {
  /// The singular vector on the side of the outputs.
  public private(set) var outputVector: [Scalar]
  /// That on the side of the inputs.
  public private(set) var inputVector: [Scalar]

  /// Goes on from vectors.
  public init(outputVector: [Scalar], inputVector: [Scalar]) {
    self.outputVector = outputVector
    self.inputVector = inputVector
  }

  /// Begins with normals and fifteen iterations.
  ///
  /// - Precondition: the matrix has whole rows.
  public init(_ matrix: Span<Scalar>, inputs: Int, key: NoiseKey) {
    precondition(inputs > 0 && matrix.count % inputs == 0, "Invariant: a matrix has whole rows")
    outputVector = [Scalar](repeating: 0, count: matrix.count / inputs)
    inputVector = (0..<inputs).map {
      Scalar(key.normal(tick: 0, slot: UInt32($0), draw: 0))
    }
    Self.normalize(&inputVector)
    for _ in 0..<15 { iterate(matrix) }
  }

  /// Moves the vectors by one power iteration.
  ///
  /// - Precondition: the matrix has their size.
  /// - Complexity: O(numbers of the matrix).
  public mutating func iterate(_ matrix: Span<Scalar>) {
    outputVector = product(matrix)
    Self.normalize(&outputVector)
    let width = outputVector.count
    for row in inputVector.indices {
      var sum: Scalar = 0
      for column in 0..<width {
        sum = sum.addingProduct(matrix[row * width + column], outputVector[column])
      }
      inputVector[row] = sum
    }
    Self.normalize(&inputVector)
  }

  /// The estimate of the largest singular value.
  ///
  /// - Complexity: O(numbers of the matrix).
  public func largest(_ matrix: Span<Scalar>) -> Scalar {
    var sum: Scalar = 0
    for (one, other) in zip(product(matrix), outputVector) { sum = sum.addingProduct(one, other) }
    return sum
  }

  /// Writes the matrix, divided by the estimate, and returns that.
  ///
  /// - Precondition: both matrices have the size of the vectors.
  public func apply(_ matrix: Span<Scalar>, into result: inout MutableSpan<Scalar>) -> Scalar {
    let largest = largest(matrix)
    for index in matrix.indices { result[index] = matrix[index] / largest }
    return largest
  }

  /// Makes the gradient of the divided matrix that of the matrix: (G - <G, W / s> v u) / s.
  ///
  /// - Precondition: `largest` is what `apply` returned.
  /// - Complexity: O(numbers of the matrix).
  public func differentiate(
    _ gradient: inout MutableSpan<Scalar>, _ matrix: Span<Scalar>, largest: Scalar
  ) {
    var product: Scalar = 0
    for index in matrix.indices {
      product = product.addingProduct(gradient[index], matrix[index] / largest)
    }
    let width = outputVector.count
    for row in inputVector.indices {
      for column in 0..<width {
        let index = row * width + column
        gradient[index] =
          (gradient[index] - product * inputVector[row] * outputVector[column]) / largest
      }
    }
  }

  /// The vector of inputs times the matrix.
  private func product(_ matrix: Span<Scalar>) -> [Scalar] {
    let width = outputVector.count
    precondition(
      matrix.count == width * inputVector.count, "Invariant: a matrix has the size of its vectors")
    var result = [Scalar](repeating: 0, count: width)
    for row in inputVector.indices {
      for column in 0..<width {
        result[column] = result[column].addingProduct(
          matrix[row * width + column], inputVector[row])
      }
    }
    return result
  }

  /// Divides a vector by its length, or by 1e-12 where that is less.
  private static func normalize(_ vector: inout [Scalar]) {
    var square: Scalar = 0
    for value in vector { square = square.addingProduct(value, value) }
    let length = max(square.squareRoot(), 1e-12)
    for index in vector.indices { vector[index] /= length }
  }
}
