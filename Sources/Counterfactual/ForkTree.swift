public import Determinism
public import MarketModel

/// Tapes as a tree: each fork under the session that it was cut from.
public struct ForkTree: Equatable, Sendable {
  /// What a tape says of itself.
  public struct Tape: Equatable, Sendable {
    /// What to call it; tapes of one parent and tick stand in the order of their names.
    public var name: String
    /// Its session id.
    public var id: Hash256
    /// The session that it was cut from, and at which tick; nil where it begins with a scenario.
    public var parent: (id: Hash256, tick: Tick)?

    /// Creates an entry.
    public init(name: String, id: Hash256, parent: (id: Hash256, tick: Tick)?) {
      self.name = name
      self.id = id
      self.parent = parent
    }

    /// Compares what they say.
    public static func == (left: Tape, right: Tape) -> Bool {
      left.name == right.name && left.id == right.id && left.parent?.id == right.parent?.id
        && left.parent?.tick == right.parent?.tick
    }
  }

  /// Where a tape stands.
  public enum Place: Equatable, Sendable {
    /// It begins with a scenario.
    case root
    /// It was cut from the tape at that position of the input.
    case fork(of: Int)
    /// It was cut from a session of which no tape is here.
    case missingParent
    /// Its parents lead back to itself.
    case cyclic
    /// It is the same session as the tape at that position of the input.
    case copy(of: Int)
  }

  /// One tape, in the order of drawing.
  public struct Branch: Equatable, Sendable {
    /// The tape's position in the input.
    public var tape: Int
    /// How many tapes stand above it.
    public var depth: Int
    /// Where it stands.
    public var place: Place
  }

  /// All tapes, each once, a parent before its forks.
  public let branches: [Branch]

  /// Puts tapes in order.
  ///
  /// - Complexity: O(n^2) for n tapes.
  public init(_ tapes: [Tape]) {
    var layout = Layout(tapes)
    for index in layout.order where tapes[index].parent == nil { layout.place(index, 0, .root) }
    for index in layout.order where layout.parent[index] == nil {
      layout.place(index, 0, .missingParent)
    }
    for index in layout.order { layout.place(index, 0, .cyclic) }
    branches = layout.branches
  }

  private struct Layout {
    let order: [Int]
    /// By tape, the one that stands for its session: the first of several copies.
    private let holder: [Int]
    let parent: [Int?]
    private var isPlaced: [Bool]
    var branches: [Branch] = []

    init(_ tapes: [Tape]) {
      let order = tapes.indices.sorted { precedes(tapes[$0], tapes[$1]) }
      self.order = order
      holder = tapes.map { tape in order.first { tapes[$0].id == tape.id } ?? 0 }
      parent = tapes.map { tape in order.first { tapes[$0].id == tape.parent?.id } }
      isPlaced = tapes.map { _ in false }
    }

    /// Places a tape, its copies and its forks; nothing where it has a place already.
    mutating func place(_ tape: Int, _ depth: Int, _ place: Place) {
      if isPlaced[tape] || holder[tape] != tape { return }
      isPlaced[tape] = true
      branches.append(Branch(tape: tape, depth: depth, place: place))
      for child in order where parent[child] == tape {
        self.place(child, depth + 1, .fork(of: tape))
      }
      // After the forks, which would seem to be theirs.
      for copy in order where holder[copy] == tape && copy != tape {
        isPlaced[copy] = true
        branches.append(Branch(tape: copy, depth: depth, place: .copy(of: tape)))
      }
    }
  }

  /// The order of siblings: by tick, then by name.
  private static func precedes(_ left: Tape, _ right: Tape) -> Bool {
    let (first, second) = (left.parent?.tick ?? -1, right.parent?.tick ?? -1)
    if first != second { return first < second }
    return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}
