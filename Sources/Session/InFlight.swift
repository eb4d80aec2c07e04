public import Agents
import Determinism
public import Market
public import MarketModel
public import MatchingEngine

/// A command on its way to the exchange.
public struct InFlightCommand: Equatable, Sendable {
  /// The command.
  public var command: PendingCommand
  /// When it arrives, in nanoseconds.
  public var arrival: Nanoseconds
  /// The event that submitted it; not part of any digest.
  public var sequence: SequenceNumber
  /// What it adds to the digest, once that was computed.
  var hash: UInt64 = 0

  init(command: PendingCommand, arrival: Nanoseconds, sequence: SequenceNumber) {
    self.command = command
    self.arrival = arrival
    self.sequence = sequence
  }

  /// Any command.
  static var filler: InFlightCommand {
    InFlightCommand(
      command: PendingCommand(key: .filler, body: .cancel(order: .filler, quantity: 0)),
      arrival: 0, sequence: 0)
  }
}

/// The identity of a report on its way.
public struct ReportKey: SlotTableKey {
  /// The outcome.
  public var outcome: OutcomeKey
  /// Who will learn of it.
  public var recipient: AgentIndex

  /// Mixes all parts.
  public var tableHash: UInt64 {
    let who = UInt64(UInt32(bitPattern: recipient)) << 32 | UInt64(outcome.number)
    return (outcome.command.tableHash ^ who) &* 0x9E37_79B9_7F4A_7C15  // a hash: wrapping
  }

  /// Any key.
  public static var filler: ReportKey {
    ReportKey(outcome: OutcomeKey(command: .filler, number: 0), recipient: 0)
  }
}

/// A report on its way to an agent.
public struct InFlightReport: Equatable, Sendable {
  /// What the agent will learn.
  public var report: Report
  /// Who will learn it.
  public var recipient: AgentIndex
  /// When it arrives, in nanoseconds.
  public var arrival: Nanoseconds
  /// The event it tells of; not part of any digest.
  public var sequence: SequenceNumber
  /// The maker's part, where an agent traded with itself: it learns of both at once.
  public var counterpart: Report?
}

/// The identity of a message on its way.
public struct MessageKey: SlotTableKey {
  /// The command that sent it.
  public var command: CommandKey
  /// Who will receive it.
  public var recipient: AgentIndex

  /// Mixes all parts.
  public var tableHash: UInt64 {
    let who = UInt64(UInt32(bitPattern: recipient))
    return (command.tableHash ^ who) &* 0x9E37_79B9_7F4A_7C15  // a hash: wrapping
  }

  /// Any key.
  public static var filler: MessageKey { MessageKey(command: .filler, recipient: 0) }
}

/// A message on its way to an agent.
public struct InFlightMessage: Equatable, Sendable {
  /// Its identity.
  public var key: MessageKey
  /// The topic it was sent to; -1 for a direct one.
  public var topic: Int32
  /// What it says.
  public var payload: [UInt8]
  /// When it arrives, in nanoseconds.
  public var arrival: Nanoseconds
  /// The event that sent it; not part of any digest.
  public var sequence: SequenceNumber
}

/// Entries in a flat pool, found by key.
///
/// Order of iteration is that of the slots and must not
/// reach anything that matters.
public struct KeyedPool<Key: SlotTableKey, Entry: Sendable>: Sendable {
  private var slots: [Entry?] = []
  private var free: [Int32] = []
  private var table = SlotTable<Key>()

  /// How many entries there are.
  public var count: Int { table.count }

  /// All entries, in no order that means anything.
  public var entries: [Entry] { slots.compactMap { $0 } }

  /// The entry with that key.
  ///
  /// - Complexity: O(1) expected.
  public subscript(key: Key) -> Entry? {
    guard let slot = table.slot(of: key) else { return nil }
    return slots[Int(slot)]
  }

