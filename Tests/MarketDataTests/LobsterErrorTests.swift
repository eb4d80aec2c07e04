import Glibc
import MarketData
import MarketModel
import Testing

/// What is refused, and where the error points.
struct LobsterErrorTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The error of importing rows; nil where there is none.
  private func error(_ messages: [String], _ orderbook: [String]? = nil) throws -> ImportError? {
    let first = try scratch.file("m.csv", lines: messages)
    let second = try orderbook.map { try scratch.file("b.csv", lines: $0) }
    return failure(first, second)
  }

  private func failure(_ messages: String, _ orderbook: String?) -> ImportError? {
    do throws(ImportError) {
      _ = try importAll(messages, orderbook)
      return nil
    } catch {
      return error
    }
  }

  private func at(_ file: String, _ line: Int, _ column: Int) -> ImportPlace {
    ImportPlace(file: scratch.path(file), line: line, column: column)
  }

  @Test(arguments: [
    ("1,x,7,5,1000,1", 2, "x"), ("1,8,7,5,1000,1", 2, "8"), ("1,0,7,5,1000,1", 2, "0"),
    (",1,7,5,1000,1", 1, ""), ("1e3,1,7,5,1000,1", 1, "1e3"), ("-1,1,7,5,1000,1", 1, "-1"),
    ("1.,1,7,5,1000,1", 1, "1."), ("1.5x,1,7,5,1000,1", 1, "1.5x"),
    ("5000000000,1,7,5,1000,1", 1, "5000000000"),
    ("99999999999999999999,1,7,5,1000,1", 1, "99999999999999999999"),
    ("1,1,9223372036854775808,5,1000,1", 3, "9223372036854775808"),
    ("1,1,7,0,1000,1", 4, "0"), ("1,1,7,-5,1000,1", 4, "-5"),
    ("1,1,7,1099511627777,1000,1", 4, "1099511627777"), ("1,1,7,5,0,1", 5, "0"),
    ("1,1,7,5,-1000,1", 5, "-1000"), ("1,1,7,5,1000,0", 6, "0"), ("1,1,7,5,1000,2", 6, "2"),
    ("1,7,0,0,2,-1", 5, "2"), ("1,1, 7,5,1000,1", 3, " 7"), ("1,1,7,5,1000.0,1", 5, "1000.0"),
  ])
  func `A field that does not hold what it must is named`(
    _ row: String, _ column: Int, _ found: String
  ) throws {
    let error = try error(["1,1,6,5,1000,1", row])
    guard case .malformed(let place, _, let text) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(place == at("m.csv", 2, column))
    #expect(text == found)
  }

  @Test func `A wrong number of columns is named`() throws {
    #expect(
      try error(["1,1,6,5,1000"])
        == .wrongColumnCount(at("m.csv", 1, 0), expected: "6", found: 5))
    #expect(
      try error(["1,1,6,5,1000,1", ""])
        == .wrongColumnCount(at("m.csv", 2, 0), expected: "6", found: 1))
    #expect(
      try error(["1,1,6,5,1000,1", "2,1,7,5,1000,1"], ["1200,4,1000,5", "1200,4,1000,5,1,1,1,1"])
        == .wrongColumnCount(at("b.csv", 2, 0), expected: "4", found: 8))
    #expect(
      try error(["1,1,6,5,1000,1"], ["1200,4,1000"])
        == .wrongColumnCount(
          at("b.csv", 1, 0), expected: "4 for each of up to 200 levels", found: 3))
    let named = try scratch.file("X_2012-06-21_0_1_orderbook_5.csv", lines: ["1200,4,1000,5"])
    #expect(
      failure(try scratch.file("m.csv", lines: ["1,1,6,5,1000,1"]), named)
        == .wrongColumnCount(
          ImportPlace(file: named, line: 1), expected: "4 for each of 5 levels", found: 4))
  }

  @Test(arguments: [
    ("1200,4,1000,0", 4), ("1200,4,1000,x", 4), ("0,4,1000,5", 1),
    ("-9999999999,0,1000,5", 1), ("9999999999,3,1000,5", 2),
  ])
  func `An orderbook field that does not hold what it must is named`(
    _ row: String, _ column: Int
  ) throws {
    let error = try error(["1,1,6,5,1000,1"], [row])
    guard case .malformed(let place, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(place == at("b.csv", 1, column))
  }

  @Test(arguments: [
    ("1200,4,1000,5,1200,4,900,5", 5), ("1200,4,1000,5,1300,4,1100,5", 7),
    ("9999999999,0,1000,5,1300,4,900,5", 5),
  ])
  func `Levels out of order or beyond an empty one are refused`(
    _ row: String, _ column: Int
  ) throws {
    guard case .malformed(let place, _, _) = try error(["1,1,6,5,1000,1"], [row]) else {
      Issue.record("accepted")
      return
    }
    #expect(place == at("b.csv", 1, column))
  }

  @Test func `Prices off the increment are refused`() throws {
    #expect(
      try error(["1,1,6,5,1050,1"])
        == .offIncrement(at("m.csv", 1, 5), increment: 100, found: 1050))
    #expect(
      try error(["1,1,6,5,1000,1"], ["1250,4,1000,5"])
        == .offIncrement(at("b.csv", 1, 1), increment: 100, found: 1250))
    let path = try scratch.file("m.csv", lines: ["1,5,0,5,1001,1"])
    #expect(throws: ImportError.offIncrement(at("m.csv", 1, 5), increment: 3000, found: 1001)) {
      try importAll(path, nil, options: LobsterOptions(priceUnitsPerIncrement: 3000))
    }
  }

  @Test func `Times that go backwards and duplicate references are refused`() throws {
    #expect(
      try error(["2,1,6,5,1000,1", "1.5,1,7,5,1000,1"])
        == .timeWentBackwards(
          at("m.csv", 2, 1), previous: 2_000_000_000, found: 1_500_000_000))
    #expect(
      try error(["1,1,6,5,1000,1", "2,1,6,5,1000,1"])
        == .duplicateReference(at("m.csv", 2, 3), reference: 6))
  }

  @Test func `Files of different length are refused`() throws {
    let messages = ["1,1,6,5,1000,1", "2,1,7,5,1000,1"]
    #expect(
      try error(messages, ["1200,4,1000,5"])
        == .lengthsDiffer(
          shorter: scratch.path("b.csv"), rowCount: 1, longer: scratch.path("m.csv")))
    #expect(
      try error(Array(messages.prefix(1)), ["1200,4,1000,5", "1200,4,1000,5"])
        == .lengthsDiffer(
          shorter: scratch.path("m.csv"), rowCount: 1, longer: scratch.path("b.csv")))
  }

  @Test func `Empty, missing and marked files are refused`() throws {
    let good = try scratch.file("good.csv", lines: ["1,1,6,5,1000,1"])
    let empty = try scratch.file("empty.csv", [])
    #expect(failure(empty, nil) == .emptyFile(file: empty))
    #expect(failure(empty, good) == .emptyFile(file: empty))
    #expect(failure(good, empty) == .emptyFile(file: empty))
    #expect(failure(empty, empty) == .emptyFile(file: empty))
    let missing = scratch.path("missing.csv")
    #expect(failure(missing, nil) == .unreadable(file: missing, code: ENOENT))
    #expect(failure(good, missing) == .unreadable(file: missing, code: ENOENT))
    let folder = scratch.path("")
    #expect(failure(folder, nil) == .unreadable(file: folder, code: EISDIR))
    let marked = try scratch.file("bom.csv", [0xEF, 0xBB, 0xBF] + Array("1,1,6,5,1000,1".utf8))
    #expect(failure(marked, nil) == .byteOrderMark(file: marked))
    let long = try scratch.file("long.csv", [UInt8](repeating: 49, count: 70_000))
    #expect(
      failure(long, nil)
        == .lineTooLong(ImportPlace(file: long, line: 1), limit: TextSource.usualLineLimit))
  }

  @Test func `A gzip file that is cut anywhere is refused`() throws {
    let packed = try scratch.packed("1,1,6,5,1000,1\n2,1,7,5,1000,1\n")
    for size in 0..<packed.count {
      let path = try scratch.file("cut.csv.gz", Array(packed.prefix(size)))
      guard case .truncatedArchive(path, _) = failure(path, nil) else {
        Issue.record("accepted \(size) of \(packed.count) bytes")
        return
      }
    }
  }

  @Test func `A flipped bit in a gzip file is refused, or it was padding and changes nothing`()
    throws
  {
    let packed = try scratch.packed("1,1,6,5,1000,1\n2,1,7,5,1000,1\n")
    let good = try importAll(try scratch.file("good.csv.gz", packed), nil).0
    var paddingBits = 0
    for index in 10..<packed.count {
      for bit in 0..<8 {
        var bytes = packed
        bytes[index] ^= 1 << UInt8(bit)
        let path = try scratch.file("flipped.csv.gz", bytes)
        guard failure(path, nil) == nil else { continue }
        #expect(try importAll(path, nil).0 == good, "byte \(index), bit \(bit)")
        paddingBits += 1
      }
    }
    #expect(paddingBits < 8)
  }

  @Test func `An importer that failed fails again the same way`() throws {
    let path = try scratch.file("m.csv", lines: ["1,1,6,5,1000,1", "2,9,6,5,1000,1"])
    var importer = try LobsterImporter(messages: path)
    _ = try importer.next()
    var errors: [ImportError] = []
    for _ in 0..<2 {
      do throws(ImportError) { _ = try importer.next() } catch { errors.append(error) }
    }
    #expect(errors.count == 2)
    #expect(errors.first == errors.last)
    #expect("\(errors[0])".hasSuffix(":2:2: expected a message type from 1 to 7, found \"9\""))
  }
}
