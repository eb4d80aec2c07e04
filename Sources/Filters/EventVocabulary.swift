public import MarketModel

/// What expressions about the events of one tape may name: fields, kinds, entities, words.
///
/// Beside the fields of the kinds' layouts there are `kind`, `tick`, `time`, `sequence`, `cause`,
/// `payload` and `agents`, which is all agents that an event names in whichever field.
public struct EventVocabulary: Sendable {
  /// The names of a tape's entities, and the decimals of its prices.
  public struct Names: Sendable {
    /// By agent index.
    public var agents: [String]
    /// By instrument index.
    public var instruments: [String]
    /// By index of processes and feeds.
    public var processes: [String]
    /// By topic index.
    public var topics: [String]
    /// By instrument index: how many decimals its prices have, 0 to 9; there is one at least.
    public var priceDecimals: [Int]
    /// How many decimals money has, 0 to 9.
    public var currencyDecimals: Int

    /// Creates names.
    public init(
      agents: [String], instruments: [String], processes: [String], topics: [String],
      priceDecimals: [Int], currencyDecimals: Int
    ) {
      self.agents = agents
      self.instruments = instruments
      self.processes = processes
      self.topics = topics
      self.priceDecimals = priceDecimals
      self.currencyDecimals = currencyDecimals
    }
  }

  /// Short names of kinds: the command by its verb, its outcome in the past tense.
  public static let shortKinds: [(short: String, kind: String)] = [
    ("wake", "agentWoken"), ("order", "orderSubmitted"), ("cancel", "cancelSubmitted"),
    ("replace", "replaceSubmitted"), ("message", "messageSent"),
    ("transfer", "transferSubmitted"), ("accepted", "orderAccepted"),
    ("rejected", "orderRejected"), ("fill", "orderFilled"), ("cancelled", "orderCancelled"),
    ("replaced", "orderReplaced"), ("transferred", "capitalTransferred"),
    ("report", "reportDelivered"), ("delivery", "messageDelivered"), ("step", "processStepped"),
    ("policy", "policyUpdated"), ("intervention", "interventionApplied"),
    ("seeded", "levelSeeded"), ("revealed", "levelRevealed"), ("concealed", "levelConcealed"),
    ("observed", "orderObserved"), ("reduced", "reductionObserved"),
    ("hidden", "hiddenExecutionObserved"), ("status", "tradingStatusObserved"),
    ("cross", "crossObserved"), ("adjusted", "flowAdjusted"), ("note", "noteAdded"),
    ("withheld", "commandWithheld"), ("faulted", "agentFaulted"), ("choice", "actionChosen"),
    ("episode", "episodePlayed"), ("learned", "learnerUpdated"), ("saved", "learnerSaved"),
  ]

  /// Fields that stand in no layout, in the order of `EventFilter.Own`.
  static let ownNames = ["kind", "tick", "time", "sequence", "cause", "payload", "agents"]

  let schemas: [EventSchema]
  let names: Names
  private let words: @Sendable (FieldType) -> [FilterWord]

  /// Creates the vocabulary of a tape.
  ///
  /// `words` gives those of the types that are shown as words (sides and flags need none).
  public init(
    _ schemas: [EventSchema], _ names: Names,
    words: @escaping @Sendable (FieldType) -> [FilterWord]
  ) {
    self.schemas = schemas
    self.names = names
    self.words = words
  }

  /// Which of some decimals each instrument has, by instrument index, and what there are.
  var decimals: (ofInstrument: [Int], known: [Int]) {
    var known: [Int] = []
    let ofInstrument = names.priceDecimals.map { decimals in
      if let index = known.firstIndex(of: decimals) { return index }
      known.append(decimals)
      return known.count - 1
    }
    return (ofInstrument, known)
  }

  /// What the values of a field of that type may be; for prices there is one for each number of
  /// decimals.
  func types(_ type: FieldType) -> [FilterType] {
    switch type {
    case .number, .tick, .quantity: [.number(decimals: 0)]
    case .price: decimals.known.map { .number(decimals: $0) }
    case .priceThousandths: decimals.known.map { .number(decimals: $0 + 3) }
    case .money: [.number(decimals: names.currencyDecimals)]
    case .nanoseconds: [.duration]
    case .agent: [.word(Self.orNone("an agent", names.agents))]
    case .instrument: [.word(FilterWords("an instrument", names.instruments))]
    case .process: [.word(FilterWords("a process or feed", names.processes))]
    case .topic: [.word(Self.orNone("a topic", names.topics))]
    case .side: [.word(FilterWords("a side", ["buy", "sell"]))]
    case .flag: [.word(FilterWords.flags(["no", "yes", "false", "true"]))]
    default: [.word(FilterWords(Self.what(type), words(type)))]
    }
  }

  private static func orNone(_ what: String, _ names: [String]) -> FilterWords {
    let words = FilterWords(what, names)
    return FilterWords(what, words.list + [FilterWord("none", -1)])
  }

  private static func what(_ type: FieldType) -> String {
    switch type {
    case .orderType: "a type of order"
    case .timeInForce: "a time in force"
    case .rejectReason: "a reason to refuse"
    case .cancelReason: "a reason to cancel"
    case .reductionCause: "a cause of a reduction"
    case .tradingStatus: "a trading status"
    case .flowAdjustment: "an adjustment"
    case .agentFault: "a fault"
    default: "an intervention"
    }
  }

  /// The types of the fields that stand in no layout.
  var ownTypes: [FilterType] {
    let kinds = schemas.map { FilterWord($0.name, Int64($0.kind)) }
    let short = Self.shortKinds.compactMap { entry in
      schemas.first { $0.name == entry.kind }.map { FilterWord(entry.short, Int64($0.kind)) }
    }
    return [
      .word(FilterWords("a kind of event", short + kinds)), .number(decimals: 0), .duration,
      .number(decimals: 0), .position, .bytes, .names(FilterWords("an agent", names.agents)),
    ]
  }
}
