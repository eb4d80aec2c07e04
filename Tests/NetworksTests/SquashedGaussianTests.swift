import Determinism
import Networks
import TestSupport
import Testing

@Suite struct SquashedGaussianTests {
  @Test func `densities and gradients are PyTorch's, also where tanh is 1 to rounding`() {
    let fixture = { (name: String) in NetworkFixtures.numbers("squashed.\(name)") }
    let (means, spreads, noises) = (fixture("mean"), fixture("logDeviation"), fixture("noise"))
    #expect(means.count == 9)
    var (densities, meanGradients, spreadGradients): ([Double], [Double], [Double]) = ([], [], [])
    for index in means.indices {
      let deviation = Elementary.exp(spreads[index])
      let argument = means[index] + deviation * noises[index]
      densities.append(
        SquashedGaussian.logDensity(
          argument: argument, logDeviation: spreads[index], noise: noises[index]))
      let (mean, spread) = SquashedGaussian.gradient(
        action: Elementary.tanh(argument), deviation: deviation, noise: noises[index],
        temperature: 0.3, slope: fixture("weight")[index])
      meanGradients.append(mean)
      spreadGradients.append(spread)
    }
    #expect(difference(densities, fixture("density")) < 1e-12)
    #expect(difference(meanGradients, fixture("meanGradient")) < 1e-12)
    #expect(difference(spreadGradients, fixture("logDeviationGradient")) < 1e-12)
  }

  @Test func `softplus holds for every number`() {
    for x in [-800, -30, -1, 0, 1, 30, 800] as [Double] {
      let exact = x > 30 ? x : Elementary.log1p(Elementary.exp(x))
      #expect((SquashedGaussian.softplus(x) - exact).magnitude <= 1e-13 * max(1, exact))
    }
  }
}
