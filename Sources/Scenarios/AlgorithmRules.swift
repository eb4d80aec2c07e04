public import MarketModel

/// Which algorithm is to learn which products, written down: TOML.
///
/// | `[[classes]]` | meaning |
/// | --- | --- |
/// | `name` | what the class is called |
/// | `algorithm` | the algorithm that its products are to be learned by |
/// | `instruments` | names of instruments; any without it |
/// | `wakes_within` | only agents that wake again after so long or sooner; any without it |
///
/// The first class that fits counts.
public struct AlgorithmRules: Equatable, Sendable {
  /// One class of products.
  public struct ProductClass: Equatable, Sendable {
    /// What it is called.
    public var name: String
    /// The algorithm.
    public var algorithm: String
    /// The instruments in it; nil for any.
    public var instruments: [String]?
    /// The longest time between two wake-ups of the agent; nil for any.
    public var wakesWithin: Nanoseconds?
  }

  /// The classes, in order.
  public let classes: [ProductClass]

  /// Reads rules; `algorithms` are those that there are.
  ///
  /// - Throws: `ScenarioFileError` for the first thing that is wrong.
  public init(text: String, file: String, algorithms: [String]) throws(ScenarioFileError) {
    let root = try Document.parse(text, file: file)
    do {
      classes = try Self.read(root, algorithms)
    } catch {
      throw error.located(in: file, by: SourceMap(text))
    }
  }

  /// The first class that fits an instrument and an agent that wakes so often.
  public func first(for instrument: String, wakesEvery interval: Nanoseconds) -> ProductClass? {
    classes.first { product in
      (product.instruments?.contains(instrument) ?? true)
        && (product.wakesWithin.map { interval > 0 && interval <= $0 } ?? true)
    }
  }

  private static func read(
    _ root: Node, _ algorithms: [String]
  ) throws(Misfit) -> [ProductClass] {
    let whole = try Section(root, at: .root)
    try whole.allow(["classes"])
    var classes: [ProductClass] = []
    for section in try whole.sections("classes", limit: 256) {
      try section.allow(["name", "algorithm", "instruments", "wakes_within"])
      var product = ProductClass(
        name: try section.name("name"),
        algorithm: try section.word("algorithm", default: nil, among: algorithms))
      if section["instruments"] != nil {
        product.instruments = try section.names("instruments", limit: 4096)
      }
      if section["wakes_within"] != nil {
        product.wakesWithin = try section.duration(
          "wakes_within", default: nil, in: 1...Limits.maximumTime)
      }
      classes.append(product)
    }
    if classes.isEmpty {
      throw Misfit(
        whole.place.key("classes"), expected: "at least one table, headed [[classes]]",
        found: "nothing")
    }
    return classes
  }
}
