import Counterfactual
import Determinism
import Journal
import MarketModel
import Session

/// The tree of a folder's tapes, as text and as JSON.
struct BranchDrawing {
  let tapes: [FolderTape]
  let tree: ForkTree
  /// By branch: what came of it; nil for what is no fork, or was not compared.
  let draws: [BranchDraw?]
  /// Tapes that cannot be read, and why.
  let unreadable: [(String, String)]
  /// By tape: what its last fork differs in.
  private let differences: [[String]]

  init(
    tapes: [FolderTape], tree: ForkTree, draws: [BranchDraw?], unreadable: [(String, String)]
  ) {
    self.tapes = tapes
    self.tree = tree
    self.draws = draws
    self.unreadable = unreadable
    differences = Self.differences(tapes, tree)
  }

  /// What forks differ in, by the scenario of their parent where that is here.
  private static func differences(_ tapes: [FolderTape], _ tree: ForkTree) -> [[String]] {
    var words = tapes.map { $0.genesis.forks.last?.words ?? [] }
    var scenarios = [Scenario?](repeating: nil, count: tapes.count)
    // A parent stands before its forks.
    for branch in tree.branches {
      let genesis = tapes[branch.tape].genesis
      var reader = ByteReader(genesis.scenario ?? [])
      var scenario = try? Scenario(from: &reader)
      if case .fork(let parent) = branch.place { scenario = scenarios[parent] }
      guard var after = scenario else { continue }
      for fork in genesis.forks { words[branch.tape] = fork.words(changing: &after) }
      scenarios[branch.tape] = after
    }
    return words
  }

  /// Whether something is missing or cannot be read.
  var hasLoss: Bool {
    !unreadable.isEmpty || draws.contains { $0?.trouble != nil }
      || tree.branches.contains { $0.place == .missingParent || $0.place == .cyclic }
  }

  // MARK: Text

  var text: String {
    var text = ""
    for index in tree.branches.indices {
      let branch = tree.branches[index]
      text += stem(index, isBranch: true) + headline(branch) + "\n"
      if let draw = draws[index] { text += stem(index, isBranch: false) + draw.words + "\n" }
    }
    for (name, why) in unreadable { text += "\(name)  cannot be read: \(why)\n" }
    return text
  }

  private func headline(_ branch: ForkTree.Branch) -> String {
    let tape = tapes[branch.tape]
    switch branch.place {
    case .root: return "\(tape.name)  \(describe(tape.genesis))"
    case .copy(let other): return "\(tape.name)  the same session as \(tapes[other].name)"
    case .fork: return "\(tape.name)  \(difference(branch.tape))"
    case .missingParent:
      let parent = tape.entry.parent?.id.hexadecimal.prefix(16) ?? ""
      return "\(tape.name)  \(difference(branch.tape)); its parent, session \(parent), is not here"
    case .cyclic:
      return "\(tape.name)  \(difference(branch.tape)); its parents lead back to itself"
    }
  }

  private func difference(_ index: Int) -> String {
    guard let fork = tapes[index].genesis.forks.last else { return "" }
    let words = differences[index]
    var text = "@\(fork.tick) " + (words.isEmpty ? "no difference" : "")
    text += words.joined(separator: "; ")
    if !fork.held.isEmpty { text += " (held: \(fork.held.joined(separator: ", ")))" }
    return text
  }

  private func describe(_ genesis: Genesis) -> String {
    var reader = ByteReader(genesis.scenario ?? [])
    guard let scenario = try? Scenario(from: &reader) else { return "a scenario of its own" }
    var text = "\(scenario.name), \(scenario.provenance), seed \(scenario.seed), "
    text += "\(scenario.horizon) ticks"
    for fork in genesis.forks {
      text += "; flattened: forked @\(fork.tick) "
      text += fork.words.isEmpty ? "no difference" : fork.words.joined(separator: "; ")
    }
    return text
  }

  /// The lines that lead to a branch, or pass beside what is said of it.
  private func stem(_ index: Int, isBranch: Bool) -> String {
    let depth = tree.branches[index].depth
    var text = ""
    for level in stride(from: 1, through: depth, by: 1) {
      let goesOn = hasSibling(after: index, at: level)
      if level < depth || !isBranch {
        text += goesOn ? "|  " : "   "
      } else {
        text += goesOn ? "|- " : "`- "
      }
    }
    if !isBranch { text += hasChild(index) ? "|    " : "     " }
    return text
  }

  /// Whether a branch of that depth comes later under the same parent.
  private func hasSibling(after index: Int, at level: Int) -> Bool {
    for branch in tree.branches[(index + 1)...] {
      if branch.depth < level { return false }
      if branch.depth == level { return true }
    }
    return false
  }

  private func hasChild(_ index: Int) -> Bool {
    index + 1 < tree.branches.count && tree.branches[index + 1].depth > tree.branches[index].depth
  }

  // MARK: JSON

  var object: [String: Any] {
    let list = tree.branches.indices.map { index -> [String: Any] in
      let branch = tree.branches[index]
      let tape = tapes[branch.tape]
      var object: [String: Any] = [
        "tape": tape.name, "session": tape.entry.id.hexadecimal, "depth": branch.depth,
        "place": place(branch.place),
      ]
      if case .fork(let parent) = branch.place { object["parent"] = tapes[parent].name }
      if case .copy(let other) = branch.place { object["copy_of"] = tapes[other].name }
      if let fork = tape.genesis.forks.last {
        object["fork_tick"] = fork.tick
        object["interventions"] = differences[branch.tape]
        object["held"] = fork.held
      }
      if let draw = draws[index] { object["draw"] = draw.object }
      return object
    }
    return [
      "branches": list,
      "unreadable": unreadable.map { ["tape": $0.0, "why": $0.1] },
    ]
  }

  private func place(_ place: ForkTree.Place) -> String {
    switch place {
    case .root: "root"
    case .fork: "fork"
    case .missingParent: "missing_parent"
    case .cyclic: "cyclic"
    case .copy: "copy"
    }
  }
}
