import Agents
import Market
import MarketModel
import Reports
import Session

/// What a fork changed for one agent, at the end of the session.
struct ForkChange {
  let name: String
  let pnl: (String, String, String)
  let inventory: (Lots, Lots)
  let fills: (Int, Int)

  /// The changes; none where the parent is unfinished, since the ends of the two are then not of one tick.
  static func of<Roster: AgentRoster>(
    _ parent: OpenedTape, _ fork: OpenedTape, _ roster: Roster.Type
  ) throws(CommandFailure) -> [ForkChange] {
    if try parent.unfinishedTick() != nil { return [] }
    let before = try parent.samples(Roster.self)
    let after = try fork.samples(Roster.self)
    guard let last = before.steps.last, let end = after.steps.last else { return [] }
    let decimals = Int(before.scenario.currencyDecimals) + 3
    return before.scenario.agents.indices.map { agent in
      let old = before.totalValue(last, agent) - before.openingValue(agent)
      let new = after.totalValue(end, agent) - after.openingValue(agent)
      let show = { (value: Int128) in ExactDecimal.text(value, decimals: decimals) }
      return ForkChange(
        name: before.scenario.agents[agent].account.name,
        pnl: (show(old), show(new), (new > old ? "+" : "") + show(new - old)),
        inventory: (before.endInventories[agent], after.endInventories[agent]),
        fills: (before.fillCounts[agent], after.fillCounts[agent]))
    }
  }

  var object: [String: Any] {
    [
      "agent": name, "pnl_parent": pnl.0, "pnl_fork": pnl.1, "pnl_change": pnl.2,
      "inventory_parent": inventory.0, "inventory_fork": inventory.1,
      "fills_parent": fills.0, "fills_fork": fills.1,
    ]
  }

  /// What all agents came to, under a heading; why it is not told of a parent that does not go so far.
  static func text(_ changes: [ForkChange], _ parent: OpenedTape) throws(CommandFailure) -> String {
    if let tick = try parent.unfinishedTick() {
      return "no agent's change: \(parent.path) is unfinished, it ends at tick \(tick)\n"
    }
    return "each agent's change (\(ForkNote.caption)):\n" + table(changes)
  }

  private static func table(_ changes: [ForkChange]) -> String {
    var rows = [["agent", "pnl", "in the fork", "change", "inventory", "fills"]]
    for change in changes {
      rows.append([
        change.name, change.pnl.0, change.pnl.1, change.pnl.2,
        "\(change.inventory.0) -> \(change.inventory.1)",
        "\(change.fills.0) -> \(change.fills.1)",
      ])
    }
    return TextTable.text(rows)
  }
}

extension OpenedTape {
  /// The session sampled for tables and figures.
  @specialized(where Roster == BuiltInAgents)
  func samples<Roster: AgentRoster>(
    _ roster: Roster.Type, instrument: InstrumentIndex = 0
  ) throws(CommandFailure) -> SessionSamples {
    do {
      return try SessionSamples(lineage, roster: roster, instrument: instrument)
    } catch {
      throw CommandFailure(error, paths)
    }
  }
}
