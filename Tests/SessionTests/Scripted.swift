import Agents
import MarketModel

/// Does what a text says, one part of it at each wake-up.
///
/// Parts are separated by `|`, commands of a part by `;`: `buy 5@100`, `sell 5@100 ioc`, `cancel 0`
/// and `replace 0 3@101` for its n-th own order, `say B text`, `news text`, `pay B 5`,
/// `learn text`, and `nonsense` for commands that make none.
struct Scripted: Agent {
  struct Memory: AgentMemory {
    var own = OwnBook()
    var wakes: Int64 = 0
    var reports: Int64 = 0
    /// Topics and texts that it heard, with a `;` after each.
    var heard: [UInt8] = []

    init() {}

    init(from reader: inout ByteReader) throws(ByteError) {
      own = try OwnBook(from: &reader)
      wakes = try reader.readInt64()
      reports = try reader.readInt64()
      heard = try reader.readSized(limit: 1 << 20)
    }

    func encode(into writer: inout ByteWriter) {
      own.encode(into: &writer)
      writer.write(wakes)
      writer.write(reports)
      writer.write(sized: heard)
    }
  }

  static let typeName = "scripted"
  static let revision: UInt32 = 1
  static let parameters = [ParameterSchema("script", .text(""), "what it does")]

  private let setting: AgentSetting
  private let parts: [[[Substring]]]

  init(parameters: Parameters, setting: AgentSetting) throws(ParameterError) {
    self.setting = setting
    let script = try parameters.text("script")
    parts = script.split(separator: "|", omittingEmptySubsequences: false).map { part in
      part.split(separator: ";").map { $0.split(separator: " ") }
    }
  }

  var initialMemory: Memory { Memory() }

  func remember(_ occurrence: Occurrence, in memory: inout Memory) {
    memory.own.remember(occurrence)
    switch occurrence {
    case .woken: memory.wakes += 1
    case .report: memory.reports += 1
    case .message(_, let topic, let payload): memory.heard += "\(topic):".utf8 + payload + ";".utf8
    case .commanded, .tookOver: break
    }
  }

  private func part(_ memory: Memory) -> [[Substring]] {
    let index = Int(memory.wakes) - 1
    return parts.indices.contains(index) ? parts[index] : []
  }

  func decide(
    _ observation: Observation, memory: Memory, noise: DecisionNoise, commands: inout [Command]
  ) {
    for words in part(memory) {
      if words.first == "nonsense" { commands += Self.nonsense }
      if let command = command(words, memory) { commands.append(command) }
    }
  }

  func learn(_ observation: Observation, memory: Memory, noise: DecisionNoise) -> [UInt8]? {
    for words in part(memory) where words[0] == "learn" { return Array(words[1].utf8) }
    return nil
  }

  private func command(_ words: [Substring], _ memory: Memory) -> Command? {
    switch words[0] {
    case "buy", "sell":
      let (quantity, price) = Self.size(words[1])
      return .placeOrder(
        OrderTerms(
          instrument: 0, side: words[0] == "buy" ? .buy : .sell,
          timeInForce: words.count > 2 ? .immediateOrCancel : .goodTillCancelled, price: price,
          quantity: quantity))
    case "cancel": return own(words[1], memory).map { .cancelOrder(order: $0, quantity: 0) }
    case "replace":
      let (quantity, price) = Self.size(words[2])
      return own(words[1], memory).map {
        .replaceOrder(order: $0, price: price, quantity: quantity)
      }
    case "say": return .sendMessage(to: .agent(agent(words[1])), payload: Array(words[2].utf8))
    case "news": return .sendMessage(to: .topic(0), payload: Array(words[1].utf8))
    case "pay": return .transferCapital(to: agent(words[1]), amount: Int64(words[2]) ?? 0)
    default: return nil
    }
  }

  private static func size(_ word: Substring) -> (Lots, PriceIncrements) {
    let numbers = word.split(separator: "@").map { Int64($0) ?? 0 }
    return (numbers[0], numbers[1])
  }

  private func own(_ word: Substring, _ memory: Memory) -> CommandKey? {
    let index = Int(word) ?? 0
    guard memory.own.orders.indices.contains(index) else { return nil }
    return memory.own.orders[index].key(of: setting.agent)
  }

  private func agent(_ name: Substring) -> AgentIndex {
    AgentIndex(setting.agents.firstIndex { $0[...] == name } ?? -1)
  }

  /// What no market can do.
  static let nonsense: [Command] = {
    var commands: [Command] = []
    let nobody = CommandKey(agent: .min, tick: .min, ordinal: .max)
    let absent = CommandKey(agent: .max, tick: .max, ordinal: 0)
    for number in [-1, 0, .min, .max] as [Int64] {
      let index = Int32(truncatingIfNeeded: number)
      for instrument in [index, .min, .max, 99] as [InstrumentIndex] {
        commands.append(
          .placeOrder(
            OrderTerms(instrument: instrument, side: .buy, price: number, quantity: number)))
      }
      for order in [nobody, absent] {
        commands.append(.cancelOrder(order: order, quantity: number))
        commands.append(.replaceOrder(order: order, price: number, quantity: number))
      }
      commands.append(.transferCapital(to: index, amount: number))
      commands.append(.sendMessage(to: .agent(index == 0 ? 77 : index), payload: [1]))
      commands.append(.sendMessage(to: .topic(index == 0 ? 77 : index), payload: [1]))
    }
    return commands
  }()
}

typealias TestRoster = Either<Seat<Scripted>, BuiltInAgents>