  /// Adds an entry.
  ///
  /// - Precondition: the key is absent.
  mutating func insert(_ key: Key, _ entry: Entry) {
    if let slot = free.popLast() {
      slots[Int(slot)] = entry
      table.insert(key, slot: slot)
    } else {
      table.insert(key, slot: Int32(slots.count))
      slots.append(entry)
    }
  }

  /// Removes and returns an entry.
  mutating func remove(_ key: Key) -> Entry? {
    guard let slot = table.slot(of: key) else { return nil }
    table.remove(key)
    free.append(slot)
    let entry = slots[Int(slot)]
    slots[Int(slot)] = nil
    return entry
  }
}

/// Commands on their way.
///
/// Where nothing takes any time, a command is concluded by the very next event: the latest one
/// waits beside the pool, and neither its table nor its digest is touched for it.
public struct CommandsInFlight: Sendable {
  /// The latest one, where `hasLatest`; else any.
  private(set) var latest = InFlightCommand.filler
  private var hasLatest = false
  private var pool = KeyedPool<CommandKey, InFlightCommand>()
  private var poolDigest: UInt64 = 0

  /// All of them, in no order that means anything.
  public var entries: [InFlightCommand] { pool.entries + (hasLatest ? [latest] : []) }

  /// How many there are.
  public var count: Int { pool.count + (hasLatest ? 1 : 0) }

  /// The command with that key.
  ///
  /// - Complexity: O(1) expected.
  public subscript(key: CommandKey) -> InFlightCommand? {
    hasLatest && latest.command.key == key ? latest : pool[key]
  }

  /// Whether there is a command with that key; `mutating` only to be cheap.
  @inline(__always)
  mutating func contains(_ key: CommandKey) -> Bool {
    if hasLatest, latest.command.key == key { return true }
    return pool.count > 0 && pool[key] != nil
  }

  /// Makes a command the latest one, which is looked at where it is; false where there is none with
  /// that key.
  @inline(__always)
  mutating func bringForward(_ key: CommandKey, _ identities: Identities) -> Bool {
    if hasLatest, latest.command.key == key { return true }
    return bringForward(pooled: key, identities)
  }

  private mutating func bringForward(
    pooled key: CommandKey, _ identities: Identities
  ) -> Bool {
    guard let entry = take(key) else { return false }
    insert(entry, identities)
    return true
  }

  /// Removes the latest command, which can still be looked at until the next one is added.
  @inline(__always)
  mutating func removeLatest() { hasLatest = false }

  /// Lets `body` look at the latest command; `mutating` and `inout` only to be cheap.
  @inline(__always)
  mutating func withLatest<Result>(_ body: (inout PendingCommand) -> Result) -> Result {
    body(&latest.command)
  }

  /// Adds a command.
  ///
  /// - Precondition: its key is absent.
  @inline(__always)
  mutating func insert(_ entry: InFlightCommand, _ identities: Identities) {
    if hasLatest { store(latest, identities) }
    latest = entry
    hasLatest = true
  }

  private mutating func store(_ entry: InFlightCommand, _ identities: Identities) {
    var entry = entry
    entry.hash = InFlightHash.of(entry, identities)
    poolDigest &+= entry.hash  // a wrapping sum
    pool.insert(entry.command.key, entry)
  }

  /// Removes and returns a command.
  @inline(__always)
  mutating func remove(_ key: CommandKey) -> InFlightCommand? {
    if hasLatest, latest.command.key == key {
      hasLatest = false
      return latest
    }
    return take(key)
  }

  private mutating func take(_ key: CommandKey) -> InFlightCommand? {
    guard let entry = pool.remove(key) else { return nil }
    poolDigest &-= entry.hash
    return entry
  }

  /// The wrapping sum of the hashes of all of them.
  func digest(_ identities: Identities) -> UInt64 {
    poolDigest &+ (hasLatest ? InFlightHash.of(latest, identities) : 0)
  }
}

