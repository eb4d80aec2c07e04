import Filters
import Market
import MarketModel
import Session

/// Makes a rule out of a `[[commands]]` table of an intervention file.
struct RuleReader {
  private let scenario: Scenario
  private let now: Tick

  init(_ scenario: Scenario, now: Tick) {
    self.scenario = scenario
    self.now = now
  }

  func rule(_ section: Section) throws(Misfit) -> CommandRule {
    try section.allow(
      ["agent", "from", "until", "where"] + Self.actions + ["instrument"] + Self.orderKeys)
    var rule = CommandRule(agent: nil, from: now, until: now, action: try action(section))
    if section["agent"] != nil {
      let name = try section.name("agent")
      let names = scenario.agents.map { $0.account.name }
      guard names.contains(name) else {
        throw Misfit(section.place.key("agent"), word: name, among: names)
      }
      rule.agent = name
    }
    rule.from = try section.integer("from", default: now, in: now...max(now, scenario.horizon))
    // Cannot overflow: ticks stay below Limits.maximumTime.
    rule.until = try section.integer(
      "until", default: max(rule.from, scenario.horizon) + 1,
      in: rule.from + 1...Limits.maximumTime)
    if section["where"] != nil { rule.condition = try condition(section) }
    return rule
  }

  private static let actions = ["drop", "delay", "text"]
  private static let orderKeys = ["side", "price", "quantity", "quantity_factor"]

  private func condition(_ section: Section) throws(Misfit) -> String {
    let place = section.place.key("where")
    let node = try section.value("where", "a filter expression in quotes")
    guard case .text(let text) = node, !text.isEmpty else {
      throw Misfit(place, expected: "a filter expression in quotes", found: node.described)
    }
    do {
      try scenario.checkCondition(text)
      return text
    } catch {
      let (what, next) = error.fault.words
      throw Misfit(
        place, expected: "a filter expression",
        found: Node.quoted(text) + ": " + what + (next.map { "; " + $0 } ?? ""))
    }
  }

  private func action(_ section: Section) throws(Misfit) -> CommandRule.Action {
    let isOrder = Self.orderKeys.contains { section[$0] != nil }
    let count = Self.actions.count { section[$0] != nil } + (isOrder ? 1 : 0)
    guard count == 1 else {
      throw Misfit(
        section.place,
        expected: "one thing to do: drop = true, delay, text, or an order's "
          + Self.orderKeys.joined(separator: ", "),
        found: count == 0 ? "none" : "several")
    }
    if section["drop"] != nil {
      guard case .flag(true)? = section["drop"] else {
        throw Misfit(
          section.place.key("drop"), expected: "true",
          found: section["drop"]?.described ?? "nothing")
      }
      return .withhold
    }
    if section["delay"] != nil {
      return .delay(
        try section.duration("delay", default: nil, in: 1...Limits.maximumDelay))
    }
    if section["text"] != nil { return .forge(try Self.text(section)) }
    return .change(try change(section))
  }

  private func change(_ section: Section) throws(Misfit) -> CommandRule.OrderChange {
    var change = CommandRule.OrderChange()
    let quantities = 1...Limits.maximumQuantity
    if section["side"] != nil {
      let word = try section.word("side", default: nil, among: ["buy", "sell"])
      change.side = word == "buy" ? .buy : .sell
    }
    if section["price"] != nil {
      let names = scenario.instruments.map { $0.name }
      let name = try section.word("instrument", default: names[0], among: names)
      let index = names.firstIndex(of: name) ?? 0
      change.price = try section.scaled(
        "price", places: Int(scenario.instruments[index].priceDecimals), default: nil,
        in: 1...Limits.maximumPrice, "a price above 0, a multiple of the price increment")
    }
    if section["quantity"] != nil {
      change.quantity = try section.integer("quantity", default: nil, in: quantities)
    }
    if section["quantity_factor"] != nil {
      change.factor = try section.scaled(
        "quantity_factor", places: 3, default: nil, in: quantities,
        "a factor above 0 with at most three decimals")
    }
    return change
  }

  /// The text of a message.
  static func text(_ section: Section) throws(Misfit) -> [UInt8] {
    let expected = "a text of at most 32 KiB"
    let node = try section.value("text", expected)
    guard case .text(let text) = node, text.utf8.count <= Limits.maximumInlinePayload else {
      throw Misfit(section.place.key("text"), expected: expected, found: node.described)
    }
    return Array(text.utf8)
  }
}
