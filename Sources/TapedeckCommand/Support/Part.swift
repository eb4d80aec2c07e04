/// A part of some work, as a command line has it: I/N, from 1/N to N/N.
public struct Part: Equatable, Sendable {
  /// Which one, from 1.
  let number: Int
  /// How many there are.
  let count: Int

  /// The whole.
  public init() { (number, count) = (1, 1) }

  /// Reads `1/4`.
  init(_ text: String, option: String) throws(CommandFailure) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], count > 0,
      (1...count).contains(number)
    else {
      throw CommandFailure(Exit.usage, "\(option) \(text): expected I/N, from 1/N to N/N")
    }
    (self.number, self.count) = (number, count)
  }
}
