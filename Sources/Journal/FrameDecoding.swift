/// The decoding of one event frame, whose bytes were read: a function of these alone.
///
/// It may run on another thread, and whoever calls it waits for what comes of it.
public typealias FrameDecoding = @Sendable () -> Result<DecodedFrame, FrameFault>

extension JournalReader {
  /// Reads an event frame, and returns how to decode it.
  ///
  /// - Throws: `ReadError.source` where it cannot be read.
  public func decoding(
    _ entry: JournalScan.Entry, checksForm: Bool = false
  ) throws(ReadError<Source.Failure>) -> FrameDecoding {
    let content = try Self.content(source, entry)
    let (header, clock, schemas, chunks) = (entry.header, genesis.clock, genesis.schemas, chunks)
    return {
      do throws(FrameFault) {
        let raw = try FramePayload.check(header, content, decompressing: true) ?? []
        let frame = try EventFrame.read(
          raw, header, clock: clock, schemas: schemas, chunks: chunks)
        if checksForm { try EventFrame.checkForm(of: frame, raw, clock, schemas) }
        return .success(frame)
      } catch {
        return .failure(error)
      }
    }
  }
}
