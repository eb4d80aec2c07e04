public import MarketModel

/// The value of one parameter of an agent or a process.
public enum ParameterValue: Equatable, Sendable {
  /// A whole number.
  case integer(Int64)
  /// A real number.
  case number(Double)
  /// A text.
  case text(String)
  /// Yes or no.
  case flag(Bool)
}

/// What a parameter is called, means, and is when nothing is said.
public struct ParameterSchema: Equatable, Sendable {
  /// Its name in a scenario.
  public let name: String
  /// Its value when nothing is said; it also fixes the type.
  public let defaultValue: ParameterValue
  /// What it means, with its unit.
  public let meaning: String
  /// Whether a scenario leaves it out where it has its default value: so a type may be given parameters
  /// later, and scenarios that do not use them stay what they were, bit for bit.
  public let omitsDefault: Bool

  /// Creates a schema.
  public init(
    _ name: String, _ defaultValue: ParameterValue, _ meaning: String, omitsDefault: Bool = false
  ) {
    self.name = name
    self.defaultValue = defaultValue
    self.meaning = meaning
    self.omitsDefault = omitsDefault
  }
}

/// A parameter that does not fit.
public struct ParameterError: Error, Equatable, Sendable {
  /// The parameter.
  public let name: String
  /// What was expected of it.
  public let expected: String

  /// Creates an error.
  public init(name: String, expected: String) {
    self.name = name
    self.expected = expected
  }
}

/// Values by name, sorted by name: the canonical form that a scenario stores.
public struct Parameters: Equatable, Sendable {
  /// One value and its name.
  public struct Entry: Equatable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: ParameterValue
  }

  /// All values, sorted by the UTF-8 of their names.
  public private(set) var entries: [Entry] = []

  /// Creates an empty set.
  public init() {}

  /// The value with that name.
  public subscript(name: String) -> ParameterValue? {
    entries.first { $0.name == name }?.value
  }

  /// Sets a value, replacing one of the same name.
  public mutating func set(_ name: String, _ value: ParameterValue) {
    if let index = entries.firstIndex(where: { $0.name == name }) {
      entries[index].value = value
    } else {
      let place = entries.firstIndex { Self.isBefore(name, $0.name) } ?? entries.count
      entries.insert(Entry(name: name, value: value), at: place)
    }
  }

  /// Takes from others what is not set.
  public mutating func fill(from others: Parameters) {
    for entry in others.entries where self[entry.name] == nil { set(entry.name, entry.value) }
  }

  private static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// Returns the parameters with every default filled in, but for those that are left out, and every type
  /// checked.
  ///
  /// - Throws: `ParameterError` for an unknown name or a value of another type.
  public func resolved(by schemas: [ParameterSchema]) throws(ParameterError) -> Parameters {
    var result = Parameters()
    for entry in entries where !schemas.contains(where: { $0.name == entry.name }) {
      let known = schemas.map { $0.name }.joined(separator: ", ")
      throw ParameterError(name: entry.name, expected: "one of: \(known)")
    }
    for schema in schemas {
      let value = try resolve(schema)
      if !schema.omitsDefault || value != schema.defaultValue { result.set(schema.name, value) }
    }
    return result
  }

  private func resolve(_ schema: ParameterSchema) throws(ParameterError) -> ParameterValue {
    guard let value = self[schema.name] else { return schema.defaultValue }
    switch (schema.defaultValue, value) {
    case (.integer, .integer), (.text, .text), (.flag, .flag): return value
    case (.number, .integer(let whole)): return .number(Double(whole))
    case (.number, .number(let real)):
      guard real.isFinite else {
        throw ParameterError(name: schema.name, expected: "a finite number")
      }
      return .number(real == 0 ? 0 : real)  // -0 never enters state
    case (.integer, _): throw ParameterError(name: schema.name, expected: "a whole number")
    case (.number, _): throw ParameterError(name: schema.name, expected: "a number")
    case (.text, _): throw ParameterError(name: schema.name, expected: "a text in quotes")
    case (.flag, _): throw ParameterError(name: schema.name, expected: "true or false")
    }
  }

  // MARK: Reading resolved values

  /// The whole number with that name, within `range`; `missing` where it is left out.
  ///
  /// - Throws: `ParameterError` where it is missing, of another type or out of range.
  public func integer(
    _ name: String, in range: ClosedRange<Int64> = Int64.min...Int64.max,
    missing: Int64? = nil
  ) throws(ParameterError) -> Int64 {
    if let missing, self[name] == nil { return missing }
    guard case .integer(let value)? = self[name], range.contains(value) else {
      throw ParameterError(
        name: name, expected: "a whole number in \(range.lowerBound)...\(range.upperBound)")
    }
    return value
  }

  /// The number with that name, within `range`.
  ///
  /// - Throws: `ParameterError` where it is missing, of another type or out of range.
  public func number(
    _ name: String, in range: ClosedRange<Double>
  ) throws(ParameterError) -> Double {
    guard case .number(let value)? = self[name], range.contains(value) else {
      throw ParameterError(name: name, expected: "a number within its documented range")
    }
    return value
  }

  /// The text with that name; `missing` where it is left out.
  ///
  /// - Throws: `ParameterError` where it is missing or of another type.
  public func text(_ name: String, missing: String? = nil) throws(ParameterError) -> String {
    if let missing, self[name] == nil { return missing }
    guard case .text(let value)? = self[name] else {
      throw ParameterError(name: name, expected: "a text in quotes")
    }
    return value
  }

  /// The flag with that name.
  ///
  /// - Throws: `ParameterError` where it is missing or of another type.
  public func flag(_ name: String) throws(ParameterError) -> Bool {
    guard case .flag(let value)? = self[name] else {
      throw ParameterError(name: name, expected: "true or false")
    }
    return value
  }

  // MARK: Canonical encoding

  /// Appends the canonical encoding.
  public func encode(into writer: inout ByteWriter) {
    writer.write(count: entries.count)
    for entry in entries {
      writer.write(entry.name)
      switch entry.value {
      case .integer(let value):
        writer.write(UInt8(0))
        writer.write(value)
      case .number(let value):
        writer.write(UInt8(1))
        writer.write(value)
      case .text(let value):
        writer.write(UInt8(2))
        writer.write(value)
      case .flag(let value):
        writer.write(UInt8(3))
        writer.write(value)
      }
    }
  }

  /// Reads the canonical encoding.
  ///
  /// - Throws: `ByteError` where the bytes hold something else.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let count = try reader.readCount(limit: 1 << 12)
    for _ in 0..<count {
      let start = reader.offset
      let name = try reader.readText()
      if let last = entries.last, !Self.isBefore(last.name, name) {
        throw ByteError(offset: start, expected: "names in ascending order")
      }
      let value: ParameterValue
      switch try reader.readByte() {
      case 0: value = .integer(try reader.readInt64())
      case 1: value = .number(try reader.readDouble())
      case 2: value = .text(try reader.readText())
      case 3: value = .flag(try reader.readBool())
      default: throw ByteError(offset: reader.offset - 1, expected: "a parameter type, 0 to 3")
      }
      entries.append(Entry(name: name, value: value))
    }
  }
}
