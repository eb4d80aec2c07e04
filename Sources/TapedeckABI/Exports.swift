// swift-format-ignore-file

import Agents
public import CTapedeck
import Glibc
import TapedeckCommand
import Training

// The functions of `tapedeck.h`, in its order; the header says what they do.

@c @implementation
public func td_version() -> UInt32 { UInt32(TD_VERSION) }

@c @implementation
public func td_main(
  _ count: Int32, _ arguments: UnsafePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  guard let words = try? texts(arguments, Int(max(0, count)), "arguments") else { return 64 }
  return Tapedeck<BuiltInAgents>.runAsProcess(words)
}

@c @implementation
public func td_open(
  _ settings: UnsafePointer<td_settings>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let settings, let out else {
      throw CallFailure.refused("settings or out: NULL")
    }
    out.pointee = try Sessions(settings.pointee).retained()
  }
}

@c @implementation
public func td_close(_ sessions: OpaquePointer?) { Handle.release(sessions) }

@c @implementation
public func td_describe(
  _ sessions: OpaquePointer?, _ out: UnsafeMutablePointer<td_shape>?
) -> td_status {
  call(nil) {
    guard let out else { throw CallFailure.refused("out: NULL") }
    let sessions = try Handle.of(sessions, Sessions.self)
    out.pointee = try sessions.enter { sessions.shape }
  }
}

@c @implementation
public func td_reset(
  _ sessions: OpaquePointer?, _ seeds: UnsafePointer<UInt64>?, _ mask: UnsafePointer<UInt8>?,
  _ observations: UnsafeMutablePointer<Float>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    let sessions = try Handle.of(sessions, Sessions.self)
    try sessions.enter { sessions.reset(seeds, mask, observations) }
  }
}

@c @implementation
public func td_step(
  _ sessions: OpaquePointer?, _ actions: UnsafePointer<Float>?,
  _ observations: UnsafeMutablePointer<Float>?, _ rewards: UnsafeMutablePointer<Double>?,
  _ finished: UnsafeMutablePointer<UInt8>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    let sessions = try Handle.of(sessions, Sessions.self)
    try sessions.enter { try sessions.step(actions, observations, rewards, finished) }
  }
}

@c @implementation
public func td_state(
  _ sessions: OpaquePointer?, _ ticks: UnsafeMutablePointer<Int64>?,
  _ digests: UnsafeMutablePointer<UInt64>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    let sessions = try Handle.of(sessions, Sessions.self)
    try sessions.enter { sessions.state(ticks, digests) }
  }
}

@c @implementation
public func td_snapshot_take(
  _ sessions: OpaquePointer?, _ session: Int, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let out else { throw CallFailure.refused("out: NULL") }
    let sessions = try Handle.of(sessions, Sessions.self)
    out.pointee = try sessions.enter { try sessions.snapshot(of: session).retained() }
  }
}

@c @implementation
public func td_snapshot_restore(
  _ sessions: OpaquePointer?, _ session: Int, _ snapshot: OpaquePointer?,
  _ observations: UnsafeMutablePointer<Float>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    let sessions = try Handle.of(sessions, Sessions.self)
    let snapshot = try Handle.of(snapshot, Snapshot.self)
    try sessions.enter { try sessions.restore(session, snapshot, observations) }
  }
}

@c @implementation
public func td_snapshot_size(_ snapshot: OpaquePointer?) -> Int {
  (try? Handle.of(snapshot, Snapshot.self).environment.encodedState.count) ?? 0
}

@c @implementation
public func td_snapshot_free(_ snapshot: OpaquePointer?) { Handle.release(snapshot) }

@c @implementation
public func td_fork(
  _ sessions: OpaquePointer?, _ session: Int, _ interventions: UnsafePointer<CChar>?,
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let out else { throw CallFailure.refused("out: NULL") }
    let sessions = try Handle.of(sessions, Sessions.self)
    let written = try text(interventions)
    out.pointee = try sessions.enter { try sessions.fork(session, written).retained() }
  }
}

