import MarketModel
import MatchingEngine
import TestSupport
import Testing

/// A key whose hash is one of few, so that its entries crowd together.
private struct CrowdedKey: SlotTableKey {
  var value: UInt64
  var crowds: UInt64

  var tableHash: UInt64 { (value % crowds) << 32 }
  static var filler: CrowdedKey { CrowdedKey(value: 0, crowds: 1) }
}

/// A key whose home is at the end of any table, so that its entries wrap around.
private struct LastPlaceKey: SlotTableKey {
  var value: Int

  var tableHash: UInt64 { .max }
  static var filler: LastPlaceKey { LastPlaceKey(value: 0) }
}

@Suite struct SlotTableTests {
  /// Runs random operations on a table and on a naive list, which must agree.
  private func compare<Key: SlotTableKey>(
    operations: Int, limit: Int, seed: UInt64, _ make: (inout KeyedNumbers) -> Key
  ) {
    var numbers = KeyedNumbers(seed: seed)
    var table = SlotTable<Key>()
    var list: [(key: Key, slot: Int32)] = []
    for step in 0..<operations {
      let grows = list.isEmpty || (list.count < limit && numbers.number(0...99) < 52)
      if grows {
        let key = make(&numbers)
        let known = list.first { $0.key == key }
        #expect(table.slot(of: key) == known?.slot, "seed \(seed), step \(step)")
        if known == nil {
          table.insert(key, slot: Int32(step & 0x7FFF_FFFF))
          list.append((key, Int32(step & 0x7FFF_FFFF)))
        }
      } else {
        let index = numbers.index(below: list.count)
        table.remove(list[index].key)
        #expect(table.slot(of: list[index].key) == nil, "seed \(seed), step \(step)")
        list.swapAt(index, list.count - 1)
        list.removeLast()
      }
      if step % 997 == 0 || step == operations - 1 {
        #expect(table.count == list.count)
        for entry in list { #expect(table.slot(of: entry.key) == entry.slot) }
      }
    }
  }

  @Test func `it agrees with a list on ids of commands`() {
    compare(operations: 50_000, limit: 400, seed: 1) { numbers in
      CommandKey(
        agent: AgentIndex(numbers.number(-2...5)), tick: numbers.number(0...40),
        ordinal: UInt32(numbers.number(0...3)))
    }
  }

  @Test(arguments: [1, 2, 3, 7, 61] as [UInt64])
  func `it agrees with a list where entries crowd together`(_ crowds: UInt64) {
    compare(operations: 10_000, limit: 120, seed: crowds) { numbers in
      CrowdedKey(value: UInt64(numbers.number(0...300)), crowds: crowds)
    }
  }

  @Test func `it agrees with a list where crowds overlap at the end of the table`() {
    compare(operations: 10_000, limit: 60, seed: 5) { numbers in
      CrowdedKey(value: UInt64.max - UInt64(numbers.number(0...80)), crowds: 1 << 31)
    }
    compare(operations: 5_000, limit: 60, seed: 6) { numbers in
      LastPlaceKey(value: Int(numbers.number(0...80)))
    }
  }

  @Test func `it grows, and forgets everything when everything is removed`() {
    var table = SlotTable<CommandKey>(capacity: 1)
    let keys = (0..<5000 as Range<Int64>).map { CommandKey(agent: 1, tick: $0, ordinal: 0) }
    for (index, key) in keys.enumerated() { table.insert(key, slot: Int32(index)) }
    #expect(table.count == 5000)
    for (index, key) in keys.enumerated() { #expect(table.slot(of: key) == Int32(index)) }
    for key in keys { table.remove(key) }
    #expect(table.count == 0)
    for key in keys { #expect(table.slot(of: key) == nil) }
  }

  @Test func `removing an absent key traps`() async {
    await #expect(processExitsWith: .failure) {
      var table = SlotTable<CommandKey>()
      table.insert(CommandKey(agent: 0, tick: 1, ordinal: 0), slot: 1)
      table.remove(CommandKey(agent: 0, tick: 2, ordinal: 0))
    }
  }
}
