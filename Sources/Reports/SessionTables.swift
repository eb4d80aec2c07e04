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
public struct SessionTables: Sendable {
  /// `prices.csv`.
  public let prices: String
  /// `actions.csv`.
  public let actions: String
  /// `pnl.csv`.
  public let pnl: String

  /// Makes the tables.
  public init(_ samples: SessionSamples) {
    prices = Self.prices(samples)
    actions = Self.actions(samples)
    pnl = Self.pnl(samples)
  }

  private static func prices(_ samples: SessionSamples) -> String {
    let decimals = samples.priceDecimals
    var text = "step,mid_price,best_bid,best_ask\n"
    for step in samples.steps {
      let mid = ExactDecimal.text(Int128(step.midPrice), decimals: decimals + 3)
      let bid = step.bestBid.map { ExactDecimal.text(Int128($0), decimals: decimals) } ?? ""
      let ask = step.bestAsk.map { ExactDecimal.text(Int128($0), decimals: decimals) } ?? ""
      text += "\(step.tick),\(mid),\(bid),\(ask)\n"
    }
    return text
  }

  private static func actions(_ samples: SessionSamples) -> String {
    var text = "step,agent_id,type,side,price,quantity\n"
    for action in samples.actions {
      let terms = action.terms
      let name = CSVField.quoted(samples.scenario.agents[Int(action.agent)].account.name)
      let isMarket = terms.type == .market
      let price =
        isMarket
        ? "MKT" : ExactDecimal.text(Int128(terms.price), decimals: samples.priceDecimals)
      text += "\(action.tick),\(name),\(isMarket ? "market" : "limit"),"
      text += "\(terms.side == .buy ? "buy" : "sell"),\(price),\(terms.quantity)\n"
    }
    return text
  }

  private static func pnl(_ samples: SessionSamples) -> String {
    let decimals = Int(samples.scenario.currencyDecimals)
    let names = samples.scenario.agents.map { CSVField.quoted($0.account.name) }
    var text = "step,agent_id,inventory,cash,total_value\n"
    for step in samples.steps {
      for agent in names.indices {
        let cash = ExactDecimal.text(Int128(step.cash[agent]), decimals: decimals)
        let total = ExactDecimal.text(samples.totalValue(step, agent), decimals: decimals + 3)
        text += "\(step.tick),\(names[agent]),\(step.inventories[agent]),\(cash),\(total)\n"
      }
    }
    return text
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
