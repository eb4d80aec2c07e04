/// The kinds of intervention.
///
/// Raw values are fixed for ever.
public enum InterventionCode: UInt8, Sendable, CaseIterable {
  /// The agent's decider no longer runs; its resting orders stay.
  case silence = 1
  /// An agent that the parent does not have joins the session.
  case addAgent = 2
  /// The agent's parameters are replaced.
  case setParameters = 3
  /// Noise is drawn with another seed from here on.
  case reseed = 4
  /// An agent's strategy, parameters, latencies, limits or wake-ups are others.
  case changeAgent = 5
  /// An instrument's fees or price band are others.
  case changeInstrument = 6
  /// An exogenous process moves otherwise.
  case changeProcess = 7
  /// An exogenous process jumps once.
  case shockProcess = 8
  /// An agent's command that its decider never gave.
  case insertCommand = 9
  /// An agent gets another policy.
  case loadPolicy = 10
  /// Commands that fit a condition are withheld, delayed or changed.
  case ruleCommands = 11
}

/// What was done where a recorded fact could not be re-issued as it was.
public enum FlowAdjustment: UInt8, Sendable, CaseIterable {
  /// The resting order of an execution is gone; the marketable order is sent all the same.
  case restingOrderGone = 1
  /// The resting order of an execution is smaller; the marketable order is sent all the same.
  case restingOrderSmaller = 2
  /// The order to cancel is gone; nothing is sent.
  case nothingToCancel = 3
  /// The fact refers to an order that was never seen; the level's own order stands in for it.
  case unseenReference = 4
  /// The price or quantity does not fit the instrument; nothing is sent.
  case doesNotFit = 5
}

/// An exogenous process took a step.
public struct ProcessStepped: Equatable, Sendable {
  /// Which process.
  public var process: ProcessIndex
  /// The tick.
  public var tick: Tick
  /// The number among the process's steps of that tick.
  public var ordinal: UInt32
  /// Its value after the step, in thousandths of a price increment.
  public var value: PriceThousandths
  /// Nanoseconds until its next step; -1 for never.
  public var delay: Nanoseconds

  /// Creates the event.
  @inlinable
  public init(
    process: ProcessIndex, tick: Tick, ordinal: UInt32, value: PriceThousandths, delay: Nanoseconds
  ) {
    self.process = process
    self.tick = tick
    self.ordinal = ordinal
    self.value = value
    self.delay = delay
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  @inlinable @inline(__always)
  public init(_ r: inout some EventFields) throws(EventDecodingError) {
    process = try r.index(0)
    tick = r[1]
    ordinal = try r.ordinal(2)
    value = r[3]
    delay = try r.delay(4, from: -1)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(process)
    row.words[1] = tick
    row.words[2] = Int64(ordinal)
    row.words[3] = value
    row.words[4] = delay
  }
}

/// An agent's policy changed.
public struct PolicyUpdated: Equatable, Sendable {
  /// Whose policy.
  public var agent: AgentIndex
  /// The tick.
  public var tick: Tick
  /// The number among the agent's updates of that tick.
  public var ordinal: UInt32
  /// The new policy, opaque to the market.
  public var payload: [UInt8]

  /// Creates the event.
  @inlinable
  public init(agent: AgentIndex, tick: Tick, ordinal: UInt32, payload: [UInt8]) {
    self.agent = agent
    self.tick = tick
    self.ordinal = ordinal
    self.payload = payload
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    agent = try r.index(0)
    tick = r.words[1]
    ordinal = try r.ordinal(2)
    payload = r.payload
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(agent)
    row.words[1] = tick
    row.words[2] = Int64(ordinal)
    row.payload = payload
  }
}

/// A fork's difference took effect.
public struct InterventionApplied: Equatable, Sendable {
  /// The position in the fork's list of interventions.
  public var ordinal: UInt32
  /// What kind of difference.
  public var code: InterventionCode
  /// The agent concerned; -1 for none.
  public var agent: Int32
  /// Its particulars, encoded as the code demands.
  public var payload: [UInt8]

  /// Creates the event.
  @inlinable
  public init(ordinal: UInt32, code: InterventionCode, agent: Int32, payload: [UInt8]) {
    self.ordinal = ordinal
    self.code = code
    self.agent = agent
    self.payload = payload
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    ordinal = try r.ordinal(0)
    code = try r.byte(1, InterventionCode.self)
    agent = try r.index(2, from: -1)
    payload = r.payload
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(ordinal)
    row.words[1] = Int64(code.rawValue)
    row.words[2] = Int64(agent)
    row.payload = payload
  }
}

/// An intervention kept a command from being given; it keeps its number.
public struct CommandWithheld: Equatable, Sendable {
  /// The key that the command would have had.
  public var key: CommandKey
  /// The number of the intervention.
  public var intervention: UInt32

  /// Creates the event.
  @inlinable
  public init(key: CommandKey, intervention: UInt32) {
    self.key = key
    self.intervention = intervention
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    key = try r.key(0)
    intervention = try r.ordinal(3)
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.set(0, key)
    row.words[3] = Int64(intervention)
  }
}

/// A recorded flow could not be re-issued as it was.
public struct FlowAdjusted: Equatable, Sendable {
  /// The fact that was re-issued otherwise.
  public var fact: FactKey
  /// What was done instead.
  public var adjustment: FlowAdjustment
  /// The quantity concerned.
  public var quantity: Lots

  /// Creates the event.
  @inlinable
  public init(fact: FactKey, adjustment: FlowAdjustment, quantity: Lots) {
    self.fact = fact
    self.adjustment = adjustment
    self.quantity = quantity
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    fact = try r.fact(0)
    adjustment = try r.byte(2, FlowAdjustment.self)
    quantity = r.words[3]
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(fact.feed)
    row.words[1] = fact.number
    row.words[2] = Int64(adjustment.rawValue)
    row.words[3] = quantity
  }
}

/// A remark that changes no state.
public struct NoteAdded: Equatable, Sendable {
  /// UTF-8 text.
  public var payload: [UInt8]

  /// Creates the event.
  @inlinable
  public init(payload: [UInt8]) {
    self.payload = payload
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    payload = r.payload
  }

  /// Writes its fields, and its payload where it has one, into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.payload = payload
  }
}
