import TestSupport
import Testing

@testable import ProcessAgents

@Suite struct LinesTests {
  @Test func `lines are the same however their bytes come`() {
    let text = Array("first\n\nthird, longer\nfourth\nno end".utf8)
    for seed in 0..<200 as Range<UInt64> {
      var numbers = KeyedNumbers(seed: seed)
      var lines = Lines()
      var found: [[UInt8]] = []
      var rest = text[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int(numbers.number(1...9)))
        rest = rest.dropFirst(piece.count)
        lines.append(Array(piece))
        while case .line(let line)? = lines.next() { found.append(line) }
      }
      #expect(
        found
          == text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map {
            Array($0)
          })
      #expect(lines.rest() == Array("no end".utf8))
    }
  }

  @Test(arguments: [1, 4096, 65_536, 1 << 22])
  func `of a line that is too long no more than a limit is held`(piece: Int) {
    var lines = Lines()
    let size = 5 << 20
    var found: [Lines.Line] = []
    for _ in 0..<(piece == 1 ? Lines.maximumSize + 2 : size / piece) {
      lines.append([UInt8](repeating: 0x41, count: piece))
      while let line = lines.next() { found.append(line) }
    }
    #expect(found == [.tooLong])
    lines.append(Array("more\nnext\n".utf8))
    #expect(lines.next() == .line(Array("next".utf8)))
    #expect(lines.next() == nil)
  }

  @Test func `a line of the largest size is a line, and one byte more is none`() {
    var lines = Lines()
    lines.append([UInt8](repeating: 0x41, count: Lines.maximumSize) + [0x0A])
    lines.append([UInt8](repeating: 0x41, count: Lines.maximumSize + 1) + [0x0A, 0x42, 0x0A])
    guard case .line(let line)? = lines.next() else {
      Issue.record("no line")
      return
    }
    #expect(line.count == Lines.maximumSize)
    #expect(lines.next() == .tooLong)
    #expect(lines.next() == .line([0x42]))
  }
}
