import MarketModel

/// The field of a causing event that a reference names.
struct CauseBase {
  private let field: Int
  /// A bit for each kind whose events have that field and may be referred to so; all are below 64.
  private let bases: UInt64

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
    var bases: UInt64 = 0
    for kind in kinds.map({ Int($0.rawValue) }) where field < groups.fieldCounts[kind] {
      bases |= 1 << UInt64(kind)
    }
    self.bases = bases
  }

  /// A causing event as one number: where its fields begin, and its kind.
  @inline(__always)
  static func pack(_ start: Int32, _ kind: UInt8) -> Int64 { Int64(start) << 8 | Int64(kind) }

  /// Where the base stands among the words: in the zeros where there is none.
  @inline(__always)
  func position(_ cause: Int64) -> Int {
    // A shift by more than 63 gives 0.
    let isBase = bases >> UInt64(truncatingIfNeeded: cause & 0xFF) & 1 == 1
    return isBase ? Int(truncatingIfNeeded: cause >> 8) &+ field : 0
  }
}
