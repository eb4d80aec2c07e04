import Foundation

/// JSON for `--json`: every object carries `schema_version`, keys are sorted.
enum Json {
  static func text(_ object: [String: Any]) -> String {
    var object = object
    object["schema_version"] = 1
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else {
      return "{\"schema_version\":1}"
    }
    return String(decoding: data, as: UTF8.self)
  }
}
