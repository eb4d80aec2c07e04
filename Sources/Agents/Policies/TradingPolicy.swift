public import Determinism
public import MarketModel
public import Networks

/// A policy is what an agent that learned does, given what it sees.
///
/// Its bytes are what a policy file holds and what `policyUpdated` has on a tape; FORMAT.md lists them.
/// It first brings what it sees to mean 0 and deviation 1, as its training did, and keeps it within
/// 10 either way; a network makes it what its head says, from which a `TradingAction` or the numbers of a
/// `ContinuousAction` are drawn.
public struct TradingPolicy: Equatable, Sendable {
  /// The network: `TradingFeature`s in, what the head says out.
  public let network: Perceptron
  /// What comes out of it.
  public let head: PolicyHead
  /// Its parameters.
  public var parameters: [Float]
  /// What is taken from each feature first.
  public var shifts: [Float]
  /// What it is multiplied with then.
  public var scales: [Float]
  /// How whoever learned it traded, as parameters of `PolicyTrader`; nil for a policy that does not say.
  ///
  /// An agent that is given the policy has them too, unless it is told otherwise.
  public var trading: Parameters?

  /// Creates a policy.
  ///
  /// - Precondition: sizes fit.
  public init(
    network: Perceptron, head: PolicyHead = .scores, parameters: [Float], shifts: [Float],
    scales: [Float], trading: Parameters? = nil
  ) {
    precondition(
      parameters.count == network.parameterCount && shifts.count == network.inputs
        && scales.count == network.inputs && head.outputs == network.outputs,
      "Invariant: a policy has the sizes of its network")
    self.network = network
    self.head = head
    self.parameters = parameters
    self.shifts = shifts
    self.scales = scales
    self.trading = trading
  }

  /// The logarithms of deviations of plain numbers: only so far that all drawn are numbers.
  private static let plainDeviations: ClosedRange<Float> = -80...80

  /// How far from 0 what it sees may be, in deviations.
  public static let reach: Float = 10

  /// How whoever learned it traded, in full: what is left out of it has its default.
  public var wholeTrading: Parameters {
    guard var whole = trading else { return Parameters() }
    for schema in PolicyTrader.parameters where schema.omitsDefault {
      if whole[schema.name] == nil { whole.set(schema.name, schema.defaultValue) }
    }
    return whole
  }

  /// Whether it sees a second instrument.
  public var seesPair: Bool { network.inputs > TradingFeature.count(seesPair: false) }

  /// Brings one row of features to mean 0 and deviation 1, in place.
  public func normalize(_ features: inout [Float]) {
    for index in features.indices {
      let value = (features[index] - shifts[index]) * scales[index]
      features[index] = min(max(value, -Self.reach), Self.reach)
    }
  }

  /// Brings rows of features to mean 0 and deviation 1.
  ///
  /// - Precondition: rows are whole.
  public func normalized(rows features: [Float]) -> [Float] {
    let width = shifts.count
    var seen: [Float] = []
    seen.reserveCapacity(features.count)
    for first in stride(from: 0, to: features.count, by: width) {
      var row = Array(features[first..<first + width])
      normalize(&row)
      seen += row
    }
    return seen
  }

  /// Draws an action, or takes the likeliest one, given one row of features.
  ///
  /// - Precondition: there are as many features as the network has inputs.
  public func choice(
    _ features: [Float], isGreedy: Bool, _ noise: DecisionNoise
  ) -> ActionChoice {
    let output = look(features)
    let scores: [Float]
    switch head.output {
    case .scores: scores = output
    case .worths(_, let exploration):
      scores = Self.scores(ofWorths: output[..<head.actionCount], exploration)
      if isGreedy {
        // Also where what is explored makes all scores the same.
        let best = GumbelChoice.likeliest(output[..<scores.count])
        return ActionChoice(action: UInt32(best), scores: scores)
      }
    case .numbers, .plainNumbers:
      let bounds = head.output == .numbers ? SquashedGaussian.logDeviations : Self.plainDeviations
      var numbers = Self.numbers(output, isGreedy: isGreedy, within: bounds, noise)
      if head.output == .numbers { numbers = numbers.map { Elementary.tanh($0) } }
      return ActionChoice(action: ActionChoice.numbers, scores: output + numbers)
    }
    let action = isGreedy ? GumbelChoice.likeliest(scores[...]) : Self.choose(scores[...], noise)
    return ActionChoice(action: UInt32(action), scores: scores)
  }

  /// What comes out of the network, given one row of features.
  func look(_ features: [Float]) -> [Float] {
    var features = features
    normalize(&features)
    var arena = PerceptronArena<Float>(network, capacity: 1)
    arena.forward(parameters.span, features.span, rows: 1)
    // Parameters may be so large that no number comes out: 0 then, of the same bits everywhere.
    return arena.output(rows: 1).map { $0.isNaN ? 0 : $0 }
  }

