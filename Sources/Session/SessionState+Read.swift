extension SessionState {
  /// Lends everything but the memories to a reader, which changes nothing.
  ///
  /// `mutating` and `inout` only to be cheap: a lent struct of this size would be copied.
  @inlinable
  public mutating func reading<Result>(_ body: (inout SharedState) -> Result) -> Result {
    body(&shared)
  }
}
