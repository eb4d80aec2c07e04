public import MarketModel
import MatchingEngine

/// The canonical encoding of a market's state, rules left out: equal states give equal bytes.
extension MarketState {
  /// Appends the encoding.
  ///
  /// - Precondition: no order is being matched.
  /// - Complexity: O(orders + agents x instruments).
  public func encode(into writer: inout ByteWriter) {
    precondition(working == nil, "Invariant: states are encoded between commands")
    for agent in accounts.indices { writer.write(cash(of: AgentIndex(agent))) }
    for agent in accounts.indices {
      for instrument in rules.instruments.indices {
        writer.write(position(AgentIndex(agent), InstrumentIndex(instrument)))
      }
    }
    writer.write(exchangeCash)
    for state in instruments.lazy.map({ $0.trading }) {
      writer.write(state.status.rawValue)
      writer.write(state.lastPrice)
      writer.write(state.lastQuantity)
      writer.write(state.volume)
    }
    for instrument in rules.instruments.indices {
      for side in Side.allCases {
        let levels = book.levels(InstrumentIndex(instrument), side)
        let orders = levels.flatMap { book.queue($0) }
        writer.write(count: orders.count)
        for order in orders {
          writer.write(order.key.agent)
          writer.write(order.key.tick)
          writer.write(order.key.ordinal)
          writer.write(order.price)
          writer.write(order.quantity)
        }
      }
    }
  }

  /// Reads an encoding over the market's opening; digests and counts are computed anew.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public mutating func decode(from reader: inout ByteReader) throws(ByteError) {
    self = MarketState(rules: rules)
    for agent in accounts.indices { setCash(AgentIndex(agent), try Self.balance(from: &reader)) }
    for agent in accounts.indices {
      for instrument in rules.instruments.indices {
        setPosition(
          AgentIndex(agent), InstrumentIndex(instrument), try Self.balance(from: &reader))
      }
    }
    exchangeCash = try Self.balance(from: &reader)
    for index in instruments.indices {
      guard let status = TradingStatus(rawValue: try reader.readByte()) else {
        throw ByteError(offset: reader.offset - 1, expected: "a trading status")
      }
      instruments[index].trading.status = status
      instruments[index].trading.lastPrice = try reader.readInt64()
      guard (1...Limits.maximumPrice).contains(instruments[index].trading.lastPrice) else {
        throw ByteError(offset: reader.offset - 8, expected: "a price")
      }
      instruments[index].trading.lastQuantity = try reader.readInt64()
      instruments[index].trading.volume = try Self.balance(from: &reader)
    }
    book.noteAllChanged()
    for instrument in rules.instruments.indices {
      for side in Side.allCases {
        try decodeOrders(InstrumentIndex(instrument), side, from: &reader)
      }
    }
  }

  private static func balance(from reader: inout ByteReader) throws(ByteError) -> Int64 {
    let value = try reader.readInt64()
    guard value.magnitude <= UInt64(Limits.maximumBalance) else {
      throw ByteError(offset: reader.offset - 8, expected: "a balance within 2^62")
    }
    return value
  }

  private mutating func decodeOrders(
    _ instrument: InstrumentIndex, _ side: Side, from reader: inout ByteReader
  ) throws(ByteError) {
    for _ in 0..<(try reader.readCount(limit: OrderBook.maximumOrders)) {
      let start = reader.offset
      let agent = try reader.readInt32()
      let key = CommandKey(
        agent: agent, tick: try reader.readInt64(), ordinal: try reader.readUInt32())
      let price = try reader.readInt64()
      let quantity = try reader.readInt64()
      guard Int(agent) < agentCount, Int(-1 - agent) < rules.processes.count,
        price > 0, price <= Limits.maximumPrice, quantity > 0,
        quantity <= Limits.maximumQuantity, book.count < OrderBook.maximumOrders,
        book.slot(of: key) < 0
      else { throw ByteError(offset: start, expected: "a resting order") }
      book.insert(key, instrument, side, price: price, quantity: quantity)
      changeOpen(agent, instrument, side, by: quantity, orders: 1)
    }
  }
}
