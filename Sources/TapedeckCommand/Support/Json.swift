import Foundation

/// JSON for `--json`: every object carries `schema_version`, keys are sorted.
enum Json {
  /// The `schema_version` of all objects.
  static let version = 1

  static func text(_ object: [String: Any]) -> String {
    var object = object
    object["schema_version"] = version
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else {
      return "{\"schema_version\":\(version)}"
    }
    return String(decoding: data, as: UTF8.self)
  }
}
