/// Steps whose rewards are yet to be put together: a step is noted with the rewards of the few that follow it.
///
/// - Source: R. Sutton, A. Barto, Reinforcement learning (2018), section 7.1.
struct StepChain: Sendable, Equatable {
  /// A step whose rewards are all there.
  struct Whole {
    /// What was seen and done.
    var observation: [Float]
    var action: [Float]
    /// The discounted sum of rewards.
    var reward: Float
    /// What the worth of what is seen after them counts.
    var factor: Float
  }

  private struct Link: Sendable, Equatable {
    var observation: [Float]
    var action: [Float]
    var reward: Float
  }

  private let length: Int
  private let discount: Float
  private var links: [Link] = []

  init(length: Int, discount: Float) {
    self.length = length
    self.discount = discount
  }

  /// Takes in a step, and returns those whose rewards are all there now.
  ///
  /// `isOver` says that nothing comes after it, `hasEnded` that its episode ends with it, over or cut off.
  mutating func add(
    _ observation: [Float], _ action: [Float], reward: Float, isOver: Bool, hasEnded: Bool
  ) -> [Whole] {
    links.append(Link(observation: observation, action: action, reward: reward))
    var whole: [Whole] = []
    while links.count == length || (hasEnded && !links.isEmpty) {
      var (sum, factor) = (0 as Float, 1 as Float)
      for link in links {
        sum += factor * link.reward
        factor *= discount
      }
      let link = links.removeFirst()
      whole.append(
        Whole(
          observation: link.observation, action: link.action, reward: sum,
          factor: isOver ? 0 : factor))
    }
    return whole
  }
}
