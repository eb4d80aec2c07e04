internal import MarketModel

/// The columns of an event table, derived from the schemas alone.
///
/// No field is named like a leading column.
struct EventTableColumns: Sendable {
  static let sequence = 0
  static let tick = 1
  static let time = 2
  static let kind = 3
  static let cause = 4

  static let all = EventTableColumns()

  /// The names: the leading columns, the fields of all kinds in schema order, the payload.
  let names: [String]
  /// The columns of each kind's fields, by raw value of the kind - 1.
  private let fieldColumns: [[Int]]
  /// The columns that each kind leaves empty, likewise.
  private let unusedColumns: [[Int]]
  private let columns: [String: Int]
  private let kinds: [String: EventKind]

  private init() {
    let leading = ["sequence", "tick", "time", "kind", "cause"]
    var names = leading
    var columns = Dictionary(uniqueKeysWithValues: zip(leading, 0...))
    var fieldColumns: [[Int]] = []
    for schema in EventSchema.all {
      fieldColumns.append(
        schema.fields.map { field in
          precondition(
            !leading.contains(field.name), "Invariant: no field is named like a leading column")
          if let column = columns[field.name] { return column }
          columns[field.name] = names.count
          names.append(field.name)
          return names.count - 1
        })
    }
    precondition(columns["payload"] == nil, "Invariant: no field is named payload")
    columns["payload"] = names.count
    self.names = names + ["payload"]
    unusedColumns = zip(EventSchema.all, fieldColumns).map { schema, fields in
      (leading.count...names.count).filter { column in
        !fields.contains(column) && !(schema.hasPayload && column == names.count)
      }
    }
    self.columns = columns
    self.fieldColumns = fieldColumns
    kinds = Dictionary(
      uniqueKeysWithValues: EventKind.allCases.map { (EventSchema.of($0).name, $0) })
  }

  /// The column of the payload, the last one.
  var payload: Int { names.count - 1 }

  /// The columns of a kind's fields.
  func fields(of kind: EventKind) -> [Int] { fieldColumns[Int(kind.rawValue) - 1] }

  /// The columns that an event of a kind has nothing to say in, the leading ones apart.
  func unused(by kind: EventKind) -> [Int] { unusedColumns[Int(kind.rawValue) - 1] }

  /// The column of a name.
  func column(named name: String) -> Int? { columns[name] }

  /// The kind of a name.
  func kind(named name: String) -> EventKind? { kinds[name] }
}
