import Glibc
import Synchronization

/// Data to standard output, words to standard error.
enum Console {
  /// Set by the first interrupt; long commands look at it and end cleanly.
  static let isInterrupted = Atomic<Bool>(false)

  /// Lets a closed pipe be no error, and a file beyond the limit of the shell one that is told.
  static func prepare() {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  /// Lets a command that looks at `isInterrupted` end cleanly.
  ///
  /// That is on an interrupt, a request to terminate, or where the terminal hangs up, unless somebody said
  /// (`nohup`) that this is to be ignored; a second one ends it at once. All other commands end at once.
  static func listenForInterrupts() {
    // Safe: what is compared is the number that stands for "ignore".
    let ignoresHangup = unsafe unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self) == 1
    for number in [SIGINT, SIGTERM] + (ignoresHangup ? [] : [SIGHUP]) {
      _ = signal(number) { number in
        if Console.isInterrupted.exchange(true, ordering: .relaxed) {
          _ = signal(number, SIG_DFL)
          _ = raise(number)
        }
      }
    }
  }

  private static let outlivesReader = Atomic<Bool>(false)

  /// Lets a command whose exit status is its answer go on to it where nobody reads its data any more.
  static func outliveReader() { outlivesReader.store(true, ordering: .relaxed) }

  /// Writes data where nobody may be listening any more; false where that is so.
  static func offer(_ text: String) -> Bool {
    if isCaptured({ $0.data += text + "\n" }) { return true }
    let bytes = Array((text + "\n").utf8)
    let written = unsafe bytes.withUnsafeBytes { buffer in
      // Safe: the length is the buffer's.
      unsafe Glibc.write(STDOUT_FILENO, buffer.baseAddress, buffer.count)
    }
    return written == bytes.count
  }

  /// Runs something whose data and words nobody wants to see.
  static func quietly<Result>(_ body: () -> Result) -> Result {
    isQuiet.store(true, ordering: .relaxed)
    defer { isQuiet.store(false, ordering: .relaxed) }
    return body()
  }

  private static let isQuiet = Atomic<Bool>(false)

  /// What a command printed while it was listened to.
  struct Capture: Sendable {
    var data = ""
    var words = ""
  }

  private static let capture = Mutex<Capture?>(nil)

  /// Runs something and keeps its data and words instead of printing them.
  static func capturing<Result>(_ body: () -> Result) -> (Result, Capture) {
    capture.withLock { $0 = Capture() }
    let result = body()
    let captured = capture.withLock { current in
      defer { current = nil }
      return current
    }
    return (result, captured ?? Capture())
  }

  private static func isCaptured(_ add: (inout Capture) -> Void) -> Bool {
    capture.withLock { current in
      guard var known = current else { return false }
      add(&known)
      current = known
      return true
    }
  }

  /// Writes data and a line end.
  static func data(_ text: @autoclosure () throws -> String) throws { try write(text() + "\n") }

  /// Writes data as it is; where nobody wants to see it, it is not even made.
  static func write(_ made: @autoclosure () throws -> String) throws {
    if isQuiet.load(ordering: .relaxed) { return }
    try write(bytes: Array(made().utf8))
  }

  /// Writes data that is UTF-8.
  static func write(bytes: [UInt8]) throws {
    if isQuiet.load(ordering: .relaxed) { return }
    if isCaptured({ $0.data += String(decoding: bytes, as: UTF8.self) }) { return }
    var done = 0
    while done < bytes.count {
      let part = unsafe bytes.withUnsafeBytes { buffer in
        // Safe: writes at most what is left of the buffer.
        unsafe Glibc.write(
          STDOUT_FILENO, buffer.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if part > 0 {
        done += part
      } else if errno == EPIPE {
        // Whoever read has read enough.
        if outlivesReader.load(ordering: .relaxed) { return }
        exit(0)
      } else if errno != EINTR {
        let reason = unsafe String(cString: strerror(errno))
        throw CommandFailure(Exit.trouble, "standard output: \(reason)")
      }
    }
  }

  /// Says something to the person.
  static func say(_ text: String) {
    if isQuiet.load(ordering: .relaxed) || isCaptured({ $0.words += text + "\n" }) { return }
    let bytes = Array((text + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { buffer in
      // Safe: the length is the buffer's.
      unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
    }
  }

  /// An environment variable, where it is set and not empty.
  static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Whether standard error is a terminal.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Seconds on a clock that only goes forward; for progress, never for data.
  static var seconds: Double {
    var now = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}

/// A progress bar on a terminal, a line every 10 seconds elsewhere.
struct Progress {
  private let what: String
  private let total: Int64
  private var next: Double
  private var hasDrawn = false

  init(_ what: String, total: Int64) {
    self.what = what
    self.total = max(total, 1)
    next = Console.seconds + (Console.isTerminal ? 0.2 : 10)
  }

  /// Shows how far it is, if it is time to, and what there is to say of it.
  mutating func show(_ done: Int64, _ note: @autoclosure () -> String = "") {
    let now = Console.seconds
    if now < next { return }
    let percent = min(100, 100 * done / total)
    if Console.isTerminal {
      let filled = Int(percent) * 30 / 100
      let bar =
        String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
      Console.say("\u{1B}[1A\r\u{1B}[K\(what) [\(bar)] \(percent)% \(note())")
      hasDrawn = true
      next = now + 0.1
    } else {
      Console.say("\(what): \(percent) % (\(done) of \(total)) \(note())")
      next = now + 10
    }
  }
}

/// Progress of jobs that finish on several threads.
final class SharedProgress: Sendable {
  private let state: Mutex<(done: Int64, progress: Progress)>

  init(_ what: String, total: Int64) {
    state = Mutex((0, Progress(what, total: total)))
  }

  func finishedOne() {
    state.withLock { state in
      state.done += 1
      state.progress.show(state.done)
    }
  }
}
