import MarketModel

/// Checks a comparison against the type of its field, and says which words it holds for.
struct FilterCheck {
  let comparison: FilterComparison
  let field: FilterField
  /// The position of the field.
  let position: Int

  init(_ comparison: FilterComparison, _ fields: [FilterField]) throws(FilterError) {
    self.comparison = comparison
    guard let position = fields.firstIndex(where: { $0.name == comparison.field }) else {
      let known = fields.map { $0.name }
      throw FilterError(
        comparison.fieldRange,
        .unknownField(
          comparison.field, nearest: Spelling.nearest(to: comparison.field, among: known),
          known: known))
    }
    self.position = position
    field = fields[position]
    guard field.types[0].allows(comparison.relation) else {
      throw FilterError(
        comparison.relationRange,
        .otherRelation(field: field.name, expected: field.types[0].relations))
    }
  }

  // MARK: Values

  /// For each type of the field, the words for which the comparison with a value holds; for `!=`
  /// those for which it does not.
  ///
  /// A word that is one of one type only equals nothing in the others.
  func intervals(
    _ value: FilterValue
  ) throws(FilterError) -> [FilterProgram.Interval] {
    var fits = false
    var list: [FilterProgram.Interval] = []
    for type in field.types {
      let interval = interval(value.literal, type)
      if interval != nil { fits = true }
      list.append(interval ?? .none)
    }
    if fits { return list }
    throw misfit(value)
  }

  /// The bytes that a payload should contain.
  func needle(_ value: FilterValue) throws(FilterError) -> [UInt8] {
    switch value.literal {
    case .text(let text), .word(let text): return Array(text.utf8)
    default: throw misfit(value)
    }
  }

  /// What a name stands for.
  func name(_ value: FilterValue) throws(FilterError) -> Int64 {
    if case .names(let words) = field.types[0], let text = Self.word(value.literal),
      let found = words.value(of: text)
    {
      return found
    }
    throw misfit(value)
  }

  private static func word(_ literal: FilterValue.Literal) -> String? {
    switch literal {
    case .text(let text), .word(let text): text
    default: nil
    }
  }

  private func misfit(_ value: FilterValue) -> FilterError {
    var known: [String] = []
    var what: String?
    for type in field.types {
      switch type {
      case .word(let words), .names(let words):
        known += words.list.map { $0.text }
        what = what ?? words.what
      default: break
      }
    }
    if let what, let word = Self.word(value.literal) {
      return FilterError(
        value.range,
        .unknownWord(
          word, of: what, nearest: Spelling.nearest(to: word, among: known), known: known))
    }
    return FilterError(
      value.range, .otherType(field: field.name, expected: field.types[0].expected))
  }

  /// The words for which the comparison holds; nil where the value is of another type.
  private func interval(
    _ literal: FilterValue.Literal, _ type: FilterType
  ) -> FilterProgram.Interval? {
    switch (type, literal) {
    case (.number(let decimals), .number(let number)):
      return interval(number.scaled(places: decimals, factor: 1), from: Int64.min)
    case (.position, .number(let number)):
      return interval(number.scaled(places: 0, factor: 1), from: 0)
    case (.duration, .duration(let number, let unit)):
      return interval(number.scaled(places: 0, factor: unit.nanoseconds), from: 0)
    case (.position, _): return absent(literal, "none")
    case (.duration, _): return absent(literal, "never")
    case (.word(let words), _):
      guard let word = Self.word(literal), let value = words.value(of: word) else { return nil }
      return .init(low: value, high: value)
    case (.digest, _):
      guard let word = Self.word(literal), word.utf8.count == 16, word.utf8.first != 0x2B,
        let digest = UInt64(word, radix: 16)
      else { return nil }
      return .init(low: Int64(bitPattern: digest), high: Int64(bitPattern: digest))
    default: return nil
    }
  }

  /// The word that stands for nothing can be equal or not; it has no order.
  private func absent(
    _ literal: FilterValue.Literal, _ word: String
  ) -> FilterProgram.Interval? {
    guard Self.word(literal) == word,
      [.equal, .notEqual, .oneOf].contains(comparison.relation)
    else { return nil }
    return .init(low: -1, high: -1)
  }

  /// The words from `lowest` on for which the comparison with a number holds.
  private func interval(
    _ number: (floor: Int128, isExact: Bool), from lowest: Int64
  ) -> FilterProgram.Interval {
    let ceiling = number.isExact ? number.floor : number.floor + 1
    var low = Int128(lowest)
    var high = Int128(Int64.max)
    switch comparison.relation {
    case .less: high = ceiling - 1
    case .lessOrEqual: high = number.floor
    case .greater: low = max(low, number.floor + 1)
    case .greaterOrEqual: low = max(low, ceiling)
    case .equal, .notEqual, .oneOf:
      guard number.isExact else { return .none }
      (low, high) = (max(low, number.floor), number.floor)
    case .contains: return .none
    }
    high = min(high, Int128(Int64.max))
    guard low <= high else { return .none }
    // Within 64 bits: low is at least Int64.min, high at most Int64.max, and low is not above it.
    return .init(low: Int64(low), high: Int64(high))
  }
}
