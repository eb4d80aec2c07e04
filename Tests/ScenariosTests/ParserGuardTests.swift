import Testing

@testable import Scenarios

@Suite struct ParserGuardTests {
  @Test(arguments: [
    "", "[a", "a = [", "a = [1,", "a = {", "[]", "[[a]]", "[ 'a' ]", "é",
  ])
  func `what the parser can report itself passes`(text: String) {
    #expect(ParserGuard.fault(in: text) == nil)
  }

  @Test(arguments: [
    "\u{FEFF}[a]\r\nb = 1\r\n", "a = '''\n[=]\n'''", "a = \"\"\"\n[=]\\\"\"\"\n[=]\"\"\"\"\"",
    "a = [\n  [-1], [\n  {}]]", "\"a\\\"b\" = [\n  {}]", "a = { 1979-05-27 = 1, '07:32' = 2 }",
    "a = \"[\" # ]", "a = 1e-5\nb = 1_0\nc = [ -1, +2, 3 ] # 3 07:32", "a = '\\'\n[b]",
    "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s = [\n [ {} ] ]", "a = 1979-05-27",
  ])
  func `valid text passes`(text: String) {
    #expect(ParserGuard.fault(in: text) == nil)
  }

  /// The parser overflowed its stack on 500,000 parts.
  @Test(arguments: [("", " = 1"), ("[", "]"), ("[[", "]]"), ("a = { ", " = 1 }")])
  func `keys of very many parts do not pass`(before: String, after: String) {
    for part in ["a", "'a'", "\"=\"", " a "] {
      let key = { (count: Int) in
        before + [String](repeating: part, count: count).joined(separator: ".") + after
      }
      #expect(ParserGuard.fault(in: key(128)) == nil)
      #expect(ParserGuard.fault(in: key(129)) != nil)
      #expect(Fixture.error(key(500_000)) != nil)
    }
    #expect(ParserGuard.fault(in: "# " + String(repeating: ".", count: 200)) == nil)
    #expect(ParserGuard.fault(in: "a = '" + String(repeating: ".", count: 200) + "'") == nil)
  }

  /// 8,000 agents with 4,000 instruments took 1 GiB from half a mebibyte of text.
  @Test func `agents times instruments have a limit`() {
    let instruments = (0..<2048).map { "[[instruments]]\nname = \"i\($0)\"\nstart_price = 1\n" }
    let text = { (count: Int) in
      let agents = (0..<count).map { "[[agents]]\nname = \"a\($0)\"\ntype = \"foreign\"\n" }
      return (["seed = 1", "ticks = 1"] + instruments + agents).joined(separator: "\n")
    }
    #expect(Fixture.error(text(2048)) == nil)
    #expect(Fixture.error(text(2049))?.path == "agents")
  }

  @Test(arguments: [
    "[=]", "[[ +", "  [[[a]]]", "\u{FEFF}[é]", "[\n", "[#", "a = [}", "a = {]", "a = [1, }",
    "a = 1979-05-27 0", "a = 07:32", "a = 1979-05-27true_-:#:", "a = '''''''\n[=]", "[a]\n[.]",
  ])
  func `what ends the parser does not pass`(text: String) {
    #expect(ParserGuard.fault(in: text) != nil)
    #expect(Fixture.error(text) != nil)
  }
}
