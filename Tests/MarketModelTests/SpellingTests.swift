import MarketModel
import Testing

@Suite struct SpellingTests {
  @Test(arguments: [
    ("csh", "cash"), ("cahs", "cash"), ("cashh", "cash"), ("CASH", "cash"), ("gruop", "group"),
    ("maximum_positions", "maximum_position"), ("first-wake", "first_wake"),
  ])
  func `a near word is suggested`(word: String, meant: String) {
    let words = ["cash", "group", "maximum_position", "first_wake"]
    #expect(Spelling.nearest(to: word, among: words) == meant)
  }

  @Test(arguments: ["", "zzz", "positions_of_stock", String(repeating: "cash", count: 1000)])
  func `nothing is suggested for a far word`(word: String) {
    #expect(Spelling.nearest(to: word, among: ["cash", "group"]) == nil)
  }

  @Test func `the first of several equally near words wins`() {
    #expect(Spelling.nearest(to: "MM_03", among: ["MM_02", "MM_01"]) == "MM_02")
    #expect(Spelling.nearest(to: "x", among: []) == nil)
  }
}
