extension String {
  /// The text as one word of a shell, an argument and never an option.
  var shellWord: String {
    let plain = utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./,:=@+".utf8.contains(byte)
      }
    }
    let word = hasPrefix("-") ? "./" + self : self
    if plain, !isEmpty { return word }
    return "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
