import MarketModel

/// What the values of a field are; all of them are 64-bit words.
public enum FilterType: Equatable, Sendable {
  /// A number: the word / 10^`decimals`.
  case number(decimals: Int)
  /// Something counted from 0; -1 stands for none, which equals the word `none` alone.
  case position
  /// Nanoseconds; -1 stands for never, which equals the word `never` alone.
  case duration
  /// One of some words.
  case word(FilterWords)
  /// 64 bits, written as 16 hexadecimal digits.
  case digest
  /// Bytes, which can only be asked whether they contain a text.
  case bytes
  /// Some names, which can only be asked whether they contain one.
  case names(FilterWords)

  /// What it is compared with, in words.
  var expected: String {
    switch self {
    case .number(0): "a number"
    case .number: "a number with a point, as it is shown"
    case .position: "a whole number, or none"
    case .duration: "a duration with its unit, such as 5ms, or never"
    case .word(let words), .names(let words): "a name of \(words.what)"
    case .digest: "16 hexadecimal digits in quotes"
    case .bytes: "a text in quotes"
    }
  }

  /// The relations that make sense, in words.
  var relations: String {
    switch self {
    case .number, .position, .duration: "== != < <= > >= or in"
    case .word, .digest: "==, != or in"
    case .bytes, .names: "contains"
    }
  }

  func allows(_ relation: FilterRelation) -> Bool {
    switch self {
    case .number, .position, .duration: relation != .contains
    case .word, .digest: [.equal, .notEqual, .oneOf].contains(relation)
    case .bytes, .names: relation == .contains
    }
  }
}

/// The words that a field's values are shown as.
public struct FilterWords: Equatable, Sendable {
  /// What they are words of: `an agent`, `a side`.
  public let what: String
  /// The words, and what each stands for; several may stand for the same.
  public let list: [FilterWord]

  /// Creates words.
  public init(_ what: String, _ list: [FilterWord]) {
    self.what = what
    self.list = list
  }

  /// Words that stand for their positions, from 0.
  public init(_ what: String, _ names: [String]) {
    self.init(what, names.enumerated().map { FilterWord($1, Int64($0)) })
  }

  /// Words for no and yes, in turn: the first two are those that are shown.
  public static func flags(_ words: [String]) -> FilterWords {
    // An array of words as a literal makes the compiler of Embedded Swift 6.3 crash.
    FilterWords("yes and no", words.enumerated().map { FilterWord($1, Int64($0 & 1)) })
  }

  func value(of text: String) -> Int64? { list.first { $0.text == text }?.value }
}

/// A word and what it stands for.
public struct FilterWord: Equatable, Sendable {
  /// The word.
  public let text: String
  /// What it stands for.
  public let value: Int64

  /// Creates a word.
  public init(_ text: String, _ value: Int64) {
    self.text = text
    self.value = value
  }
}

/// A field that expressions may name.
public struct FilterField: Equatable, Sendable {
  /// Its name.
  public let name: String
  /// What its values may be, where that is not the same everywhere: the price of one instrument
  /// has other decimals than that of another.
  public let types: [FilterType]

  /// Creates a field.
  ///
  /// - Precondition: there is a type.
  public init(_ name: String, _ types: [FilterType]) {
    precondition(!types.isEmpty, "Invariant: a field has a type")
    self.name = name
    self.types = types
  }
}
