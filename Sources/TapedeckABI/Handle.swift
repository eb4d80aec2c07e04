import CTapedeck
import Synchronization
import TapedeckCommand

/// Why a call failed, for the caller.
struct CallFailure: Error {
  let status: td_status
  let message: String

  static func refused(_ message: String) -> CallFailure {
    CallFailure(status: TD_REFUSED, message: message)
  }

  init(status: td_status, message: String) {
    self.status = status
    self.message = message
  }

  init(_ failure: CommandFailure) {
    status = failure.isUsage ? TD_REFUSED : TD_TROUBLE
    message = failure.next.map { "\(failure.what); \($0)" } ?? failure.what
  }
}

/// What an opaque pointer points to: an object that one thread at a time may enter.
class Handle {
  private let isBusy = Atomic(false)

  /// Runs a call inside of the handle; turns a second thread away.
  final func enter<Result>(_ body: () throws -> Result) throws -> Result {
    if isBusy.exchange(true, ordering: .acquiring) {
      throw CallFailure(status: TD_BUSY, message: "another thread is inside of this handle")
    }
    defer { isBusy.store(false, ordering: .releasing) }
    return try body()
  }

  /// The object behind a pointer.
  static func of<Kind: Handle>(
    _ pointer: OpaquePointer?, _ kind: Kind.Type
  ) throws -> Kind {
    guard let pointer else { throw CallFailure.refused("the handle is NULL") }
    return Unmanaged<Kind>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// A pointer that keeps the object alive until `release`.
  final func retained() -> OpaquePointer {
    OpaquePointer(Unmanaged.passRetained(self).toOpaque())
  }

  static func release(_ pointer: OpaquePointer?) {
    guard let pointer else { return }
    Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }
}

/// Runs a call: what it throws becomes a status and a message.
func call(
  _ error: UnsafeMutablePointer<td_error>?, _ body: () throws -> Void
) -> td_status {
  do {
    try body()
    return TD_OK
  } catch let failure as CallFailure {
    write(failure.message, to: error)
    return failure.status
  } catch let failure as CommandFailure {
    let failure = CallFailure(failure)
    write(failure.message, to: error)
    return failure.status
  } catch let other {
    write("\(other)", to: error)
    return TD_TROUBLE
  }
}

private func write(_ message: String, to error: UnsafeMutablePointer<td_error>?) {
  guard let error else { return }
  withUnsafeMutableBytes(of: &error.pointee.message) { place in
    let bytes = message.utf8.prefix(place.count - 1)
    place.copyBytes(from: bytes)
    place[bytes.count] = 0
  }
}

/// The text that a caller handed over; nil for NULL.
func text(_ pointer: UnsafePointer<CChar>?) throws -> String? {
  guard let pointer else { return nil }
  guard let text = String(validatingCString: pointer) else {
    throw CallFailure.refused("a text is no UTF-8")
  }
  return text
}

/// The list of texts that a caller handed over.
func texts(
  _ pointer: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ what: String
) throws -> [String] {
  if count == 0 { return [] }
  guard let pointer, count <= 1 << 20 else {
    throw CallFailure.refused("\(what): no list of \(count) names")
  }
  return try (0..<count).map { index in
    guard let name = try text(pointer[index]) else {
      throw CallFailure.refused("\(what): name \(index) is NULL")
    }
    return name
  }
}
