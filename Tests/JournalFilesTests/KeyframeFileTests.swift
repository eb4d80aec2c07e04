import Determinism
import Foundation
import Journal
import Testing

@testable import JournalFiles

@Suite struct KeyframeFileTests {
  private func keyframe(_ number: Int64) -> Keyframe {
    Keyframe(
      state: [UInt8](repeating: UInt8(number), count: 5000) + (0..<200).map { UInt8($0) },
      revision: 1, sessionId: SHA256.hash([1]), chain: .origin, nextSequence: number,
      tick: number)
  }

  @Test func `what was kept is found again, also by another`() throws {
    let folder = try Folder()
    var file = KeyframeFile(tape: folder.path + "/a.tape")
    #expect(file.headers.isEmpty)
    for number in 1...5 as ClosedRange<Int64> { file.append(keyframe(number)) }
    file.append(keyframe(3))
    let other = KeyframeFile(tape: folder.path + "/a.tape")
    #expect(other.headers.map { $0.nextSequence } == [1, 2, 3, 4, 5])
    for header in other.headers {
      #expect(other.read(header)?.state == keyframe(header.nextSequence).state)
    }
    #expect(KeyframeFile(tape: folder.path + "/a.tape", budget: 0).headers.isEmpty)
  }

  @Test func `a budget lets every second one go`() throws {
    let folder = try Folder()
    let size = try #require(keyframe(1).bytes).count
    var file = KeyframeFile(tape: folder.path + "/a.tape", budget: 4 * size)
    for number in 1...9 as ClosedRange<Int64> { file.append(keyframe(number)) }
    let other = KeyframeFile(tape: folder.path + "/a.tape", budget: 4 * size)
    #expect(other.headers.map { $0.nextSequence } == file.headers.map { $0.nextSequence })
    #expect(other.headers.count <= 4 && other.headers.last?.nextSequence == 9)
    for header in other.headers { #expect(other.read(header) != nil) }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.tape.keyframes"))
    #expect(bytes.count <= 4 * size)
  }

  @Test func `damage and foreign bytes are no keyframes, and are written over`() throws {
    let folder = try Folder()
    let path = folder.path + "/a.tape.keyframes"
    var file = KeyframeFile(tape: folder.path + "/a.tape")
    for number in 1...3 as ClosedRange<Int64> { file.append(keyframe(number)) }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let second = bytes.count / 3
    bytes[second + 40] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    var damaged = KeyframeFile(tape: folder.path + "/a.tape")
    #expect(damaged.headers.map { $0.nextSequence } == [1])
    damaged.append(keyframe(7))
    let mended = KeyframeFile(tape: folder.path + "/a.tape")
    #expect(mended.headers.map { $0.nextSequence } == [1, 7])
    // A damaged state behind an intact header is noticed when it is read.
    bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[second + 120] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let flipped = KeyframeFile(tape: folder.path + "/a.tape")
    #expect(flipped.headers.count == 2 && flipped.read(flipped.headers[1]) == nil)
  }

  @Test func `a folder that cannot be written to is no error`() {
    var file = KeyframeFile(tape: "/nonexistent/a.tape")
    file.append(keyframe(1))
    #expect(file.headers.isEmpty)
  }
}
