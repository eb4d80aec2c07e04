/// An expression, compiled: tests in one flat list, each of which says where to go on.
///
///     test 0   quantity above 100    holds: 1       else: reject
///     test 1   kind is 9             holds: accept  else: 2
///     test 2   kind is 10            holds: accept  else: reject
///
/// `and`, `or` and `not` are nowhere but in these links, so that running a program needs no stack
/// and takes no memory, and asks no more than is needed.
public struct FilterProgram: Equatable, Sendable {
  /// Where a program ends with yes.
  @usableFromInline static let accept: Int32 = -1
  /// Where a program ends with no.
  @usableFromInline static let reject: Int32 = -2

  /// One question about one field.
  public struct Test: Equatable, Sendable, BitwiseCopyable {
    /// The position of the field.
    public let field: Int32
    /// The position of the range for the field's first type, which the others follow; for
    /// `contains` that of the needle, or the value that is looked for.
    @usableFromInline let base: Int64
    /// Whether a value beyond the range is meant.
    @usableFromInline let isOutside: Bool
    @usableFromInline let ifHolds: Int32
    @usableFromInline let otherwise: Int32

    /// The value that `contains` looks for among the names of a field.
    public var name: Int64 { base }
  }

  /// Values from `low` to `high`; none where `low` is larger.
  @usableFromInline
  struct Interval: Equatable, Sendable, BitwiseCopyable {
    @usableFromInline let low: Int64
    @usableFromInline let high: Int64

    static let none = Interval(low: 1, high: 0)
  }

  @usableFromInline private(set) var tests: [Test] = []
  @usableFromInline private(set) var intervals: [Interval] = []
  private var needles: [[UInt8]] = []
  @usableFromInline private(set) var start: Int32 = FilterProgram.accept

  /// Compiles an expression over some fields.
  ///
  /// - Throws: `FilterError` for a field that is not among them, and for one that cannot be
  ///   compared in that way.
  /// - Complexity: O(comparisons x (fields + words)).
  public init(
    _ expression: FilterExpression, _ fields: [FilterField]
  ) throws(FilterError) {
    start = try add(expression, fields, ifHolds: Self.accept, otherwise: Self.reject)
  }

  /// Whether the expression holds, where `holds` answers the tests.
  ///
  /// - Complexity: O(comparisons); no memory is taken.
  @inlinable @inline(__always)
  public func run(_ holds: (Test) -> Bool) -> Bool {
    var next = start
    while next >= 0 {
      let test = tests[Int(next)]
      next = holds(test) ? test.ifHolds : test.otherwise
    }
    return next == Self.accept
  }

  /// Whether a test holds for the value of a field; `type` is the position of its type.
  @inlinable @inline(__always)
  public func holds(_ test: Test, _ word: Int64, type: Int) -> Bool {
    let interval = intervals[Int(test.base) &+ type]
    return (word >= interval.low && word <= interval.high) != test.isOutside
  }

  /// Whether bytes contain what a test looks for.
  ///
  /// - Complexity: O(bytes x needle).
  public func contains(_ test: Test, _ bytes: [UInt8]) -> Bool {
    let needle = needles[Int(test.base)]
    guard bytes.count >= needle.count else { return false }
    for start in 0...bytes.count - needle.count {
      var length = 0
      while length < needle.count, bytes[start + length] == needle[length] { length += 1 }
      if length == needle.count { return true }
    }
    return false
  }

  // MARK: Compiling

  /// Adds the tests of an expression, the last first, and returns where it begins.
  private mutating func add(
    _ expression: FilterExpression, _ fields: [FilterField], ifHolds: Int32, otherwise: Int32
  ) throws(FilterError) -> Int32 {
    switch expression {
    case .not(let other):
      return try add(other, fields, ifHolds: otherwise, otherwise: ifHolds)
    case .all(let parts):
      var next = ifHolds
      for part in parts.reversed() {
        next = try add(part, fields, ifHolds: next, otherwise: otherwise)
      }
      return next
    case .any(let parts):
      var next = otherwise
      for part in parts.reversed() {
        next = try add(part, fields, ifHolds: ifHolds, otherwise: next)
      }
      return next
    case .comparison(let comparison):
      return try add(comparison, fields, ifHolds: ifHolds, otherwise: otherwise)
    }
  }

  private mutating func add(
    _ comparison: FilterComparison, _ fields: [FilterField], ifHolds: Int32, otherwise: Int32
  ) throws(FilterError) -> Int32 {
    let check = try FilterCheck(comparison, fields)
    var next = otherwise
    // Last first, as everywhere: `in` asks its values in their order.
    for value in comparison.values.reversed() {
      let base: Int64
      switch check.field.types[0] {
      case .bytes:
        base = Int64(needles.count)
        needles.append(try check.needle(value))
      case .names: base = try check.name(value)
      default:
        base = Int64(intervals.count)
        intervals += try check.intervals(value)
      }
      tests.append(
        Test(
          field: Int32(check.position), base: base,
          isOutside: comparison.relation == .notEqual, ifHolds: ifHolds, otherwise: next))
      next = Int32(tests.count - 1)
    }
    return next
  }
}
