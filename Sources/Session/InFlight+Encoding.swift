import Agents
import Market
import MarketModel

/// The canonical encodings of what is on its way, for keyframes.
extension CommandKey {
  func encode(into writer: inout ByteWriter) {
    writer.write(agent)
    writer.write(tick)
    writer.write(ordinal)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    self.init(
      agent: try reader.readInt32(), tick: try reader.readInt64(),
      ordinal: try reader.readUInt32())
  }
}

extension PendingCommand {
  func encode(into writer: inout ByteWriter) {
    key.encode(into: &writer)
    // A command is what its submission says: the row of that event holds it all.
    var row: EventRow
    switch body {
    case .place(let terms):
      row = Event.orderSubmitted(OrderSubmitted(key: key, terms: terms, latency: 0)).row
    case .cancel(let order, let quantity):
      row =
        Event.cancelSubmitted(
          CancelSubmitted(key: key, order: order, quantity: quantity, latency: 0)
        ).row
    case .replace(let order, let price, let quantity):
      row =
        Event.replaceSubmitted(
          ReplaceSubmitted(
            key: key, order: order, price: price, quantity: quantity, latency: 0)
        ).row
    case .transfer(let recipient, let amount):
      row =
        Event.transferSubmitted(
          TransferSubmitted(key: key, recipient: recipient, amount: amount, latency: 0)
        ).row
    }
    writer.write(row.kind)
    for index in 3..<EventRow.maximumFields { writer.write(row.words[index]) }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let key = try CommandKey(from: &reader)
    var row = EventRow(kind: try reader.readByte())
    row.words[0] = Int64(key.agent)
    row.words[1] = key.tick
    row.words[2] = Int64(key.ordinal)
    for index in 3..<EventRow.maximumFields { row.words[index] = try reader.readInt64() }
    guard let event = try? Event(row) else {
      throw ByteError(offset: start, expected: "a command")
    }
    switch event {
    case .orderSubmitted(let body): self.init(key: key, body: .place(body.terms))
    case .cancelSubmitted(let body):
      self.init(key: key, body: .cancel(order: body.order, quantity: body.quantity))
    case .replaceSubmitted(let body):
      self.init(
        key: key,
        body: .replace(order: body.order, price: body.price, quantity: body.quantity))
    case .transferSubmitted(let body):
      self.init(key: key, body: .transfer(recipient: body.recipient, amount: body.amount))
    default: throw ByteError(offset: start, expected: "a command")
    }
  }
}

extension Report {
  func encode(into writer: inout ByteWriter) {
    outcome.command.encode(into: &writer)
    writer.write(outcome.number)
    switch body {
    case .accepted: writer.write(UInt8(0))
    case .rejected(let reason):
      writer.write(UInt8(1))
      writer.write(reason.rawValue)
    case .filled(let fill):
      writer.write(UInt8(2))
      fill.order.encode(into: &writer)
      writer.write(fill.instrument)
      writer.write(fill.side.rawValue)
      writer.write(fill.price)
      writer.write(fill.quantity)
      writer.write(fill.fee)
      writer.write(fill.isMaker)
    case .cancelled(let order, let quantity, let reason):
      writer.write(UInt8(3))
      order.encode(into: &writer)
      writer.write(quantity)
      writer.write(reason.rawValue)
    case .replaced(let order):
      writer.write(UInt8(4))
      order.encode(into: &writer)
    case .transferred(let amount):
      writer.write(UInt8(5))
      writer.write(amount)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let command = try CommandKey(from: &reader)
    let outcome = OutcomeKey(command: command, number: try reader.readUInt32())
    let start = reader.offset
    let body: Body?
    switch try reader.readByte() {
    case 0: body = .accepted
    case 1: body = RejectReason(rawValue: try reader.readByte()).map { .rejected($0) }
    case 2:
      let order = try CommandKey(from: &reader)
      let instrument = try reader.readInt32()
      let side: Side = try reader.readBool() ? .sell : .buy
      body = .filled(
        Fill(
          order: order, instrument: instrument, side: side, price: try reader.readInt64(),
          quantity: try reader.readInt64(), fee: try reader.readInt64(),
          isMaker: try reader.readBool()))
    case 3:
      let order = try CommandKey(from: &reader)
      let quantity = try reader.readInt64()
      body = CancelReason(rawValue: try reader.readByte()).map {
        .cancelled(order: order, quantity: quantity, reason: $0)
      }
    case 4: body = .replaced(order: try CommandKey(from: &reader))
    case 5: body = .transferred(amount: try reader.readInt64())
    default: body = nil
    }
    guard let body else { throw ByteError(offset: start, expected: "a report") }
    self.init(outcome: outcome, body: body)
  }
}

extension BoardHistory {
  func encode(into writer: inout ByteWriter) {
    writer.write(count: past.count)
    for entry in past + [current] {
      writer.write(entry.since)
      for view in entry.board.views {
        for value in [
          view.bidPrice, view.bidQuantity, view.askPrice, view.askQuantity, view.lastPrice,
          view.lastQuantity, view.volume,
        ] { writer.write(value) }
      }
      for value in entry.board.values { writer.write(value) }
    }
  }

  /// Reads a history of the same instruments and processes as `opening`.
  init(from reader: inout ByteReader, like opening: BoardHistory) throws(ByteError) {
    var entries: [Entry] = []
    for _ in 0...(try reader.readCount(limit: 1 << 24)) {
      var entry = opening.current
      entry.since = try reader.readInt64()
      for index in entry.board.views.indices {
        entry.board.views[index].bidPrice = try reader.readInt64()
        entry.board.views[index].bidQuantity = try reader.readInt64()
        entry.board.views[index].askPrice = try reader.readInt64()
        entry.board.views[index].askQuantity = try reader.readInt64()
        entry.board.views[index].lastPrice = try reader.readInt64()
        entry.board.views[index].lastQuantity = try reader.readInt64()
        entry.board.views[index].volume = try reader.readInt64()
      }
      for index in entry.board.values.indices {
        entry.board.values[index] = try reader.readInt64()
      }
      entries.append(entry)
    }
    let current = entries.removeLast()
    self.init(current: current, past: entries, depth: opening.depth)
  }
}
