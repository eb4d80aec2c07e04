public import Determinism
public import MarketModel

/// How long something takes to arrive.
public enum Latency: Equatable, Sendable {
  /// Always the same, in nanoseconds.
  case fixed(Nanoseconds)
  /// Uniform between two bounds, both included, in nanoseconds.
  case uniform(Nanoseconds, Nanoseconds)
  /// A minimum and an exponential part with the given mean, in nanoseconds.
  case exponential(minimum: Nanoseconds, mean: Nanoseconds)

  /// Nothing takes any time.
  public static let none = Latency.fixed(0)

  /// Draws a latency: a pure function of key and counter.
  public func draw(
    _ key: NoiseKey, tick: Tick, slot: UInt32, draw: UInt32
  ) -> Nanoseconds {
    switch self {
    case .fixed(let span): return span
    case .uniform(let low, let high):
      // Cannot overflow: both lie within Limits.maximumDelay.
      return low
        + Nanoseconds(
          key.integer(below: UInt64(high - low) + 1, tick: tick, slot: slot, draw: draw))
    case .exponential(let minimum, let mean):
      let span = key.exponential(tick: tick, slot: slot, draw: draw) * Double(mean)
      return min(minimum + Nanoseconds(span), Limits.maximumDelay)
    }
  }

  /// Whether every draw is 0.
  public var isNone: Bool { self == .none }

  /// Whether all spans lie within their limits, in order.
  var isValid: Bool {
    let range = 0...Limits.maximumDelay
    return switch self {
    case .fixed(let span): range.contains(span)
    case .uniform(let low, let high): range.contains(low) && range.contains(high) && low <= high
    case .exponential(let minimum, let mean): range.contains(minimum) && range.contains(mean)
    }
  }

  /// Appends the canonical encoding.
  func encode(into writer: inout ByteWriter) {
    switch self {
    case .fixed(let span):
      writer.write(UInt8(0))
      writer.write(span)
      writer.write(Int64(0))
    case .uniform(let low, let high):
      writer.write(UInt8(1))
      writer.write(low)
      writer.write(high)
    case .exponential(let minimum, let mean):
      writer.write(UInt8(2))
      writer.write(minimum)
      writer.write(mean)
    }
  }

  /// Reads the canonical encoding.
  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let kind = try reader.readByte()
    let first = try reader.readInt64()
    let second = try reader.readInt64()
    let range = 0...Limits.maximumDelay
    guard range.contains(first), range.contains(second) else {
      throw ByteError(offset: start, expected: "a latency of at most 2^50 ns")
    }
    switch kind {
    case 0 where second == 0: self = .fixed(first)
    case 1 where first <= second: self = .uniform(first, second)
    case 2: self = .exponential(minimum: first, mean: second)
    default: throw ByteError(offset: start, expected: "a latency")
    }
  }
}
