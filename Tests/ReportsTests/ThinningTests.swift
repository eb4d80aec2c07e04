import Testing

@testable import Reports

@Suite struct ThinningTests {
  private func points(_ values: [Int?], spacing: Int) -> [PlotPoint?] {
    values.enumerated().map { index, value in value.map { PlotPoint(x: index * spacing, y: $0) } }
  }

  @Test func `a column keeps its lowest and its highest point in their order`() {
    let runs = Thinning.runs(
      points([5, 1, 3, 9, 4, 4, 8, 2, 6], spacing: 2), columnTenths: 10, kept: .extremes)
    #expect(runs.map { $0.map(\.y) } == [[5, 1, 9, 8, 2, 6]])
  }

  @Test func `a column of a step line also keeps its ends`() {
    let runs = Thinning.runs(
      points([5, 1, 3, 9, 4, 4, 8, 2, 6], spacing: 2), columnTenths: 10, kept: .extremesAndEnds)
    #expect(runs.map { $0.map(\.y) } == [[5, 1, 9, 4, 4, 8, 2, 6]])
  }

  @Test func `a gap divides a line only where it can be seen`() {
    let wide = Thinning.runs(
      points([1, nil, 2, 3], spacing: 40), columnTenths: 10, kept: .extremes)
    #expect(wide.map(\.count) == [1, 2])
    let narrow = Thinning.runs(
      points([1, nil, 2, 3], spacing: 4), columnTenths: 10, kept: .extremes)
    #expect(narrow.count == 1)
  }

  @Test func `nothing but gaps gives no line`() {
    #expect(Thinning.runs([nil, nil], columnTenths: 10, kept: .extremes).isEmpty)
  }

  @Test func `paths are relative and as short as SVG allows`() {
    let run = [PlotPoint(x: 10, y: 20), PlotPoint(x: 13, y: 8), PlotPoint(x: 25, y: 33)]
    #expect(PathData.line([run]) == "M1 2l.3-1.2 1.2 2.5")
    #expect(PathData.steps([run]) == "M1 2h.3v-1.2h1.2v2.5")
    #expect(PathData.line([[run[0]]]) == "M1 2h0")
    #expect(PathData.area(lower: [run], upper: [run]).hasSuffix("z"))
  }

  @Test func `a step line holds its value to the end`() {
    let run = [(0, 5), (10, 5), (20, 7), (30, 7)].map { PlotPoint(x: $0.0, y: $0.1) }
    #expect(PathData.steps([run]) == "M0 .5h2v.2h1")
  }
}
