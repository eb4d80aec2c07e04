public import MarketModel

/// What a program said at one turn.
public enum Answer: Equatable, Sendable {
  /// Commands, in order; those that are none are left out.
  case commands([Item])
  /// There is nothing to go by: the turn is missed.
  case missed(AgentFault, words: String)

  /// One command of an answer.
  public enum Item: Equatable, Sendable {
    /// A command.
    case command(Command)
    /// Something that is none, and why.
    case wrong(String)
  }
}

/// Reads the lines of a program; nothing in them is trusted.
struct AnswerReader {
  /// The most commands of one answer.
  static let maximumCommands = 4096

  let agent: AgentIndex
  let names: ProcessLines.Names

  /// Something that is not as it should be.
  struct Misfit: Error {
    let words: String
    init(_ words: String) { self.words = words }
  }

  /// Whether a line is the answer to the hello; nil if so, else what is wrong.
  static func fault(ofReady line: [UInt8]) -> (fault: AgentFault, words: String)? {
    do {
      let value = try JsonValue(line: line)
      guard value["type"] == .text("ready") else {
        return (.unreadable, "expected {\"type\":\"ready\",\"protocol\":1}, found \(shown(line))")
      }
      guard value["protocol"] == .integer(ProcessLines.version) else {
        let found = value["protocol"]?.words ?? "nothing"
        return (.otherVersion, "expected protocol \(ProcessLines.version), found \(found)")
      }
      return nil
    } catch {
      return (.unreadable, "column \(error.column): expected \(error.expected): \(shown(line))")
    }
  }

  /// The turn that a line answers and the answer; nil for an answer to an earlier turn.
  func answer(_ line: [UInt8], turn: Int64) -> Answer? {
    let value: JsonValue
    do {
      value = try JsonValue(line: line)
    } catch {
      return .missed(
        .unreadable,
        words: "column \(error.column): expected \(error.expected): "
          + Self.shown(line))
    }
    guard value["type"] == .text("commands") else {
      return .missed(
        .unreadable,
        words: "expected {\"type\":\"commands\",\"turn\":\(turn),\"commands\":[...]}, found "
          + Self.shown(line))
    }
    guard case .integer(let number)? = value["turn"], number <= turn else {
      return .missed(
        .unreadable,
        words: "turn: expected \(turn), found \(value["turn"]?.words ?? "nothing")")
    }
    if number < turn { return nil }
    guard case .list(let list)? = value["commands"], list.count <= Self.maximumCommands else {
      return .missed(
        .unreadable,
        words: "commands: expected a list of at most \(Self.maximumCommands), found "
          + (value["commands"]?.words ?? "nothing"))
    }
    return .commands(list.map { item($0) })
  }

  private func item(_ value: JsonValue) -> Answer.Item {
    do {
      return .command(try command(value))
    } catch {
      return .wrong(error.words)
    }
  }

  /// A line as people can read it, shortened.
  static func shown(_ line: [UInt8]) -> String {
    let text = String(decoding: line.prefix(80), as: UTF8.self)
    let plain = String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    return line.count > 80 ? plain + "..." : plain
  }

  // MARK: Commands

  private func command(_ value: JsonValue) throws(Misfit) -> Command {
    guard case .object(let members) = value else {
      throw Misfit("expected an object, found \(value.words)")
    }
    guard case .text(let kind)? = value["kind"] else {
      throw Misfit("kind: expected a text, found \(value["kind"]?.words ?? "nothing")")
    }
    let known: [String]
    let command: Command
    switch kind {
    case "placeOrder":
      known = ["instrument", "side", "type", "time_in_force", "post_only", "price", "quantity"]
      command = .placeOrder(try terms(value))
    case "cancelOrder":
      known = ["order_agent", "order_tick", "order_ordinal", "quantity"]
      command = .cancelOrder(
        order: try order(value), quantity: try integer(value, "quantity", default: 0))
    case "replaceOrder":
      known = ["order_agent", "order_tick", "order_ordinal", "price", "quantity"]
      command = .replaceOrder(
        order: try order(value), price: try integer(value, "price"),
        quantity: try integer(value, "quantity"))
    case "transferCapital":
      known = ["recipient", "amount"]
      command = .transferCapital(
        to: try index(value, "recipient", names.agents), amount: try integer(value, "amount"))
    case "sendMessage":
      known = ["recipient", "topic", "payload"]
      command = .sendMessage(to: try recipient(value), payload: try payload(value))
    default:
      throw Misfit(
        "kind: expected placeOrder, cancelOrder, replaceOrder, transferCapital or sendMessage, "
          + "found \(JsonValue.text(kind).words)")
    }
    for member in members where member.key != "kind" && !known.contains(member.key) {
      throw Misfit("\(member.key): \(kind) has only \(known.joined(separator: ", "))")
    }
    return command
  }

