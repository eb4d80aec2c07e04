public import Agents
public import MarketModel
public import Session

/// The tape that a process of the kind `recorded-flow` plays.
public struct FlowReference: Equatable, Sendable {
  /// The process.
  public let process: ProcessIndex
  /// The path of the tape, as written.
  public let tape: String

  /// Creates a reference.
  public init(process: ProcessIndex, tape: String) {
    self.process = process
    self.tape = tape
  }
}

/// Reads policy files that a scenario or an intervention names.
///
/// It knows where the paths begin; nil stands for a file that cannot be read.
public struct PolicyReader: Sendable {
  let read: @Sendable (_ path: String) -> [UInt8]?

  /// Creates one of what reads a file.
  public init(_ read: @escaping @Sendable (_ path: String) -> [UInt8]?) { self.read = read }

  /// Has no files.
  public static let none = PolicyReader { _ in nil }
}

/// A parsed scenario file: TOML that says everything about a session but, perhaps, its seed.
///
/// Unknown keys are errors. Durations are text (`"250ns"`, `"1.5us"`, `"2ms"`, `"1s"`, `"1min"`,
/// `"1h"`) or whole nanoseconds, always exact. Prices and amounts are decimal text (`"100.00"`),
/// whole numbers, or floats, which stand for the shortest decimal that denotes them. Names have 1
/// to 255 bytes and no control characters. No number is -0, infinite or NaN.
///
/// | key | default | meaning |
/// | --- | --- | --- |
/// | `name` | the file's stem | a name for people |
/// | `seed` | none | 0 to 2^64 - 1, from 2^63 in quotes; the argument `seed` wins |
/// | `ticks` | required | how long the session lasts, in ticks |
/// | `tick` | `"1s"` | the length of a tick, at most 2^50 ns |
/// | `start` | `"0s"` | the instant at which tick 0 begins |
/// | `currency_decimals` | 2 | decimals of the currency: what a minor unit is, 0 to 9 |
/// | `digest_interval` | 1024 | events between digest roots; 0 for one after each tick |
/// | `self_trade` | `"cancel-resting"` | or `cancel-taking`, `cancel-both`, `allow` |
/// | `provenance` | `"simulated"` | or `synthetic`, `trained` |
/// | `topics` | `[]` | names of topics |
///
/// | `[[instruments]]` | default | meaning; at least one instrument |
/// | --- | --- | --- |
/// | `name` | required | its identity |
/// | `price_increment` | `"0.01"` | currency units; a power of ten, 1 to 0.000000001 |
/// | `increment_value` | 1 | minor units that a lot moves by for each increment |
/// | `start_price` | required | currency units; the price before anything traded |
/// | `price_step` | one increment | currency units; prices of orders are multiples of it |
/// | `lot_step` | 1 | lots; quantities of orders are multiples of it |
/// | `price_band` | 0, none | currency units; how far orders may lie from the last trade |
/// | `maker_fee_millionths` | 0 | millionths of the notional; negative for a rebate |
/// | `taker_fee_millionths` | 0 | millionths of the notional; negative for a rebate |
///
/// | `[[processes]]` | default | meaning |
/// | --- | --- | --- |
/// | `name` | required | its identity |
/// | `kind` | required | `random-walk` or `recorded-flow` |
/// | `instrument` | the first | whose price increments count; what a recorded flow trades |
/// | `start` | the instrument's start price | currency units, to 1/1000 of an increment |
/// | `deviation` | required | currency units; standard deviation of a step |
/// | `reversion` | 0.0 | share of the distance from `start` that a step goes back, 0 to 1 |
/// | `first` | `"0s"` | first step, relative to the session's start, or `"never"` |
/// | `every` | the tick | span between steps, or `"once"`; unused where `first` is never |
/// | `tape` | required | for `recorded-flow`, which takes only `instrument` besides: its path |
///
/// A recorded flow adds two foreign agents that never wake, `NAME.resting` and `NAME.taking` in
/// the group `NAME`, behind the agents of the file.
///
/// | `[[agents]]` | default | meaning |
/// | --- | --- | --- |
/// | `name` | required | its identity |
/// | `type` | required | a type of the roster, `process` or `foreign` |
/// | `group` | its name | the group of sub-accounts it belongs to |
/// | `cash` | `"0"` | currency units; the opening balance |
/// | `positions` | `{}` | lots by name of instrument; 0 for the others |
/// | `maximum_position` | 0, any | lots either way, open orders counted in |
/// | `maximum_open_orders` | 0, any | orders |
/// | `first_wake` | `"0s"` | first wake-up, relative to the session's start, or `"never"` |
/// | `wake_every` | the tick | span between wake-ups, or `"once"` |
/// | `listens` | `[]` | topics it listens to |
/// | `latency.command` | `"0s"` | from its decision to the exchange |
/// | `latency.report` | `"0s"` | from an outcome to the agent |
/// | `latency.message` | `"0s"` | from the sending of a message to this agent |
/// | `latency.data` | `"0s"` | how old the public data is that it sees; always the same |
/// | `parameters` | those of the type | values by name; any for `process`, none for `foreign` |
/// | `policy` | none | for `policy` only: the file of what it learned; it brings the parameters that are not set |
/// | `command` | required | for `process` only: the program that decides, and its arguments |
/// | `timeout` | `"1s"` | for `process` only: how long to wait for its answer, by the clock |
/// | `on_fault` | `"miss"` | for `process` only: a turn without a sound answer is missed; or `"stop"` |
///
/// The first three latencies are a duration, `{ uniform = [LOW, HIGH] }` or
/// `{ exponential = { minimum = MIN, mean = MEAN } }`, where `minimum` is `"0s"` by default. None
/// is longer than 2^50 ns, about 13 days.
public struct ScenarioFile: Sendable {
  /// The canonical, resolved and checked scenario.
  public var scenario: Scenario
  /// The tapes that its recorded flows play, in the order of the processes.
  public var flows: [FlowReference]
  private let text: String
  private let file: String

  /// Reads a scenario file; `file` names it in errors.
  ///
  /// - Throws: `ScenarioFileError` for the first thing that is wrong.
  /// - Complexity: O(bytes), but for names searched in lists.
  public init(
    text: String, file: String, seed: UInt64?, roster: [RosterEntry],
    policies: PolicyReader = .none
  ) throws(ScenarioFileError) {
    self.text = text
    self.file = file
    let root = try Document.parse(text, file: file)
    do {
      let reader = try ScenarioReader(
        root, stem: Self.stem(of: file), seed: seed, roster: roster, policies: policies)
      scenario = reader.scenario
      flows = reader.flows
    } catch {
      throw error.located(in: file, by: SourceMap(text))
    }
    do {
      try scenario.check()
    } catch {
      throw located(error)
    }
  }

  /// Returns the error for this file, with its line, of a session that refused the scenario.
  ///
  /// Agents check the range of their parameters only when a session is made.
  public func located(_ error: ScenarioError) -> ScenarioFileError {
    let place = Place(path: error.path, steps: scenario.steps(to: error.path))
    return Misfit(place, expected: error.expected, found: "").located(
      in: file, by: SourceMap(text))
  }

  /// `three-agents` for `scenarios/three-agents.toml`.
  private static func stem(of file: String) -> String {
    let name = file.split(separator: "/").last.map { String($0) } ?? ""
    let stem = name.hasSuffix(".toml") ? String(name.dropLast(5)) : name
    return stem.isEmpty ? "scenario" : stem
  }
}
