import Agents
import Determinism
import Market
import MarketModel
import Testing

/// The names that agents of these tests know.
func setting(_ agent: AgentIndex = 0) -> AgentSetting {
  AgentSetting(
    agent: agent, agents: ["A", "B"], instruments: ["X", "Y"], processes: ["fair", "other"],
    topics: ["news", "rumours"])
}

/// A board on which one instrument shows these quotes; a quantity of 0 is an empty side.
func board(
  bid: (PriceIncrements, Lots) = (0, 0), ask: (PriceIncrements, Lots) = (0, 0),
  last: PriceIncrements = 100, fair: PriceThousandths = 100_000
) -> PublicBoard {
  var view = PublicView()
  (view.bidPrice, view.bidQuantity) = bid
  (view.askPrice, view.askQuantity) = ask
  view.lastPrice = last
  return PublicBoard(views: [view, PublicView()], values: [fair, 5])
}

func observation(_ board: PublicBoard, tick: Tick = 1) -> Observation {
  Observation(agent: 0, time: tick * 1_000_000_000, tick: tick, ordinal: 0, board: board)
}

func noise(tick: Tick = 1, slot: UInt32 = 0, seed: UInt64 = 1) -> DecisionNoise {
  DecisionNoise(
    key: NoiseKey(seed: seed, entity: "A", purpose: "decision"), tick: tick, slot: slot)
}

func parameters(_ values: [(String, ParameterValue)]) -> Parameters {
  var parameters = Parameters()
  for (name, value) in values { parameters.set(name, value) }
  return parameters
}

/// An agent with a memory of its own, fed by hand.
struct Desk<Member: Agent> {
  let member: Member
  var memory: Member.Memory
  private var next: UInt32 = 0

  init(_ values: [(String, ParameterValue)] = []) throws {
    let resolved = try parameters(values).resolved(by: Member.parameters)
    member = try Member(parameters: resolved, setting: setting())
    memory = member.initialMemory
  }

  mutating func see(_ board: PublicBoard) {
    member.remember(.woken(observation(board)), in: &memory)
  }

  /// Trades at once; what it holds changes by the quantity.
  mutating func trade(_ side: Side, _ quantity: Lots) {
    let key = CommandKey(agent: 0, tick: 0, ordinal: next)
    next += 1
    let terms = OrderTerms(instrument: 0, side: side, price: 100, quantity: quantity)
    member.remember(.commanded(key, .placeOrder(terms)), in: &memory)
    let fill = Report.Fill(
      order: key, instrument: 0, side: side, price: 100, quantity: quantity, fee: 0,
      isMaker: false)
    let report = Report(outcome: OutcomeKey(command: key, number: 1), body: .filled(fill))
    member.remember(.report(report), in: &memory)
  }

  mutating func hear(_ signal: Signal) {
    member.remember(.message(from: 1, topic: -1, payload: signal.payload), in: &memory)
  }

  func decide(_ board: PublicBoard, _ noise: DecisionNoise = noise()) -> [Command] {
    var commands: [Command] = []
    member.decide(observation(board), memory: memory, noise: noise, commands: &commands)
    return commands
  }
}

/// Commands as text: `buy 5@100`, `sell 2 market`, `cancel 0.3`, `tell up 500`.
func text(_ commands: [Command]) -> String {
  commands.map { command in
    switch command {
    case .placeOrder(let terms):
      let price = terms.type == .market ? " market" : "@\(terms.price)"
      return "\(terms.side) \(terms.quantity)\(price)"
    case .cancelOrder(let order, _): return "cancel \(order.tick).\(order.ordinal)"
    case .replaceOrder: return "replace"
    case .sendMessage(let recipient, let payload):
      let signal = Signal(payload: payload)
      return "tell \(recipient) \(signal?.direction ?? 9) \(signal?.strength ?? 0)"
    case .transferCapital: return "transfer"
    }
  }.joined(separator: ", ")
}

func encoded<M: AgentMemory>(_ memory: M) -> [UInt8] {
  var writer = ByteWriter()
  memory.encode(into: &writer)
  return writer.bytes
}
