import Determinism
public import MarketModel
import MatchingEngine

extension MarketState {
  /// Checks conservation, derived counts and digests from scratch.
  ///
  /// The sum of all balances and fees never changes, nor does the sum of all positions of an
  /// instrument in a market whose orders all belong to agents.
  /// - Complexity: O(orders + agents x instruments).
  public func checkInvariants() {
    book.checkInvariants()
    precondition(conservationFault == nil, "Invariant: cash and positions are conserved")
    var cashTotal = exchangeCashHash
    var positionTotal: UInt64 = 0
    for agent in accounts.indices {
      let agent = AgentIndex(agent)
      cashTotal &+= EntryHash.of(cashSeed(agent), UInt64(bitPattern: cash(of: agent)))
      for instrument in rules.instruments.indices {
        let instrument = InstrumentIndex(instrument)
        positionTotal &+= EntryHash.of(
          positionSeed(agent, instrument), UInt64(bitPattern: position(agent, instrument)))
      }
    }
    precondition(cashTotal == cashDigest, "Invariant: the cash digest equals that from scratch")
    precondition(
      positionTotal == positionsDigest, "Invariant: the position digest equals that from scratch")
    checkOpenCounts()
  }

  /// What is not conserved, in words, or nil.
  ///
  /// - Complexity: O(agents x instruments).
  public var conservationFault: String? {
    var money = Int128(exchangeCash)
    var opening: Int128 = 0
    for (agent, account) in rules.accounts.enumerated() {
      money += Int128(cash(of: AgentIndex(agent)))
      opening += Int128(account.openingCash)
    }
    if money != opening { return "cash and fees differ from the opening balances" }
    for instrument in rules.instruments.indices {
      var lots: Int128 = 0
      for (agent, account) in rules.accounts.enumerated() {
        lots += Int128(position(AgentIndex(agent), InstrumentIndex(instrument)))
        let start = account.openingPositions
        if instrument < start.count { lots -= Int128(start[instrument]) }
      }
      if lots != 0 { return "positions in \(rules.instruments[instrument].name) do not sum up" }
    }
    return nil
  }

  /// How many numbers `conservationFault` adds up.
  public var holdingCount: Int { holdings.count }

  /// The first instrument whose book is crossed, or nil.
  public var crossedInstrument: InstrumentIndex? {
    rules.instruments.indices.lazy.map { InstrumentIndex($0) }.first { isCrossed($0) }
  }

  /// Whether the best bid of an instrument is at or above its best ask.
  public func isCrossed(_ instrument: InstrumentIndex) -> Bool {
    guard let bid = book.best(instrument, .buy) else { return false }
    return book.crosses(instrument, .buy, price: bid.price)
  }

  private func checkOpenCounts() {
    var open = [Holding](repeating: Holding(seed: 0, limit: 0), count: holdings.count)
    for instrument in rules.instruments.indices {
      for side in Side.allCases {
        for level in book.levels(InstrumentIndex(instrument), side) {
          for order in book.queue(level) where order.key.agent >= 0 {
            open[cell(order.key.agent, order.instrument)].changeOpen(side, by: order.quantity)
            open[row(order.key.agent)].openBuys += 1
          }
        }
      }
    }
    precondition(
      open.map { $0.openBuys } == holdings.map { $0.openBuys }
        && open.map { $0.openSells } == holdings.map { $0.openSells },
      "Invariant: open lots and orders are those of the book")
  }
}
