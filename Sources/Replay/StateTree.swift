public import Agents
import Market
import MarketModel
import MatchingEngine
public import Session

/// A value of the state and its path.
public struct StateEntry: Equatable, Sendable {
  /// Where: `agents.MM_01.inventory.STOCK`.
  public let path: String
  /// What, as text.
  public let value: String

  /// Creates an entry.
  public init(path: String, value: String) {
    self.path = path
    self.value = value
  }
}

/// The state as paths and values, for people and for comparing.
public enum StateTree {
  /// Everything, in a fixed order.
  public static func entries<Roster: AgentRoster>(
    of state: SessionState<Roster>
  ) -> [StateEntry] {
    var list: [StateEntry] = []
    let add = { (path: String, value: String) in
      list.append(StateEntry(path: path, value: value))
    }
    add("time", "\(state.time)")
    add("tick", "\(state.tick)")
    books(state, add)
    // Of all agents at once: for each alone it would be made of all of them again.
    let digests = state.digests()
    for agent in state.agents.indices { account(state, digests, agent, add) }
    for (index, process) in state.processes.enumerated() {
      let name = state.scenario.processes[index].name
      add(
        "processes.\(name).value",
        ExactDecimal.text(Int128(process.value), decimals: 3) + " increments")
      add("processes.\(name).next_step", "\(process.nextStep)")
    }
    let money = Int(state.scenario.currencyDecimals)
    add(
      "exchange.fees", ExactDecimal.text(Int128(state.market.exchangeCash), decimals: money))
    add("in_flight.commands", "\(state.commands.count)")
    add("in_flight.reports", "\(state.reports.count)")
    add("in_flight.messages", "\(state.messages.count)")
    for (index, name) in SessionDigests.componentNames.enumerated() {
      add("digests.\(name)", hexadecimal(digests.components[index]))
    }
    add("digests.root", hexadecimal(digests.root))
    return list
  }

  /// The entries at or below a path; everything for an empty one.
  public static func entries<Roster: AgentRoster>(
    of state: SessionState<Roster>, below path: String
  ) -> [StateEntry] {
    let prefix = Array(path.utf8) + [UInt8(ascii: ".")]
    return entries(of: state).filter {
      path.isEmpty || $0.path == path || $0.path.utf8.starts(with: prefix)
    }
  }

  private static func books<Roster: AgentRoster>(
    _ state: SessionState<Roster>, _ add: (String, String) -> Void
  ) {
    for (index, rules) in state.scenario.instruments.enumerated() {
      let instrument = InstrumentIndex(index)
      let trading = state.market.trading[index]
      let path = "books.\(rules.name)"
      add("\(path).status", "\(trading.status)")
      let price = { (value: PriceIncrements) in
        ExactDecimal.text(Int128(value), decimals: Int(rules.priceDecimals))
      }
      add("\(path).last_price", price(trading.lastPrice))
      add("\(path).volume", "\(trading.volume)")
      for side in Side.allCases {
        let levels = state.market.book.levels(instrument, side).reversed()
        for (depth, level) in levels.enumerated() {
          let name = side == .buy ? "bids" : "asks"
          add(
            "\(path).\(name).\(depth)",
            "\(level.quantity) at \(price(level.price)) in \(level.count)")
        }
      }
    }
  }

  private static func account<Roster: AgentRoster>(
    _ state: SessionState<Roster>, _ digests: SessionDigests, _ agent: Int,
    _ add: (String, String) -> Void
  ) {
    let description = state.scenario.agents[agent]
    let path = "agents.\(description.account.name)"
    let own = state.agents[agent]
    add("\(path).type", description.type)
    add(
      "\(path).cash",
      ExactDecimal.text(
        Int128(state.market.cash(of: AgentIndex(agent))),
        decimals: Int(state.scenario.currencyDecimals)))
    for (index, rules) in state.scenario.instruments.enumerated() {
      let position = state.market.position(AgentIndex(agent), InstrumentIndex(index))
      add("\(path).inventory.\(rules.name)", "\(position)")
    }
    add("\(path).next_wake", "\(own.nextWake)")
    add("\(path).silenced", own.isSilenced ? "true" : "false")
    add("\(path).policy_bytes", "\(own.policy.count)")
    guard let seat = state.seats[agent] else {
      add("\(path).memory", "foreign")
      return
    }
    var writer = ByteWriter()
    seat.encodeMemory(into: &writer)
    add("\(path).memory.bytes", "\(writer.bytes.count)")
    if let digest = digests.memories[agent] {
      add("\(path).memory.digest", hexadecimal(digest))
    }
  }

  /// 16 hexadecimal digits.
  public static func hexadecimal(_ value: UInt64) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      text.append(digits[Int((value >> shift) & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
