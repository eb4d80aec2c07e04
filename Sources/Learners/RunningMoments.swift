/// Means and variances of some columns of numbers, over all rows that came so far.
///
/// Rows come in batches; those of a batch are summed in order, in 64 bits.
/// - Source: T. Chan, G. Golub, R. LeVeque, Updating formulae and a pairwise algorithm for computing
///   sample variances (1979), equation 2.1.
public struct RunningMoments: Equatable, Sendable {
  /// How many rows there were.
  public private(set) var count: Int64 = 0
  /// The mean of each column; 0 before any row.
  public private(set) var means: [Double]
  /// The sum of squared distances from the mean, of each column.
  public private(set) var squares: [Double]

  /// Nothing seen yet of so many columns.
  public init(columns: Int) {
    means = [Double](repeating: 0, count: columns)
    squares = means
  }

  /// Goes on from what was known.
  ///
  /// - Precondition: there are as many means as squares, and no more rows than 2^53.
  public init(count: Int64, means: [Double], squares: [Double]) {
    precondition(means.count == squares.count, "Invariant: a mean and a square for each column")
    self.count = count
    self.means = means
    self.squares = squares
  }

  /// Takes in a batch, row by row.
  ///
  /// - Precondition: rows are whole.
  /// - Complexity: O(numbers).
  public mutating func add(_ numbers: Span<Float>) {
    let width = means.count
    precondition(numbers.count % width == 0, "Invariant: rows are whole")
    let rows = numbers.count / width
    if rows == 0 { return }
    let (before, batch) = (Double(count), Double(rows))
    let total = before + batch
    for column in 0..<width {
      var sum = 0.0
      for row in 0..<rows { sum += Double(numbers[row * width + column]) }
      let mean = sum / batch
      var square = 0.0
      for row in 0..<rows {
        let distance = Double(numbers[row * width + column]) - mean
        square += distance * distance
      }
      let shift = mean - means[column]
      means[column] += shift * batch / total
      squares[column] += square + shift * shift * before * batch / total
    }
    count += Int64(rows)
  }

  /// The variance of a column, over the number of rows; 1 before any row.
  public func variance(_ column: Int) -> Double {
    count > 0 ? squares[column] / Double(count) : 1
  }

  /// What a column is divided by to be of deviation 1: never 0, for one whose numbers are all the same too.
  public func deviation(_ column: Int) -> Double { (variance(column) + 1e-8).squareRoot() }
}
