public import Agents
import Filters
import Market
import MarketModel
import MatchingEngine
public import Session

extension StatePath {
  /// The value; nil where the state has none: a level that nobody stands on, an agent that has not
  /// joined yet, a foreign memory.
  ///
  /// The state is `inout` only to be cheap.
  /// - Complexity: O(1), but O(levels x log levels) for levels behind the best, and for digests and
  ///   memories what `SessionState.digests` takes.
  public func value<Roster: AgentRoster>(
    in state: inout SessionState<Roster>
  ) -> Int64? {
    switch place {
    case .memoryBytes(let agent):
      guard agent < state.seats.count, let seat = state.seats[agent] else { return nil }
      var writer = ByteWriter()
      seat.encodeMemory(into: &writer)
      return Int64(writer.bytes.count)
    case .memoryDigest(let agent):
      let memories = state.digests().memories
      guard agent < memories.count else { return nil }
      return memories[agent].map { Int64(bitPattern: $0) }
    case .digest(let index): return Int64(bitPattern: state.digests().components[index])
    case .digestRoot: return Int64(bitPattern: state.digests().root)
    case .agentType(let agent):
      guard agent < state.agents.count, case .word(let words) = type else { return nil }
      let text = state.scenario.agents[agent].type
      return words.list.first { $0.text == text }?.value
    default:
      let place = place
      return state.reading { place.value(in: &$0) }
    }
  }
}

extension StatePath.Place {
  /// Whether the value is one of what `SharedState` has.
  var isShared: Bool {
    switch self {
    case .memoryBytes, .memoryDigest, .digest, .digestRoot, .agentType: false
    default: true
    }
  }

  /// Whether reading the value takes longer than asking whether its book is still the same.
  var isBehindBest: Bool {
    if case .level(_, _, let depth, _) = self { return depth > 0 }
    return false
  }

  /// The value, where it is one of `SharedState`.
  func value(in state: inout SharedState) -> Int64? {
    switch self {
    case .time: return state.time
    case .tick: return state.tick
    case .status(let book): return Int64(state.market.trading[book].status.rawValue)
    case .lastPrice(let book): return state.market.trading[book].lastPrice
    case .volume(let book): return state.market.trading[book].volume
    case .level(let book, let side, let depth, let part):
      return Self.level(&state, InstrumentIndex(book), side, depth).map { part.value(of: $0) }
    case .processValue(let process): return state.processes[process].value
    case .nextStep(let process): return state.processes[process].nextStep
    case .fees: return state.market.exchangeCash
    case .commandsInFlight: return Int64(state.commands.count)
    case .reportsInFlight: return Int64(state.reports.count)
    case .messagesInFlight: return Int64(state.messages.count)
    default: return agentValue(in: &state)
    }
  }

  private func agentValue(in state: inout SharedState) -> Int64? {
    let known = state.agents.count
    switch self {
    case .cash(let agent) where agent < known:
      return state.market.cash(of: AgentIndex(agent))
    case .position(let agent, let instrument) where agent < known:
      return state.market.position(AgentIndex(agent), InstrumentIndex(instrument))
    case .nextWake(let agent) where agent < known: return state.agents[agent].nextWake
    case .silenced(let agent) where agent < known: return state.agents[agent].isSilenced ? 1 : 0
    case .policyBytes(let agent) where agent < known:
      return Int64(state.agents[agent].policy.count)
    default: return nil
    }
  }

  private static func level(
    _ state: inout SharedState, _ book: InstrumentIndex, _ side: Side, _ depth: Int
  ) -> PriceLevel? {
    if depth == 0 { return state.market.book.best(book, side) }
    let levels = state.market.book.levels(book, side)
    return depth < levels.count ? levels[levels.count - 1 - depth] : nil
  }
}

extension StatePath.LevelPart {
  fileprivate func value(of level: PriceLevel) -> Int64 {
    switch self {
    case .quantity: level.quantity
    case .price: level.price
    case .orders: Int64(level.count)
    }
  }
}
