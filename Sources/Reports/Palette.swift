/// The colours of a report, after Okabe and Ito, made darker on paper and lighter on black.
///
/// - Source: M. Okabe, K. Ito, "Color Universal Design", 2002
///   (<https://jfly.uni-koeln.de/color/>). Their yellow is left out: it is too light for lines.
enum Palette {
  struct Colour: Sendable {
    var name: String
    var light: String
    var dark: String
  }

  static let background = Colour(name: "paper", light: "fcfcfa", dark: "15171a")

  /// Text and rules; all but `rule` and `grid` must be readable.
  static let inks = [
    Colour(name: "ink", light: "1c1d1f", dark: "e7e6e2"),
    Colour(name: "soft", light: "5b5e63", dark: "a6a9ae"),
    Colour(name: "neutral", light: "74777c", dark: "94979c"),
    Colour(name: "rule", light: "c9c9c4", dark: "44484d"),
    Colour(name: "grid", light: "e7e7e2", dark: "282b2f"),
  ]

  /// Colours of lines, in the order in which series take them.
  static let lines = [
    Colour(name: "k0", light: "0072b2", dark: "4aa5e0"),
    Colour(name: "k1", light: "cf5300", dark: "f07f3c"),
    Colour(name: "k2", light: "00855f", dark: "2fc39a"),
    Colour(name: "k3", light: "b2578c", dark: "e09ac2"),
    Colour(name: "k4", light: "a87400", dark: "edb640"),
    Colour(name: "k5", light: "2f8fc7", dark: "9ad6f7"),
    Colour(name: "k6", light: "44474c", dark: "d5d5d1"),
  ]

  /// How many dash patterns the style sheet has, solid included.
  static let dashCount = 4

  /// The definitions for a style sheet, with the dark ones chosen by the reader's system.
  static var definitions: String {
    let all = [background] + inks + lines
    let light = all.map { "--\($0.name):#\($0.light)" }.joined(separator: ";")
    let dark = all.map { "--\($0.name):#\($0.dark)" }.joined(separator: ";")
    return ":root{color-scheme:light dark;\(light)}\n"
      + "@media screen and (prefers-color-scheme:dark){:root{\(dark)}}\n"
  }
}
