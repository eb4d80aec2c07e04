/// One agent's samples in a session, parallel to the session's steps.
public struct AgentSeries: Sendable {
  /// The name; a parent's and a fork's agents are paired by it.
  public var name: String
  /// Profit and loss at the end of each step, in currency units; 0 before the first step.
  public var pnl: [Double]
  /// Lots held at the end of each step; negative when short.
  public var inventory: [Int64]
  /// How many fills the agent had.
  public var fillCount: Int
  /// What the agent paid in fees, in currency units; negative when it received rebates.
  public var fees: Double
  /// Whether the agent's commands came from outside the simulator.
  public var foreign: Bool

  /// Creates an agent's samples.
  public init(
    name: String, pnl: [Double], inventory: [Int64], fillCount: Int, fees: Double, foreign: Bool
  ) {
    self.name = name
    self.pnl = pnl
    self.inventory = inventory
    self.fillCount = fillCount
    self.fees = fees
    self.foreign = foreign
  }
}
