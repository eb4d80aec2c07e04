import Determinism
import Testing

@Suite struct SHA256Tests {
  // FIPS 180-4 examples and NIST CAVP SHA256ShortMsg.
  static let vectors: [(text: String, hash: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
        + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ]

  @Test(arguments: vectors.indices)
  func `the standard's examples come out`(_ index: Int) {
    let vector = Self.vectors[index]
    #expect(SHA256.hash(Array(vector.text.utf8)).hexadecimal == vector.hash)
    #expect(SHA256Reference.hash(Array(vector.text.utf8)).hexadecimal == vector.hash)
  }

  @Test func `the hash does not depend on how the bytes are cut`() {
    let bytes = Array(KernelsTests.bytes[..<200])
    let expected = SHA256.hash(bytes)
    for first in 0...200 {
      for second in [first, min(first + 1, 200), min(first + 63, 200), min(first + 64, 200), 200] {
        var hasher = SHA256()
        hasher.update(bytes.span.extracting(0..<first))
        hasher.update(Array(bytes[first..<second]))
        hasher.update(bytes.span.extracting(second..<200))
        #expect(hasher.finalize() == expected)
      }
    }
  }

  @Test func `a word is eight bytes, little-endian, at any offset`() {
    for offset in 0...64 {
      let before = [UInt8](repeating: 7, count: offset)
      var words = SHA256()
      words.update(before)
      words.update(word: 0x0807_0605_0403_0201)
      #expect(words.finalize() == SHA256.hash(before + [1, 2, 3, 4, 5, 6, 7, 8]))
    }
  }

  @Test func `a hasher goes on after finalize`() {
    var hasher = SHA256()
    hasher.update([1, 2])
    #expect(hasher.finalize() == SHA256.hash([1, 2]))
    hasher.update([3])
    #expect(hasher.finalize() == SHA256.hash([1, 2, 3]))
  }
}