@c @implementation
public func td_record(
  _ sessions: OpaquePointer?, _ session: Int, _ path: UnsafePointer<CChar>?, _ force: Int32,
  _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let path = try text(path) else { throw CallFailure.refused("path: NULL") }
    let sessions = try Handle.of(sessions, Sessions.self)
    try sessions.enter { try sessions.record(session, to: path, replacing: force != 0) }
  }
}

@c @implementation
public func td_conversation_open(
  _ scenario: UnsafePointer<CChar>?, _ written: UnsafePointer<CChar>?, _ seed: UInt64,
  _ agents: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int,
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let scenario = try text(scenario), let out else {
      throw CallFailure.refused("scenario or out: NULL")
    }
    out.pointee = try Talk(
      scenario, try text(written), seed: seed, agents: try texts(agents, count, "agents")
    ).retained()
  }
}

@c @implementation
public func td_conversation_close(_ conversation: OpaquePointer?) { Handle.release(conversation) }

@c @implementation
public func td_conversation_hello(
  _ conversation: OpaquePointer?, _ agent: Int,
  _ line: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let line else { throw CallFailure.refused("line: NULL") }
    let talk = try Handle.of(conversation, Talk.self)
    line.pointee = try talk.enter { try talk.hello(agent) }
  }
}

@c @implementation
public func td_conversation_next(
  _ conversation: OpaquePointer?, _ agent: UnsafeMutablePointer<Int32>?,
  _ line: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let agent, let line else { throw CallFailure.refused("agent or line: NULL") }
    let talk = try Handle.of(conversation, Talk.self)
    (agent.pointee, line.pointee) = try talk.enter { try talk.next() }
  }
}

@c @implementation
public func td_conversation_answer(
  _ conversation: OpaquePointer?, _ line: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let line = try text(line) else { throw CallFailure.refused("line: NULL") }
    let talk = try Handle.of(conversation, Talk.self)
    try talk.enter { try talk.answer(line) }
  }
}

@c @implementation
public func td_conversation_state(
  _ conversation: OpaquePointer?, _ tick: UnsafeMutablePointer<Int64>?,
  _ digest: UnsafeMutablePointer<UInt64>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    let talk = try Handle.of(conversation, Talk.self)
    let state = try talk.enter { talk.state }
    if let tick { tick.pointee = state.tick }
    if let digest { digest.pointee = state.digest }
  }
}

@c @implementation
public func td_conversation_record(
  _ conversation: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ force: Int32,
  _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let path = try text(path) else { throw CallFailure.refused("path: NULL") }
    let talk = try Handle.of(conversation, Talk.self)
    try talk.enter { try talk.record(to: path, replacing: force != 0) }
  }
}

@c @implementation
public func td_tape_open(
  _ path: UnsafePointer<CChar>?, _ damaged: Int32, _ out: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let path = try text(path), let out else {
      throw CallFailure.refused("path or out: NULL")
    }
    out.pointee = try Tape(path: path, isDamageAllowed: damaged != 0).retained()
  }
}

@c @implementation
public func td_tape_close(_ tape: OpaquePointer?) { Handle.release(tape) }

@c @implementation
public func td_tape_count(_ tape: OpaquePointer?) -> Int64 {
  (try? Handle.of(tape, Tape.self).count) ?? 0
}

@c @implementation
public func td_tape_schema(_ tape: OpaquePointer?) -> UnsafePointer<CChar>? {
  guard let tape = try? Handle.of(tape, Tape.self) else { return nil }
  return UnsafePointer(tape.schema)
}

@c @implementation
public func td_tape_read(
  _ tape: OpaquePointer?, _ columns: td_columns, _ capacity: Int,
  _ count: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<td_error>?
) -> td_status {
  call(error) {
    guard let count else { throw CallFailure.refused("count: NULL") }
    let tape = try Handle.of(tape, Tape.self)
    count.pointee = try tape.enter { try tape.read(columns, capacity: capacity) }
  }
}
