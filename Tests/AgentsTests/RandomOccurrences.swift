import Agents
import MarketModel
import TestSupport

/// What may happen to an agent, in any order, keyed by a seed.
struct RandomOccurrences {
  private var numbers: KeyedNumbers
  private var keys: [CommandKey] = []

  init(seed: UInt64) { numbers = KeyedNumbers(seed: seed) }

  private mutating func key() -> CommandKey {
    if let key = keys.last, numbers.once(in: 2) { return key }
    return keys.isEmpty ? CommandKey(agent: 0, tick: 0, ordinal: 0) : numbers.pick(keys)
  }

  mutating func next() -> Occurrence {
    switch numbers.number(0...9) {
    case 0...2: return commanded()
    case 3...6: return .report(report())
    case 7:
      let signal = Signal(direction: numbers.number(-1...1), strength: numbers.number(0...9))
      let payload = numbers.once(in: 3) ? [1, 2, 3] : signal.payload
      return .message(from: 1, topic: Int32(numbers.number(-1...1)), payload: payload)
    default: return .woken(observation(randomBoard()))
    }
  }

  mutating func randomBoard() -> PublicBoard {
    let middle = numbers.number(90...110)
    return board(
      bid: (middle - numbers.number(1...9), numbers.number(0...3)),
      ask: (middle + numbers.number(1...9), numbers.number(0...3)), last: middle,
      fair: 1000 * numbers.number(80...120) + numbers.number(0...999))
  }

  private mutating func commanded() -> Occurrence {
    let key = CommandKey(agent: 0, tick: Tick(keys.count), ordinal: UInt32(numbers.number(0...2)))
    defer { keys.append(key) }
    let side: Side = numbers.once(in: 2) ? .buy : .sell
    switch numbers.number(0...3) {
    case 0:
      return .commanded(key, .replaceOrder(order: self.key(), price: 101, quantity: 3))
    case 1: return .commanded(key, .cancelOrder(order: self.key(), quantity: 0))
    default:
      let terms = OrderTerms(
        instrument: 0, side: side, price: numbers.number(90...110),
        quantity: numbers.number(1...9))
      return .commanded(key, .placeOrder(terms))
    }
  }

  private mutating func report() -> Report {
    let key = key()
    let outcome = OutcomeKey(command: key, number: UInt32(numbers.number(0...3)))
    let body: Report.Body
    switch numbers.number(0...5) {
    case 0: body = .accepted
    case 1: body = .rejected(.overflow)
    case 2: body = .cancelled(order: key, quantity: numbers.number(1...4), reason: .requested)
    case 3: body = .replaced(order: self.key())
    case 4: body = .transferred(amount: 5)
    default:
      body = .filled(
        Report.Fill(
          order: key, instrument: 0, side: numbers.once(in: 2) ? .buy : .sell, price: 100,
          quantity: numbers.number(1...4), fee: 0, isMaker: false))
    }
    return Report(outcome: outcome, body: body)
  }
}
