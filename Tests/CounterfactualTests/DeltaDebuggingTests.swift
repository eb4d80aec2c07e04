import Counterfactual
import TestSupport
import Testing

@Suite struct DeltaDebuggingTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `of elements that are to blame together just those are left`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let count = numbers.index(below: 400) + 1
    let guilty = Set((0..<numbers.index(below: 6)).map { _ in numbers.index(below: count) })
    var checks = 0
    let left = DeltaDebugging.minimize(Array(0..<count)) { items in
      checks += 1
      #expect(items.count < count, "the whole list is known to fail")
      return guilty.isSubset(of: items)
    }
    #expect(left == guilty.sorted())
    // ddmin needs at most 2 |guilty| log2(count) and some for so few: far below count squared.
    #expect(checks <= 60 + 4 * guilty.count * (count.bitWidth - count.leadingZeroBitCount + 1))
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `whatever the check says, no single element can be dropped at the end`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let items = (0..<40).map { _ in numbers.number(0...9) }
    let modulus = numbers.number(2...7)
    let rest = items.reduce(0, +) % modulus
    // Neither monotone nor anything else.
    let fails = { (list: [Int64]) in list.reduce(0, +) % modulus == rest && list.count > 3 }
    let left = DeltaDebugging.minimize(items, fails)
    #expect(fails(left))
    for index in left.indices {
      var fewer = left
      fewer.remove(at: index)
      #expect(!fails(fewer))
    }
  }

  @Test func `what fails without anything is nothing`() {
    #expect(DeltaDebugging.minimize([1, 2, 3]) { _ in true }.isEmpty)
    #expect(DeltaDebugging.minimize([Int]()) { _ in false }.isEmpty)
    #expect(DeltaDebugging.minimize([5]) { !$0.isEmpty } == [5])
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `a number approaches the bound from where it fails`(seed: UInt64) {
    var numbers = KeyedNumbers(seed: seed)
    let ends = [Int64.min, .max, 0, -1, numbers.number(-1000...1000)]
    let (target, value) = (numbers.pick(ends), numbers.pick(ends))
    let (low, high) = (min(target, value), max(target, value))
    let bound = numbers.number(low...high)
    // All numbers from the bound on, on the side of the value, fail.
    let fails = { (number: Int64) in value >= target ? number >= bound : number <= bound }
    var checks = 0
    let found = DeltaDebugging.approach(target, from: value) {
      checks += 1
      return fails($0)
    }
    #expect(found == bound)
    #expect(checks <= 66)
  }

  @Test func `an error of the check comes through`() {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try DeltaDebugging.minimize([1, 2, 3]) { (items: [Int]) throws(Stop) -> Bool in
        throw Stop()
      }
    }
  }
}
