import Filters
import TestSupport
import Testing

@Suite struct FilterParserTests {
  @Test(arguments: [
    // what is written, and the same with every parenthesis that is understood
    ("a == 1 and b == 2 or c == 3", "(a == 1 and b == 2) or c == 3"),
    ("a == 1 or b == 2 and c == 3", "a == 1 or (b == 2 and c == 3)"),
    ("not a == 1 and b == 2", "(not a == 1) and b == 2"),
    ("not not a == 1", "not (not (a == 1))"),
    ("((a==1))", "a == 1"), ("a<-50", "a < -50"), ("a in(1,2)", "a in (1, 2)"),
    ("a=='x'", "a == \"x\""), ("a == \"it's\"", "a == 'it\\'s'"),
    ("agents.'MM 1'.cash > 1.50", "agents.\"MM 1\".cash > 1.50"),
    ("\n a\t==\r\n 1 ", "a == 1"), ("a >= 5ms", "a >= 5ms"),
  ])
  func `what is written in two ways is one expression`(one: String, other: String) throws {
    #expect(try FilterExpression(one) == FilterExpression(other))
  }

  @Test(arguments: [
    ("a == 1 or (b == 2 or c == 3)", "a == 1 or b == 2 or c == 3"),
    ("a == 1.50", "a == 1.5"), ("a == b", "a == \"b\""), ("a == 5ms", "a == 5000us"),
  ])
  func `what is written otherwise is another expression`(one: String, other: String) throws {
    #expect(try FilterExpression(one) != FilterExpression(other))
  }

  @Test(arguments: [
    ("", 0..<0, "a field, not, or ("), ("a", 1..<1, "a relation: == != < <= > >= in contains"),
    ("a == ", 5..<5, "a number, a duration such as 5ms, or a word or text in quotes"),
    ("a == 1 b", 7..<8, "and, or, or the end of the expression"),
    ("(a == 1", 7..<7, "and, or, or )"), ("a in 1", 5..<6, "( and a list of values"),
    ("a in (1 2)", 8..<9, ", or )"), ("a == 1 and", 10..<10, "a field, not, or ("),
    ("== 1", 0..<2, "a field, not, or ("), ("a in ()", 6..<7, nil as String?),
    ("a == and", 5..<8, nil as String?), ("a = 1", 2..<3, "a relation"),
    ("a == 1 && b == 2", 7..<8, "a word"), ("\"a\" == 1", 0..<3, nil as String?),
  ])
  func `what is missing is named with its place`(
    text: String, range: Range<Int>, what: String?
  ) throws {
    let error = try #require(throws: FilterError.self) { try FilterExpression(text) }
    #expect(error.range == range)
    guard case .expected(let found, _) = error.fault else {
      Issue.record("\(error)")
      return
    }
    if let what { #expect(found == what) }
  }

  @Test func `misspelt words, bad characters, numbers and texts are told`() throws {
    let cases: [(String, FilterFault, Range<Int>)] = [
      (
        "a == 1 adn b == 2", .expected("and, or, or the end of the expression", nearest: "and"),
        7..<10
      ),
      (
        "a cotains b", .expected("a relation: == != < <= > >= in contains", nearest: "contains"),
        2..<9
      ),
      ("a == 1 || b", .expected("a word", nearest: "or"), 7..<8),
      ("a == 5parsec", .invalidNumber, 5..<12), ("a == 1.", .invalidNumber, 5..<7),
      ("a == 1234567890123456789", .invalidNumber, 5..<24),
      ("a == \"x", .unterminatedText, 5..<7), ("a == $", .unexpectedCharacter, 5..<6),
    ]
    for (text, fault, range) in cases {
      let error = try #require(throws: FilterError.self) { try FilterExpression(text) }
      #expect(error.fault == fault, "\(text)")
      #expect(error.range == range, "\(text)")
    }
  }

  @Test func `expressions that are too deep or too long are refused, and no others`() throws {
    let deep = { (count: Int) in
      String(repeating: "(", count: count) + "a == 1" + String(repeating: ")", count: count)
    }
    #expect(try FilterExpression(deep(64)) == FilterExpression("a == 1"))
    for text in [deep(65), deep(10_000), String(repeating: "not ", count: 65) + "a == 1"] {
      let error = try #require(throws: FilterError.self) { try FilterExpression(text) }
      #expect(error.fault == .tooDeep(limit: 64))
    }
    let long = Array(repeating: "a == 1", count: 5900).joined(separator: " and ")
    #expect(try FilterExpression(long).comparisons.count == 5900)
    let error = try #require(throws: FilterError.self) { try FilterExpression(long + long) }
    #expect(error.fault == .tooLong(limit: 1 << 16))
  }

  @Test(arguments: 0..<500 as Range<UInt64>)
  func `printed and read again, an expression is the same`(seed: UInt64) throws {
    var numbers = KeyedNumbers(seed: seed)
    let expression = RandomExpressions.any(&numbers, depth: 4)
    #expect(try FilterExpression(expression.text) == expression, "\(expression.text)")
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `whatever bytes stand there, an error has its place within them`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    var bytes = Array(RandomExpressions.any(&numbers, depth: 3).text.utf8)
    for _ in 0..<numbers.number(1...4) where !bytes.isEmpty {
      let index = numbers.index(below: bytes.count)
      switch numbers.number(0...2) {
      case 0: bytes[index] = UInt8(numbers.number(0...255))
      case 1: bytes.remove(at: index)
      default: bytes.insert(numbers.pick(Array("()=<>!\"'.,-5a &".utf8)), at: index)
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(FilterError) {
      let expression = try FilterExpression(text)
      #expect(try expression == FilterExpression(expression.text))
    } catch {
      #expect(error.range.lowerBound >= 0 && error.range.upperBound <= text.utf8.count)
    }
  }
}
