public import Determinism

/// Where parameters begin; every draw is a function of its key.
public enum Initialization {
  /// A matrix whose shorter side is orthonormal, times `gain`.
  ///
  /// It is the orthogonal part of the QR decomposition of a matrix of normals, by Householder
  /// reflections in 64 bits, each column with the sign of its diagonal. The normal of place n, row by
  /// row, is the key's draw 0 at tick 0, slot n.
  /// - Source: A. Saxe, J. McClelland, S. Ganguli, Exact solutions to the nonlinear dynamics of
  ///   learning in deep linear networks (2014); the signs are those of PyTorch's `orthogonal_`.
  /// - Complexity: O(rows * columns * min(rows, columns)).
  public static func orthogonal(
    rows: Int, columns: Int, gain: Double, key: NoiseKey
  ) -> [Double] {
    let (long, short) = (max(rows, columns), min(rows, columns))
    let normals = (0..<long * short).map { slot in
      key.normal(tick: 0, slot: UInt32(slot), draw: 0)
    }
    let basis = orthonormal(normals, rows: long, columns: short)
    var matrix = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let value = rows >= columns ? basis[row * short + column] : basis[column * short + row]
        matrix[row * columns + column] = gain * value
      }
    }
    return matrix
  }

  /// The orthonormal part Q of the decomposition Q R of a matrix with no more columns than rows, for
  /// which the diagonal of R is positive.
  ///
  /// - Source: G. Golub, C. Van Loan, Matrix computations, algorithm 5.2.1.
  static func orthonormal(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
    var work = matrix
    var reflections: [[Double]] = []
    var signs: [Double] = []
    for column in 0..<columns {
      var vector = [Double](repeating: 0, count: rows)
      var square = 0.0
      for row in column..<rows {
        vector[row] = work[row * columns + column]
        square += vector[row] * vector[row]
      }
      // The diagonal of R becomes -sign * norm.
      let sign = vector[column] < 0 ? -1.0 : 1.0
      vector[column] += sign * square.squareRoot()
      signs.append(-sign)
      reflect(&work, columns, vector, from: column)
      reflections.append(vector)
    }
    var basis = [Double](repeating: 0, count: rows * columns)
    for column in 0..<columns { basis[column * columns + column] = signs[column] }
    for vector in reflections.reversed() { reflect(&basis, columns, vector, from: 0) }
    return basis
  }

  /// Reflects the columns from one on at the plane across a vector.
  private static func reflect(
    _ matrix: inout [Double], _ columns: Int, _ vector: [Double], from first: Int
  ) {
    var square = 0.0
    for value in vector { square += value * value }
    if square == 0 { return }
    // Row by row, as they lie in memory; each column's sum still runs from its first row to its last. Rows
    // in which the vector is 0 change nothing.
    let rows = vector.indices.filter { vector[$0] != 0 }
    var factors = [Double](repeating: 0, count: columns)
    for row in rows {
      let (value, place) = (vector[row], row * columns)
      for column in first..<columns { factors[column] += value * matrix[place + column] }
    }
    for column in first..<columns { factors[column] = 2 * factors[column] / square }
    for row in rows {
      let (value, place) = (vector[row], row * columns)
      for column in first..<columns { matrix[place + column] -= factors[column] * value }
    }
  }
}

/// How wide the uniform numbers of a matrix are that parameters begin with.
public enum UniformWidth: Sendable {
  /// 1 / sqrt(inputs), for biases too: what PyTorch's `Linear` begins with.
  case inputs
  /// gain sqrt(6 / (inputs + outputs)), and biases of 0.
  ///
  /// - Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural
  ///   networks (2010), equation 16.
  case xavier(gain: Double)
  /// gain sqrt(3 / inputs), and biases of 0; the gain for max(0, x) is sqrt 2.
  ///
  /// - Source: K. He and others, Delving deep into rectifiers, <https://arxiv.org/abs/1502.01852>,
  ///   equation 10.
  case kaiming(gain: Double)

  /// The bounds are plus and minus this.
  func bound(inputs: Int, outputs: Int) -> Double {
    switch self {
    case .inputs: return 1 / Double(inputs).squareRoot()
    case .xavier(let gain): return gain * (6 / Double(inputs + outputs)).squareRoot()
    case .kaiming(let gain): return gain * (3 / Double(inputs)).squareRoot()
    }
  }

  /// Whether biases begin with uniform numbers too.
  var isForBiases: Bool {
    if case .inputs = self { return true }
    return false
  }
}

extension Perceptron {
  /// Parameters to begin with: orthogonal matrices with a gain for hidden layers and one for the last,
  /// and biases of 0.
  ///
  /// - Source: the second of the details in S. Huang and others, The 37 implementation details of
  ///   proximal policy optimization (2022).
  public func orthogonalParameters<Scalar: NetworkScalar>(
    hiddenGain: Double, outputGain: Double, seed: UInt64, name: String
  ) -> [Scalar] {
    var parameters = [Scalar](repeating: 0, count: parameterCount)
    for (index, layer) in layers.enumerated() {
      let key = NoiseKey(seed: seed, entity: name, purpose: "layer \(index)")
      let matrix = Initialization.orthogonal(
        rows: layer.inputs, columns: layer.outputs,
        gain: index < layers.count - 1 ? hiddenGain : outputGain, key: key)
      for (position, value) in matrix.enumerated() {
        parameters[layer.matrix.lowerBound + position] = Scalar(value)
      }
    }
    return parameters
  }

  /// Parameters to begin with: uniform numbers, as wide as is said.
  public func uniformParameters<Scalar: NetworkScalar>(
    _ width: UniformWidth = .inputs, seed: UInt64, name: String
  ) -> [Scalar] {
    var parameters = [Scalar](repeating: 0, count: parameterCount)
    for (index, layer) in layers.enumerated() {
      let key = NoiseKey(seed: seed, entity: name, purpose: "layer \(index)")
      let bound = width.bound(inputs: layer.inputs, outputs: layer.outputs)
      let end = width.isForBiases ? layer.biases.upperBound : layer.matrix.upperBound
      for position in layer.matrix.lowerBound..<end {
        let uniform = key.uniform(
          tick: 0, slot: UInt32(position - layer.matrix.lowerBound), draw: 0)
        parameters[position] = Scalar(bound * (2 * uniform - 1))
      }
    }
    return parameters
  }
}
