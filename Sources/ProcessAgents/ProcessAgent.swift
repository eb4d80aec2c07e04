public import Agents
import Glibc
import Market
public import MarketModel
public import Session

/// Somebody wants to end, and no longer waits for a program.
public struct Interruption: Error {
  /// Creates it.
  public init() {}
}

/// A program that decides for an agent, spoken to over its standard input and output.
///
/// The wall clock decides only whether an answer comes in time; that it did not is an event of the
/// session. Nothing that the program does can stop or slow the session beyond the timeout.
public final class ProcessAgent {
  /// How the program meets the rest of the world.
  public struct Surroundings {
    /// Where it runs; here, if it is nil.
    public var folder: String?
    /// Takes what it says to people, line by line, the agent's name in front.
    public var say: (String) -> Void
    /// Whether somebody wants to end.
    public var isInterrupted: () -> Bool

    /// Creates surroundings.
    public init(
      folder: String? = nil, say: @escaping (String) -> Void,
      isInterrupted: @escaping () -> Bool = { false }
    ) {
      self.folder = folder
      self.say = say
      self.isInterrupted = isInterrupted
    }
  }

  /// The least time for the program to start and be ready, in nanoseconds: interpreters take time.
  static let startTimeout: Int64 = 10_000_000_000
  /// How long a program may take to end after its last line, in nanoseconds.
  static let endTimeout: Int64 = 2_000_000_000
  /// The most bytes that wait to be read by the program.
  static let maximumPending = 16 << 20

  /// How it is run.
  public let settings: ProcessSettings
  /// What is written to it.
  public let lines: ProcessLines
  /// Why there is nothing more to say; nil while there is.
  public private(set) var failure: (fault: AgentFault, words: String)?

  /// How many turns it was told of.
  public private(set) var turnCount: Int64 = 0

  private let reader: AnswerReader
  private let surroundings: Surroundings
  private let child: ChildProcess
  private var outgoing: [UInt8] = []
  private var incoming = Lines()
  private var spoken = Lines()
  /// Whether there was nothing to read when it was last tried.
  private var isDrained = true

  /// Starts the program and waits until it is ready; where it is not, `failure` tells.
  ///
  /// - Throws: `StartFailure` where there is no such program, `Interruption`.
  public init(
    _ agent: AgentIndex, in scenario: Scenario, _ settings: ProcessSettings,
    _ surroundings: Surroundings
  ) throws {
    self.settings = settings
    self.surroundings = surroundings
    lines = ProcessLines(agent, in: scenario)
    reader = AnswerReader(agent: agent, names: lines.names)
    child = try ChildProcess(settings.command, folder: surroundings.folder)
    send(lines.hello)
    switch try receive(within: max(settings.timeout, Self.startTimeout)) {
    case .line(let line):
      if let fault = AnswerReader.fault(ofReady: line) {
        fail(fault.fault, "not ready: " + fault.words)
      }
    case .fault(let fault, let words): fail(fault, "not ready: " + words)
    }
  }

  deinit { child.end() }

  // MARK: Turns

  /// Tells the program of a turn and returns what it answers.
  ///
  /// - Throws: `Interruption`.
  public func answer(
    _ observation: Observation, _ occurred: [Occurrence]
  ) throws(Interruption) -> Answer {
    if let failure { return .missed(failure.fault, words: failure.words) }
    let turn = turnCount
    turnCount += 1
    send(lines.turn(turn, observation, occurred))
    guard outgoing.count <= Self.maximumPending else {
      fail(.late, "it no longer reads what it is told")
      return .missed(.late, words: "it no longer reads what it is told")
    }
    let deadline = Self.now + settings.timeout
    while true {
      switch try receive(until: deadline, settings.timeout) {
      case .line(let line):
        if let answer = reader.answer(line, turn: turn) { return answer }
      case .fault(let fault, let words):
        if fault == .ended { fail(fault, words) }
        return .missed(fault, words: words)
      }
    }
  }

