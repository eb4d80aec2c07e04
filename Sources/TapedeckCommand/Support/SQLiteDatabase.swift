import CSQLite

/// A value of a column.
enum ColumnValue {
  case integer(Int64)
  case number(Double?)
  case text(String)
}

/// An open database, closed with the last reference to it.
@safe
final class SQLiteDatabase {
  private let handle: OpaquePointer?
  private let path: String

  init(_ path: String) throws(CommandFailure) {
    self.path = path
    var opened: OpaquePointer?
    let status = unsafe sqlite3_open(path, &opened)
    unsafe handle = opened
    if status != SQLITE_OK { throw failure }
    try run("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;")
  }

  deinit { unsafe sqlite3_close(handle) }

  fileprivate var failure: CommandFailure {
    let reason = unsafe String(cString: sqlite3_errmsg(handle))
    return CommandFailure(Exit.trouble, "\(path): \(reason)")
  }

  func run(_ statements: String) throws(CommandFailure) {
    if unsafe sqlite3_exec(handle, statements, nil, nil, nil) != SQLITE_OK { throw failure }
  }

  func prepare(_ statement: String) throws(CommandFailure) -> SQLiteStatement {
    var prepared: OpaquePointer?
    guard unsafe sqlite3_prepare_v2(handle, statement, -1, &prepared, nil) == SQLITE_OK,
      let prepared = unsafe prepared
    else { throw failure }
    return unsafe SQLiteStatement(prepared, self)
  }
}

/// A prepared statement.
@safe
final class SQLiteStatement {
  private let handle: OpaquePointer
  private let database: SQLiteDatabase

  init(_ handle: OpaquePointer, _ database: SQLiteDatabase) {
    unsafe self.handle = handle
    self.database = database
  }

  deinit { unsafe sqlite3_finalize(handle) }

  func run(_ values: [ColumnValue]) throws(CommandFailure) {
    // SQLite copies a text that is marked so.
    let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for (index, value) in values.enumerated() {
      let column = Int32(index + 1)
      switch value {
      case .integer(let value): unsafe sqlite3_bind_int64(handle, column, value)
      case .number(let value?): unsafe sqlite3_bind_double(handle, column, value)
      case .number(nil): unsafe sqlite3_bind_null(handle, column)
      case .text(let text): unsafe sqlite3_bind_text(handle, column, text, -1, transient)
      }
    }
    guard unsafe sqlite3_step(handle) == SQLITE_DONE else { throw database.failure }
    unsafe sqlite3_reset(handle)
  }
}
