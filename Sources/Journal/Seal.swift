public import MarketModel

/// The end of a finished journal: the raw payload of its last frame.
public struct Seal: Equatable, Sendable {
  /// How many events there are, the ancestors' included.
  public var nextSequence: SequenceNumber
  /// How many frames precede the seal.
  public var frameCount: UInt32
  /// The tick of the last event.
  public var lastTick: Tick
  /// Whether this is what recovery could save, not what was recorded.
  public var isSalvaged: Bool
  /// The digests of the final state; nil where the journal was salvaged.
  public var digests: FrameDigests?

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(nextSequence)
    writer.write(frameCount)
    writer.write(lastTick)
    writer.write(isSalvaged)
    writer.write(digests != nil)
    digests?.encode(into: &writer)
    return writer.bytes
  }

  init(
    nextSequence: SequenceNumber, frameCount: UInt32, lastTick: Tick, isSalvaged: Bool,
    digests: FrameDigests?
  ) {
    self.nextSequence = nextSequence
    self.frameCount = frameCount
    self.lastTick = lastTick
    self.isSalvaged = isSalvaged
    self.digests = digests
  }

  init(_ raw: [UInt8]) throws(ByteError) {
    var reader = ByteReader(raw)
    nextSequence = try reader.readInt64()
    frameCount = try reader.readUInt32()
    lastTick = try reader.readInt64()
    isSalvaged = try reader.readBool()
    let hasDigests = try reader.readBool()
    guard hasDigests != isSalvaged else {
      throw ByteError(offset: reader.offset - 1, expected: "digests unless it was salvaged")
    }
    let start = reader.offset
    digests = hasDigests ? try FrameDigests(from: &reader) : nil
    guard digests?.memories.isEmpty ?? true else {
      throw ByteError(offset: start, expected: "digests without changes of memories")
    }
    try reader.expectEnd()
  }
}
