import Agents
import Market
import MarketModel
import Session

/// A trader with a policy in the place of an agent that is driven from outside: it sees what such a trader
/// would see there, and does what it is told as such a trader would.
struct ShadowTrader: Sendable {
  private let trader: PolicyTrader
  private var memory: PolicyTrader.Memory

  /// Begins with nothing seen.
  ///
  /// - Throws: `EnvironmentError.setting` where a setting does not fit.
  init(
    _ settings: EnvironmentSettings, of agent: AgentIndex, in scenario: Scenario
  ) throws(EnvironmentError) {
    var parameters = Parameters()
    parameters.set("quantity", .integer(settings.quantity))
    parameters.set("maximum_inventory", .integer(settings.maximumInventory))
    parameters.set("half_spread", .integer(settings.halfSpread))
    parameters.set("instrument", .text(scenario.instruments[Int(settings.instrument)].name))
    if let process = settings.signals.first {
      parameters.set("value", .text(scenario.processes[Int(process)].name))
    }
    if let pair = settings.pair {
      parameters.set("pair", .text(scenario.instruments[Int(pair)].name))
    }
    parameters.set("pair_quantity", .integer(settings.pairQuantity))
    Self.set(settings, in: &parameters)
    do {
      trader = try PolicyTrader(
        parameters: try parameters.resolved(by: PolicyTrader.parameters),
        setting: scenario.setting(of: agent))
    } catch {
      throw .setting(error.name, expected: error.expected)
    }
    memory = trader.initialMemory
  }

  /// Whom agents that are driven tell what they say.
  ///
  /// - Throws: `EnvironmentError.setting` where there is nobody of that name.
  static func signalling(
    _ settings: EnvironmentSettings, in scenario: Scenario
  ) throws(EnvironmentError) -> Signalling {
    var parameters = Parameters()
    set(settings, in: &parameters)
    do {
      return try Signalling(parameters, scenario.setting(of: 0))
    } catch {
      throw .setting(error.name, expected: error.expected)
    }
  }

  private static func set(_ settings: EnvironmentSettings, in parameters: inout Parameters) {
    parameters.set("signal_to", .text(settings.signalTo))
    parameters.set("heed_signals", .flag(settings.heedsSignals))
  }

  /// The two instruments that it trades, where it holds one against the other.
  var pair: HeldPair? { trader.heldPair }

  /// Learns what occurred.
  mutating func remember(_ occurrences: [Occurrence]) {
    for occurrence in occurrences { trader.remember(occurrence, in: &memory) }
  }

  /// What its policy would see, were it woken now.
  func features(_ observation: Observation) -> [Float] {
    var memory = memory
    trader.remember(.woken(observation), in: &memory)
    return trader.features(observation, memory: memory)
  }

  /// Wakes it, once it learned what occurred before.
  mutating func wake(_ occurrences: [Occurrence], _ observation: Observation) {
    remember(occurrences)
    trader.remember(.woken(observation), in: &memory)
  }

  /// Does an action: a number of a `TradingAction`, or those of a `ContinuousAction`.
  func act(
    _ numbers: [Float], _ actions: ActionKind, _ observation: Observation,
    _ commands: inout [Command]
  ) {
    let choice =
      actions == .discrete
      ? ActionChoice(action: UInt32(numbers[0]), scores: [])
      : ActionChoice(
        action: ActionChoice.numbers,
        scores: [Float](repeating: 0, count: 2 * numbers.count) + numbers)
    trader.act(choice, observation, memory: memory, commands: &commands)
  }
}
