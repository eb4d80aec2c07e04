import Determinism

/// A gated recurrent unit: a layer whose result at a step depends on its result at the step before.
///
/// With x the input, h the result before, s the logistic function and * number by number:
/// r = s(x Wr + br + h Ur + cr), z = s(x Wz + bz + h Uz + cz), n = tanh(x Wn + bn + r * (h Un + cn)),
/// and the result is (1 - z) * n + z * h. Parameters are one array: W (`inputs` rows, columns for r, z, n),
/// U (`width` rows, likewise), b, c.
/// - Source: K. Cho and others, Learning phrase representations using RNN encoder-decoder,
///   <https://arxiv.org/abs/1406.1078>, in the form of PyTorch's `GRU`, where r stands outside of h Un + cn.
public struct GatedRecurrence: Equatable, Sendable {
  /// How many numbers go in at a step.
  public let inputs: Int
  /// How many come out, and are remembered.
  public let width: Int

  /// Describes one.
  ///
  /// - Precondition: both numbers are above 0.
  public init(inputs: Int, width: Int) {
    precondition(inputs > 0 && width > 0, "Invariant: layers have sizes")
    self.inputs = inputs
    self.width = width
  }

  /// Where the matrix of inputs stands among the parameters.
  public var inputMatrix: Range<Int> { 0..<inputs * 3 * width }
  /// Where the matrix of what is remembered stands.
  public var memoryMatrix: Range<Int> {
    inputMatrix.upperBound..<inputMatrix.upperBound + 3 * width * width
  }
  /// Where the biases of inputs stand.
  public var inputBiases: Range<Int> {
    memoryMatrix.upperBound..<memoryMatrix.upperBound + 3 * width
  }
  /// Where the biases of what is remembered stand.
  public var memoryBiases: Range<Int> {
    inputBiases.upperBound..<inputBiases.upperBound + 3 * width
  }
  /// How many parameters it has.
  public var parameterCount: Int { memoryBiases.upperBound }

  var inputGates: Affine { Affine(matrix: inputMatrix, biases: inputBiases) }
  var memoryGates: Affine { Affine(matrix: memoryMatrix, biases: memoryBiases) }

  /// Parameters to begin with: an orthogonal matrix for inputs and one for what is remembered, and biases
  /// of 0.
  ///
  /// - Source: the recurrent details in S. Huang and others, The 37 implementation details of proximal
  ///   policy optimization (2022).
  public func orthogonalParameters<Scalar: NetworkScalar>(
    seed: UInt64, name: String
  ) -> [Scalar] {
    var parameters = [Scalar](repeating: 0, count: parameterCount)
    for (matrix, rows, purpose) in [
      (inputMatrix, inputs, "recurrence inputs"), (memoryMatrix, width, "recurrence memory"),
    ] {
      let key = NoiseKey(seed: seed, entity: name, purpose: purpose)
      let values = Initialization.orthogonal(rows: rows, columns: 3 * width, gain: 1, key: key)
      for (position, value) in values.enumerated() {
        parameters[matrix.lowerBound + position] = Scalar(value)
      }
    }
    return parameters
  }
}

/// What a gated recurrent unit keeps of some steps of some sequences, between going forward and back.
///
/// Numbers stand step by step, and within a step sequence by sequence.
public struct GatedRecurrenceArena<Scalar: NetworkScalar>: Sendable {
  let unit: GatedRecurrence
  /// How many rows, steps times sequences, there is room for.
  public let capacity: Int
  var results: [Scalar]
  /// What was remembered at each step, and what h Un + cn came to.
  var before: [Scalar]
  var recalled: [Scalar]
  /// r, z and n.
  var resets: [Scalar]
  var updates: [Scalar]
  var candidates: [Scalar]
  /// x W + b of all steps, h U + c of one; on the way back, their gradients for all steps.
  var inputSums: [Scalar]
  var memorySums: [Scalar]
  var inputGradients: [Scalar]
  var memoryGradients: [Scalar]
  /// The gradient of what was remembered, and matrices, transposed.
  var carried: [Scalar]
  var transposedInputs: [Scalar]
  var transposedMemory: [Scalar]
  var starts: [Bool]

