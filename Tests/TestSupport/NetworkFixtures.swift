import Foundation

/// What PyTorch says of small networks; made by `tools/reference/networks.py` and `layers.py`.
public enum NetworkFixtures {
  private static let numbers: [String: [Double]] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../fixtures/networks")
    var numbers: [String: [Double]] = [:]
    for name in ["pytorch.txt", "layers.txt"] {
      let path = folder.appendingPathComponent(name)
      let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        numbers[String(words[0])] = words.dropFirst().compactMap { Double($0) }
      }
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

/// How a value changes with each number, by central differences.
public func slopes(at numbers: [Double], _ value: ([Double]) -> Double) -> [Double] {
  numbers.indices.map { index in
    let ends = [1e-6, -1e-6].map { step in
      var moved = numbers
      moved[index] += step
      return value(moved)
    }
    return (ends[0] - ends[1]) / 2e-6
  }
}

/// The sum of products of two lists.
public func product(_ one: some Collection<Double>, _ other: some Collection<Double>) -> Double {
  zip(one, other).map { $0 * $1 }.reduce(0, +)
}