/// The hashes of what is on its way.
enum InFlightHash {
  static func of(_ entry: InFlightCommand, _ identities: Identities) -> UInt64 {
    var hasher = DigestHasher(domain: 10)
    hasher.combine(identities.hash(entry.command.key))
    hasher.combine(entry.arrival)
    switch entry.command.body {
    case .place(let terms):
      hasher.combine(UInt64(0))
      let instrument = Int(terms.instrument)
      // An order may name an instrument that does not exist; the exchange will say so.
      hasher.combine(
        identities.instruments.indices.contains(instrument)
          ? identities.instruments[instrument] : 0)
      hasher.combine(
        UInt64(terms.side.rawValue) | UInt64(terms.type.rawValue) << 8
          | UInt64(terms.timeInForce.rawValue) << 16 | (terms.isPostOnly ? 1 << 24 : 0))
      hasher.combine(terms.price)
      hasher.combine(terms.quantity)
    case .cancel(let order, let quantity):
      hasher.combine(UInt64(1))
      hasher.combine(hash(order, identities))
      hasher.combine(quantity)
    case .replace(let order, let price, let quantity):
      hasher.combine(UInt64(2))
      hasher.combine(hash(order, identities))
      hasher.combine(price)
      hasher.combine(quantity)
    case .transfer(let recipient, let amount):
      hasher.combine(UInt64(3))
      hasher.combine(name(recipient, identities))
      hasher.combine(amount)
    }
    return hasher.finalize()
  }

  /// A command may name an order whose owner does not exist.
  private static func hash(_ key: CommandKey, _ identities: Identities) -> UInt64 {
    key.agent >= 0 && Int(key.agent) < identities.agents.count ? identities.hash(key) : 0
  }

  private static func name(_ agent: AgentIndex, _ identities: Identities) -> UInt64 {
    agent >= 0 && Int(agent) < identities.agents.count ? identities.agents[Int(agent)] : 0
  }

  static func of(_ entry: InFlightReport, _ identities: Identities) -> UInt64 {
    var hasher = DigestHasher(domain: 11)
    hasher.combine(identities.hash(entry.report.outcome.command))
    hasher.combine(UInt64(entry.report.outcome.number))
    hasher.combine(name(entry.recipient, identities))
    hasher.combine(entry.arrival)
    combine(entry.report.body, into: &hasher, identities)
    if let counterpart = entry.counterpart {
      combine(counterpart.body, into: &hasher, identities)
    }
    return hasher.finalize()
  }

  private static func combine(
    _ body: Report.Body, into hasher: inout DigestHasher, _ identities: Identities
  ) {
    switch body {
    case .accepted: hasher.combine(UInt64(0))
    case .rejected(let reason):
      hasher.combine(UInt64(1))
      hasher.combine(UInt64(reason.rawValue))
    case .filled(let fill):
      hasher.combine(UInt64(2))
      hasher.combine(identities.hash(fill.order))
      hasher.combine(identities.instruments[Int(fill.instrument)])
      hasher.combine(UInt64(fill.side.rawValue) | (fill.isMaker ? 2 : 0))
      hasher.combine(fill.price)
      hasher.combine(fill.quantity)
      hasher.combine(fill.fee)
    case .cancelled(let order, let quantity, let reason):
      hasher.combine(UInt64(3))
      hasher.combine(identities.hash(order))
      hasher.combine(quantity)
      hasher.combine(UInt64(reason.rawValue))
    case .replaced(let order):
      hasher.combine(UInt64(4))
      hasher.combine(identities.hash(order))
    case .transferred(let amount):
      hasher.combine(UInt64(5))
      hasher.combine(amount)
    }
  }

  static func of(
    _ entry: InFlightMessage, _ identities: Identities, topics: [String]
  ) -> UInt64 {
    var hasher = DigestHasher(domain: 12)
    hasher.combine(identities.hash(entry.key.command))
    hasher.combine(name(entry.key.recipient, identities))
    hasher.combine(entry.arrival)
    hasher.combine(topics.indices.contains(Int(entry.topic)) ? topics[Int(entry.topic)] : "")
    hasher.combine(entry.payload)
    return hasher.finalize()
  }
}
