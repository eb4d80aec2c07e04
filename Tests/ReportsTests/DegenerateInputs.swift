import Reports

/// Pages at the edges of what can be asked for, each with a name.
enum DegenerateInputs {
  static var ordinaryPages: [(String, ReportPage)] {
    [
      ("plain", ReportPage(parent: Samples.run(steps: 1500, agents: 3))),
      ("forked", Samples.forkedPage(steps: 1500, agents: 3)),
      ("seven", ReportPage(parent: Samples.run(steps: 400, agents: 7))),
      ("crowd", ReportPage(parent: Samples.run(steps: 6000, agents: 20))),
      ("crowd-forked", Samples.forkedPage(steps: 6000, agents: 20)),
    ]
  }

  static var pages: [(String, ReportPage)] {
    var silent = Samples.run(steps: 60, agents: 2)
    silent.bestBid = silent.bestBid.map { _ in nil }
    silent.bestAsk = silent.bestAsk.map { _ in nil }
    var oneSided = Samples.run(steps: 60, agents: 2)
    oneSided.bestAsk = oneSided.bestAsk.map { _ in nil }
    var ragged = Samples.run(steps: 60, agents: 2)
    ragged.midPrice = Array(ragged.midPrice.prefix(10))
    ragged.bestBid = []
    ragged.agents[1].pnl = []
    ragged.agents[1].inventory.append(contentsOf: [9, 9, 9])
    var flicker = Samples.run(steps: 4000, agents: 1)
    flicker.bestBid = flicker.bestBid.enumerated().map {
      $0.offset.isMultiple(of: 2) ? nil : $0.element
    }
    return [
      ("empty", ReportPage(parent: Samples.run(steps: 0, agents: 0))),
      ("no-steps", ReportPage(parent: Samples.run(steps: 0, agents: 2))),
      ("one-step", ReportPage(parent: Samples.run(steps: 1, agents: 2))),
      ("two-steps", ReportPage(parent: Samples.run(steps: 2, agents: 2))),
      ("no-agents", ReportPage(parent: Samples.run(steps: 60, agents: 0))),
      ("silent", ReportPage(parent: silent)),
      ("one-sided", ReportPage(parent: oneSided)),
      ("ragged", ReportPage(parent: ragged)),
      ("flicker", ReportPage(parent: flicker)),
      ("huge", ReportPage(parent: huge)),
      ("extreme", ReportPage(parent: extreme)),
      ("empty-fork", Samples.forkedPage(steps: 0, agents: 0)),
      ("one-step-fork", Samples.forkedPage(steps: 1, agents: 1)),
      ("strangers", strangers),
    ]
  }

  /// Values a careless strategy can reach.
  private static var huge: RunSeries {
    var run = Samples.run(steps: 300, agents: 3)
    run.currencyDecimals = 12
    run.midPrice = run.midPrice.map { ($0 - 101) * 1e9 }
    run.bestBid = run.midPrice.map { $0 - 1e7 }
    run.bestAsk = run.midPrice.map { $0 + 1e7 }
    for index in run.agents.indices {
      run.agents[index].pnl = run.agents[index].pnl.map { -$0 * 1e13 }
      run.agents[index].inventory = run.agents[index].inventory.map { -$0 * 1_000_000_000 }
    }
    return run
  }

  /// Values that no run has, at the ends of their types.
  private static var extreme: RunSeries {
    var run = Samples.run(steps: 6, agents: 3)
    run.steps = [.min, -5, 0, 5, .max - 1, .max]
    run.midPrice = [1e308, -1e308, .nan, .infinity, .leastNonzeroMagnitude, 0]
    run.bestBid = [nil, .nan, -.infinity, 1e300, nil, 1]
    run.bestAsk = [nil, nil, nil, 2, 3, nil]
    run.agents[0].pnl = [.nan, 1, 2, .infinity, 3, 1e308]
    run.agents[1].pnl = [1e-300, 2e-300, 0, 0, 0, 0]
    run.agents[0].inventory = [.min, .max, 0, 0, .min, .max]
    run.agents[2].name = ""
    run.agents[2].fillCount = .max
    run.agents[2].fees = -.infinity
    run.title = ""
    run.label = "\u{0}\u{202E}\u{FFFE}]]>"
    return run
  }

  /// A fork that shares no agent with its parent, and samples other steps.
  private static var strangers: ReportPage {
    var fork = Samples.run(steps: 40, agents: 2, seed: 9)
    fork.steps = fork.steps.map { $0 + 30 }
    fork.agents[0].name = "new"
    fork.agents[1].name = "newer"
    return ReportPage(
      parent: Samples.run(steps: 60, agents: 2),
      fork: (fork, ForkNote(forkStep: 9000, interventions: [], firstDifference: nil)))
  }
}
