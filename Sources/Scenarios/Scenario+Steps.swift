import Market
import Session

extension Scenario {
  /// Where a path of a `ScenarioError`, made of names, leads in a scenario file.
  func steps(to path: String) -> [String] {
    let kinds = [
      ("instruments", instruments.map { $0.name }), ("processes", processes.map { $0.name }),
      ("agents", agents.map { $0.account.name }),
    ]
    for (kind, names) in kinds where path.hasPrefix("\(kind).") {
      let rest = path.dropFirst(kind.count + 1)
      // Names may hold dots: the longest that fits is meant.
      let fits = names.indices.filter { rest == names[$0] || rest.hasPrefix("\(names[$0]).") }
      guard let index = fits.max(by: { names[$0].count < names[$1].count }) else { return [kind] }
      let last = String(rest.dropFirst(names[index].count + 1))
      return [kind, "[\(index)]"] + Self.keys(last, isAgent: kind == "agents")
    }
    return [path == "horizon" ? "ticks" : path]
  }

  /// What the file calls something that `Scenario.check` names.
  private static func keys(_ last: String, isAgent: Bool) -> [String] {
    switch last {
    case "price_decimals": ["price_increment"]
    case "reference_price": ["start_price"]
    case "fees": ["taker_fee_millionths"]
    case "first_step": ["first"]
    case "interval": ["every"]
    case "limits": ["maximum_position"]
    case "wake": ["wake_every"]
    case "data_latency": ["latency", "data"]
    case "topics": ["listens"]
    case "group", "cash", "positions", "first_wake": [last]
    case _ where isAgent && !last.isEmpty: ["parameters", last]
    default: [last]
    }
  }
}
