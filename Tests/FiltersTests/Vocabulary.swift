import Filters
import MarketModel

/// What a small tape has.
enum Vocabulary {
  static let clock = TickClock(start: 0, tickLength: 1_000_000_000)

  static let names = EventVocabulary.Names(
    agents: ["MM_01", "Trend_01", "Arb_01"], instruments: ["STOCK", "BOND"], processes: ["fair"],
    topics: ["talk"], priceDecimals: [2, 3], currencyDecimals: 2)

  static let standard = EventVocabulary(EventSchema.all, names) { words($0) }

  static func words(_ type: FieldType) -> [FilterWord] {
    switch type {
    case .orderType: list(OrderType.self)
    case .timeInForce: list(TimeInForce.self)
    case .rejectReason: list(RejectReason.self)
    case .cancelReason: list(CancelReason.self)
    case .reductionCause: list(ReductionCause.self)
    case .tradingStatus: list(TradingStatus.self)
    case .flowAdjustment: list(FlowAdjustment.self)
    case .interventionCode: list(InterventionCode.self)
    case .agentFault: list(AgentFault.self)
    default: []
    }
  }

  private static func list<Word: RawRepresentable<UInt8> & CaseIterable>(
    _ type: Word.Type
  ) -> [FilterWord] {
    type.allCases.map { FilterWord("\($0)", Int64($0.rawValue)) }
  }
}
