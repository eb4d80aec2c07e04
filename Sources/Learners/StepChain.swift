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

extension StepChain {
  /// Adds the steps that wait to a state.
  func add(to state: inout LearnerState) {
    state.counts.append(Int64(links.count))
    for link in links { state.numbers += [link.observation, link.action, [link.reward]] }
  }

  /// Whether something holds for every number of every action that waits.
  func allActions(_ isTrue: (Float) -> Bool) -> Bool {
    links.allSatisfy { $0.action.allSatisfy(isTrue) }
  }

  /// A chain with the steps that a state says; nil where those are of other sizes.
  func read(from reader: inout LearnerStateReader, width: Int) -> StepChain? {
    guard let count = reader.count(0...Int64(length)) else { return nil }
    var chain = self
    chain.links = []
    for _ in 0..<count {
      guard let observation = reader.numbers(width), let action = reader.numbers(1),
        let reward = reader.numbers(1)
      else { return nil }
      chain.links.append(Link(observation: observation, action: action, reward: reward[0]))
    }
    return chain
  }
}
