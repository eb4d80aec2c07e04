import Counterfactual
import Determinism
import FoundationEssentials
import Glibc
import JournalFiles
import MarketModel
import Session

/// The folder of a sweep: `plan.json`, and `results/KEY`, one file for each fork that was run.
struct SweepFolder {
  let path: String
  /// What is to be run.
  let plan: SweepPlan
  /// Where the parent was when the sweep was planned.
  let parentPath: String

  /// Opens the folder of a planned sweep.
  init(_ path: String) throws(CommandFailure) {
    self.path = path
    let file = Self.planPath(path)
    let bytes: [UInt8]
    do {
      bytes = try SmallFile.read(file)
    } catch {
      throw CommandFailure(
        Exit.trouble, "\(error)", next: "plan a sweep with: tapedeck sweep plan")
    }
    guard let written = try? JSONDecoder().decode(WrittenPlan.self, from: Data(bytes)),
      written.version == Json.version
    else { throw CommandFailure(Exit.trouble, "\(file): is no plan of a sweep") }
    parentPath = written.parent
    do {
      plan = try written.plan
    } catch {
      throw CommandFailure(
        Exit.trouble,
        "\(file): is no plan of a sweep: expected \((error as? ByteError)?.expected ?? "\(error)")",
        next: "plan a sweep with: tapedeck sweep plan")
    }
  }

  /// Writes a plan into a new folder.
  static func create(
    _ path: String, _ plan: SweepPlan, parent: String, force: Bool
  ) throws(CommandFailure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(WrittenPlan(plan, parent: parent)) else {
      preconditionFailure("Invariant: a plan is plain data")
    }
    do {
      try SmallFile.createFolder(path + "/results")
    } catch {
      throw CommandFailure(error)
    }
    do {
      try SmallFile.write(Array(data), to: planPath(path), replacing: force)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Where the plan stands.
  var planPath: String { Self.planPath(path) }

  private static func planPath(_ path: String) -> String { path + "/plan.json" }

  /// Opens the tape that the sweep was planned for: where it was then, or at another path.
  func openParent(_ path: String?) throws(CommandFailure) -> OpenedTape {
    let tape = try OpenedTape(path ?? parentPath)
    guard tape.sweepIdentity == plan.parent else {
      throw CommandFailure(
        Exit.usage, "\(tape.path): is not the tape that the sweep was planned for",
        next: "name that one with --parent, or plan anew")
    }
    return tape
  }

  // MARK: Results

  private func resultPath(_ key: Hash256) -> String { "\(path)/results/\(key.hexadecimal)" }

  /// The result of that name; nil where there is none yet.
  ///
  /// - Throws: `CommandFailure` for a file that is damaged, or cannot be read.
  func result(_ key: Hash256) throws(CommandFailure) -> SweepResult? {
    let file = resultPath(key)
    let bytes: [UInt8]
    do {
      bytes = try SmallFile.read(file)
    } catch {
      if error.code == ENOENT { return nil }
      throw CommandFailure(error)
    }
    guard let result = try? SweepResult(encoded: bytes), result.key == key else {
      throw CommandFailure(
        Exit.trouble, "\(file): is damaged", next: "run it again with: tapedeck sweep run \(path)")
    }
    return result
  }

  func write(_ result: SweepResult) throws(WriteError) {
    try SmallFile.write(result.encoded, to: resultPath(result.key), replacing: true)
  }
}

/// A plan as JSON.
private struct WrittenPlan: Codable {
  struct WrittenPoint: Codable {
    var tick: Int64
    var interventions: [[WrittenIntervention]]
  }

  struct WrittenIntervention: Codable {
    var code: UInt8
    var payload: Data
  }

  private enum CodingKeys: String, CodingKey {
    case version = "schema_version"
    case parent, identity, arms, points, seeds, seed, held
  }

  var version: Int
  var parent: String
  var identity: Data
  var arms: [String]
  var points: [WrittenPoint]
  var seeds: Int
  var seed: UInt64
  var held: [String]

  init(_ plan: SweepPlan, parent: String) {
    version = Json.version
    self.parent = parent
    identity = Data(plan.parent)
    arms = plan.arms
    points = plan.points.map { point in
      WrittenPoint(
        tick: point.tick,
        interventions: point.interventions.map { list in
          list.map { WrittenIntervention(code: $0.code.rawValue, payload: Data($0.payload)) }
        })
    }
    seeds = plan.seeds
    seed = plan.seed
    held = plan.held
  }

  var plan: SweepPlan {
    get throws {
      guard seeds > 0, seeds <= SweepLimits.seeds, points.count <= SweepLimits.points,
        points.allSatisfy({ $0.interventions.count == arms.count })
      else { throw ByteError(offset: 0, expected: "interventions for each arm") }
      return SweepPlan(
        parent: Array(identity), arms: arms,
        points: try points.map { point in
          SweepPlan.Point(
            tick: point.tick,
            interventions: try point.interventions.map { list in
              try list.map { written in
                guard let code = InterventionCode(rawValue: written.code) else {
                  throw ByteError(offset: 0, expected: "a known intervention")
                }
                return try Intervention(code: code, payload: Array(written.payload))
              }
            })
        }, seeds: seeds, seed: seed, held: held)
    }
  }
}

/// How large a sweep may be.
enum SweepLimits {
  static let seeds = 1_000_000
  static let points = 1_000_000
  /// Forks in all.
  static let forks = 100_000_000
}
