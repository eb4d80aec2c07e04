import Foundation
import Testing

@testable import Reports

@Suite struct LearningPageTests {
  private func page(_ values: [Double]) -> LearningPage {
    LearningPage(
      title: "Training of <A>", facts: [("trained", "\"<b>\" & more")],
      updates: values.indices.map { Int64($0 + 1) },
      measures: [
        .init(name: "gain", description: "In <i>units</i>.", values: values),
        .init(name: "entropy", description: "How undecided.", values: values.map { -$0 }),
      ])
  }

  @Test(arguments: [
    [], [0], [1, 2, 3], [.nan, 1, .infinity], [.nan], [-.greatestFiniteMagnitude, 1e-300],
  ])
  func `every page is well formed and escapes what it is given`(values: [Double]) {
    let page = page(values)
    #expect(TagBalance(page.html).faults.isEmpty)
    #expect(!page.html.contains("<A>") && !page.html.contains("<b>") && !page.html.contains("nan"))
    #expect(page.figures.map { $0.name } == ["gain.svg", "entropy.svg"])
    for figure in page.figures { #expect(TagBalance(figure.svg).faults.isEmpty) }
  }

  @Test func `what is counted are updates, on the axis and under the pointer`() {
    let html = page([1, 2, 4]).html
    #expect(html.contains(">update</text>") && html.contains("data-axis=\"update\""))
    #expect(!html.contains(">step</text>"))
  }
}
