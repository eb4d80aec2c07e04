import Determinism
import TestSupport
import Testing

@testable import Networks

@Suite struct InitializationTests {
  @Test func `the orthonormal part is that of PyTorch`() {
    let basis = Initialization.orthonormal(
      NetworkFixtures.numbers("orthogonal.matrix"), rows: 6, columns: 4)
    #expect(difference(basis, NetworkFixtures.numbers("orthogonal.basis")) < 1e-11)
  }

  /// Column by column, as the book has it: every sum has the same order, so the bits are the same.
  private func naive(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
    var (work, vectors, signs) = (matrix, [[Double]](), [Double]())
    let reflect = { (matrix: inout [Double], vector: [Double], first: Int) in
      let square = vector.reduce(0) { $0 + $1 * $1 }
      if square == 0 { return }
      for column in first..<columns {
        var product = 0.0
        for row in 0..<rows { product += vector[row] * matrix[row * columns + column] }
        let factor = 2 * product / square
        for row in 0..<rows { matrix[row * columns + column] -= factor * vector[row] }
      }
    }
    for column in 0..<columns {
      var vector = (0..<rows).map { $0 < column ? 0 : work[$0 * columns + column] }
      let sign = vector[column] < 0 ? -1.0 : 1.0
      vector[column] += sign * vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      signs.append(-sign)
      reflect(&work, vector, column)
      vectors.append(vector)
    }
    var basis = [Double](repeating: 0, count: rows * columns)
    for column in 0..<columns { basis[column * columns + column] = signs[column] }
    for vector in vectors.reversed() { reflect(&basis, vector, 0) }
    return basis
  }

  @Test(arguments: [(1, 1), (4, 4), (9, 3), (40, 17), (64, 64)])
  func `it is the naive one, bit for bit`(rows: Int, columns: Int) {
    var numbers = KeyedNumbers(seed: UInt64(rows))
    var matrix = (0..<rows * columns).map { _ in Double(numbers.number(-1000...1000)) / 7 }
    // A column of zeros and one that is there already leave nothing to reflect.
    if columns > 2 { for row in 0..<rows { matrix[row * columns + 1] = row == 0 ? 5 : 0 } }
    let found = Initialization.orthonormal(matrix, rows: rows, columns: columns)
    #expect(
      found.map { $0.bitPattern }
        == naive(matrix, rows: rows, columns: columns).map { $0.bitPattern })
  }

  @Test(arguments: [(4, 4), (64, 64), (7, 3), (3, 7), (1, 5), (5, 1)])
  func `the shorter side is orthonormal, times the gain`(rows: Int, columns: Int) {
    let key = NoiseKey(seed: 3, entity: "policy", purpose: "layer 0")
    let matrix = Initialization.orthogonal(rows: rows, columns: columns, gain: 1.5, key: key)
    let (long, short) = (max(rows, columns), min(rows, columns))
    for one in 0..<short {
      for other in 0...one {
        var product = 0.0
        for index in 0..<long {
          let element = { (side: Int) in
            rows >= columns ? matrix[index * columns + side] : matrix[side * columns + index]
          }
          product += element(one) * element(other)
        }
        #expect((product - (one == other ? 2.25 : 0)).magnitude < 1e-12)
      }
    }
    let again = Initialization.orthogonal(rows: rows, columns: columns, gain: 1.5, key: key)
    #expect(matrix == again)
  }

  @Test func `a network begins with biases of 0 and a small last layer`() {
    let network = Perceptron([4, 64, 64, 2], hidden: .tanh)
    let parameters: [Float] = network.orthogonalParameters(
      hiddenGain: 2.0.squareRoot(), outputGain: 0.01, seed: 1, name: "policy")
    for layer in network.layers {
      #expect(parameters[layer.biases].allSatisfy { $0 == 0 })
    }
    let last = network.layers[2]
    #expect(parameters[last.matrix].map { $0.magnitude }.max() ?? 1 < 0.01)
    #expect(parameters[network.layers[0].matrix].contains { $0 != 0 })
  }

  /// Each way with the bound that it has for 10 inputs and 30 outputs; typed, since the compiler needs 9 s to find
  /// out by itself.
  private static let widths: [(width: UniformWidth, bound: Double, leavesBiases: Bool)] = [
    (.inputs, 1 / Double(10).squareRoot(), false),
    (.xavier(gain: 2), 2 * Double(6.0 / 40).squareRoot(), true),
    (.kaiming(gain: 3), 3 * Double(3.0 / 10).squareRoot(), true),
  ]

  @Test(arguments: widths)
  func `uniform numbers fill their bounds`(
    width: UniformWidth, bound: Double, leavesBiases: Bool
  ) {
    let network = Perceptron([10, 30], hidden: .relu)
    let parameters: [Double] = network.uniformParameters(width, seed: 4, name: "start")
    let (matrix, biases) = (parameters[..<300], parameters[300...])
    #expect(matrix.allSatisfy { $0.magnitude < bound })
    #expect(matrix.contains { $0 > 0.95 * bound } && matrix.contains { $0 < -0.95 * bound })
    #expect((matrix.reduce(0, +) / 300).magnitude < 0.15 * bound)
    #expect(biases.allSatisfy { $0 == 0 } == leavesBiases)
  }
}
