import Market
import MarketModel
import Session

/// The three tables of a session, as CSV, byte for byte the same for the same tape.
///
/// - `prices.csv`: step, mid_price (the theoretical price), best_bid, best_ask; an empty cell for
///   an empty side.
/// - `actions.csv`: step, agent_id, type (`limit` or `market`), side (`buy` or `sell`), price or
///   `MKT`, quantity; a row for each order decided on.
/// - `pnl.csv`: step, agent_id, inventory, cash, total_value = cash + inventory x mid_price.
public struct SessionTables {
  /// One of them; its file is named after it.
  public enum Table: String, CaseIterable, Sendable {
    /// Prices.
    case prices
    /// Orders.
    case actions
    /// What agents have.
    case pnl
  }

  private let samples: SessionSamples
  /// As they stand in a table.
  private let names: [[UInt8]]

  /// Makes tables of a session.
  public init(_ samples: SessionSamples) {
    self.samples = samples
    names = samples.scenario.agents.map { Array(CSVField.quoted($0.account.name).utf8) }
  }

  /// Hands out a table as UTF-8, piece by piece: no piece is much more than a mebibyte.
  ///
  /// - Throws: what `write` throws.
  public func write<Failure: Error>(
    _ table: Table, to write: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var text = Array(Self.header(table).utf8)
    let count = table == .actions ? samples.actions.count : samples.steps.count
    for index in 0..<count {
      switch table {
      case .prices: appendPrices(samples.steps[index], to: &text)
      case .actions: appendAction(samples.actions[index], to: &text)
      case .pnl: appendValues(samples.steps[index], to: &text)
      }
      if text.count < 1 << 20 { continue }
      try write(text)
      text.removeAll(keepingCapacity: true)
    }
    try write(text)
  }

  private static func header(_ table: Table) -> String {
    switch table {
    case .prices: "step,mid_price,best_bid,best_ask\n"
    case .actions: "step,agent_id,type,side,price,quantity\n"
    case .pnl: "step,agent_id,inventory,cash,total_value\n"
    }
  }

  private static let comma = UInt8(ascii: ",")
  private static let lineEnd = UInt8(ascii: "\n")
  private static let limit = Array(",limit,".utf8)
  private static let market = Array(",market,".utf8)
  private static let buy = Array("buy,".utf8)
  private static let sell = Array("sell,".utf8)
  private static let noPrice = Array("MKT".utf8)

  private func appendPrices(_ step: StepSample, to text: inout [UInt8]) {
    let decimals = samples.priceDecimals
    ExactDecimal.append(step.tick, to: &text)
    text.append(Self.comma)
    ExactDecimal.append(step.midPrice, decimals: decimals + 3, to: &text)
    for best in [step.bestBid, step.bestAsk] {
      text.append(Self.comma)
      if let best { ExactDecimal.append(best, decimals: decimals, to: &text) }
    }
    text.append(Self.lineEnd)
  }

  private func appendAction(_ action: ActionSample, to text: inout [UInt8]) {
    let terms = action.terms
    ExactDecimal.append(action.tick, to: &text)
    text.append(Self.comma)
    text += names[Int(action.agent)]
    text += terms.type == .market ? Self.market : Self.limit
    text += terms.side == .buy ? Self.buy : Self.sell
    if terms.type == .market {
      text += Self.noPrice
    } else {
      ExactDecimal.append(terms.price, decimals: samples.priceDecimals, to: &text)
    }
    text.append(Self.comma)
    ExactDecimal.append(terms.quantity, to: &text)
    text.append(Self.lineEnd)
  }

  private func appendValues(_ step: StepSample, to text: inout [UInt8]) {
    let decimals = Int(samples.scenario.currencyDecimals)
    for agent in names.indices {
      ExactDecimal.append(step.tick, to: &text)
      text.append(Self.comma)
      text += names[agent]
      text.append(Self.comma)
      ExactDecimal.append(step.inventories[agent], to: &text)
      text.append(Self.comma)
      ExactDecimal.append(step.cash[agent], decimals: decimals, to: &text)
      text.append(Self.comma)
      let total = samples.totalValue(step, agent)
      if let total = Int64(exactly: total) {
        ExactDecimal.append(total, decimals: decimals + 3, to: &text)
      } else {
        text += ExactDecimal.text(total, decimals: decimals + 3).utf8
      }
      text.append(Self.lineEnd)
    }
  }
}

enum CSVField {
  /// A text as an RFC 4180 field.
  static func quoted(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    if !needsQuotes { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

extension SessionSamples {
  /// How many decimals a price has.
  public var priceDecimals: Int {
    Int(scenario.instruments[Int(instrument)].priceDecimals)
  }
}
