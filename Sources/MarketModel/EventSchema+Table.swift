extension EventSchema {
  /// The layouts of all kinds that this build knows, by kind from 1.
  public static let all: [EventSchema] = EventKind.allCases.map { EventSchema($0) }

  /// The layout of a kind.
  ///
  /// - Complexity: O(1).
  @inlinable
  public static func of(_ kind: EventKind) -> EventSchema { all[Int(kind.rawValue) - 1] }

  init(_ kind: EventKind) {
    let (name, fields, payload) = Self.layout(of: kind)
    self.init(
      kind: kind.rawValue, name: name, revision: 1, isInert: Self.isInert(kind),
      hasPayload: payload, usesBins: Self.usesBins(kind), fields: fields)
  }

  /// Kinds that change no state.
  private static func isInert(_ kind: EventKind) -> Bool {
    kind == .noteAdded || kind == .actionChosen || kind.isOfTraining
  }

  /// Kinds whose fields are many bytes: real flows have heavy tails, and commands are what a
  /// simulated session mostly consists of.
  private static func usesBins(_ kind: EventKind) -> Bool {
    kind.isFact || kind == .flowAdjusted || kind == .orderSubmitted || kind == .cancelSubmitted
  }

  private static func layout(of kind: EventKind) -> (String, [FieldSchema], Bool) {
    switch kind {
    case .agentWoken, .orderSubmitted, .cancelSubmitted, .replaceSubmitted, .messageSent,
      .transferSubmitted:
      decisionLayout(of: kind)
    case .orderAccepted, .orderRejected, .orderFilled, .orderCancelled, .orderReplaced,
      .capitalTransferred, .reportDelivered, .messageDelivered:
      outcomeLayout(of: kind)
    case .processStepped, .policyUpdated, .interventionApplied, .flowAdjusted, .noteAdded,
      .commandWithheld, .agentFaulted:
      sessionLayout(of: kind)
    case .actionChosen, .episodePlayed, .learnerUpdated, .learnerSaved:
      learningLayout(of: kind)
    default:
      factLayout(of: kind)
    }
  }

  private static let decisionKey = [
    FieldSchema("agent", .agent), FieldSchema("key_tick", .tick, .ownTick),
    FieldSchema("ordinal", .number),
  ]

  private static let commandKey = [
    FieldSchema("agent", .agent, .command(0)), FieldSchema("key_tick", .tick, .command(1)),
    FieldSchema("ordinal", .number, .command(2)),
  ]

  private static let outcomeKey = commandKey + [FieldSchema("number", .number)]

  private static let target = [
    FieldSchema("order_agent", .agent, .field(0)), FieldSchema("order_tick", .tick, .ownTick),
    FieldSchema("order_ordinal", .number),
  ]

  private static let terms = [
    FieldSchema("instrument", .instrument), FieldSchema("side", .side),
    FieldSchema("type", .orderType), FieldSchema("time_in_force", .timeInForce),
    FieldSchema("post_only", .flag), FieldSchema("price", .price),
    FieldSchema("quantity", .quantity),
  ]

  private static let latency = [FieldSchema("latency", .nanoseconds)]
  private static let reportLatency = [FieldSchema("report_latency", .nanoseconds)]

  private static func decisionLayout(of kind: EventKind) -> (String, [FieldSchema], Bool) {
    switch kind {
    case .agentWoken:
      ("agentWoken", decisionKey + [FieldSchema("delay", .nanoseconds)], false)
    case .orderSubmitted:
      ("orderSubmitted", decisionKey + terms + latency, false)
    case .cancelSubmitted:
      (
        "cancelSubmitted", decisionKey + target + [FieldSchema("quantity", .quantity)] + latency,
        false
      )
    case .replaceSubmitted:
      (
        "replaceSubmitted",
        decisionKey + target + [FieldSchema("price", .price), FieldSchema("quantity", .quantity)]
          + latency, false
      )
    case .messageSent:
      (
        "messageSent",
        decisionKey + [FieldSchema("recipient", .agent), FieldSchema("topic", .topic)] + latency,
        true
      )
    default:
      (
        "transferSubmitted",
        decisionKey + [FieldSchema("recipient", .agent), FieldSchema("amount", .money)] + latency,
        false
      )
    }
  }

  private static func outcomeLayout(of kind: EventKind) -> (String, [FieldSchema], Bool) {
    switch kind {
    case .orderAccepted:
      ("orderAccepted", outcomeKey + reportLatency, false)
    case .orderRejected:
      (
        "orderRejected", outcomeKey + [FieldSchema("reason", .rejectReason)] + reportLatency, false
      )
    case .orderFilled:
      ("orderFilled", outcomeKey + fill, false)
    case .orderCancelled:
      (
        "orderCancelled",
        outcomeKey
          + [
            FieldSchema("order_agent", .agent, .target(3)),
            FieldSchema("order_tick", .tick, .target(4)),
            FieldSchema("order_ordinal", .number, .target(5)),
            FieldSchema("quantity", .quantity), FieldSchema("reason", .cancelReason),
          ] + reportLatency, false
      )
    case .orderReplaced:
      (
        "orderReplaced",
        outcomeKey
          + [
            FieldSchema("order_agent", .agent, .target(3)),
            FieldSchema("order_tick", .tick, .target(4)),
            FieldSchema("order_ordinal", .number, .target(5)),
            FieldSchema("keeps_priority", .flag),
          ] + reportLatency, false
      )
    case .capitalTransferred:
      (
        "capitalTransferred",
        outcomeKey + [FieldSchema("recipient", .agent), FieldSchema("amount", .money)]
          + reportLatency, false
      )
    case .reportDelivered:
      ("reportDelivered", outcomeKey + [FieldSchema("recipient", .agent, .field(0))], false)
    default:
      ("messageDelivered", commandKey + [FieldSchema("recipient", .agent)], false)
    }
  }

  private static let fill = [
    FieldSchema("instrument", .instrument, .order(3)), FieldSchema("side", .side, .order(4)),
    FieldSchema("maker_agent", .agent), FieldSchema("maker_tick", .tick, .ownTick),
    FieldSchema("maker_ordinal", .number), FieldSchema("price", .price),
    FieldSchema("quantity", .quantity), FieldSchema("taker_fee", .money),
    FieldSchema("maker_fee", .money), FieldSchema("taker_report_latency", .nanoseconds),
    FieldSchema("maker_report_latency", .nanoseconds),
  ]

  private static func sessionLayout(of kind: EventKind) -> (String, [FieldSchema], Bool) {
    switch kind {
    case .processStepped:
      (
        "processStepped",
        [
          FieldSchema("process", .process), FieldSchema("key_tick", .tick, .ownTick),
          FieldSchema("ordinal", .number), FieldSchema("value", .priceThousandths),
          FieldSchema("delay", .nanoseconds),
        ], false
      )
    case .policyUpdated:
      ("policyUpdated", decisionKey, true)
    case .commandWithheld:
      ("commandWithheld", decisionKey + [FieldSchema("intervention", .number)], false)
    case .agentFaulted:
      (
        "agentFaulted",
        decisionKey + [
          FieldSchema("command", .number), FieldSchema("fault", .agentFault),
          FieldSchema("is_final", .flag),
        ], true
      )
    case .interventionApplied:
      (
        "interventionApplied",
        [
          FieldSchema("ordinal", .number), FieldSchema("intervention", .interventionCode),
          FieldSchema("agent", .agent),
        ], true
      )
    case .flowAdjusted:
      (
        "flowAdjusted",
        fact + [FieldSchema("adjustment", .flowAdjustment), FieldSchema("quantity", .quantity)],
        false
      )
    default:
      ("noteAdded", [], true)
    }
  }

  private static func learningLayout(of kind: EventKind) -> (String, [FieldSchema], Bool) {
    let update = [FieldSchema("agent", .agent), FieldSchema("update", .number)]
    return switch kind {
    case .actionChosen: ("actionChosen", decisionKey + [FieldSchema("action", .number)], true)
    case .episodePlayed:
      (
        "episodePlayed",
        update + [
          FieldSchema("episode", .number), FieldSchema("seed", .number),
          FieldSchema("decisions", .number), FieldSchema("gain", .money),
        ], false
      )
    case .learnerUpdated: ("learnerUpdated", update + [FieldSchema("hash", .number)], true)
    default: ("learnerSaved", update, true)
    }
  }

  private static let fact = [FieldSchema("feed", .process), FieldSchema("fact", .number, .running)]
  private static let instrument = [FieldSchema("instrument", .instrument)]
  private static let level = [
    FieldSchema("side", .side), FieldSchema("price", .price), FieldSchema("quantity", .quantity),
  ]
  private static let hidden = [
    FieldSchema("price", .priceThousandths), FieldSchema("quantity", .quantity),
  ]

  private static func factLayout(of kind: EventKind) -> (String, [FieldSchema], Bool) {
    let reference = [FieldSchema("reference", .number)]
    return switch kind {
    case .levelSeeded: ("levelSeeded", fact + instrument + level, false)
    case .levelRevealed: ("levelRevealed", fact + instrument + level, false)
    case .levelConcealed: ("levelConcealed", fact + instrument + level, false)
    case .orderObserved: ("orderObserved", fact + instrument + reference + level, false)
    case .reductionObserved:
      (
        "reductionObserved",
        fact + instrument + reference + level
          + [FieldSchema("reduction", .reductionCause), FieldSchema("is_known", .flag)], false
      )
    case .hiddenExecutionObserved:
      (
        "hiddenExecutionObserved", fact + instrument + [FieldSchema("side", .side)] + hidden,
        false
      )
    case .tradingStatusObserved:
      (
        "tradingStatusObserved", fact + instrument + [FieldSchema("status", .tradingStatus)],
        false
      )
    default:
      ("crossObserved", fact + instrument + hidden, false)
    }
  }
}
