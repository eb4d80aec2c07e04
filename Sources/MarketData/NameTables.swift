/// The names of a session's agents, instruments, processes and topics, by index.
///
/// A table shows an index by its name where that is possible without doubt, else as `#` and the
/// index: where there is no name, or it is empty, begins with `#`, holds a control character, or
/// belongs to a smaller index too.
public struct NameTables: Equatable, Sendable {
  /// By agent index.
  public var agents: [String]
  /// By instrument index.
  public var instruments: [String]
  /// By index of exogenous processes and feeds.
  public var processes: [String]
  /// By topic index.
  public var topics: [String]

  /// Creates tables; an empty one shows every index as a number.
  public init(
    agents: [String] = [], instruments: [String] = [], processes: [String] = [],
    topics: [String] = []
  ) {
    self.agents = agents
    self.instruments = instruments
    self.processes = processes
    self.topics = topics
  }
}

/// Translates the indices of one name table to text and back.
struct NameIndex: Sendable {
  /// The text that stands for each index of the table.
  let texts: [String]
  private let indices: [String: Int64]

  init(_ names: [String]) {
    var texts: [String] = []
    var indices: [String: Int64] = [:]
    for (index, name) in names.enumerated() {
      if Self.isPlain(name), indices[name] == nil {
        indices[name] = Int64(index)
        texts.append(name)
      } else {
        texts.append("#\(index)")
      }
    }
    self.texts = texts
    self.indices = indices
  }

  /// The index that a text stands for, or nil.
  func index(_ text: String) -> Int64? {
    text.hasPrefix("#") ? DecimalText.integer(String(text.dropFirst())) : indices[text]
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.first != UInt8(ascii: "#")
      && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }
}
