import Counterfactual
import Determinism
import FoundationEssentials
import Glibc
import JournalFiles
import MarketModel

/// A sweep as an SQLite database: every result, and every effect.
enum SweepDatabase {
  private static let schema = """
    CREATE TABLE results (key TEXT, tick INTEGER, differs TEXT, replicate INTEGER,
      events INTEGER, outcome TEXT, value REAL);
    CREATE TABLE effects (tick INTEGER, differs TEXT, outcome TEXT, pairs INTEGER, mean REAL,
      low REAL, high REAL, probability REAL, adjusted REAL, variance_factor REAL);
    """

  /// Writes a new database under a temporary name and renames it.
  static func write(
    _ folder: SweepFolder, _ effects: SweepEffects, to path: String, replacing: Bool
  ) throws(CommandFailure) {
    if !replacing, FileManager.default.fileExists(atPath: path) {
      throw CommandFailure(WriteError.exists(path: path))
    }
    let temporary = "\(path).\(getpid()).partial"
    try? FileManager.default.removeItem(atPath: temporary)
    do throws(CommandFailure) {
      let database = try SQLiteDatabase(temporary)
      try database.run(schema + "BEGIN;")
      try add(effects, to: database)
      try add(folder, effects, to: database)
      try database.run("COMMIT;")
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
    guard unsafe rename(temporary, path) == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      try? FileManager.default.removeItem(atPath: temporary)
      throw CommandFailure(Exit.trouble, "\(path): \(reason)")
    }
  }

  private static func add(_ effects: SweepEffects, to database: SQLiteDatabase)
    throws(CommandFailure)
  {
    let insert = try database.prepare("INSERT INTO effects VALUES (?,?,?,?,?,?,?,?,?,?)")
    for row in effects.rows {
      let estimate = row.estimate
      try insert.run([
        .integer(row.tick), .text(row.arm), .text(row.name), .integer(Int64(estimate.count)),
        .number(estimate.mean / row.scale),
        .number(estimate.interval.map { $0.lowerBound / row.scale }),
        .number(estimate.interval.map { $0.upperBound / row.scale }),
        .number(estimate.probability), .number(row.adjusted), .number(estimate.varianceFactor),
      ])
    }
  }

  private static func add(
    _ folder: SweepFolder, _ effects: SweepEffects, to database: SQLiteDatabase
  ) throws(CommandFailure) {
    let insert = try database.prepare("INSERT INTO results VALUES (?,?,?,?,?,?,?)")
    for job in folder.plan.jobs {
      guard let result = try folder.result(job.key) else { continue }
      let tick = folder.plan.points[job.point].tick
      let arm = job.arm.map { folder.plan.arms[$0] }
      let metrics = effects.rows.filter { $0.tick == tick && $0.arm == arm ?? folder.plan.arms[0] }
      for row in metrics {
        try insert.run([
          .text(job.key.hexadecimal), .integer(tick), .text(arm ?? ""),
          .integer(Int64(job.replicate)), .integer(result.eventCount), .text(row.name),
          .number(row.metric.value(in: result.outcome) / row.scale),
        ])
      }
    }
  }
}
