import MarketModel

/// A place in a scenario file: as people name it, and as `SourceMap` finds it.
struct Place: Equatable {
  /// `agents.MM_01.cash`.
  var path: String
  /// `["agents", "[0]", "cash"]`.
  var steps: [String]

  /// The top of the file.
  static let root = Place(path: "", steps: [])

  /// The value of a key here.
  func key(_ key: String) -> Place {
    Place(path: path.isEmpty ? key : "\(path).\(key)", steps: steps + [key])
  }

  /// The table with that index in the array of tables here.
  func element(_ index: Int, name: String) -> Place {
    Place(path: "\(path).\(name)", steps: steps + ["[\(index)]"])
  }

  /// A word of the value here: same path, but the map looks for the word.
  func word(_ word: String) -> Place { Place(path: path, steps: steps + [word]) }
}

/// A value that does not fit, before file and line are known.
struct Misfit: Error, Equatable {
  let place: Place
  let expected: String
  let found: String
  var suggestion: String?

  init(_ place: Place, expected: String, found: String, suggestion: String? = nil) {
    self.place = place
    self.expected = expected
    self.found = found
    self.suggestion = suggestion
  }

  /// A word that is none of a list.
  init(_ place: Place, word: String, among words: [String]) {
    let shown = words.prefix(32).joined(separator: ", ")
    let list = words.count > 32 ? "\(shown), ..." : shown
    self.init(
      place, expected: words.isEmpty ? "nothing" : "one of: \(list)", found: Node.quoted(word),
      suggestion: Spelling.nearest(to: word, among: words))
  }

  /// The error for the outside.
  func located(in file: String, by map: SourceMap) -> ScenarioFileError {
    let position = map.position(of: place.steps)
    return ScenarioFileError(
      file: file, line: position?.line ?? 0, column: position?.column ?? 0, path: place.path,
      expected: expected, found: found, suggestion: suggestion)
  }
}
