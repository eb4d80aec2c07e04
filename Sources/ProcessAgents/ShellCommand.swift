/// A command line for the shell.
public enum ShellCommand {
  /// Runs it until it ends and returns its exit status; that of a signal is 128 more.
  ///
  /// It reads nothing, and what it writes is let go. When somebody wants to end meanwhile, it is
  /// ended with whatever it started, and the result is nil.
  /// - Throws: `StartFailure` where there is no shell.
  public static func exitStatus(
    of line: String, isInterrupted: () -> Bool
  ) throws(StartFailure) -> Int32? {
    let child = try ChildProcess(["/bin/sh", "-c", line], folder: nil)
    child.closeInput()
    while !child.hasEnded {
      if isInterrupted() {
        child.end()
        return nil
      }
      child.wait(isWriting: false, milliseconds: 20)
      if case .closed = ChildProcess.read(child.output) { child.closeOutput() }
      if case .closed = ChildProcess.read(child.words) { child.closeWords() }
    }
    child.end()
    return child.status
  }
}
