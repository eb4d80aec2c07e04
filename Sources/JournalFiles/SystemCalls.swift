import Glibc

/// The calls of this machine.
struct SystemCalls: FileCalls {
  // Locks of open file descriptions (Linux, fcntl.h): they go with the file, as flock's do, and
  // can be asked for without being taken.
  private static let askForLock: Int32 = 36
  private static let takeLock: Int32 = 37

  private func result(_ value: Int) -> Int { value < 0 ? -Int(errno) : value }
  private func result(_ value: Int32) -> Int { result(Int(value)) }

  func open(_ path: String, _ flags: Int32) -> Int {
    result(unsafe Glibc.open(path, flags | O_CLOEXEC, 0o644))
  }

  func close(_ file: Int) { _ = Glibc.close(Int32(file)) }

  func read(_ file: Int, _ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    // Safe: reads at most the buffer's length.
    result(unsafe pread(Int32(file), buffer.baseAddress, buffer.count, off_t(clamping: offset)))
  }

  func write(_ file: Int, _ buffer: UnsafeRawBufferPointer, at offset: UInt64) -> Int {
    // Safe: writes at most the buffer's length.
    result(unsafe pwrite(Int32(file), buffer.baseAddress, buffer.count, off_t(clamping: offset)))
  }

  func syncData(_ file: Int) -> Int { result(fdatasync(Int32(file))) }

  func syncFolder(_ file: Int) -> Int { result(fsync(Int32(file))) }

  func truncate(_ file: Int, to size: UInt64) -> Int {
    result(ftruncate(Int32(file), off_t(clamping: size)))
  }

  func lock(_ file: Int) -> Int {
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    return result(unsafe fcntl(Int32(file), Self.takeLock, &request))
  }

  func isLocked(_ file: Int) -> Int {
    var request = flock()
    request.l_type = Int16(F_RDLCK)
    let done = result(unsafe fcntl(Int32(file), Self.askForLock, &request))
    return done < 0 ? done : request.l_type == Int16(F_UNLCK) ? 0 : 1
  }

  func describe(_ file: Int, _ description: inout FileDescription) -> Int {
    var information = stat()
    let done = result(unsafe fstat(Int32(file), &information))
    if done == 0 { description = FileDescription(information) }
    return done
  }

  func describe(path: String, _ description: inout FileDescription) -> Int {
    var information = stat()
    let done = result(unsafe stat(path, &information))
    if done == 0 { description = FileDescription(information) }
    return done
  }

  func remove(_ path: String) -> Int { result(unsafe unlink(path)) }

  func rename(_ old: String, to new: String) -> Int { result(unsafe Glibc.rename(old, new)) }

  func createFolder(_ path: String) -> Int { result(unsafe mkdir(path, 0o755)) }
}

extension FileDescription {
  init(_ information: stat) {
    device = UInt64(information.st_dev)
    node = UInt64(information.st_ino)
    size = UInt64(max(information.st_size, 0))
    isRegular = information.st_mode & S_IFMT == S_IFREG
  }
}
