import MarketModel

/// Bytes that can be read anywhere: a file, or memory.
public protocol ByteSource<Failure> {
  /// What may go wrong.
  associatedtype Failure: Error

  /// How many bytes there are now; it may grow while a writer is at work.
  func size() throws(Failure) -> UInt64

  /// Reads up to `count` bytes; fewer only where the source ends.
  func read(at offset: UInt64, count: Int) throws(Failure) -> [UInt8]
}

/// Bytes in memory as a source.
public struct MemorySource: ByteSource {
  /// The bytes.
  public var bytes: [UInt8]

  /// Creates a source.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// How many bytes there are.
  public func size() throws(Never) -> UInt64 { UInt64(bytes.count) }

  /// Reads up to `count` bytes.
  public func read(at offset: UInt64, count: Int) throws(Never) -> [UInt8] {
    guard offset < UInt64(bytes.count) else { return [] }
    let start = Int(offset)
    return Array(bytes[start..<min(start + count, bytes.count)])
  }
}

/// A source that failed, or bytes in it that are no journal.
public enum ReadError<SourceFailure: Error>: Error {
  /// The source failed.
  case source(SourceFailure)
  /// The bytes are no journal, or a damaged one.
  case journal(JournalError)
}
