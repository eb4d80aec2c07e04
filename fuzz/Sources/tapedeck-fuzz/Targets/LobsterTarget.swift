import CFuzzer
import Journal
import MarketData
import MarketModel

/// LOBSTER messages; after a byte 0x1E, where there is one, an orderbook.
enum LobsterTarget {
  static func run(_ input: [UInt8]) {
    let border = input.firstIndex(of: 0x1E)
    let messages = file(0, Array(input[..<(border ?? input.count)]))
    let orderbook = border.map { file(1, Array(input[($0 + 1)...])) }
    guard var importer = try? LobsterImporter(messages: messages, orderbook: orderbook) else {
      return
    }
    var time: Nanoseconds = 0
    while true {
      let fact: EventRecord?
      do {
        fact = try importer.next()
      } catch {
        return
      }
      guard let fact else { return }
      if fact.time < time { Campaign.fail("facts are in the order of time") }
      time = fact.time
      var writer = ByteWriter()
      RowEncoding.write(fact, into: &writer)
      var reader = ByteReader(writer.bytes)
      guard let copy = try? RowEncoding.read(from: &reader) else {
        Campaign.fail("a fact that was imported can be recorded")
      }
      var again = ByteWriter()
      RowEncoding.write(copy, into: &again)
      Campaign.demand(again.bytes, equals: writer.bytes, of: input, "fact")
    }
  }

  private static func file(_ slot: Int32, _ bytes: [UInt8]) -> String {
    // Safe: the path is text that lives as long as the process.
    unsafe String(cString: unsafe fuzzer_memory_file(slot, bytes, bytes.count))
  }
}
