/// Numbers that are a function of a seed: splitmix64.
///
/// - Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
public struct KeyedNumbers: RandomNumberGenerator {
  private var state: UInt64

  /// Creates the numbers of a seed.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number within a range.
  public mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &self)
  }

  /// An index below `count`.
  public mutating func index(below count: Int) -> Int { Int(number(0...Int64(count - 1))) }

  /// True once in `times`.
  public mutating func once(in times: Int64) -> Bool { number(1...times) == 1 }

  /// One of several.
  public mutating func pick<T>(_ list: [T]) -> T { list[index(below: list.count)] }
}
