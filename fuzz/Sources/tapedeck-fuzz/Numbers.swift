import CFuzzer

/// Numbers that are a function of a seed, and libFuzzer's own mutations.
///
/// - Source: splitmix64; Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
struct Numbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number below `count`, which is at least 1.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// True once in `times`.
  mutating func once(in times: Int) -> Bool { below(times) == 0 }

  /// One of several.
  mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }

  /// Bytes that libFuzzer mutated, at most `capacity` of them.
  mutating func bytes(_ bytes: [UInt8], _ capacity: Int) -> [UInt8] {
    let room = max(min(capacity, bytes.count + 64), 1)
    var copy = Array(bytes.prefix(room))
    let count = copy.count
    copy.append(contentsOf: repeatElement(0, count: room - count))
    let size = unsafe copy.withUnsafeMutableBufferPointer { buffer in
      // Safe: the buffer has `room` bytes.
      unsafe LLVMFuzzerMutate(buffer.baseAddress, count, room)
    }
    return Array(copy.prefix(size))
  }
}

/// libFuzzer's hook for mutations that know the structure of an input.
@c(LLVMFuzzerCustomMutator)
public func mutateInput(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: UInt32
) -> Int {
  var numbers = Numbers(seed: UInt64(seed))
  // Safe: libFuzzer lends `capacity` bytes, `size` of them with content.
  let input = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  let output = Campaign.target?.mutate(input, &numbers, capacity: capacity) ?? input
  let count = min(output.count, capacity)
  for index in 0..<count { unsafe data[index] = output[index] }
  return count
}
