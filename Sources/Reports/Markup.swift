/// Text made safe for HTML and for SVG.
enum Markup {
  /// Returns the text with the five reserved characters escaped.
  ///
  /// Characters that XML forbids, and controls that would reorder the text around them, become
  /// U+FFFD.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{202A}"..."\u{202E}",
        "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A page that needs no other; `style` is added to that of all pages, and where it is live figures say what
  /// is under the pointer.
  static func page(title: String, content: String, style: String = "", isLive: Bool = false)
    -> String
  {
    let script = isLive ? "<script>\(ReadoutScript.source)</script>\n" : ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="generator" content="Tapedeck"/>
      <title>\(escape(title))</title>
      <style>\(StyleSheet.page)\(style)</style>
      </head>
      <body>
      <main>
      \(content)</main>
      \(script)</body>
      </html>

      """
  }
}
