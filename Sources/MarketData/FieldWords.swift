internal import MarketModel

/// The words of one enum, by raw value.
struct FieldWords: Sendable {
  /// By raw value; empty where there is none.
  let words: [String]
  private let values: [String: Int64]
  /// All words, for messages.
  let list: String

  init<T: CaseIterable & RawRepresentable>(_ type: T.Type) where T.RawValue == UInt8 {
    let pairs = type.allCases.map { (Int64($0.rawValue), "\($0)") }
    var words = [String](repeating: "", count: Int(pairs.map { $0.0 }.max() ?? -1) + 1)
    for (value, word) in pairs { words[Int(value)] = word }
    self.words = words
    values = Dictionary(uniqueKeysWithValues: pairs.map { ($1, $0) })
    list = pairs.map { $1 }.joined(separator: ", ")
  }

  func value(_ word: String) -> Int64? { values[word] }

  private static let sides = FieldWords(Side.self)
  private static let orderTypes = FieldWords(OrderType.self)
  private static let timesInForce = FieldWords(TimeInForce.self)
  private static let rejectReasons = FieldWords(RejectReason.self)
  private static let cancelReasons = FieldWords(CancelReason.self)
  private static let reductionCauses = FieldWords(ReductionCause.self)
  private static let tradingStatuses = FieldWords(TradingStatus.self)
  private static let flowAdjustments = FieldWords(FlowAdjustment.self)
  private static let interventionCodes = FieldWords(InterventionCode.self)
  private static let agentFaults = FieldWords(AgentFault.self)

  /// The words of a type of field; nil where it is no enum.
  static func of(_ type: FieldType) -> FieldWords? {
    switch type {
    case .side: sides
    case .orderType: orderTypes
    case .timeInForce: timesInForce
    case .rejectReason: rejectReasons
    case .cancelReason: cancelReasons
    case .reductionCause: reductionCauses
    case .tradingStatus: tradingStatuses
    case .flowAdjustment: flowAdjustments
    case .interventionCode: interventionCodes
    case .agentFault: agentFaults
    case .number, .agent, .tick, .instrument, .process, .flag, .price, .quantity, .money,
      .nanoseconds, .priceThousandths, .topic:
      nil
    }
  }
}
