/// Estimates how wide text will be, since no font can be asked.
///
/// The widths are those of a wide sans-serif, so that the estimate is rarely short.
enum TextMeasure {
  /// Returns the estimated width in units of the given font size.
  static func width(_ text: String, size: Int) -> Int {
    var thousandths = 0
    for character in text { thousandths += advance(of: character) }
    return (thousandths * size + 999) / 1000
  }

  /// Returns the text, cut and ended by an ellipsis where it would be wider than `limit`.
  static func truncated(_ text: String, size: Int, limit: Int) -> String {
    guard width(text, size: size) > limit else { return text }
    var kept = ""
    var thousandths = advance(of: "m")
    for character in text {
      thousandths += advance(of: character)
      if thousandths * size > limit * 1000 { break }
      kept.append(character)
    }
    while kept.last == " " { kept.removeLast() }
    return kept + "\u{2026}"
  }

  private static func advance(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar {
    case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", "\u{202F}": return 320
    case "f", "t", "r", "(", ")", "-", " ", "/", "\"": return 420
    case "m", "w", "M", "W", "@", "%", "\u{2026}": return 950
    case "A"..."Z", "&", "<", ">", "+", "=", "\u{2212}": return 740
    case "\u{0}"..<"\u{1100}": return 610
    case "\u{2000}"..<"\u{2E80}": return 800
    default: return 1080
    }
  }
}
