import Glibc
package import JournalFiles
import Synchronization

/// What goes wrong with a call.
package enum Fault: Sendable, CaseIterable, CustomStringConvertible {
  /// The device fails: any call.
  case broken
  /// No space is left: calls that may need some.
  case full
  /// A sync fails, and what it was to write is lost.
  case unsynced
  /// A signal interrupts the call, some times in a row.
  case interrupted
  /// A part is read or written, one byte at least.
  case short

  /// Whether callers never learn of it.
  package var isInvisible: Bool { self == .interrupted || self == .short }

  package var description: String {
    switch self {
    case .broken: "EIO"
    case .full: "ENOSPC"
    case .unsynced: "failed sync"
    case .interrupted: "EINTR"
    case .short: "short count"
    }
  }
}

/// Calls of which one fails, and those after it too where the fault lasts.
package final class FaultyCalls: FileCalls {
  private let calls: any FileCalls
  private let fault: Fault
  private let first: Int
  private let isLasting: Bool
  private let isHidden: Bool
  private let count = Atomic<Int>(0)

  /// Creates calls of which the one numbered `first`, from 1 and among those that the fault may
  /// hit, fails; where it is hidden, a sync or a write says that it did not.
  package init(
    _ calls: any FileCalls, _ fault: Fault, first: Int, isLasting: Bool = false,
    isHidden: Bool = false
  ) {
    self.isHidden = isHidden
    self.calls = calls
    self.fault = fault
    self.first = first
    self.isLasting = isLasting
  }

  /// Whether the fault was met.
  package var wasHit: Bool { count.load(ordering: .relaxed) >= first }

  private func isDue(_ faults: [Fault]) -> Bool {
    guard faults.contains(fault) else { return false }
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    if fault == .interrupted { return (first..<first + 3).contains(number) }
    return isLasting ? number >= first : number == first
  }

  private func code(_ faults: [Fault]) -> Int? {
    guard isDue(faults) else { return nil }
    return switch fault {
    case .unsynced: isHidden ? 0 : -Int(EIO)
    case .broken: -Int(EIO)
    case .full: -Int(ENOSPC)
    case .interrupted: -Int(EINTR)
    case .short: nil
    }
  }

  package func open(_ path: String, _ flags: Int32) -> Int {
    let needsSpace = flags & O_CREAT != 0
    return code(needsSpace ? [.broken, .full, .interrupted] : [.broken, .interrupted])
      ?? calls.open(path, flags)
  }

  package func close(_ file: Int) { calls.close(file) }

  package func read(_ file: Int, _ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int
  {
    if fault == .short, buffer.count > 1, isDue([.short]) {
      return calls.read(file, .init(rebasing: buffer[..<(buffer.count / 2)]), at: offset)
    }
    return code([.broken, .interrupted]) ?? calls.read(file, buffer, at: offset)
  }

  package func write(_ file: Int, _ buffer: UnsafeRawBufferPointer, at offset: UInt64) -> Int {
    if fault == .short, buffer.count > 1, isDue([.short]) {
      return calls.write(file, .init(rebasing: buffer[..<(buffer.count / 2)]), at: offset)
    }
    if let code = code([.broken, .full, .interrupted]) {
      // A part was written all the same, as it is with real disks.
      if code != -Int(EINTR), buffer.count > 1 {
        _ = calls.write(file, .init(rebasing: buffer[..<(buffer.count / 2)]), at: offset)
        if isHidden { return buffer.count }
      }
      return code
    }
    return calls.write(file, buffer, at: offset)
  }

  package func syncData(_ file: Int) -> Int {
    code([.broken, .full, .unsynced, .interrupted]) ?? calls.syncData(file)
  }

  package func syncFolder(_ file: Int) -> Int {
    code([.broken, .full, .unsynced, .interrupted]) ?? calls.syncFolder(file)
  }

  package func truncate(_ file: Int, to size: UInt64) -> Int {
    code([.broken, .full, .interrupted]) ?? calls.truncate(file, to: size)
  }

  package func lock(_ file: Int) -> Int { code([.broken, .interrupted]) ?? calls.lock(file) }

  package func isLocked(_ file: Int) -> Int {
    code([.broken, .interrupted]) ?? calls.isLocked(file)
  }

  package func describe(_ file: Int, _ description: inout FileDescription) -> Int {
    code([.broken, .interrupted]) ?? calls.describe(file, &description)
  }

  package func describe(path: String, _ description: inout FileDescription) -> Int {
    code([.broken, .interrupted]) ?? calls.describe(path: path, &description)
  }

  package func remove(_ path: String) -> Int {
    code([.broken, .interrupted]) ?? calls.remove(path)
  }

  package func rename(_ old: String, to new: String) -> Int {
    code([.broken, .full, .interrupted]) ?? calls.rename(old, to: new)
  }

  package func createFolder(_ path: String) -> Int {
    code([.broken, .full, .interrupted]) ?? calls.createFolder(path)
  }
}