  private func terms(_ value: JsonValue) throws(Misfit) -> OrderTerms {
    let type = try word(value, "type", [("limit", OrderType.limit), ("market", .market)], .limit)
    let isMarket = type == .market
    return OrderTerms(
      instrument: try index(value, "instrument", names.instruments, default: 0),
      side: try word(value, "side", [("buy", Side.buy), ("sell", .sell)], nil), type: type,
      timeInForce: try word(
        value, "time_in_force",
        [
          ("goodTillCancelled", TimeInForce.goodTillCancelled),
          ("immediateOrCancel", .immediateOrCancel), ("fillOrKill", .fillOrKill),
        ], isMarket ? .immediateOrCancel : .goodTillCancelled),
      isPostOnly: try flag(value, "post_only"),
      price: try integer(value, "price", default: isMarket ? 0 : nil),
      quantity: try integer(value, "quantity"))
  }

  private func order(_ value: JsonValue) throws(Misfit) -> CommandKey {
    let ordinal = try integer(value, "order_ordinal")
    guard let ordinal = UInt32(exactly: ordinal) else {
      throw Misfit("order_ordinal: expected 0 to 4294967295, found \(ordinal)")
    }
    return CommandKey(
      agent: try index(value, "order_agent", names.agents, default: agent),
      tick: try integer(value, "order_tick"), ordinal: ordinal)
  }

  private func recipient(_ value: JsonValue) throws(Misfit) -> MessageRecipient {
    let isDirect = value["recipient"] ?? .null != .null
    let isPublic = value["topic"] ?? .null != .null
    guard isDirect != isPublic else {
      throw Misfit("expected either recipient or topic, found \(isDirect ? "both" : "neither")")
    }
    return isDirect
      ? .agent(try index(value, "recipient", names.agents))
      : .topic(try index(value, "topic", names.topics))
  }

  private func payload(_ value: JsonValue) throws(Misfit) -> [UInt8] {
    guard case .text(let text)? = value["payload"], let bytes = Hexadecimal.bytes(text),
      bytes.count <= Limits.maximumInlinePayload
    else {
      throw Misfit(
        "payload: expected at most \(Limits.maximumInlinePayload) bytes in hexadecimal, found "
          + (value["payload"]?.words ?? "nothing"))
    }
    return bytes
  }

  // MARK: Fields

  private func integer(
    _ value: JsonValue, _ key: String, default: Int64? = nil
  ) throws(Misfit) -> Int64 {
    switch value[key] {
    case .integer(let number)?: return number
    case nil where `default` != nil: return `default` ?? 0
    case let found:
      throw Misfit("\(key): expected a 64-bit integer, found \(found?.words ?? "nothing")")
    }
  }

  private func flag(_ value: JsonValue, _ key: String) throws(Misfit) -> Bool {
    switch value[key] {
    case .flag(let flag)?: return flag
    case nil: return false
    case let found?: throw Misfit("\(key): expected true or false, found \(found.words)")
    }
  }

  private func word<T>(
    _ value: JsonValue, _ key: String, _ words: [(String, T)], _ default: T?
  ) throws(Misfit) -> T {
    if value[key] == nil, let `default` { return `default` }
    if case .text(let text)? = value[key] {
      for (word, meaning) in words where word == text { return meaning }
    }
    throw Misfit(
      "\(key): expected \(words.map { $0.0 }.joined(separator: " or ")), found "
        + (value[key]?.words ?? "nothing"))
  }

  private func index(
    _ value: JsonValue, _ key: String, _ table: [String], default: Int32? = nil
  ) throws(Misfit) -> Int32 {
    if value[key] == nil, let `default` { return `default` }
    guard case .text(let name)? = value[key], let index = table.firstIndex(of: name) else {
      throw Misfit(
        "\(key): expected a name of this session, found \(value[key]?.words ?? "nothing")")
    }
    return Int32(index)
  }
}
