import Agents
import ArgumentParser
import Counterfactual
import Determinism
import FoundationEssentials
import Journal
import JournalFiles
import Market
import MarketModel
import Replay
import Reports
import Session

/// `tapedeck branches`: draws the tapes of a folder as a tree of forks.
struct Branches<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "branches", abstract: "Draw the tapes of a folder as a tree of forks.",
      discussion: """
        Each fork stands under its parent, with its tick, what was changed, and what came of it in \
        one draw, which is no effect. Exit 3 where a tape cannot be read or its parent is missing.
        """)
  }

  @Argument(help: "The folder.")
  var folder = "."

  @Flag(help: "Leave out what came of the forks: nothing is replayed.")
  var quick = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    let (tapes, unreadable) = try FolderTape.all(in: folder)
    let tree = ForkTree(tapes.map { $0.entry })
    var draws: [BranchDraw?] = []
    var gains = BranchGains<Roster>(folder: folder)
    var progress = Progress("comparing", total: Int64(tree.branches.count))
    for branch in tree.branches {
      var draw: BranchDraw?
      if !quick, case .fork(let parent) = branch.place {
        draw = gains.draw(tapes[branch.tape], of: tapes[parent])
      }
      draws.append(draw)
      progress.show(Int64(draws.count))
    }
    let drawing = BranchDrawing(tapes: tapes, tree: tree, draws: draws, unreadable: unreadable)
    try Console.write(options.json ? Json.text(drawing.object) + "\n" : drawing.text)
    if drawing.hasLoss { throw ExitCode(Exit.loss) }
  }
}

/// A tape of a folder, as far as its genesis says.
struct FolderTape {
  let name: String
  let genesis: Genesis
  let entry: ForkTree.Tape

  /// The tapes of a folder by name, and why others cannot be read.
  static func all(
    in folder: String
  ) throws(CommandFailure) -> (tapes: [FolderTape], unreadable: [(String, String)]) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw CommandFailure(
        Exit.trouble, "\(folder): cannot be read as a folder", next: "name a folder of tapes")
    }
    var tapes: [FolderTape] = []
    var unreadable: [(String, String)] = []
    for name in names.filter({ $0.hasSuffix(".tape") }).sorted() {
      do throws(CommandFailure) {
        tapes.append(try FolderTape(name, "\(folder)/\(name)"))
      } catch {
        unreadable.append((name, error.what))
      }
    }
    if tapes.isEmpty && unreadable.isEmpty {
      throw CommandFailure(
        Exit.trouble, "\(folder): has no tapes", next: "name a folder that has some")
    }
    return (tapes, unreadable)
  }

  init(_ name: String, _ path: String) throws(CommandFailure) {
    self.name = name
    let file: TapeFile
    do {
      file = try TapeFile(path: path)
    } catch {
      throw CommandFailure(error)
    }
    do {
      let (scan, _) = try file.scan(level: .framing)
      genesis = try JournalReader(file, scan).genesis
    } catch {
      throw CommandFailure(error, path)
    }
    var parent: (Hash256, Tick)?
    if case .fork(let fork) = genesis.origin { parent = (fork.parentId, fork.tick) }
    entry = ForkTree.Tape(name: name, id: genesis.sessionId, parent: parent)
  }
}

/// What came of one fork in one draw.
struct BranchDraw {
  /// Events that differ: changed, only in the parent, only in the fork.
  var events: (changed: Int, gone: Int, new: Int) = (0, 0, 0)
  /// Whose gain changed most, and by how much, in words; nil where nobody's did.
  var largest: (agent: String, change: String)?
  /// Which of the two ends first before its session does, and in which tick; the ends are not
  /// compared then.
  var unfinished: (name: String, tick: Tick)?
  /// Whether it is the tape of a training, of which no session came.
  var isTraining = false
  /// Why it cannot be told.
  var trouble: String?

  var words: String {
    if let trouble { return "cannot be compared: \(trouble)" }
    if isTraining { return "a training" }
    if let unfinished {
      return "not compared: \(unfinished.name) is unfinished, it ends at tick \(unfinished.tick)"
    }
    if events == (0, 0, 0) { return "equals its parent, event for event" }
    var parts: [String] = []
    if let largest { parts.append("gain of \(largest.agent) \(largest.change)") }
    parts.append(
      "events: \(events.changed) changed, \(events.gone) only in the parent, "
        + "\(events.new) only in the fork")
    return "\(ForkNote.caption): " + parts.joined(separator: "; ")
  }

  var object: [String: Any] {
    if let trouble { return ["trouble": trouble] }
    if isTraining { return ["training": true] }
    if let unfinished {
      return ["unfinished": ["tape": unfinished.name, "tick": unfinished.tick] as [String: Any]]
    }
    var object: [String: Any] = [
      "caption": ForkNote.caption, "changed": events.changed, "only_parent": events.gone,
      "only_fork": events.new,
    ]
    if let largest {
      object["largest_gain_change"] = ["agent": largest.agent, "change": largest.change]
    }
    return object
  }
}

/// The gains at the end of the tapes of a folder, each worked out once.
struct BranchGains<Roster: AgentRoster> {
  private let folder: String
  private var known: [String: [(name: String, gain: Int128)]] = [:]

  init(folder: String) { self.folder = folder }

  /// Compares a fork with its parent.
  mutating func draw(_ fork: FolderTape, of parent: FolderTape) -> BranchDraw {
    var draw = BranchDraw()
    do throws(CommandFailure) {
      let before = try OpenedTape("\(folder)/\(parent.name)")
      let after = try OpenedTape("\(folder)/\(fork.name)", parents: [before.path])
      try after.expectUndamaged()
      if after.isTraining {
        draw.isTraining = true
        return draw
      }
      if let (path, tick) = try OpenedTape.unfinished([before, after]) {
        draw.unfinished = (path == before.path ? parent.name : fork.name, tick)
        return draw
      }
      let comparison = try Diff<Roster>.compare(before, after)
      draw.events = (
        comparison.changedCount, comparison.onlyFirstCount, comparison.onlySecondCount
      )
      let decimals = Int(before.lineage.scenario.currencyDecimals) + 3
      let old = try gains(before, parent.name)
      var largest: (String, Int128) = ("", 0)
      for (name, gain) in try gains(after, fork.name) {
        // An agent that joined had gained nothing before.
        let change = gain - (old.first { $0.name == name }?.gain ?? 0)
        if change.magnitude > largest.1.magnitude { largest = (name, change) }
      }
      if largest.1 != 0 {
        let sign = largest.1 > 0 ? "+" : ""
        draw.largest = (largest.0, sign + ExactDecimal.text(largest.1, decimals: decimals))
      }
    } catch {
      draw.trouble = error.what
    }
    return draw
  }

  private mutating func gains(
    _ tape: OpenedTape, _ name: String
  ) throws(CommandFailure) -> [(name: String, gain: Int128)] {
    if let gains = known[name] { return gains }
    let samples = try tape.samples(Roster.self)
    var gains: [(name: String, gain: Int128)] = []
    if let last = samples.steps.last {
      gains = samples.scenario.agents.indices.map { agent in
        (
          samples.scenario.agents[agent].account.name,
          samples.totalValue(last, agent) - samples.openingValue(agent)
        )
      }
    }
    known[name] = gains
    return gains
  }
}
