/// Checks that markup is well formed as far as tags, attributes and references go.
struct TagBalance {
  /// What is wrong, in the order in which it was met.
  private(set) var faults: [String] = []
  private var open: [String] = []

  init(_ text: String) {
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "<") {
      checkText(rest[..<start])
      guard let end = rest[start...].firstIndex(of: ">") else {
        faults.append("a tag has no end")
        return
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("!") { continue }
      if tag.hasPrefix("/") {
        if open.popLast() != String(tag.dropFirst()) { faults.append("stray </\(tag)>") }
        continue
      }
      let name = String(tag.prefix { !$0.isWhitespace && $0 != "/" })
      checkAttributes(tag.dropFirst(name.count))
      if tag.hasSuffix("/") { continue }
      open.append(name)
      // A script is text up to its own end.
      if name == "script" {
        var tail = rest
        while !tail.isEmpty, !tail.hasPrefix("</script>") { tail = tail.dropFirst() }
        rest = tail
      }
    }
    checkText(rest)
    if !open.isEmpty { faults.append("left open: \(open)") }
  }

  private mutating func checkText(_ text: Substring) {
    for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
      let name = part.prefix { $0 != ";" }
      if !["amp", "lt", "gt", "quot", "#39"].contains(name) { faults.append("bare & in \(text)") }
    }
    if text.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\n" }) {
      faults.append("a control character")
    }
  }

  private mutating func checkAttributes(_ text: Substring) {
    var names: [Substring] = []
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    if parts.count.isMultiple(of: 2) { faults.append("unmatched quote in \(text)") }
    for (index, part) in parts.enumerated() where index + 1 < parts.count {
      if index.isMultiple(of: 2) {
        if !part.hasPrefix(" ") || !part.hasSuffix("=") { faults.append("bad attribute \(part)") }
        if names.contains(part) { faults.append("\(part) twice") }
        names.append(part)
      } else {
        checkText(part)
      }
    }
  }
}
