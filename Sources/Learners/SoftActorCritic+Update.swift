import Determinism
import Networks

/// One update: a pure function of the learner and the steps that it kept.
extension SoftActorCritic {
  mutating func update(_ workspace: inout Workspace) -> Metrics {
    var metrics = Metrics()
    let key = NoiseKey(seed: seed, entity: "memory", purpose: "draw")
    memory.draw(&workspace.batch, key: key, tick: updateCount)
    let batch = settings.batch
    let noise = NoiseKey(seed: seed, entity: "update", purpose: "noise")
    // What the actor does now; with it the temperature learns, then the actor.
    let (seen, next) = (workspace.batch.observations, workspace.batch.nextObservations)
    actor.forward(&workspace.actor, seen, rows: batch)
    draw(workspace.actor.output(rows: batch), noise, 0, &workspace.drawn)
    let temperature = Elementary.exp(logTemperature[0])
    metrics.temperature = temperature
    for row in 0..<batch { metrics.entropy -= workspace.drawn.logDensities[row] / Float(batch) }
    learnTemperature(workspace.drawn)
    // What both critics should say.
    actor.forward(&workspace.onlooker, next, rows: batch)
    draw(workspace.onlooker.output(rows: batch), noise, UInt32(actionWidth), &workspace.next)
    setGoals(temperature, &workspace)
    join(workspace.batch.observations, workspace.batch.actions, &workspace.inputs)
    for index in 0..<2 { metrics.criticLoss += learnCritic(index, &workspace) / 2 }
    join(workspace.batch.observations, workspace.drawn.actions, &workspace.inputs)
    learnActor(temperature, &workspace, &metrics)
    for index in 0..<2 {
      let (parameters, part) = (critics[index].parameters, settings.blend)
      var place = targets[index].mutableSpan
      Float.blend(&place, parameters.span, part: part)
    }
    updateCount += 1
    return metrics
  }

  /// Draws an action for each row.
  private func draw(
    _ output: ArraySlice<Float>, _ key: NoiseKey, _ first: UInt32, _ drawn: inout DrawnActions
  ) {
    let (width, bounds) = (actionWidth, SquashedGaussian.logDeviations)
    for row in 0..<settings.batch {
      var sum: Float = 0
      for column in 0..<width {
        let (place, log) = (row * width + column, output[row * 2 * width + width + column])
        let kept = min(max(log, bounds.lowerBound), bounds.upperBound)
        let noise = Float(
          key.normal(tick: updateCount, slot: UInt32(row), draw: first + UInt32(column)))
        let deviation = Elementary.exp(kept)
        let argument = output[row * 2 * width + column] + deviation * noise
        drawn.noises[place] = noise
        drawn.deviations[place] = deviation
        drawn.isFree[place] = kept == log
        drawn.actions[place] = Elementary.tanh(argument)
        sum += SquashedGaussian.logDensity(argument: argument, logDeviation: kept, noise: noise)
      }
      drawn.logDensities[row] = sum
    }
  }

  /// Puts what is seen and what is done side by side.
  private func join(_ observations: [Float], _ actions: [Float], _ inputs: inout [Float]) {
    let (seen, done) = (actor.network.inputs, actionWidth)
    for row in 0..<settings.batch {
      let start = row * (seen + done)
      for column in 0..<seen { inputs[start + column] = observations[row * seen + column] }
      for column in 0..<done { inputs[start + seen + column] = actions[row * done + column] }
    }
  }

  private mutating func learnTemperature(_ drawn: DrawnActions) {
    let target = settings.entropy ?? -Float(actionWidth)
    var sum: Float = 0
    for row in 0..<settings.batch { sum += drawn.logDensities[row] + target }
    let gradient = [-sum / Float(settings.batch)]
    var moved = logTemperature
    do {
      var place = moved.mutableSpan
      temperatureAdam.step(&place, gradient.span, rate: settings.rate)
    }
    logTemperature = moved
  }

