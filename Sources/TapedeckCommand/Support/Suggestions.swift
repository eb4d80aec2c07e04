import MarketModel

extension CommandFailure {
  /// A name that nothing has, with the nearest that something has.
  static func unknown(
    _ kind: String, _ name: String, among known: [String], in place: String
  ) -> CommandFailure {
    let nearest = Spelling.nearest(to: name, among: known)
    let next: String
    if let nearest {
      next = "did you mean \(nearest)?"
    } else {
      next = "known: \(known.prefix(20).joined(separator: ", "))"
    }
    return CommandFailure(Exit.usage, "\(place): no \(kind) is called \(name)", next: next)
  }
}
