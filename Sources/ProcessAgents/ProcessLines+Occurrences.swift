import Agents
public import MarketModel

/// Occurrences as objects: kinds and fields are called as in exported events.
extension ProcessLines.Names {
  /// What occurred; nil for what a program is told otherwise.
  func object(of occurrence: Occurrence) -> JsonValue? {
    switch occurrence {
    case .commanded(let key, let command): .object(event(key, command))
    case .report(let report): .object(event(report))
    case .message(let sender, let topic, let payload):
      .object([
        .init("kind", .text("messageDelivered")), .init("agent", agent(sender)),
        .init("topic", self.topic(topic)), .init("payload", .text(Hexadecimal.text(payload))),
      ])
    case .woken, .tookOver: nil
    }
  }

  private func key(_ key: CommandKey) -> [JsonValue.Member] {
    [.init("key_tick", .integer(key.tick)), .init("ordinal", .integer(Int64(key.ordinal)))]
  }

  func order(_ key: CommandKey) -> [JsonValue.Member] {
    [
      .init("order_agent", agent(key.agent)), .init("order_tick", .integer(key.tick)),
      .init("order_ordinal", .integer(Int64(key.ordinal))),
    ]
  }

  // MARK: Commands

  private func event(_ key: CommandKey, _ command: Command) -> [JsonValue.Member] {
    let kind =
      switch command {
      case .placeOrder: "orderSubmitted"
      case .cancelOrder: "cancelSubmitted"
      case .replaceOrder: "replaceSubmitted"
      case .sendMessage: "messageSent"
      case .transferCapital: "transferSubmitted"
      }
    return [.init("kind", .text(kind))] + self.key(key) + fields(of: command)
  }

  /// A command as an answer has it.
  public func object(of command: Command) -> JsonValue {
    let kind =
      switch command {
      case .placeOrder: "placeOrder"
      case .cancelOrder: "cancelOrder"
      case .replaceOrder: "replaceOrder"
      case .sendMessage: "sendMessage"
      case .transferCapital: "transferCapital"
      }
    return .object([.init("kind", .text(kind))] + fields(of: command))
  }

  private func fields(of command: Command) -> [JsonValue.Member] {
    switch command {
    case .placeOrder(let terms):
      [
        .init("instrument", instrument(terms.instrument)), .init("side", .text("\(terms.side)")),
        .init("type", .text("\(terms.type)")),
        .init("time_in_force", .text("\(terms.timeInForce)")),
        .init("post_only", .flag(terms.isPostOnly)), .init("price", .integer(terms.price)),
        .init("quantity", .integer(terms.quantity)),
      ]
    case .cancelOrder(let order, let quantity):
      self.order(order) + [.init("quantity", .integer(quantity))]
    case .replaceOrder(let order, let price, let quantity):
      self.order(order) + [
        .init("price", .integer(price)), .init("quantity", .integer(quantity)),
      ]
    case .transferCapital(let recipient, let amount):
      [.init("recipient", agent(recipient)), .init("amount", .integer(amount))]
    case .sendMessage(let recipient, let payload):
      self.recipient(recipient) + [.init("payload", .text(Hexadecimal.text(payload)))]
    }
  }

  private func recipient(_ recipient: MessageRecipient) -> [JsonValue.Member] {
    switch recipient {
    case .agent(let index): [.init("recipient", agent(index)), .init("topic", .null)]
    case .topic(let index): [.init("recipient", .null), .init("topic", topic(index))]
    }
  }

  // MARK: Reports

  private func event(_ report: Report) -> [JsonValue.Member] {
    let (kind, fields) = content(report.body)
    let outcome = report.outcome
    return [.init("kind", .text(kind)), .init("agent", agent(outcome.command.agent))]
      + key(outcome.command) + [.init("number", .integer(Int64(outcome.number)))] + fields
  }

  private func content(_ body: Report.Body) -> (String, [JsonValue.Member]) {
    switch body {
    case .accepted: ("orderAccepted", [])
    case .rejected(let reason): ("orderRejected", [.init("reason", .text("\(reason)"))])
    case .filled(let fill):
      (
        "orderFilled",
        order(fill.order) + [
          .init("instrument", instrument(fill.instrument)), .init("side", .text("\(fill.side)")),
          .init("price", .integer(fill.price)), .init("quantity", .integer(fill.quantity)),
          .init("fee", .integer(fill.fee)), .init("is_maker", .flag(fill.isMaker)),
        ]
      )
    case .cancelled(let order, let quantity, let reason):
      (
        "orderCancelled",
        self.order(order) + [
          .init("quantity", .integer(quantity)), .init("reason", .text("\(reason)")),
        ]
      )
    case .replaced(let order): ("orderReplaced", self.order(order))
    case .transferred(let amount): ("capitalTransferred", [.init("amount", .integer(amount))])
    }
  }
}

/// Bytes as hexadecimal digits.
enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }

  static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for byte in text.utf8 {
      guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        return nil
      }
      if let known = high {
        bytes.append(known << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    return high == nil ? bytes : nil
  }
}
