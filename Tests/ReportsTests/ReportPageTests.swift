import Reports
import Testing

@Suite struct ReportPageTests {
  @Test func `the same input gives the same bytes`() {
    let one = Samples.forkedPage(steps: 700, agents: 4)
    let other = Samples.forkedPage(steps: 700, agents: 4)
    #expect(one.html == other.html)
    #expect(one.html == one.html)
    #expect(one.figures.map(\.svg) == other.figures.map(\.svg))
  }

  /// Guards against a change of the bytes between machines or compilers, noticed by its digest.
  @Test func `the bytes of a small page are known`() {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in Samples.forkedPage(steps: 40, agents: 2).figures.map(\.svg).joined().utf8 {
      digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    #expect(digest == 10_141_268_498_794_622_948, "FNV-1a \(digest)")
  }

  @Test func `every input gives well-formed pages and pictures`() {
    for (name, page) in DegenerateInputs.pages + DegenerateInputs.ordinaryPages.prefix(3) {
      #expect(TagBalance(page.html).faults.isEmpty, "\(name)")
      #expect(page.figures.map(\.name) == ["price.svg", "pnl.svg", "inventory.svg"])
      for figure in page.figures {
        #expect(TagBalance(figure.svg).faults.isEmpty, "\(name) \(figure.name)")
        #expect(!figure.svg.contains("nan") && !figure.svg.contains("inf\""), "\(name)")
      }
    }
  }

  @Test func `the check of tags sees faults`() {
    for text in ["<a>", "<a></b>", "<a b=\"1>", "<a>&</a>", "<a b=\"1\" b=\"2\"/>"] {
      #expect(!TagBalance(text).faults.isEmpty, "\(text)")
    }
    #expect(TagBalance("<a b=\"&lt;\"><c/>x &amp; y</a>").faults.isEmpty)
  }

  @Test func `twenty agents and a fork stay below the size limit`() {
    for page in [
      Samples.forkedPage(steps: 6000, agents: 20),
      ReportPage(parent: Samples.run(steps: 6000, agents: 20)),
    ] {
      for figure in page.figures { #expect(figure.svg.utf8.count < 150_000, "\(figure.name)") }
      #expect(page.html.utf8.count < 900_000)
    }
  }

  @Test func `a page refers to nothing outside itself`() {
    let page = Samples.forkedPage(steps: 100, agents: 2)
    for text in [page.html] + page.figures.map(\.svg) {
      let body = text.replacing("xmlns=\"http://www.w3.org/2000/svg\"", with: "")
      for word in ["http", "url(", "@import", "src=", "href="] { #expect(!body.contains(word)) }
    }
  }

  @Test func `names and notes cannot break out of the markup`() {
    var run = Samples.run(steps: 5, agents: 1)
    run.title = "</title><script>alert(1)</script>"
    run.agents[0].name = "\" onload=\"x\" <b>&'"
    let page = ReportPage(
      parent: run,
      fork: (run, ForkNote(forkStep: 1, interventions: ["</li><b>"], firstDifference: "<i>")))
    #expect(!page.html.contains("<script>alert") && !page.html.contains("<b>"))
    #expect(!page.html.contains("<i>") && !page.html.contains("\" onload"))
    #expect(TagBalance(page.html).faults.isEmpty)
  }

  @Test func `a fork is always called one draw`() {
    #expect(ForkNote.caption == "one draw, not an effect")
    for (name, page) in DegenerateInputs.pages {
      #expect(page.html.contains(ForkNote.caption) == (page.fork != nil), "\(name)")
      for figure in page.figures {
        #expect(figure.svg.contains(ForkNote.caption) == (page.fork != nil), "\(name)")
      }
    }
  }

  @Test func `a fork has columns for parent, fork and difference`() {
    let html = Samples.forkedPage(steps: 50, agents: 2).html
    for head in ["Parent", "Fork", "Difference"] {
      #expect(html.contains("<th scope=\"col\">\(head)</th>"))
    }
    #expect(html.contains("fork at step 16</text>"))
  }

  @Test func `a parent's line starts where the fork leaves it`() {
    let run = Samples.run(steps: 50, agents: 1)
    let note = ForkNote(forkStep: 20, interventions: [], firstDifference: nil)
    let same = ReportPage(parent: run, fork: (run, note)).figures[1].svg
    // Equal lines leave a joint, which is a dot under the fork's line.
    #expect(same.contains("data-name=\"market maker, parent\" d=\"M"))
    #expect(same.components(of: "h0\"") > 0)
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { split(separator: part).count - 1 }
}
