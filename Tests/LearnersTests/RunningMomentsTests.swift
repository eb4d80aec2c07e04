import Learners
import TestSupport
import Testing

@Suite struct RunningMomentsTests {
  @Test(arguments: 0..<10 as Range<UInt64>)
  func `batches come to what all rows do at once`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    var rows: [[Float]] = []
    for _ in 0..<200 {
      rows.append((0..<3).map { column in Float(numbers.number(-1000...1000) + 500 * column) })
    }
    var moments = RunningMoments(columns: 3)
    var first = 0
    while first < rows.count {
      let last = min(rows.count, first + Int(numbers.number(0...40)))
      let batch = rows[first..<last].flatMap { $0 }
      moments.add(batch.span)
      first = last
    }
    #expect(moments.count == 200)
    for column in 0..<3 {
      let values = rows.map { Double($0[column]) }
      let mean = values.reduce(0, +) / 200
      let squares: [Double] = values.map { ($0 - mean) * ($0 - mean) }
      let variance = squares.reduce(0, +) / 200
      #expect((moments.means[column] - mean).magnitude < 1e-9)
      #expect((moments.variance(column) - variance).magnitude < 1e-6 * max(1, variance))
    }
  }

  @Test func `before any row`() {
    var moments = RunningMoments(columns: 2)
    let none: [Float] = []
    moments.add(none.span)
    #expect(moments == RunningMoments(columns: 2))
    #expect(moments.variance(0) == 1)
  }
}
