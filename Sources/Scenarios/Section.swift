import MarketModel

/// A table of a scenario file, which knows where it stands.
struct Section {
  let entries: [Node.Entry]
  var place: Place

  /// Opens a table.
  init(_ node: Node, at place: Place) throws(Misfit) {
    guard case .table(let entries) = node else {
      throw Misfit(place, expected: "a table", found: node.described)
    }
    self.entries = entries
    self.place = place
  }

  /// The value of a key, or nil.
  subscript(key: String) -> Node? { entries.first { $0.key == key }?.value }

  /// Refuses keys that mean nothing here.
  func allow(_ keys: [String]) throws(Misfit) {
    for entry in entries where !keys.contains(entry.key) {
      throw Misfit(place.key(entry.key), word: entry.key, among: keys)
    }
  }

  /// The value of a key, which must be there unless there is a default.
  func value(
    _ key: String, default: Node? = nil, _ expected: String
  ) throws(Misfit) -> Node {
    guard let node = self[key] ?? `default` else {
      throw Misfit(place.key(key), expected: expected, found: "nothing")
    }
    return node
  }

  /// A table within this one; empty where it is not written.
  func section(_ key: String) throws(Misfit) -> Section {
    try Section(self[key] ?? .table([]), at: place.key(key))
  }

  /// The elements of an array of tables; empty where it is not written.
  ///
  /// Elements are named by their `name`, or by their index where they have none.
  func sections(_ key: String, limit: Int) throws(Misfit) -> [Section] {
    guard let node = self[key] else { return [] }
    let here = place.key(key)
    guard case .list(let nodes) = node, nodes.count <= limit else {
      throw Misfit(
        here, expected: "at most \(limit) tables, each headed [[\(key)]]", found: node.described)
    }
    var sections: [Section] = []
    for (index, node) in nodes.enumerated() {
      var section = try Section(node, at: here.element(index, name: "\(index)"))
      if case .text(let name)? = section["name"], !name.isEmpty {
        section.place = here.element(index, name: name)
      }
      sections.append(section)
    }
    return sections
  }

  // MARK: Values

  /// A text that is a name: 1 to 255 bytes without control characters.
  func name(_ key: String, default: String? = nil) throws(Misfit) -> String {
    let node = try value(key, default: `default`.map { .text($0) }, Self.nameExpected)
    return try Self.name(node, at: place.key(key))
  }

  /// Names, each only once; empty where they are not written.
  func names(_ key: String, limit: Int) throws(Misfit) -> [String] {
    guard let node = self[key] else { return [] }
    guard case .list(let nodes) = node, nodes.count <= limit else {
      throw Misfit(
        place.key(key), expected: "a list of at most \(limit) names", found: node.described)
    }
    var names: [String] = []
    var seen: Set<String> = []
    for node in nodes {
      let name = try Self.name(node, at: place.key(key))
      guard seen.insert(name).inserted else {
        throw Misfit(
          place.key(key).word(name), expected: "a name used only once",
          found: Node.quoted(name))
      }
      names.append(name)
    }
    return names
  }

  /// One of several words; one must be written where there is no default.
  func word(_ key: String, default: String?, among words: [String]) throws(Misfit) -> String {
    let expected = "one of: \(words.joined(separator: ", "))"
    let node = try value(key, default: `default`.map { .text($0) }, expected)
    guard case .text(let word) = node else {
      throw Misfit(place.key(key), expected: expected, found: node.described)
    }
    guard words.contains(word) else {
      throw Misfit(place.key(key), word: word, among: words)
    }
    return word
  }

  /// A whole number within a range.
  func integer(
    _ key: String, default: Int64?, in range: ClosedRange<Int64>
  ) throws(Misfit) -> Int64 {
    let expected = "a whole number in \(range.lowerBound)...\(range.upperBound)"
    let node = try value(key, default: `default`.map { .integer($0) }, expected)
    guard case .integer(let value) = node, range.contains(value) else {
      throw Misfit(place.key(key), expected: expected, found: node.described)
    }
    return value
  }

  /// A span of time in nanoseconds within a range.
  func duration(
    _ key: String, default: Nanoseconds?, in range: ClosedRange<Nanoseconds>
  ) throws(Misfit) -> Nanoseconds {
    let node = try value(key, default: `default`.map { .integer($0) }, DurationText.expected)
    return try Self.duration(node, at: place.key(key), in: range)
  }

  /// A decimal number within a range, times 10^`places`.
  ///
  /// `expected` says what it is for; `default` is returned where it is not written, and nil where
  /// it must be.
  func scaled(
    _ key: String, places: Int, default: Int64?, in range: ClosedRange<Int64>, _ expected: String
  ) throws(Misfit) -> Int64 {
    if self[key] == nil, let `default` { return `default` }
    let decimal = try decimal(key, expected)
    guard let value = decimal.scaled(places), range.contains(value) else {
      throw Misfit(
        place.key(key), expected: expected,
        found: self[key]?.described ?? "nothing")
    }
    return value
  }

  /// A decimal number: text, or a number that denotes one.
  func decimal(_ key: String, _ expected: String) throws(Misfit) -> DecimalText {
    let node = try value(key, expected)
    let decimal: DecimalText? =
      switch node {
      case .integer(let value): DecimalText(value)
      case .number(let value) where Self.isSound(value): DecimalText(value)
      case .text(let text): DecimalText(text)
      default: nil
      }
    guard let decimal else {
      throw Misfit(place.key(key), expected: expected, found: node.described)
    }
    return decimal
  }

  /// Whether a number may enter a scenario: not -0, infinite or none at all.
  static func isSound(_ number: Double) -> Bool {
    number.isFinite && !(number == 0 && number.sign == .minus)
  }

  // MARK: Single values

  static let nameExpected = "a name in quotes: 1 to 255 bytes without control characters"

  /// A span of time in nanoseconds: text with a unit, or whole nanoseconds.
  static func duration(
    _ node: Node, at place: Place, in range: ClosedRange<Nanoseconds>
  ) throws(Misfit) -> Nanoseconds {
    let value: Nanoseconds? =
      switch node {
      case .integer(let value): value
      case .text(let text): DurationText.nanoseconds(text)
      default: nil
      }
    let span = "\(range.lowerBound) to \(range.upperBound) ns"
    guard let value else {
      throw Misfit(place, expected: "\(DurationText.expected), \(span)", found: node.described)
    }
    guard range.contains(value) else {
      throw Misfit(place, expected: span, found: node.described)
    }
    return value
  }

  private static func name(_ node: Node, at place: Place) throws(Misfit) -> String {
    guard case .text(let name) = node, isName(name) else {
      throw Misfit(place, expected: nameExpected, found: node.described)
    }
    return name
  }

  /// Whether a text can be a name.
  static func isName(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count)
      && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
