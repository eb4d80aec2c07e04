import Counterfactual
import Determinism
import MarketModel
import TestSupport
import Testing

@Suite struct ForkTreeTests {
  private static func tape(_ name: String, _ id: UInt8, _ parent: UInt8? = nil, at tick: Tick = 0)
    -> ForkTree.Tape
  {
    ForkTree.Tape(
      name: name, id: SHA256.hash([id]), parent: parent.map { (SHA256.hash([$0]), tick) })
  }

  /// `name depth place`, a line each.
  private static func words(_ tapes: [ForkTree.Tape]) -> [String] {
    ForkTree(tapes).branches.map { "\(tapes[$0.tape].name) \($0.depth) \($0.place)" }
  }

  @Test func `forks stand under their parents, by tick and name`() {
    let tapes = [
      Self.tape("late", 2, 1, at: 9), Self.tape("b", 3, 1, at: 5), Self.tape("a", 4, 1, at: 5),
      Self.tape("deep", 5, 3, at: 7), Self.tape("root", 1), Self.tape("other", 6),
    ]
    #expect(
      Self.words(tapes) == [
        "other 0 root", "root 0 root", "a 1 fork(of: 4)", "b 1 fork(of: 4)", "deep 2 fork(of: 1)",
        "late 1 fork(of: 4)",
      ])
  }

  @Test func `missing parents, cycles and copies are shown as such`() {
    let tapes = [
      Self.tape("orphan", 2, 77), Self.tape("child", 3, 2), Self.tape("ouroboros", 4, 4),
      Self.tape("hen", 5, 6), Self.tape("egg", 6, 5), Self.tape("root", 1),
      Self.tape("again", 1), Self.tape("fork", 8, 1),
    ]
    #expect(
      Self.words(tapes) == [
        "again 0 root", "fork 1 fork(of: 6)", "root 0 copy(of: 6)", "orphan 0 missingParent",
        "child 1 fork(of: 0)", "egg 0 cyclic", "hen 1 fork(of: 4)", "ouroboros 0 cyclic",
      ])
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `whatever tapes say, each is drawn once, and parents before their forks`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let tapes = (0..<20).map { index in
      let parent = numbers.index(below: 24)
      return Self.tape(
        "t\(index)", UInt8(numbers.index(below: 20)), parent < 20 ? UInt8(parent) : nil,
        at: Tick(numbers.index(below: 3)))
    }
    let branches = ForkTree(tapes).branches
    #expect(branches.map { $0.tape }.sorted() == Array(0..<20))
    for (index, branch) in branches.enumerated() {
      guard case .fork(let parent) = branch.place else { continue }
      let above = branches.firstIndex { $0.tape == parent }
      #expect(above.map { $0 < index } ?? false)
      #expect(above.map { branches[$0].depth + 1 } == branch.depth)
      #expect(tapes[parent].id == tapes[branch.tape].parent?.id)
    }
  }
}
