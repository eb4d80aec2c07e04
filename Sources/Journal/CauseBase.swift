import MarketModel

/// The field of a causing event that a reference names.
struct CauseBase {
  private let field: Int
  /// By kind: whether its events have that field and may be referred to so.
  private let isBase: [Bool]

  init(_ reference: FieldReference, _ groups: FrameGroups) {
    let kinds: [EventKind]
    switch reference {
    case .command(let index):
      field = Int(index)
      kinds = [
        .orderSubmitted, .cancelSubmitted, .replaceSubmitted, .messageSent, .transferSubmitted,
      ]
    case .order(let index):
      field = Int(index)
      kinds = [.orderSubmitted]
    case .target(let index):
      field = Int(index)
      kinds = [.cancelSubmitted, .replaceSubmitted]
    default: preconditionFailure("Invariant: only these refer to the causing event")
    }
    var isBase = [Bool](repeating: false, count: 256)
    for kind in kinds.map({ Int($0.rawValue) }) { isBase[kind] = field < groups.fieldCounts[kind] }
    self.isBase = isBase
  }

  /// A causing event as one number: where its fields begin, and its kind.
  @inline(__always)
  static func pack(_ start: Int32, _ kind: UInt8) -> Int64 { Int64(start) << 8 | Int64(kind) }

  /// Where the base stands among the words: in the zeros where there is none.
  @inline(__always)
  func position(_ cause: Int64) -> Int {
    isBase[Int(truncatingIfNeeded: cause & 0xFF)] ? Int(truncatingIfNeeded: cause >> 8) &+ field : 0
  }
}
