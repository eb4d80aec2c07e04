public import MarketModel

/// A filter expression about events, compiled for the events of one tape.
///
/// A field that an event's kind does not have makes every comparison with it false, `!=` included;
/// so `not (x == 1)` says more than `x != 1`.
public struct EventFilter: Sendable {
  /// Fields that stand in no layout, in the order of `EventVocabulary.ownNames`.
  private enum Own {
    static var kind: Int32 { 0 }
    static var tick: Int32 { 1 }
    static var time: Int32 { 2 }
    static var sequence: Int32 { 3 }
    static var cause: Int32 { 4 }
    static var payload: Int32 { 5 }
    static var agents: Int32 { 6 }
  }

  /// Where the events of one kind have a field.
  private struct Place: Sendable, BitwiseCopyable {
    /// The position among the kind's fields; -1 where it has none of that name.
    var field: Int8 = -1
    /// The position of its instrument, where the field is a price; -1 for the first instrument.
    var instrument: Int8 = -1
    var isPrice = false
    /// The position of its type, or of the type for the first decimals of prices.
    var type: Int16 = 0
  }

  /// The expression.
  public let expression: FilterExpression
  private let program: FilterProgram
  private let clock: TickClock
  /// By field, then kind.
  private let places: [Place]
  /// By kind: a bit for each field that names an agent.
  private let agentFields: [UInt16]
  /// By kind.
  private let hasPayload: [Bool]
  /// By instrument: which decimals its prices have.
  private let decimals: [Int]

  /// Compiles an expression.
  ///
  /// - Throws: `FilterError`, with the place.
  public init(
    _ expression: FilterExpression, _ vocabulary: EventVocabulary, _ clock: TickClock
  ) throws(FilterError) {
    self.expression = expression
    self.clock = clock
    decimals = vocabulary.decimals.ofInstrument
    var names = EventVocabulary.ownNames
    var types = vocabulary.ownTypes.map { [$0] }
    var places = [Place](repeating: Place(), count: names.count * 256)
    var agentFields = [UInt16](repeating: 0, count: 256)
    var hasPayload = [Bool](repeating: false, count: 256)
    for schema in vocabulary.schemas {
      hasPayload[Int(schema.kind)] = schema.hasPayload
      let instrument = schema.fields.firstIndex { $0.type == .instrument } ?? -1
      for (index, field) in schema.fields.enumerated() {
        if field.type == .agent { agentFields[Int(schema.kind)] |= 1 << UInt16(index) }
        var position = names.firstIndex(of: field.name)
        if position == nil {
          position = names.count
          names.append(field.name)
          types.append([])
          places += [Place](repeating: Place(), count: 256)
        }
        guard let position, position >= EventVocabulary.ownNames.count else { continue }
        let type = Self.add(vocabulary.types(field.type), to: &types[position])
        places[256 * position + Int(schema.kind)] = Place(
          field: Int8(index), instrument: Int8(instrument),
          isPrice: field.type == .price || field.type == .priceThousandths, type: Int16(type))
      }
    }
    self.places = places
    self.agentFields = agentFields
    self.hasPayload = hasPayload
    program = try FilterProgram(expression, zip(names, types).map { FilterField($0, $1) })
  }

  /// Adds types where they are not among those of a field, and returns where the first stands.
  private static func add(_ new: [FilterType], to types: inout [FilterType]) -> Int {
    for start in types.indices where Array(types[start...].prefix(new.count)) == new {
      return start
    }
    types += new
    return types.count - new.count
  }

  /// Whether the expression holds for an event, which is `inout` only to be cheap.
  ///
  /// - Complexity: O(comparisons), and the size of the payload where that is asked for; no memory
  ///   is taken.
  public func matches(_ event: inout FlatEvent, sequence: SequenceNumber) -> Bool {
    program.run { test in
      switch test.field {
      case Own.kind: program.holds(test, Int64(event.row.kind), type: 0)
      case Own.tick: program.holds(test, clock.tick(at: event.time), type: 0)
      case Own.time: program.holds(test, event.time, type: 0)
      case Own.sequence: program.holds(test, sequence, type: 0)
      case Own.cause: program.holds(test, event.cause ?? -1, type: 0)
      case Own.payload:
        // What another kind left there is no payload.
        hasPayload[Int(event.row.kind)] && program.contains(test, event.row.payload)
      case Own.agents: names(test.name, &event.row)
      default: holds(test, &event.row)
      }
    }
  }

  @inline(__always)
  private func holds(_ test: FilterProgram.Test, _ row: inout EventRow) -> Bool {
    let place = places[256 &* Int(test.field) &+ Int(row.kind)]
    guard place.field >= 0 else { return false }
    var type = Int(place.type)
    if place.isPrice {
      let instrument = place.instrument < 0 ? 0 : row.words[Int(place.instrument)]
      // As it is shown: an instrument that does not exist has the decimals of the first.
      let isKnown = instrument >= 0 && instrument < Int64(decimals.count)
      type &+= decimals[isKnown ? Int(instrument) : 0]
    }
    return program.holds(test, row.words[Int(place.field)], type: type)
  }

  private func names(_ agent: Int64, _ row: inout EventRow) -> Bool {
    var left = agentFields[Int(row.kind)]
    while left != 0 {
      if row.words[left.trailingZeroBitCount] == agent { return true }
      left &= left - 1
    }
    return false
  }
}