  /// Logarithms of the probabilities of actions of which the one of the greatest worth is taken, but for
  /// a part of the times.
  ///
  /// An action that is never taken has -100, which no noise makes up for.
  private static func scores(ofWorths worths: ArraySlice<Float>, _ exploration: Float) -> [Float] {
    let count = worths.count
    let best = GumbelChoice.likeliest(worths)
    let any = exploration / Float(count)
    return (0..<count).map { action in
      let probability = action == best ? 1 - exploration + any : any
      return probability > 0 ? max(Elementary.log(probability), -100) : -100
    }
  }

  /// Draws the numbers of a continuous action, before tanh: each with the noise of its place.
  private static func numbers(
    _ output: [Float], isGreedy: Bool, within bounds: ClosedRange<Float>, _ noise: DecisionNoise
  ) -> [Float] {
    let count = output.count / 2
    return (0..<count).map { place in
      if isGreedy { return output[place] }
      let log = min(max(output[count + place], bounds.lowerBound), bounds.upperBound)
      return output[place] + Elementary.exp(log) * Float(noise.normal(UInt32(place)))
    }
  }

  /// The action of the largest sum of its score and a Gumbel number of its own.
  ///
  /// It is drawn in proportion to e^score; of equal sums the first counts.
  public static func choose(_ scores: ArraySlice<Float>, _ noise: DecisionNoise) -> Int {
    GumbelChoice.choose(scores: scores) { noise.gumbel(UInt32($0)) }
  }
}

// MARK: Bytes

extension TradingPolicy {
  private static let magic: [UInt8] = Array("TDPOLICY".utf8)
  /// Of a policy with parameters of how it trades, and of one without.
  private static let version: UInt32 = 4
  private static let plainVersion: UInt32 = 3

  /// The largest layer.
  static let maximumWidth = 1 << 14

  /// The canonical encoding.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(raw: Self.magic)
    writer.write(trading == nil ? Self.plainVersion : Self.version)
    writer.write(count: network.layers.count)
    writer.write(UInt32(network.inputs))
    for layer in network.layers { writer.write(UInt32(layer.outputs)) }
    writer.write(network.layers[0].activation.rawValue)
    writer.write(head.code)
    writer.write(head.exploration.bitPattern)
    trading?.encode(into: &writer)
    for numbers in [shifts, scales, parameters] {
      for number in numbers { writer.write(number.bitPattern) }
    }
    writer.write(CRC32C.checksum(writer.bytes.span))
    return writer.bytes
  }

  /// How many bytes that of a network has, where it does not say how it trades.
  public static func size(of network: Perceptron) -> Int {
    // 8 bytes of magic; version, layers, inputs, exploration and checksum; activation and head.
    8 + 4 * (5 + network.layers.count) + 1 + 1
      + 4 * (2 * network.inputs + network.parameterCount)
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
    guard version == Self.version || version == Self.plainVersion else {
      throw ByteError(
        offset: 8, expected: "a policy of version \(Self.plainVersion) or \(Self.version)")
    }
    guard bytes.count <= Limits.maximumPolicy else {
      throw ByteError(
        offset: 0, expected: "at most \(Limits.maximumPolicy) bytes, not \(bytes.count)")
    }
    let (network, head) = try Self.network(&reader)
    let trading = version == Self.version ? try Self.trading(&reader) : nil
    let size = 4 * (2 * network.inputs + network.parameterCount + 1)
    guard reader.remaining == size else {
      throw ByteError(
        offset: reader.offset,
        expected: "\(size) bytes of numbers and a checksum, not \(reader.remaining)")
    }
    let checksum = CRC32C.checksum(bytes.span.extracting(droppingLast: 4))
    self.init(
      network: network, head: head,
      parameters: [Float](repeating: 0, count: network.parameterCount),
      shifts: [Float](repeating: 0, count: network.inputs),
      scales: [Float](repeating: 0, count: network.inputs), trading: trading)
    for index in shifts.indices { shifts[index] = try Self.number(&reader) }
    for index in scales.indices { scales[index] = try Self.number(&reader) }
    for index in parameters.indices { parameters[index] = try Self.number(&reader) }
    let place = reader.offset
    guard try reader.readUInt32() == checksum else {
      throw ByteError(offset: place, expected: "the checksum of a policy; this one was altered")
    }
  }

  /// What a policy's network is made of, and what comes out of it.
  private static func network(
    _ reader: inout ByteReader
  ) throws(ByteError) -> (Perceptron, PolicyHead) {
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
    guard widths.count > 1, seen.contains(widths[0]), widths[widths.count - 1] == head.outputs
    else {
      throw ByteError(
        offset: 12,
        expected: "a network of \(seen[0]) features, or \(seen[1]) of a pair, and "
          + "\(head.outputs) results")
    }
    if layers == 1, activation != .identity {
      throw ByteError(offset: 16 + 4 * (layers + 1), expected: "0, where there is one layer")
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

  private static func number(_ reader: inout ByteReader) throws(ByteError) -> Float {
    let place = reader.offset
    let number = Float(bitPattern: try reader.readUInt32())
    guard number.isFinite else {
      throw ByteError(offset: place, expected: "finite numbers, not \(number)")
    }
    return number
  }
}
