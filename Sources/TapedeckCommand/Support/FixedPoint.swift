import Glibc

extension Double {
  /// The number with so many digits behind the point, its exact value rounded half to even; with a
  /// plus in front where it is not negative and `isSigned`.
  func fixed(_ digits: Int, isSigned: Bool = false) -> String {
    // Safe: no number takes more bytes than the largest one, and what does not fit is cut off.
    var bytes = [CChar](repeating: 0, count: 330 + digits)
    let count = unsafe withVaList([Int32(digits), self]) { arguments in
      unsafe vsnprintf(&bytes, bytes.count, isSigned ? "%+.*f" : "%.*f", arguments)
    }
    return String(
      decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
