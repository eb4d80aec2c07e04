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
}
