public import Agents
import Market
public import MarketModel
import MatchingEngine
import Session

/// Beginning later, ending earlier, and doing with fewer.
extension SessionSketch {
  /// The sketch ended before a tick.
  public func ended(before tick: Tick) -> SessionSketch {
    var sketch = self
    sketch.scenario.horizon = tick
    let end = sketch.scenario.end
    sketch.inputs.removeAll { $0.time >= end }
    return sketch
  }

  /// The sketch begun with a tick: accounts, walks and the orders of those who do not decide are
  /// then what they are there; memories, and the orders of those who decide, are not.
  ///
  /// Ticks keep their numbers, so that noise stays what it is; the orders are placed again at the
  /// end of the tick before. Nil where the session does not get that far.
  /// - Complexity: O(events before the tick).
  public func begun<Roster: AgentRoster>(
    with tick: Tick, _ roster: Roster.Type
  ) -> SessionSketch? {
    let start = scenario.clock.firstInstant(of: tick)
    guard start > scenario.clock.start, let state = state(before: start, roster) else {
      return nil
    }
    var sketch = self
    // What interventions changed before stays so.
    sketch.scenario = state.scenario
    for index in scenario.agents.indices {
      sketch.scenario.agents[index].account.openingCash = state.market.cash[index]
      var positions = scenario.instruments.indices.map {
        state.market.position(AgentIndex(index), InstrumentIndex($0))
      }
      while positions.last == 0 { positions.removeLast() }
      sketch.scenario.agents[index].account.openingPositions = positions
      let wake = state.agents[index].isSilenced ? -1 : state.agents[index].nextWake
      sketch.scenario.agents[index].firstWake = wake
      if wake < 0 { sketch.scenario.agents[index].wakeInterval = 0 }
    }
    for index in scenario.processes.indices {
      guard case .walk(_, let deviation, let reversion) = state.scenario.processes[index].motion
      else { continue }
      let process = state.processes[index]
      sketch.scenario.processes[index].motion = .walk(
        start: process.value, deviation: deviation, reversion: reversion)
      sketch.scenario.processes[index].firstStep = process.nextStep
      if process.nextStep < 0 { sketch.scenario.processes[index].interval = 0 }
    }
    for index in scenario.instruments.indices {
      sketch.scenario.instruments[index].referencePrice = state.market.trading[index].lastPrice
    }
    sketch.inputs =
      standing(state, before: start) + late(at: start)
      + inputs.filter { $0.time >= start }
    return sketch
  }

  private func state<Roster: AgentRoster>(
    before instant: Nanoseconds, _ roster: Roster.Type
  ) -> SessionState<Roster>? {
    var sink = NoEvents()
    do {
      var session = try session(roster)
      while let next = session.nextTime, next < instant {
        if case .turn(let turn) = try session.step(into: &sink) {
          try session.takeTurn(turn, into: &sink)
        }
      }
      return session.state
    } catch {
      return nil
    }
  }

  /// The orders that rest, as inputs before that instant, in the order of their queues.
  private func standing<Roster: AgentRoster>(
    _ state: SessionState<Roster>, before instant: Nanoseconds
  ) -> [Input] {
    let records = records
    var standing: [Input] = []
    for instrument in scenario.instruments.indices {
      for side in Side.allCases {
        for level in state.market.book.levels(InstrumentIndex(instrument), side) {
          for order in state.market.book.queue(level) {
            guard let index = records.lastIndex(where: { $0.event.command?.0 == order.key }) else {
              continue
            }
            standing.append(
              Input(
                number: inputs[index].number, agent: order.key.agent, time: 0, latency: 0,
                action: .place(
                  OrderTerms(
                    instrument: order.instrument, side: side, price: order.price,
                    quantity: order.quantity))))
          }
        }
      }
    }
    // At one instant chance would decide who is first in line.
    for index in standing.indices {
      standing[index].time = instant - Nanoseconds(standing.count + 1 - index)
    }
    return standing
  }

  /// Inputs that were on their way to the exchange at that instant.
  private func late(at instant: Nanoseconds) -> [Input] {
    inputs.filter { $0.time < instant && $0.time + $0.latency >= instant }.map { input in
      var input = input
      input.latency -= instant - 1 - input.time
      input.time = instant - 1
      return input
    }
  }

  /// The sketch without an agent, its commands, and what others sent it.
  public func without(agent: AgentIndex) -> SessionSketch {
    var sketch = self
    sketch.scenario.agents.remove(at: Int(agent))
    let moved: (AgentIndex) -> AgentIndex = { $0 > agent ? $0 - 1 : $0 }
    for index in sketch.scenario.processes.indices {
      if case .feed(let resting, let taking) = sketch.scenario.processes[index].motion {
        if resting == agent || taking == agent { return self }
        sketch.scenario.processes[index].motion = .feed(
          resting: moved(resting), taking: moved(taking))
      }
    }
    sketch.inputs.removeAll { input in
      switch input.action {
      case .transfer(agent, _): return true
      case .message(agent, _, _): return true
      default: return input.agent == agent
      }
    }
    for index in sketch.inputs.indices {
      sketch.inputs[index].agent = moved(sketch.inputs[index].agent)
      switch sketch.inputs[index].action {
      case .transfer(let to, let amount):
        sketch.inputs[index].action = .transfer(to: moved(to), amount: amount)
      case .message(let to, let topic, let payload):
        sketch.inputs[index].action = .message(to: moved(to), topic: topic, payload: payload)
      default: break
      }
    }
    sketch.scenario.tidyGroups()
    return sketch
  }

  /// The sketch without an instrument, the orders for it and the walks and facts in it.
  public func without(instrument: InstrumentIndex) -> SessionSketch {
    var sketch = self
    guard scenario.instruments.count > 1 else { return self }
    sketch.scenario.instruments.remove(at: Int(instrument))
    for index in sketch.scenario.agents.indices {
      let count = sketch.scenario.agents[index].account.openingPositions.count
      if Int(instrument) < count {
        sketch.scenario.agents[index].account.openingPositions.remove(at: Int(instrument))
      }
    }
    for index in scenario.processes.indices.reversed() {
      let traded = scenario.processes[index].instrument
      if traded == instrument { sketch = sketch.without(process: ProcessIndex(index)) }
      if traded > instrument { sketch.scenario.processes[index].instrument -= 1 }
    }
    sketch.inputs.removeAll { input in
      if case .place(let terms) = input.action { return terms.instrument == instrument }
      return false
    }
    for index in sketch.inputs.indices {
      guard case .place(var terms) = sketch.inputs[index].action, terms.instrument > instrument
      else { continue }
      terms.instrument -= 1
      sketch.inputs[index].action = .place(terms)
    }
    return sketch
  }

  /// The sketch without a process; itself where facts name that or a later one.
  public func without(process: ProcessIndex) -> SessionSketch {
    var sketch = self
    let hasFacts = inputs.contains { input in
      if case .fact = input.action { return true }
      return false
    }
    if hasFacts { return self }
    sketch.scenario.processes.remove(at: Int(process))
    return sketch
  }
}
