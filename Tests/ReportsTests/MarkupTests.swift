import Testing

@testable import Reports

@Suite struct MarkupTests {
  @Test func `reserved characters are escaped`() {
    #expect(Markup.escape("<a & \"b\" 'c'>") == "&lt;a &amp; &quot;b&quot; &#39;c&#39;&gt;")
  }

  @Test func `characters that XML forbids are replaced`() {
    #expect(
      Markup.escape("a\u{0}b\u{1B}\u{202E}\u{FFFE}c\nd") == "a\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}c d")
  }

  @Test func `text that fits is not cut`() {
    #expect(TextMeasure.truncated("market maker", size: 12, limit: 190) == "market maker")
    let cut = TextMeasure.truncated(String(repeating: "long name ", count: 9), size: 12, limit: 90)
    #expect(cut.hasSuffix("\u{2026}") && TextMeasure.width(cut, size: 12) <= 90)
    #expect(TextMeasure.truncated("日本語の長い名前です", size: 12, limit: 60).count < 6)
  }

  @Test func `every colour of a line stands out from the paper`() {
    for colour in Palette.lines + Palette.inks.prefix(3) {
      // 3 to 1 for graphics, 4.5 to 1 for text: WCAG 2.2, 1.4.11 and 1.4.3.
      let needed = ["ink", "soft"].contains(colour.name) ? 4.5 : 3
      #expect(contrast(colour.light, Palette.background.light) >= needed, "\(colour)")
      #expect(contrast(colour.dark, Palette.background.dark) >= needed, "\(colour)")
    }
  }

  private func contrast(_ one: String, _ other: String) -> Double {
    let (a, b) = (luminance(one), luminance(other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Uses a power of 2 in place of 2.4 and the linear part: close enough, and no library.
  private func luminance(_ hex: String) -> Double {
    let value = Int(hex, radix: 16) ?? 0
    let parts = [value >> 16 & 255, value >> 8 & 255, value & 255].map { Double($0) / 255 }
    let linear = parts.map { $0 * $0 * (0.6 + 0.4 * $0) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
}
