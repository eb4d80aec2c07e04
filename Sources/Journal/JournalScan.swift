import Determinism
public import MarketModel

/// What is found in a tape: its frames, its end, and everything that is wrong with it.
public struct JournalScan: Sendable {
  /// How a tape ends.
  public enum Status: Equatable, Sendable {
    /// Finished.
    case sealed
    /// Whole, but not finished: a writer is at work, or stopped at a frame's end.
    case open
    /// The last bytes are no whole frame; `isCertain` where a watermark proves that they were
    /// never synced, so that the tape opens by itself.
    case torn(isCertain: Bool)
    /// Something that was whole is not any more.
    case corrupt
  }

  /// How much is looked at.
  public enum Level: Int, Sendable, Comparable {
    /// V0: checksums and limits.
    case framing = 0
    /// V1: the chain of hashes and continuity as well.
    case chain = 1

    /// Orders levels by what they include.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// An intact frame.
  public struct Entry: Equatable, Sendable {
    /// Where it begins.
    public let offset: UInt64
    /// Its header.
    public let header: FrameHeader
  }

  /// Something wrong.
  public struct Damage: Equatable, Sendable {
    /// The index of the damaged frame.
    public let frame: Int
    /// Where it begins.
    public let offset: UInt64
    /// What is wrong.
    public let fault: FrameFault
    /// What follows from it.
    public let verdict: FrameVerdict
    /// The first tick that may be lost.
    public let firstTick: Tick
    /// The first tick of the next intact frame; nil where none follows.
    public let nextTick: Tick?
  }

  /// The file header.
  public let fileHeader: FileHeader
  /// All intact frames, in the order of the file.
  public internal(set) var entries: [Entry] = []
  /// Everything that is wrong, in the order of the file.
  public internal(set) var damages: [Damage] = []
  /// The seal, where there is one.
  public internal(set) var seal: Seal?
  /// The watermark that was taken into account.
  public let watermark: Watermark?
  /// How the tape ends.
  public internal(set) var status: Status = .open

  init(fileHeader: FileHeader, watermark: Watermark?) {
    self.fileHeader = fileHeader
    self.watermark = watermark
  }

  /// How many entries precede the first damage: these are contiguous and can be folded.
  public var wholeCount: Int {
    guard let first = damages.first else { return entries.count }
    return entries.firstIndex { $0.offset >= first.offset } ?? entries.count
  }

  /// The sequence number after the last event of the contiguous frames.
  public var nextSequence: SequenceNumber {
    guard wholeCount > 0 else { return 0 }
    let last = entries[wholeCount - 1].header
    return last.firstSequence + Int64(last.count)
  }

  /// The chain after the last contiguous frame.
  public var chain: ChainLink {
    wholeCount > 0 ? entries[wholeCount - 1].header.chain : .origin
  }

  /// The bytes up to the end of the last contiguous frame.
  public var wholeLength: UInt64 {
    guard wholeCount > 0 else { return UInt64(FileHeader.size) }
    let last = entries[wholeCount - 1]
    return last.offset + last.header.frameLength
  }
}
