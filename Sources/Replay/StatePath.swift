public import Filters
import Market
import MarketModel

/// One value of the state by its path, which is read without building the whole tree.
///
/// Paths are those of `StateTree`; of a level of a book, `books.STOCK.bids.0`, they are its
/// `price`, `quantity` and `orders`. All values are 64-bit words.
public struct StatePath: Equatable, Sendable {
  /// The path as `StateTree` has it.
  public let text: String
  /// What the words are.
  public let type: FilterType
  let place: Place

  /// Where in the state; numbers are positions of agents, instruments and processes.
  enum Place: Equatable, Sendable {
    case time, tick
    case status(Int)
    case lastPrice(Int)
    case volume(Int)
    case level(Int, Side, depth: Int, LevelPart)
    case agentType(Int)
    case cash(Int)
    case position(Int, Int)
    case nextWake(Int)
    case silenced(Int)
    case policyBytes(Int)
    case memoryBytes(Int)
    case memoryDigest(Int)
    case processValue(Int)
    case nextStep(Int)
    case fees, commandsInFlight, reportsInFlight, messagesInFlight
    case digest(Int)
    case digestRoot
  }

  /// What there is to a level.
  enum LevelPart: String, CaseIterable, Sendable {
    case quantity, price, orders
  }

  /// A value as `StateTree` shows it; `nothing` where there is none.
  public func text(of word: Int64?) -> String {
    guard let word else { return "nothing" }
    switch type {
    case .number(let decimals):
      let number = ExactDecimal.text(Int128(word), decimals: decimals)
      if case .processValue = place { return number + " increments" }
      return number
    case .word(let words), .names(let words):
      return words.list.first { $0.value == word }?.text ?? "#\(word)"
    case .digest: return StateTree.hexadecimal(UInt64(bitPattern: word))
    case .position, .duration, .bytes: return "\(word)"
    }
  }
}

/// Why a path leads to no value.
public struct StatePathError: Error, Equatable, Sendable {
  /// The path.
  public let path: String
  /// A path that may have been meant.
  public let nearest: String?
  /// Some paths that there are: those below it, where there are such.
  public let known: [String]
}