  /// r + discount (the smaller worth of what is done next - temperature x log density).
  private func setGoals(_ temperature: Float, _ workspace: inout Workspace) {
    join(workspace.batch.nextObservations, workspace.next.actions, &workspace.inputs)
    let inputs = workspace.inputs
    for index in 0..<2 {
      let parameters = targets[index]
      workspace.critics[index].forward(parameters.span, inputs.span, rows: settings.batch)
    }
    let first = workspace.critics[0].output(rows: settings.batch)
    let second = workspace.critics[1].output(rows: settings.batch)
    for row in 0..<settings.batch {
      let worth =
        min(first[row], second[row]) - temperature * workspace.next.logDensities[row]
      workspace.goals[row] =
        workspace.batch.rewards[row]
        + workspace.batch.factors[row] * worth
    }
  }

  /// Moves a critic, and returns the mean of half its squared error before.
  private mutating func learnCritic(_ index: Int, _ workspace: inout Workspace) -> Float {
    let (batch, inputs) = (settings.batch, workspace.inputs)
    critics[index].forward(&workspace.critics[index], inputs, rows: batch)
    let worths = workspace.critics[index].output(rows: batch)
    var loss: Float = 0
    for row in 0..<batch {
      let error = worths[row] - workspace.goals[row]
      loss += error * error / (2 * Float(batch))
      workspace.outputGradient[row] = error / Float(batch)
    }
    let given = workspace.outputGradient
    critics[index].learn(
      &workspace.critics[index], inputs, rows: batch, outputGradient: given,
      rate: settings.rate, &workspace.criticGradient)
    return loss
  }

  private mutating func learnActor(
    _ temperature: Float, _ workspace: inout Workspace, _ metrics: inout Metrics
  ) {
    let (batch, part) = (settings.batch, 1 / Float(settings.batch))
    let inputs = workspace.inputs
    for index in 0..<2 {
      critics[index].forward(&workspace.critics[index], inputs, rows: batch)
    }
    let worths = (0..<2).map { workspace.critics[$0].output(rows: batch) }
    for row in 0..<batch { metrics.worth += min(worths[0][row], worths[1][row]) * part }
    for index in 0..<2 {
      for row in 0..<batch {
        let isSmaller =
          index == 0 ? worths[0][row] <= worths[1][row] : worths[1][row] < worths[0][row]
        workspace.outputGradient[row] = isSmaller ? part : 0
      }
      var slopes: [Float] = []
      swap(&slopes, &workspace.inputGradients[index])
      let (given, parameters) = (workspace.outputGradient, critics[index].parameters)
      workspace.critics[index].inputGradient(
        parameters.span, rows: batch, outputGradient: given.span, into: &slopes)
      swap(&slopes, &workspace.inputGradients[index])
    }
    setActorGradient(temperature, part, &workspace)
    let (seen, given) = (workspace.batch.observations, workspace.actorOutputGradient)
    actor.learn(
      &workspace.actor, seen, rows: batch, outputGradient: given, rate: settings.rate,
      &workspace.actorGradient)
  }

  /// The gradient of the mean of temperature x log density - the smaller worth.
  private func setActorGradient(_ temperature: Float, _ part: Float, _ workspace: inout Workspace) {
    let (width, seen) = (actionWidth, actor.network.inputs)
    for row in 0..<settings.batch {
      for column in 0..<width {
        let place = row * width + column
        let input = row * (seen + width) + seen + column
        // One of both is 0: the worth that is not the smaller one counts for nothing.
        let slope =
          workspace.inputGradients[0][input] + workspace.inputGradients[1][input]
        let (mean, log) = SquashedGaussian.gradient(
          action: workspace.drawn.actions[place], deviation: workspace.drawn.deviations[place],
          noise: workspace.drawn.noises[place], temperature: temperature * part, slope: slope)
        workspace.actorOutputGradient[row * 2 * width + column] = mean
        workspace.actorOutputGradient[row * 2 * width + width + column] =
          workspace.drawn.isFree[place] ? log : 0
      }
    }
  }
}
