import Market
import MarketModel
import Session

/// Changes of a sketch towards the plainest rules; each is worth a try by itself.
enum SketchSimplification {
  typealias Change = (inout SessionSketch) -> Void

  static func rules(of sketch: SessionSketch) -> [Change] {
    var changes: [Change] = []
    changes.append { $0.scenario.selfTradePrevention = .cancelResting }
    changes.append { sketch in
      for index in sketch.inputs.indices {
        sketch.inputs[index].latency = 0
      }
    }
    for index in sketch.scenario.agents.indices {
      changes.append { $0.scenario.agents[index].dropLatency() }
      changes.append { $0.scenario.agents[index].dataLatency = 0 }
      changes.append { $0.scenario.agents[index].account.openingPositions = [] }
      changes.append { $0.scenario.agents[index].account.openingCash = 0 }
      changes.append { $0.scenario.agents[index].account.maximumPosition = 0 }
      changes.append { $0.scenario.agents[index].account.maximumOpenOrders = 0 }
      changes.append { $0.scenario.agents[index].subscriptions = [] }
    }
    for index in sketch.scenario.instruments.indices {
      changes.append { $0.scenario.instruments[index].makerFeeMillionths = 0 }
      changes.append { $0.scenario.instruments[index].takerFeeMillionths = 0 }
      changes.append { $0.scenario.instruments[index].priceBand = 0 }
      changes.append { $0.scenario.instruments[index].priceStep = 1 }
      changes.append { $0.scenario.instruments[index].lotStep = 1 }
      changes.append { $0.scenario.instruments[index].incrementValue = 1 }
    }
    for index in sketch.inputs.indices {
      changes.append { plain(&$0.inputs[index].action) { $0.timeInForce = .goodTillCancelled } }
      changes.append { plain(&$0.inputs[index].action) { $0.isPostOnly = false } }
    }
    let all = changes
    changes.append { $0.moveToStart() }
    changes.append { $0.movePrices() }
    // All at once is mostly possible, and then the only one that costs anything.
    return [{ sketch in for change in all { change(&sketch) } }] + changes
  }

  private static func plain(
    _ action: inout SessionSketch.Action, _ change: (inout OrderTerms) -> Void
  ) {
    guard case .place(var terms) = action else { return }
    change(&terms)
    action = .place(terms)
  }
}

extension SessionSketch {
  /// Moves everything to the first tick, with the spans between as they are.
  mutating func moveToStart() {
    let shift = firstTick
    guard shift > 0, scenario.horizon > shift else { return }
    let span = scenario.clock.firstInstant(of: shift) - scenario.clock.start
    scenario.horizon -= shift
    for index in inputs.indices { inputs[index].time -= span }
    for index in scenario.agents.indices where scenario.agents[index].firstWake >= 0 {
      scenario.agents[index].firstWake -= span
    }
    for index in scenario.processes.indices where scenario.processes[index].firstStep >= 0 {
      scenario.processes[index].firstStep -= span
    }
  }

  /// Moves all prices so that each instrument starts at 100.
  mutating func movePrices() {
    var shifts: [PriceIncrements] = []
    for index in scenario.instruments.indices {
      var plain: PriceIncrements = 100
      for _ in 0..<scenario.instruments[index].priceDecimals { plain *= 10 }
      shifts.append(plain - scenario.instruments[index].referencePrice)
      scenario.instruments[index].referencePrice = plain
    }
    for index in scenario.processes.indices {
      guard case .walk(let start, let deviation, let reversion) = scenario.processes[index].motion
      else { continue }
      let shift = 1000 * shifts[Int(scenario.processes[index].instrument)]
      scenario.processes[index].motion = .walk(
        start: start + shift, deviation: deviation, reversion: reversion)
    }
    for index in inputs.indices {
      switch inputs[index].action {
      case .place(var terms)
      where terms.type == .limit && shifts.indices.contains(Int(terms.instrument)):
        // Prices that no book would take may lie anywhere.
        terms.price &+= shifts[Int(terms.instrument)]
        inputs[index].action = .place(terms)
      case .replace(let target, let price, let quantity):
        guard let instrument = instrument(of: target) else { continue }
        inputs[index].action = .replace(
          target, price: price &+ shifts[Int(instrument)], quantity: quantity)
      default: break
      }
    }
  }

  /// The instrument of the order that an input placed or replaced.
  private func instrument(of target: Target) -> InstrumentIndex? {
    guard case .input(let number) = target,
      let input = inputs.first(where: { $0.number == number })
    else { return nil }
    switch input.action {
    case .place(let terms):
      return scenario.instruments.indices.contains(Int(terms.instrument)) ? terms.instrument : nil
    case .replace(let earlier, _, _): return earlier == target ? nil : instrument(of: earlier)
    default: return nil
    }
  }
}

/// A number of a sketch that may become smaller.
enum SketchField {
  case quantity(Int)
  case price(Int)
  case amount(Int)
  case time(Int)

  static func all(of sketch: SessionSketch) -> [SketchField] {
    var fields: [SketchField] = []
    for index in sketch.inputs.indices {
      switch sketch.inputs[index].action {
      case .place, .replace: fields += [.quantity(index), .price(index)]
      case .cancel: fields.append(.quantity(index))
      case .transfer: fields.append(.amount(index))
      case .message, .policy, .intervene, .fact: break
      }
    }
    return fields + sketch.inputs.indices.map { .time($0) }
  }

  func value(in sketch: SessionSketch) -> Int64? {
    switch self {
    case .quantity(let index):
      switch sketch.inputs[index].action {
      case .place(let terms): return terms.quantity
      case .cancel(_, let quantity), .replace(_, _, let quantity): return quantity
      default: return nil
      }
    case .price(let index):
      switch sketch.inputs[index].action {
      case .place(let terms): return terms.type == .market ? nil : terms.price
      case .replace(_, let price, _): return price
      default: return nil
      }
    case .amount(let index):
      if case .transfer(_, let amount) = sketch.inputs[index].action { return amount }
      return nil
    case .time(let index): return sketch.inputs[index].time
    }
  }

  /// What to try, the simplest first.
  func targets(in sketch: SessionSketch) -> [Int64] {
    switch self {
    case .quantity(let index):
      if case .cancel = sketch.inputs[index].action { return [0] }
      return [1]
    case .price: return [sketch.scenario.instruments.first?.referencePrice ?? 1]
    case .amount: return [0]
    case .time(let index):
      let earliest = index > 0 ? sketch.inputs[index - 1].time : sketch.scenario.clock.start
      return [earliest]
    }
  }

  func set(_ value: Int64, in sketch: inout SessionSketch) {
    switch self {
    case .quantity(let index):
      switch sketch.inputs[index].action {
      case .place(var terms):
        terms.quantity = value
        sketch.inputs[index].action = .place(terms)
      case .cancel(let target, _):
        sketch.inputs[index].action = .cancel(target, quantity: value)
      case .replace(let target, let price, _):
        sketch.inputs[index].action = .replace(target, price: price, quantity: value)
      default: break
      }
    case .price(let index):
      switch sketch.inputs[index].action {
      case .place(var terms):
        terms.price = value
        sketch.inputs[index].action = .place(terms)
      case .replace(let target, _, let quantity):
        sketch.inputs[index].action = .replace(target, price: value, quantity: quantity)
      default: break
      }
    case .amount(let index):
      if case .transfer(let recipient, _) = sketch.inputs[index].action {
        sketch.inputs[index].action = .transfer(to: recipient, amount: value)
      }
    case .time(let index): sketch.inputs[index].time = value
    }
  }
}
