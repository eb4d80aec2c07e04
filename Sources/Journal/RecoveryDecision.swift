/// What is to be done about one frame.
public enum FrameVerdict: Equatable, Sendable {
  /// It is whole.
  case accept
  /// A crash tore it before it was synced: cut it off, and say so.
  case cut
  /// It rotted after it was written: keep everything, name it, never cut.
  case corrupt
}

/// Everything that decides about one frame.
public struct FrameFacts: Equatable, Sendable {
  /// Its header is intact.
  public var hasHeader: Bool
  /// Its payload is intact.
  public var hasPayload: Bool
  /// It continues the chain.
  public var continuesChain: Bool
  /// It begins below the watermark; also where there is no watermark and the bytes are all there.
  public var isSynced: Bool
  /// No intact frame follows it.
  public var isLast: Bool
  /// An intact seal ends the file.
  public var isSealed: Bool

  /// Creates facts.
  public init(
    hasHeader: Bool, hasPayload: Bool, continuesChain: Bool, isSynced: Bool, isLast: Bool,
    isSealed: Bool
  ) {
    self.hasHeader = hasHeader
    self.hasPayload = hasPayload
    self.continuesChain = continuesChain
    self.isSynced = isSynced
    self.isLast = isLast
    self.isSealed = isSealed
  }
}

/// The decision table of recovery.
///
/// Each combination of facts matches exactly one row.
///
///     header payload chain synced last sealed   verdict
///     yes    yes     yes   any    any  any      accept
///     one of the three not: yes   any  any      corrupt   it was whole once
///                           no    no   any      corrupt   what follows proves that it was written
///                           no    yes  yes      corrupt   a seal is written last
///                           no    yes  no       cut
public enum RecoveryDecision {
  /// One row; nil matches both.
  struct Row: Sendable {
    var isWhole: Bool
    var isSynced: Bool?
    var isLast: Bool?
    var isSealed: Bool?
    var verdict: FrameVerdict

    func matches(_ facts: FrameFacts) -> Bool {
      (facts.hasHeader && facts.hasPayload && facts.continuesChain) == isWhole
        && (isSynced == nil || isSynced == facts.isSynced)
        && (isLast == nil || isLast == facts.isLast)
        && (isSealed == nil || isSealed == facts.isSealed)
    }
  }

  static let rows: [Row] = [
    Row(isWhole: true, isSynced: nil, isLast: nil, isSealed: nil, verdict: .accept),
    Row(isWhole: false, isSynced: true, isLast: nil, isSealed: nil, verdict: .corrupt),
    Row(isWhole: false, isSynced: false, isLast: false, isSealed: nil, verdict: .corrupt),
    Row(isWhole: false, isSynced: false, isLast: true, isSealed: true, verdict: .corrupt),
    Row(isWhole: false, isSynced: false, isLast: true, isSealed: false, verdict: .cut),
  ]

  /// What is to be done.
  public static func decide(_ facts: FrameFacts) -> FrameVerdict {
    for row in rows where row.matches(facts) { return row.verdict }
    preconditionFailure("Invariant: each combination of facts matches a row")
  }
}