  /// Makes room for so many rows: steps times sequences.
  @specialized(where Scalar == Float)
  public init(_ unit: GatedRecurrence, capacity: Int) {
    self.unit = unit
    self.capacity = capacity
    let narrow = [Scalar](repeating: 0, count: capacity * unit.width)
    let wide = [Scalar](repeating: 0, count: capacity * 3 * unit.width)
    (results, before, recalled, carried) = (narrow, narrow, narrow, narrow)
    (resets, updates, candidates) = (narrow, narrow, narrow)
    (inputSums, memorySums, inputGradients, memoryGradients) = (wide, wide, wide, wide)
    // Made where somebody goes back: who only acts does not.
    (transposedInputs, transposedMemory) = ([], [])
    starts = [Bool](repeating: false, count: capacity)
  }

  /// What came of the rows that went forward last.
  @specialized(where Scalar == Float)
  public func output(rows: Int) -> ArraySlice<Scalar> { results[..<(rows * unit.width)] }

  // MARK: Forward

  /// Computes some steps of some sequences.
  ///
  /// `memory` has what each sequence remembers before the first step; `starts` says, step by step and
  /// sequence by sequence, where an episode begins, at which nothing is remembered.
  /// - Precondition: sizes are the unit's, and there is room.
  /// - Complexity: O(rows * parameters).
  @specialized(where Scalar == Float)
  public mutating func forward(
    _ parameters: Span<Scalar>, _ input: Span<Scalar>, memory: Span<Scalar>, starts: [Bool]
  ) {
    let (unit, rows, width) = (unit, starts.count, unit.width)
    let sequences = memory.count / width
    precondition(
      parameters.count == unit.parameterCount && input.count == rows * unit.inputs
        && memory.count == sequences * width && sequences > 0 && rows % sequences == 0
        && rows <= capacity, "Invariant: sizes are the unit's")
    for row in 0..<rows { self.starts[row] = starts[row] }
    do {
      var whole = inputSums.mutableSpan
      var place = whole._mutatingExtracting(first: rows * 3 * width)
      unit.inputGates.forward(parameters, input, rows: rows, into: &place)
    }
    for first in stride(from: 0, to: rows, by: sequences) {
      for row in first..<first + sequences {
        for column in 0..<width {
          let index = row * width + column
          before[index] =
            starts[row]
            ? 0
            : first == 0 ? memory[index] : results[index - sequences * width]
        }
      }
      let remembered = before
      do {
        var whole = memorySums.mutableSpan
        var place = whole._mutatingExtracting(first: sequences * 3 * width)
        unit.memoryGates.forward(
          parameters, remembered.span.extracting(first * width..<(first + sequences) * width),
          rows: sequences, into: &place)
      }
      gate(first..<first + sequences)
    }
  }

  /// Computes r, z, n and the results of the rows of one step.
  private mutating func gate(_ rows: Range<Int>) {
    let width = unit.width
    for row in rows {
      let (given, kept) = (row * 3 * width, (row - rows.lowerBound) * 3 * width)
      for column in 0..<width {
        let index = row * width + column
        resets[index] = -(inputSums[given + column] + memorySums[kept + column])
        updates[index] = -(inputSums[given + width + column] + memorySums[kept + width + column])
        recalled[index] = memorySums[kept + 2 * width + column]
      }
    }
    let places = rows.lowerBound * width..<rows.upperBound * width
    Self.logistic(&resets, places)
    Self.logistic(&updates, places)
    for row in rows {
      for column in 0..<width {
        let index = row * width + column
        candidates[index] =
          inputSums[row * 3 * width + 2 * width + column] + resets[index] * recalled[index]
      }
    }
    do {
      var whole = candidates.mutableSpan
      var place = whole._mutatingExtracting(places)
      Scalar.tanh(&place)
    }
    for index in places {
      results[index] = (1 - updates[index]) * candidates[index] + updates[index] * before[index]
    }
  }

