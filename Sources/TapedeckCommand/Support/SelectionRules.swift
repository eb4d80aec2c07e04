import Agents
import Market
import Scenarios
import Session
import Training

/// What a rule file says of an agent and what it trades, and whether trials agree.
struct SelectionRules {
  private let path: String
  private let agent: String
  private let instrument: String
  private let product: AlgorithmRules.ProductClass
  /// How much better the ruled algorithm did than each other one that was tried.
  private var differences: [(algorithm: LearningAlgorithm, difference: SharpeDifference)] = []
  private var isTried = false

  /// Reads a rule file, and finds the class of an agent that trades an instrument.
  init(
    _ path: String, for agent: String, in scenario: Scenario, _ given: Parameters
  ) throws(CommandFailure) {
    self.path = path
    self.agent = agent
    let text = try TextFile.read(path)
    let rules: AlgorithmRules
    do {
      rules = try AlgorithmRules(
        text: text, file: path, algorithms: LearningAlgorithm.allCases.map { $0.name })
    } catch {
      throw CommandFailure(error)
    }
    let description = scenario.agents.first { $0.account.name == agent }
    var name = ""
    do throws(MarketTrainingError) {
      if case .text(let own)? = try description?.trading(given).parameters["instrument"] {
        name = own
      }
    } catch {
      throw CommandFailure(error, path)
    }
    instrument = name.isEmpty ? scenario.instruments[0].name : name
    let interval = description?.wakeInterval ?? 0
    guard let product = rules.first(for: instrument, wakesEvery: interval) else {
      throw CommandFailure(
        Exit.usage, "\(path): no class fits \(agent), which trades \(instrument)",
        next: "add a [[classes]] at the end that has a name and an algorithm alone")
    }
    self.product = product
  }

  /// Compares the trials of the ruled algorithm with those of each other one.
  mutating func compare(_ trials: [SelectionResult.Trial], _ algorithms: [LearningAlgorithm]) {
    let returns = { (algorithm: LearningAlgorithm) in
      trials.filter { algorithms[$0.candidate] == algorithm }.map { $0.returns }
    }
    let ruled = trials.filter { algorithms[$0.candidate].name == product.algorithm }
    isTried = !ruled.isEmpty
    if !isTried { return }
    differences = LearningAlgorithm.allCases.compactMap { other in
      let others = returns(other)
      if other.name == product.algorithm || others.isEmpty { return nil }
      return (other, SharpeDifference(ruled.map { $0.returns }, above: others))
    }
  }

  /// Whether the data agrees, in a word.
  private var verdict: String {
    if differences.contains(where: { $0.difference.verdict == .lower }) { return "disagrees" }
    let isHigher = differences.allSatisfy { $0.difference.verdict == .higher }
    return isHigher && !differences.isEmpty ? "agrees" : "open"
  }

  /// What came of it, in lines.
  var text: String {
    var text =
      "\(path): \(agent) trades \(instrument), of the class \(product.name): \(product.algorithm)\n"
    if !isTried { return text + "no candidate learns by \(product.algorithm)\n" }
    if differences.isEmpty { return text + "no candidate learns by anything else\n" }
    for (other, difference) in differences {
      text +=
        "  Sharpe ratio of \(product.algorithm) less that of \(other.name): "
        + (difference.value < 0 ? "" : "+") + difference.value.fixed(4)
      if let interval = difference.interval {
        text += " (\(interval.lowerBound.fixed(4)) .. \(interval.upperBound.fixed(4)))"
      }
      text += "\n"
    }
    return text
      + (verdict == "open" ? "the data does not tell\n" : "the data \(verdict) with the rule\n")
  }

  /// What came of it, as JSON has it.
  var object: [String: Any] {
    let against = differences.map { other, difference -> [String: Any] in
      var object: [String: Any] = ["algorithm": other.name, "difference": difference.value]
      if let interval = difference.interval {
        object["interval"] = [interval.lowerBound, interval.upperBound]
      }
      return object
    }
    return [
      "class": product.name, "algorithm": product.algorithm, "instrument": instrument,
      "against": against, "verdict": isTried ? verdict : "untried",
    ]
  }
}
