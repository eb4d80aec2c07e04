import CSpawn
import Glibc

/// A program that could not be started.
public struct StartFailure: Error, Equatable, Sendable {
  /// The program.
  public let program: String
  /// Why.
  public let reason: String
}

/// A program that runs beside this one, its three standard streams being pipes to here.
///
/// It is the leader of a process group of its own, so that an interrupt at the terminal reaches
/// this program alone, which then ends the whole group. It is always waited for: at the latest when
/// the last reference goes.
final class ChildProcess {
  /// The program's identity in the system; -1 once it was waited for.
  private(set) var identity: pid_t
  /// Its exit status once it was waited for; that of a signal is 128 more.
  private(set) var status: Int32?
  /// Where what it reads is written; -1 once closed.
  private(set) var input: Int32
  /// Where what it writes is read; -1 once closed.
  private(set) var output: Int32
  /// Where what it says to people is read; -1 once closed.
  private(set) var words: Int32

  /// Starts a program; `folder` is where it runs, here if it is nil.
  ///
  /// - Throws: `StartFailure`.
  init(_ command: [String], folder: String?) throws(StartFailure) {
    // What it reads may be closed at any time: that is told by an error, not by a signal.
    _ = signal(SIGPIPE, SIG_IGN)
    let program = command.first ?? ""
    let pipes = try Self.pipes(program)
    // What stays here: the writing end of its input, the reading ends of the others.
    (input, output, words) = (pipes[0].writing, pipes[1].reading, pipes[2].reading)
    defer { for end in [pipes[0].reading, pipes[1].writing, pipes[2].writing] { _ = close(end) } }
    do {
      identity = try Self.spawn(
        command, folder, [pipes[0].reading, pipes[1].writing, pipes[2].writing])
    } catch {
      identity = -1
      for end in [input, output, words] { _ = close(end) }
      (input, output, words) = (-1, -1, -1)
      throw error
    }
    for end in [input, output, words] {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit { end() }

  /// Both ends of three pipes that no other program inherits.
  private static func pipes(
    _ program: String
  ) throws(StartFailure) -> [(reading: Int32, writing: Int32)] {
    var pipes: [(reading: Int32, writing: Int32)] = []
    for _ in 0..<3 {
      var (reading, writing) = (-1 as Int32, -1 as Int32)
      // Safe: two numbers are written into two places.
      let code = unsafe tapedeck_pipe(&reading, &writing)
      if code != 0 {
        for pipe in pipes {
          _ = close(pipe.reading)
          _ = close(pipe.writing)
        }
        throw StartFailure(program: program, reason: reason(code))
      }
      pipes.append((reading, writing))
    }
    return pipes
  }

  private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

  private static func spawn(
    _ command: [String], _ folder: String?, _ streams: [Int32]
  ) throws(StartFailure) -> pid_t {
    // Safe: the copies live until the program has them, and the list ends with nil.
    var words: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) }
    unsafe words.append(nil)
    let count = command.count
    defer { for index in 0..<count { unsafe free(words[index]) } }
    var child: pid_t = 0
    let code = unsafe tapedeck_spawn(folder, &words, streams, &child)
    if code != 0 {
      throw StartFailure(program: command.first ?? "", reason: reason(code))
    }
    return child
  }

  // MARK: Streams

  /// What came of reading a stream.
  enum Reading {
    /// Some bytes.
    case bytes([UInt8])
    /// There is nothing now.
    case nothing
    /// The other side closed it.
    case closed
  }

  /// Reads what is there of a stream, at most 64 KiB.
  static func read(_ descriptor: Int32) -> Reading {
    guard descriptor >= 0 else { return .closed }
    var found = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      // Safe: at most as many bytes as there is room for.
      found = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      count = max(0, found)
    }
    if found > 0 { return .bytes(bytes) }
    if found < 0, errno == EAGAIN || errno == EINTR { return .nothing }
    return .closed
  }

  /// Writes as much as there is room for and returns how much that was; -1 where nobody reads.
  func write(_ bytes: ArraySlice<UInt8>) -> Int {
    guard input >= 0 else { return -1 }
    let count = unsafe bytes.withUnsafeBytes { buffer in
      // Safe: the length is the buffer's.
      unsafe Glibc.write(input, buffer.baseAddress, buffer.count)
    }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : -1
  }

  /// Waits until something can be read, or written where `isWriting`, or for so many milliseconds.
  func wait(isWriting: Bool, milliseconds: Int32) {
    var list = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: words, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isWriting ? input : -1, events: Int16(POLLOUT), revents: 0),
    ]
    // Safe: the count is the list's; what is -1 is passed over.
    _ = unsafe poll(&list, nfds_t(list.count), milliseconds)
  }

  /// Closes a stream from which no more will come.
  func closeOutput() {
    if output >= 0 { _ = close(output) }
    output = -1
  }

  /// Closes the stream of words.
  func closeWords() {
    if words >= 0 { _ = close(words) }
    words = -1
  }

  /// Tells the program that no more will come.
  func closeInput() {
    if input >= 0 { _ = close(input) }
    input = -1
  }

  // MARK: The end

  /// Whether it has ended by now; what it wrote can still be read.
  ///
  /// It is looked at without being waited for, so that its group's number stays its own.
  var hasEnded: Bool {
    if identity < 0 { return true }
    var found = unsafe siginfo_t()
    let code = unsafe waitid(P_PID, id_t(identity), &found, WEXITED | WNOHANG | WNOWAIT)
    let signal = unsafe found.si_signo
    return code == 0 && signal != 0
  }

  private func note(_ code: Int32) {
    let signal = code & 0x7F
    status = signal == 0 ? code >> 8 & 0xFF : 128 + signal
    identity = -1
  }

  /// Ends it and whatever it started, at once, and waits for it.
  func end() {
    closeInput()
    if identity > 0 {
      // Its group has its own number; nothing else can be in it.
      _ = kill(-identity, SIGKILL)
      var code: Int32 = 0
      while unsafe waitpid(identity, &code, 0) < 0 && errno == EINTR {}
      note(code)
    }
    closeOutput()
    closeWords()
  }
}
