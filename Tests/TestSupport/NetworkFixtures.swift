import Foundation

/// What PyTorch says of small networks; made by `tools/reference/networks.py`.
public enum NetworkFixtures {
  private static let numbers: [String: [Double]] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../fixtures/networks/pytorch.txt")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    var numbers: [String: [Double]] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      numbers[String(words[0])] = words.dropFirst().compactMap { Double($0) }
    }
    return numbers
  }()

  /// The numbers of that name; none where there are none.
  public static func numbers(_ name: String) -> [Double] { numbers[name] ?? [] }
}

/// The largest difference between two lists, against their largest number; infinite where their
/// lengths differ.
public func difference(_ one: [Double], _ other: [Double]) -> Double {
  if one.count != other.count || one.isEmpty { return .infinity }
  let size = other.map { $0.magnitude }.max() ?? 1
  return zip(one, other).map { ($0 - $1).magnitude }.reduce(0, max) / max(size, 1e-300)
}