  /// Tells the program that the session is over and waits for it, or ends it.
  public func end() {
    if failure == nil {
      send(lines.end)
      let deadline = Self.now + Self.endTimeout
      while Self.now < deadline, !surroundings.isInterrupted() {
        if outgoing.isEmpty { child.closeInput() }
        if child.hasEnded { break }
        pump(milliseconds: 10)
        while incoming.next() != nil {}
      }
      failure = (.ended, "the session is over")
    }
    finish()
  }

  private func fail(_ fault: AgentFault, _ words: String) {
    failure = (fault, words)
    finish()
  }

  /// Ends the program and passes on what it said last.
  private func finish() {
    listen()
    let rest = spoken.rest()
    if !rest.isEmpty { say(rest) }
    child.end()
  }

  // MARK: Lines

  private enum Received {
    case line([UInt8])
    case fault(AgentFault, String)
  }

  private func send(_ line: JsonValue) { outgoing += Array((line.line + "\n").utf8) }

  private func receive(within span: Int64) throws(Interruption) -> Received {
    try receive(until: Self.now + span, span)
  }

  /// Waits for the next line; `span` is the whole wait, for words.
  private func receive(until deadline: Int64, _ span: Int64) throws(Interruption) -> Received {
    // What it started itself may hold its output open when it is gone.
    var hasEnded = false
    while true {
      switch incoming.next() {
      case .line(let line)?: return .line(line)
      case .tooLong?:
        return .fault(.tooLong, "a line of more than \(Lines.maximumSize) bytes")
      case nil: break
      }
      if child.output < 0 || (hasEnded && isDrained) { return .fault(.ended, endWords()) }
      hasEnded = child.hasEnded
      if surroundings.isInterrupted() { throw Interruption() }
      let left = deadline - Self.now
      if left <= 0 { return .fault(.late, "no answer within \(span / 1_000_000) ms") }
      // In steps, so that an interrupt is heard.
      pump(milliseconds: Int32(min(100, left / 1_000_000 + 1)))
    }
  }

  /// How it ended, waiting a moment for that.
  private func endWords() -> String {
    let deadline = Self.now + Self.endTimeout
    while !child.hasEnded, Self.now < deadline { pump(milliseconds: 10) }
    let isAlive = !child.hasEnded
    finish()
    guard !isAlive, let status = child.status else { return "it closed its output" }
    return status > 128
      ? "it was ended by signal \(status - 128)" : "it ended with exit status \(status)"
  }

  /// Writes and reads what can be, after waiting for that.
  private func pump(milliseconds: Int32) {
    child.wait(isWriting: !outgoing.isEmpty, milliseconds: milliseconds)
    if !outgoing.isEmpty {
      let count = child.write(outgoing[...])
      // Where nobody reads any more, its output tells why.
      if count < 0 { outgoing = [] } else { outgoing.removeFirst(count) }
    }
    switch ChildProcess.read(child.output) {
    case .bytes(let bytes):
      incoming.append(bytes)
      isDrained = false
    case .nothing: isDrained = true
    case .closed: child.closeOutput()
    }
    listen()
  }

  /// Passes on what it says to people.
  private func listen() {
    while child.words >= 0 {
      let bytes: [UInt8]
      switch ChildProcess.read(child.words) {
      case .bytes(let found): bytes = found
      case .nothing: return
      case .closed:
        child.closeWords()
        return
      }
      spoken.append(bytes)
      while let line = spoken.next() {
        switch line {
        case .line(let line): say(line)
        case .tooLong: surroundings.say("\(lines.name): (a line of more than 1 MiB)")
        }
      }
    }
  }

  private func say(_ line: [UInt8]) {
    surroundings.say("\(lines.name): \(String(decoding: line, as: UTF8.self))")
  }

  /// Nanoseconds on a clock that only goes forward.
  private static var now: Int64 {
    var now = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }
}
