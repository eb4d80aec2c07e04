import Foundation
import Testing

@testable import Reports

@Suite struct EffectPageTests {
  private func page(_ rows: [EffectPage.Row]) -> EffectPage {
    EffectPage(
      title: "What if <b>", interventions: ["drop commands where quantity > 3 & price < 9"],
      facts: [("parent", "a\"b.tape")], rows: rows, command: "tapedeck compare 'a' <b>")
  }

  private func row(_ mean: Double, _ interval: ClosedRange<Double>?) -> EffectPage.Row {
    EffectPage.Row(name: "gain of <A>", decimals: 2, mean: mean, interval: interval)
  }

  @Test func `every page is well formed and escapes what it is given`() {
    var full = row(3, 1...5)
    full.placebos = -1...1
    full.adjustedProbability = 0.0001
    full.placeboProbability = 0.04
    full.varianceFactor = 12.34
    full.parts = (direct: 1, reaction: 2)
    let extreme = row(.greatestFiniteMagnitude, -.greatestFiniteMagnitude...0)
    for rows in [[], [row(0, nil)], [row(0, 0...0)], [full, row(-1e-300, nil)], [extreme]] {
      let html = page(rows).html
      #expect(TagBalance(html).faults.isEmpty)
      #expect(!html.contains("<A>") && !html.contains("If <b>") && !html.contains("NaN"))
      #expect(html.components(separatedBy: "<svg").count == rows.count + 1)
    }
  }

  @Test func `an estimate stands where it belongs`() {
    // 168 wide, 0 in the middle; the largest of all ends lies six from the border.
    let html = page([row(50, 0...100)]).html
    #expect(html.contains("M84 0V18"))
    #expect(html.contains("M84 9H162"))
    #expect(html.contains("M123 9h0"))
  }
}