  /// Replaces -x by 1 / (1 + e^-x).
  private static func logistic(_ values: inout [Scalar], _ places: Range<Int>) {
    do {
      var whole = values.mutableSpan
      var place = whole._mutatingExtracting(places)
      Scalar.exp(&place)
    }
    for index in places { values[index] = 1 / (1 + values[index]) }
  }

  // MARK: Back

  /// Adds the gradients of the parameters, and sets those of the inputs, for the steps that went forward
  /// last: backwards through all of them.
  ///
  /// What was remembered before the first step is taken as given.
  /// - Precondition: sizes are the unit's, and `forward` ran with these parameters and inputs.
  /// - Complexity: O(rows * parameters).
  @specialized(where Scalar == Float)
  public mutating func backward(
    _ parameters: Span<Scalar>, _ input: Span<Scalar>, rows: Int, sequences: Int,
    outputGradient: Span<Scalar>, into gradient: inout MutableSpan<Scalar>,
    inputGradient: inout [Scalar]
  ) {
    let (unit, width) = (unit, unit.width)
    precondition(
      gradient.count == unit.parameterCount && outputGradient.count == rows * width
        && input.count == rows * unit.inputs && inputGradient.count >= rows * unit.inputs
        && rows % sequences == 0, "Invariant: sizes are the unit's")
    if transposedMemory.isEmpty {
      transposedInputs = [Scalar](repeating: 0, count: unit.inputMatrix.count)
      transposedMemory = [Scalar](repeating: 0, count: unit.memoryMatrix.count)
    }
    unit.inputGates.transpose(parameters, into: &transposedInputs)
    unit.memoryGates.transpose(parameters, into: &transposedMemory)
    for index in 0..<sequences * width { carried[index] = 0 }
    for first in stride(from: rows - sequences, through: 0, by: -sequences) {
      differentiate(first..<first + sequences, outputGradient)
    }
    let (remembered, given) = (before, inputGradients)
    let slopes = given.span.extracting(first: rows * 3 * width)
    unit.inputGates.addGradients(input, slopes, rows: rows, into: &gradient)
    unit.memoryGates.addGradients(
      remembered.span.extracting(first: rows * width),
      memoryGradients.span.extracting(first: rows * 3 * width), rows: rows, into: &gradient)
    unit.inputGates.passOn(
      slopes, rows: rows, transposed: transposedInputs.span, into: &inputGradient)
  }

  /// Takes the gradients of the results of one step back to the sums of its inputs, to those of what
  /// was remembered, and to what was.
  private mutating func differentiate(_ rows: Range<Int>, _ outputGradient: Span<Scalar>) {
    let width = unit.width
    for row in rows {
      for column in 0..<width {
        let (index, kept) = (row * width + column, (row - rows.lowerBound) * width + column)
        let (r, z, n) = (resets[index], updates[index], candidates[index])
        let given = outputGradient[index] + carried[kept]
        let inner = given * (1 - z) * (1 - n * n)
        let place = row * 3 * width + column
        let reset = inner * recalled[index] * r * (1 - r)
        let update = given * (before[index] - n) * z * (1 - z)
        (inputGradients[place], memoryGradients[place]) = (reset, reset)
        (inputGradients[place + width], memoryGradients[place + width]) = (update, update)
        (inputGradients[place + 2 * width], memoryGradients[place + 2 * width]) = (inner, inner * r)
        carried[kept] = given * z
      }
    }
    let (gradients, matrix) = (memoryGradients, transposedMemory)
    unit.memoryGates.passOn(
      gradients.span.extracting(rows.lowerBound * 3 * width..<rows.upperBound * 3 * width),
      rows: rows.count, transposed: matrix.span, adds: true, into: &carried)
    for row in rows where starts[row] {
      let kept = (row - rows.lowerBound) * width
      for column in 0..<width { carried[kept + column] = 0 }
    }
  }
}
