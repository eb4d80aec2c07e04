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

  @Test(arguments: [
    "[=]", "[[ +", "  [[[a]]]", "\u{FEFF}[é]", "[\n", "[#", "a = [}", "a = {]", "a = [1, }",
    "a = 1979-05-27 0", "a = 07:32", "a = 1979-05-27true_-:#:", "a = '''''''\n[=]", "[a]\n[.]",
  ])
  func `what ends the parser does not pass`(text: String) {
    #expect(ParserGuard.fault(in: text) != nil)
    #expect(Fixture.error(text) != nil)
  }
}
