public import Determinism
public import MarketModel
public import Networks

extension TradingPolicy {
  private static let magic: [UInt8] = Array("TDPOLICY".utf8)
  /// Of a policy without parameters of how it trades, of one with them, and of one with a memory.
  private static let plainVersion: UInt32 = 3
  private static let tradingVersion: UInt32 = 4
  private static let memoryVersion: UInt32 = 5

  /// The largest layer.
  static let maximumWidth = 1 << 14

  /// The canonical encoding.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(raw: Self.magic)
    writer.write(version)
    if let memory { writer.write(UInt32(memory.inputs)) }
    writer.write(count: network.layers.count)
    writer.write(UInt32(network.inputs))
    for layer in network.layers { writer.write(UInt32(layer.outputs)) }
    writer.write(network.layers[0].activation.rawValue)
    writer.write(head.code)
    writer.write(head.exploration.bitPattern)
    if memory != nil { writer.write(UInt8(trading == nil ? 0 : 1)) }
    trading?.encode(into: &writer)
    for numbers in [shifts, scales, parameters] {
      for number in numbers { writer.write(number.bitPattern) }
    }
    writer.write(CRC32C.checksum(writer.bytes.span))
    return writer.bytes
  }

  private var version: UInt32 {
    memory != nil ? Self.memoryVersion : trading != nil ? Self.tradingVersion : Self.plainVersion
  }

  /// How many bytes that of a network has, with what remembers before it, where it does not say how it
  /// trades.
  public static func size(of network: Perceptron, after memory: GatedRecurrence? = nil) -> Int {
    // 8 bytes of magic; version, layers, inputs, exploration and checksum; activation and head.
    let head = 8 + 4 * (5 + network.layers.count) + 1 + 1
    // What goes into a memory, and whether it says how it trades.
    let more = memory.map { 4 + 1 + 4 * $0.parameterCount } ?? 0
    return head + more + 4 * (2 * (memory?.inputs ?? network.inputs) + network.parameterCount)
  }

  /// Its name: the SHA-256 of its bytes.
  public var hash: Hash256 { SHA256.hash(bytes) }

  /// Reads a policy.
  ///
  /// - Throws: `ByteError` where the bytes hold something else, or one that does not fit this build's
  ///   features and actions.
  public init(bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    guard bytes.starts(with: Self.magic) else {
      throw ByteError(offset: 0, expected: "a policy, which begins with TDPOLICY")
    }
    _ = try reader.readRaw(Self.magic.count)
    let version = try reader.readUInt32()
    guard (Self.plainVersion...Self.memoryVersion).contains(version) else {
      throw ByteError(
        offset: 8, expected: "a policy of version \(Self.plainVersion) to \(Self.memoryVersion)")
    }
    guard bytes.count <= Limits.maximumPolicy else {
      throw ByteError(
        offset: 0, expected: "at most \(Limits.maximumPolicy) bytes, not \(bytes.count)")
    }
    let sees = version == Self.memoryVersion ? Int(try reader.readUInt32()) : nil
    let (network, head) = try Self.network(&reader, sees: sees)
    let memory = sees.map { GatedRecurrence(inputs: $0, width: network.inputs) }
    let (inputs, count) = (
      sees ?? network.inputs, (memory?.parameterCount ?? 0) + network.parameterCount
    )
    let hasTrading = sees == nil ? version == Self.tradingVersion : try Self.flag(&reader)
    let trading = hasTrading ? try Self.trading(&reader) : nil
    let size = 4 * (2 * inputs + count + 1)
    guard reader.remaining == size else {
      throw ByteError(
        offset: reader.offset,
        expected: "\(size) bytes of numbers and a checksum, not \(reader.remaining)")
    }
    let checksum = CRC32C.checksum(bytes.span.extracting(droppingLast: 4))
    self.init(
      memory: memory, network: network, head: head,
      parameters: [Float](repeating: 0, count: count),
      shifts: [Float](repeating: 0, count: inputs),
      scales: [Float](repeating: 0, count: inputs), trading: trading)
    for index in shifts.indices { shifts[index] = try Self.number(&reader) }
    for index in scales.indices { scales[index] = try Self.number(&reader) }
    for index in parameters.indices { parameters[index] = try Self.number(&reader) }
    let place = reader.offset
    guard try reader.readUInt32() == checksum else {
      throw ByteError(offset: place, expected: "the checksum of a policy; this one was altered")
    }
  }

  /// Whether how it trades follows.
  private static func flag(_ reader: inout ByteReader) throws(ByteError) -> Bool {
    let place = reader.offset
    let flag = try reader.readByte()
    guard flag < 2 else { throw ByteError(offset: place, expected: "0 or 1") }
    return flag == 1
  }

  /// What a policy's network is made of, and what comes out of it; `sees` is what a memory before it does.
  private static func network(
    _ reader: inout ByteReader, sees: Int?
  ) throws(ByteError) -> (Perceptron, PolicyHead) {
    let start = reader.offset
    let layers = try reader.readCount(limit: 16)
    var widths: [Int] = []
    for _ in 0...layers {
      let place = reader.offset
      let width = Int(try reader.readUInt32())
      guard (1...Self.maximumWidth).contains(width) else {
        throw ByteError(offset: place, expected: "a layer of 1 to \(Self.maximumWidth) numbers")
      }
      widths.append(width)
    }
    guard let activation = Activation(rawValue: try reader.readByte()) else {
      throw ByteError(offset: reader.offset - 1, expected: "an activation, 0 to 4")
    }
    let code = try reader.readByte()
    let exploration = Float(bitPattern: try reader.readUInt32())
    guard let head = PolicyHead(code: code, exploration: exploration) else {
      throw ByteError(offset: reader.offset - 5, expected: "what a policy's network says")
    }
    let seen = [false, true].map { TradingFeature.count(seesPair: $0) }
    guard widths.count > 1, seen.contains(sees ?? widths[0]),
      widths[widths.count - 1] == head.outputs
    else {
      throw ByteError(
        offset: sees == nil ? start : start - 4,
        expected: "a network of \(seen[0]) features, or \(seen[1]) of a pair, and "
          + "\(head.outputs) results")
    }
    if layers == 1, activation != .identity {
      throw ByteError(
        offset: start + 4 * (layers + 2), expected: "0, where there is one layer")
    }
    return (Perceptron(widths, hidden: activation), head)
  }

  /// Parameters, all of which a trader has.
  private static func trading(_ reader: inout ByteReader) throws(ByteError) -> Parameters {
    let place = reader.offset
    let trading = try Parameters(from: &reader)
    do {
      _ = try trading.resolved(by: PolicyTrader.parameters)
    } catch {
      throw ByteError(offset: place, expected: "\(error.name) as \(error.expected)")
    }
    return trading
  }

  /// A finite number.
  static func number(_ reader: inout ByteReader) throws(ByteError) -> Float {
    let place = reader.offset
    let number = Float(bitPattern: try reader.readUInt32())
    guard number.isFinite else {
      throw ByteError(offset: place, expected: "finite numbers, not \(number)")
    }
    return number
  }
}
