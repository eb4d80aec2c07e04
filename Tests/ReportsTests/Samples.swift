import Reports

/// Random walks that are the same every time.
enum Samples {
  /// A generator small enough to read.
  struct Walk {
    var state: UInt64

    /// Returns a number from -1 to 1.
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 23) - 1
    }
  }

  static let names = [
    "market maker", "momentum taker", "Dealer <A&B> \"quoted\" & co", "noise",
    "a slow institution with a very long name that does not fit in a legend", "rebalancer",
    "python policy",
  ]

  static func run(
    steps count: Int, agents: Int, seed: UInt64 = 7, fork: Int? = nil, label: String? = nil
  ) -> RunSeries {
    var walk = Walk(state: seed)
    var run = RunSeries(
      title: "One dealer & two takers", label: label ?? "simulated, seed \(seed)",
      currencyDecimals: 2, steps: (0..<count).map(Int64.init), midPrice: [], bestBid: [],
      bestAsk: [], agents: [])
    var price = 100.0
    for step in 0..<count {
      price +=
        walk.next() * 0.05 + (fork.map { step >= $0 ? 0.003 * walk.next() + 0.0004 : 0 } ?? 0)
      let empty = step % 211 > 203
      run.midPrice.append(price)
      run.bestBid.append(empty ? nil : price - 0.06 - 0.03 * walk.next())
      run.bestAsk.append(step % 307 > 302 ? nil : price + 0.06 + 0.03 * walk.next())
    }
    for place in 0..<agents {
      var own = Walk(state: seed &+ UInt64(place + 1) &* 977)
      var agent = AgentSeries(
        name: place < names.count ? names[place] : "agent \(place)", pnl: [], inventory: [],
        fillCount: count / (place + 2), fees: Double(count) * 0.011 - Double(place),
        foreign: place == 6)
      var pnl = 0.0
      var inventory: Int64 = 0
      for step in 0..<count {
        let forked = fork.map { step >= $0 } ?? false
        if forked { _ = own.next() }
        pnl += own.next() * 6 + (place == 0 ? 0.2 : -0.05)
        if own.next() > 0.7 { inventory += own.next() > Double(inventory) / 40 ? 1 : -1 }
        agent.pnl.append(pnl)
        agent.inventory.append(inventory)
      }
      run.agents.append(agent)
    }
    return run
  }

  static func note(step: Int64) -> ForkNote {
    ForkNote(
      forkStep: step,
      interventions: ["market maker: half spread from 6 to 9 increments", "fee < 2 & rebate > 0"],
      firstDifference: "event 18 204, step 501: orderPlaced, price 100.09 instead of 100.06")
  }

  static func forkedPage(steps: Int, agents: Int) -> ReportPage {
    ReportPage(
      parent: run(steps: steps, agents: agents),
      fork: (
        run(steps: steps, agents: agents, fork: steps / 3, label: "fork at step \(steps / 3)"),
        note(step: Int64(steps / 3))
      ))
  }
}
