/// An agent that does what a policy says drew an action; what it asks for because of it follows.
///
/// With the scores, which may be logarithms of probabilities up to a constant, the choice can be asked
/// again in the Gumbel-max form.
public struct ActionChosen: Equatable, Sendable {
  /// Who chose.
  public var agent: AgentIndex
  /// The tick of the wake-up.
  public var tick: Tick
  /// The number of the wake-up in its tick.
  public var ordinal: UInt32
  /// The number of the action; 255 for a continuous one.
  public var action: UInt32
  /// The score of each action, or what a continuous one was drawn from and its numbers: numbers of 32 bits,
  /// little-endian.
  public var payload: [UInt8]

  /// Creates the event.
  @inlinable
  public init(
    agent: AgentIndex, tick: Tick, ordinal: UInt32, action: UInt32, payload: [UInt8]
  ) {
    self.agent = agent
    self.tick = tick
    self.ordinal = ordinal
    self.action = action
    self.payload = payload
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    agent = try r.index(0)
    tick = r.words[1]
    ordinal = try r.ordinal(2)
    action = try r.ordinal(3)
    payload = r.payload
  }

  /// Writes its fields and its payload into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(agent)
    row.words[1] = tick
    row.words[2] = Int64(ordinal)
    row.words[3] = Int64(action)
    row.payload = payload
  }
}

/// An agent that learns played an episode: a session of its own, of which a training's tape keeps
/// only what came of it.
public struct EpisodePlayed: Equatable, Sendable {
  /// Who learns.
  public var agent: AgentIndex
  /// The update that learns from it, from 1.
  public var update: UInt32
  /// The number of the episode in the training, from 0.
  public var episode: UInt32
  /// The seed of its noise, as the bits of a signed number.
  public var seed: Int64
  /// How often the agent decided.
  public var decisions: UInt32
  /// What it gained, in minor units, rounded.
  public var gain: MinorUnits

  /// Creates the event.
  @inlinable
  public init(
    agent: AgentIndex, update: UInt32, episode: UInt32, seed: Int64, decisions: UInt32,
    gain: MinorUnits
  ) {
    self.agent = agent
    self.update = update
    self.episode = episode
    self.seed = seed
    self.decisions = decisions
    self.gain = gain
  }

  /// Reads the fields of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    agent = try r.index(0)
    update = try r.ordinal(1)
    episode = try r.ordinal(2)
    seed = r.words[3]
    decisions = try r.ordinal(4)
    gain = r.words[5]
  }

  /// Writes its fields into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(agent)
    row.words[1] = Int64(update)
    row.words[2] = Int64(episode)
    row.words[3] = seed
    row.words[4] = Int64(decisions)
    row.words[5] = gain
  }
}

/// An agent that learns learned once from the episodes before.
public struct LearnerUpdated: Equatable, Sendable {
  /// Who learns.
  public var agent: AgentIndex
  /// The number of the update, from 1.
  public var update: UInt32
  /// The hash of all parameters after it, as the bits of a signed number.
  public var hash: Int64
  /// What it came to, and a hash for each gradient step; FORMAT.md lists it.
  public var payload: [UInt8]

  /// Creates the event.
  @inlinable
  public init(agent: AgentIndex, update: UInt32, hash: Int64, payload: [UInt8]) {
    self.agent = agent
    self.update = update
    self.hash = hash
    self.payload = payload
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    agent = try r.index(0)
    update = try r.ordinal(1)
    hash = r.words[2]
    payload = r.payload
  }

  /// Writes its fields and its payload into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(agent)
    row.words[1] = Int64(update)
    row.words[2] = hash
    row.payload = payload
  }
}

/// The whole state of a learner was kept: a training goes on from it, bit for bit.
public struct LearnerSaved: Equatable, Sendable {
  /// Who learns.
  public var agent: AgentIndex
  /// The number of the update after which it is the state.
  public var update: UInt32
  /// The state, opaque to the market.
  public var payload: [UInt8]

  /// Creates the event.
  @inlinable
  public init(agent: AgentIndex, update: UInt32, payload: [UInt8]) {
    self.agent = agent
    self.update = update
    self.payload = payload
  }

  /// Reads the fields and the payload of a row; `inout` only to be cheap.
  ///
  /// - Throws: `EventDecodingError` for a field out of range.
  public init(_ r: inout EventRow) throws(EventDecodingError) {
    agent = try r.index(0)
    update = try r.ordinal(1)
    payload = r.payload
  }

  /// Writes its fields and its payload into a row.
  @inlinable
  public func write(to row: inout EventRow) {
    row.words[0] = Int64(agent)
    row.words[1] = Int64(update)
    row.payload = payload
  }
}
