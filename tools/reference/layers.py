#!/usr/bin/env python3
"""Makes fixtures/networks/layers.txt: what PyTorch says of layers, penalties, losses and short trainings, in 64 bits.

Usage: tools/reference/layers.py > fixtures/networks/layers.txt     (needs PyTorch, Gymnasium and Stable-Baselines3)
Each line is a name and its numbers, in hexadecimal. Matrices have a row for each input of a layer.
"""
import math
from statistics import NormalDist

import numpy
import torch
from digests import noise_key, philox
from networks import flat, put
from torch.nn.functional import huber_loss, smooth_l1_loss

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)


def layer_normalization():
    layer, seen, given = torch.nn.LayerNorm(5), torch.randn(6, 5), torch.randn(6, 5)
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    seen.requires_grad_()
    value = layer(seen)
    (value * given).sum().backward()
    put_all("layerNorm", parameters=torch.cat([layer.weight, layer.bias]), input=seen, output=value,
            outputGradient=given, gradient=torch.cat([layer.weight.grad, layer.bias.grad]),
            inputGradient=seen.grad)


def put_all(name, **tensors):
    for key, values in tensors.items():
        put(f"{name}.{key}", values)


def recurrence():
    steps, sequences, inputs, width = 6, 3, 4, 5
    cell = torch.nn.GRUCell(inputs, width)
    seen = torch.randn(steps, sequences, inputs, requires_grad=True)
    memory, given = torch.randn(sequences, width), torch.randn(steps, sequences, width)
    starts = (torch.rand(steps, sequences) < 0.25).double()
    starts[0], starts[3] = torch.tensor([0.0, 1.0, 0.0]), torch.tensor([1.0, 0.0, 0.0])
    kept, values = memory, []
    for step in range(steps):
        kept = cell(seen[step], kept * (1 - starts[step])[:, None])
        values.append(kept)
    value = torch.stack(values)
    (value * given).sum().backward()

    def parts(pick):
        return torch.cat([pick(cell.weight_ih).t().reshape(-1), pick(cell.weight_hh).t().reshape(-1),
                          pick(cell.bias_ih), pick(cell.bias_hh)])

    put_all("gru", parameters=parts(lambda p: p), input=seen, memory=memory, starts=starts,
            output=value, outputGradient=given, gradient=parts(lambda p: p.grad),
            inputGradient=seen.grad)


def convolution():
    for dilation in (1, 2):
        inputs, outputs, taps, steps = 3, 4, 3, 7
        layer = torch.nn.Conv1d(inputs, outputs, taps, dilation=dilation)
        seen = torch.randn(2, steps, inputs, requires_grad=True)
        given = torch.randn(2, steps, outputs)
        padded = torch.nn.functional.pad(seen.transpose(1, 2), ((taps - 1) * dilation, 0))
        value = layer(padded).transpose(1, 2)
        (value * given).sum().backward()

        def parts(pick):
            return torch.cat([pick(layer.weight).permute(2, 1, 0).reshape(-1), pick(layer.bias)])

        put_all(f"convolution.{dilation}", parameters=parts(lambda p: p), input=seen, output=value,
                outputGradient=given, gradient=parts(lambda p: p.grad), inputGradient=seen.grad)


def spectral():
    layer = torch.nn.Linear(5, 4, bias=False)
    put("spectral.matrix", layer.weight.t())
    torch.nn.utils.parametrizations.spectral_norm(layer)
    norm = layer.parametrizations.weight[0]
    put_all("spectral.start", output=norm._u, input=norm._v)
    given = torch.randn(4, 5)
    divided = layer.weight  # one iteration, as in training
    (divided * given).sum().backward()
    put_all("spectral", divided=divided.t(), outputVector=norm._u, inputVector=norm._v,
            outputGradient=given.t(), gradient=layer.parametrizations.weight.original.grad.t())


def penalty():
    activations = {"tanh": torch.nn.Tanh(), "leakyRelu": torch.nn.LeakyReLU(0.01), "silu": torch.nn.SiLU()}
    for name, activation in activations.items():
        widths, rows = [3, 6, 5, 1], 7
        layers = [torch.nn.Linear(one, two) for one, two in zip(widths, widths[1:])]

        def critic(value):
            for index, layer in enumerate(layers):
                value = layer(value)
                if index < len(layers) - 1:
                    value = activation(value)
            return value

        real, fake, part = torch.randn(rows, 3), torch.randn(rows, 3) + 1, torch.rand(rows, 1)
        mixed = (part * real + (1 - part) * fake).requires_grad_()
        slopes, = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
        cost = 10 * ((slopes.norm(dim=1) - 1) ** 2).mean()
        loss = critic(fake).mean() - critic(real).mean() + cost
        put_all(f"penalty.{name}", parameters=flat(layers, lambda p: p), real=real, fake=fake,
                part=part, loss=[loss.item()], penalty=[cost.item()])
        cost.backward(retain_graph=True)
        # The last bias does not reach the gradient: PyTorch says nothing of it, which is 0.
        put(f"penalty.{name}.gradient", flat(layers, slope))
        for layer in layers:
            layer.zero_grad()
        loss.backward()
        put(f"penalty.{name}.lossGradient", flat(layers, slope))


def slope(parameter):
    return parameter.grad if parameter.grad is not None else torch.zeros_like(parameter)


def rmsprop():
    parameters, slopes = torch.randn(6), torch.randn(6).abs() + 0.1
    put_all("rmsprop", start=parameters, slopes=slopes)
    parameters.requires_grad_()
    optimiser = torch.optim.RMSprop([parameters], lr=0.01)
    for step in range(1, 101):
        optimiser.zero_grad()
        (slopes * parameters**2).sum().backward()
        optimiser.step()
        if step in (1, 2, 100):
            put(f"rmsprop.{step}", parameters)


def regression():
    errors = torch.cat([torch.randn(8) * 2, torch.randn(8) * 20])
    put("regression.errors", errors)
    zero = torch.zeros(())
    for delta in (1.0, 10.0):
        variable = errors.clone().requires_grad_()
        losses = huber_loss(variable, zero.expand(16), delta=delta, reduction="none")
        losses.sum().backward()
        put_all(f"regression.{delta:g}", values=losses, slopes=variable.grad)
        assert torch.allclose(losses, delta * smooth_l1_loss(errors, zero.expand(16), beta=delta,
                                                             reduction="none"))
    put("regression.halfSquare", errors**2 / 2)


def categorical():
    scores = torch.randn(9, 4) * 3
    scores[0] = torch.tensor([800.0, -800, 0, 1])
    choice = torch.distributions.Categorical(logits=scores)
    put_all("categorical", scores=scores, logs=choice.logits, entropy=choice.entropy())


def gaussian():
    mean, spread, other, width = (torch.randn(8) for _ in range(4))
    value = torch.randn(8) * 2
    mean.requires_grad_()
    spread.requires_grad_()
    one = torch.distributions.Normal(mean, spread.exp())
    two = torch.distributions.Normal(other, width.exp())
    density = one.log_prob(value)
    density.sum().backward()
    put_all("gaussian", mean=mean, logDeviation=spread, otherMean=other, otherLogDeviation=width,
            value=value, density=density, entropy=one.entropy(),
            divergence=torch.distributions.kl_divergence(one, two), meanGradient=mean.grad,
            logDeviationGradient=spread.grad)


def clipped():
    """CleanRL's losses of one minibatch, for scores and for means with deviations."""
    rows, actions = 12, 3
    scores = (torch.randn(rows, actions) * 1.5).requires_grad_()
    values = torch.randn(rows, requires_grad=True)
    chosen = torch.randint(actions, (rows,))
    before = torch.log_softmax(scores.detach() + torch.randn(rows, actions) * 0.4, 1)
    before = before[torch.arange(rows), chosen]
    old_values, gains = values.detach() + torch.randn(rows) * 0.4, torch.randn(rows) * 2 + 1
    targets = gains + old_values
    normal = (gains - gains.mean()) / (gains.std() + 1e-8)
    choice = torch.distributions.Categorical(logits=scores)
    log = choice.log_prob(chosen)
    surrogate, error = surrogates(log - before, normal, values, old_values, targets)
    (surrogate - 0.01 * choice.entropy().mean() + 0.5 * error).backward()
    ratio = (log - before).exp()
    put_all("clipped", scores=scores, values=values, chosen=chosen.double(), before=before,
            oldValues=old_values, gains=gains, normal=normal, policyLoss=[surrogate.item()],
            valueLoss=[error.item()], entropy=[choice.entropy().mean().item()],
            divergence=[((ratio - 1) - (log - before)).mean().item()], scoreGradient=scores.grad,
            valueGradient=values.grad)


def surrogates(log_ratio, gains, values, old_values, targets, clip=0.2):
    ratio = log_ratio.exp()
    surrogate = torch.max(-gains * ratio, -gains * ratio.clamp(1 - clip, 1 + clip)).mean()
    moved = old_values + (values - old_values).clamp(-clip, clip)
    error = 0.5 * torch.max((values - targets)**2, (moved - targets)**2).mean()
    return surrogate, error


def advantages():
    """Those of Stable-Baselines3's buffer, which knows starts, not ends."""
    from gymnasium import spaces
    from stable_baselines3.common.buffers import RolloutBuffer
    steps, tasks = 9, 3
    noise = numpy.random.default_rng(3)
    box = spaces.Box(-1, 1, (1,))
    buffer = RolloutBuffer(steps, box, box, device="cpu", gae_lambda=0.95, gamma=0.99, n_envs=tasks)
    rewards, values = noise.normal(size=(steps, tasks)), noise.normal(size=(steps, tasks))
    ends, last = noise.random((steps, tasks)) < 0.25, noise.normal(size=tasks)
    buffer.rewards, buffer.values = rewards, values
    buffer.advantages = numpy.zeros((steps, tasks))
    buffer.episode_starts = numpy.concatenate([numpy.zeros((1, tasks)), ends[:-1]]).astype(float)
    buffer.compute_returns_and_advantage(torch.tensor(last), ends[-1].astype(float))
    put_all("advantages", rewards=rewards.ravel(), values=values.ravel(), ends=ends.astype(float).ravel(),
            last=last, expected=buffer.advantages.ravel())


def moments():
    from gymnasium.wrappers.utils import RunningMeanStd
    noise = numpy.random.default_rng(4)
    batches = [noise.normal(size=(rows, 3)).astype(numpy.float32) * 5 + 100 for rows in (4, 1, 7)]
    known = RunningMeanStd(epsilon=0, shape=(3,))
    for index, batch in enumerate(batches):
        known.update(batch.astype(float))
        put(f"moments.{index}", batch.ravel())
    put_all("moments", mean=known.mean, variance=known.var)


def trainings():
    """Five steps of gradient descent on one batch each, as CleanRL takes them; all parameters after each."""
    for name in ("discrete", "continuous"):
        policy_training(name)
    worth_training()
    critic_training()


def perceptron(widths, activation):
    layers = []
    for one, two in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(one, two), activation()]
    return torch.nn.Sequential(*layers[:-1])


def linear(network):
    return [layer for layer in network if isinstance(layer, torch.nn.Linear)]


def policy_training(name):
    steps, tasks, width, outputs, rows = 6, 4, 3, 2, 24
    policy = perceptron([width, 7, 6, outputs], torch.nn.Tanh)
    critic = perceptron([width, 7, 6, 1], torch.nn.Tanh)
    deviations = (torch.randn(outputs) * 0.3).requires_grad_()
    seen = torch.randn(rows, width)

    def choice():
        if name == "discrete":
            return torch.distributions.Categorical(logits=policy(seen))
        return torch.distributions.Normal(policy(seen), deviations.exp())

    def log_probability(made):
        return made.log_prob(action) if name == "discrete" else made.log_prob(action).sum(1)

    with torch.no_grad():
        action = choice().sample()
        before = log_probability(choice()) + torch.randn(rows) * 0.05
        values = critic(seen).flatten() + torch.randn(rows) * 0.2
        rewards, last = torch.randn(rows), torch.randn(tasks)
        ends = (torch.rand(rows) < 0.2).double()
        gains, future, following = torch.zeros(rows), torch.zeros(tasks), last
        for step in reversed(range(steps)):
            places = slice(step * tasks, (step + 1) * tasks)
            goes_on = 1 - ends[places]
            error = rewards[places] + 0.99 * goes_on * following - values[places]
            future = error + 0.99 * 0.95 * goes_on * future
            gains[places], following = future, values[places]
    parameters = [*policy.parameters(), *critic.parameters()]
    parameters += [deviations] if name == "continuous" else []
    optimiser = torch.optim.Adam(parameters, lr=0.01, eps=1e-5)

    def everything():
        both = torch.cat([flat(linear(policy), lambda p: p), flat(linear(critic), lambda p: p)])
        return torch.cat([both, deviations]) if name == "continuous" else both

    put_all(f"training.{name}", start=everything(), input=seen, action=action.double(), before=before,
            values=values, rewards=rewards, ends=ends, last=last)
    normal = (gains - gains.mean()) / (gains.std() + 1e-8)
    for step in range(1, 6):
        made = choice()
        entropy = made.entropy().mean() if name == "discrete" else made.entropy().sum(1).mean()
        surrogate, error = surrogates(log_probability(made) - before, normal,
                                      critic(seen).flatten(), values, gains + values)
        optimiser.zero_grad()
        (surrogate - 0.01 * entropy + 0.5 * error).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 0.5)
        optimiser.step()
        put(f"training.{name}.{step}", everything())


def worth_training():
    """Double, with a dueling last layer, on one batch in which each kept step stands once."""
    rows, width, actions = 8, 3, 2
    network = perceptron([width, 7, 6, actions + 1], torch.nn.ReLU)
    target = perceptron([width, 7, 6, actions + 1], torch.nn.ReLU)
    target.load_state_dict(network.state_dict())
    seen, later = torch.randn(rows, width), torch.randn(rows, width)
    action, rewards = torch.randint(actions, (rows,)), torch.randn(rows)
    factors = 0.99 * (torch.rand(rows) < 0.7).double()
    put_all("training.worth", start=flat(linear(network), lambda p: p), input=seen, later=later,
            action=action.double(), rewards=rewards, factors=factors)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)

    def worths(of, at):
        told = of(at)
        return told[:, actions:] + told[:, :actions] - told[:, :actions].mean(1, keepdim=True)

    for step in range(1, 6):
        with torch.no_grad():
            best = worths(network, later).argmax(1)
            goal = rewards + factors * worths(target, later)[torch.arange(rows), best]
        optimiser.zero_grad()
        error = worths(network, seen)[torch.arange(rows), action] - goal
        (2 * huber_loss(error, torch.zeros(rows))).backward()
        optimiser.step()
        put(f"training.worth.{step}", flat(linear(network), lambda p: p))


def critic_training():
    """A Wasserstein critic with the gradient penalty, as in its paper."""
    rows, width = 9, 3
    critic = perceptron([width, 6, 5, 1], torch.nn.Tanh)
    optimiser = torch.optim.Adam(critic.parameters(), lr=1e-2, betas=(0.0, 0.9))
    put("training.critic.start", flat(linear(critic), lambda p: p))
    for step in range(1, 6):
        real, fake, part = torch.randn(rows, width), torch.randn(rows, width) + 1, torch.rand(rows, 1)
        mixed = (part * real + (1 - part) * fake).requires_grad_()
        slopes, = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
        loss = critic(fake).mean() - critic(real).mean()
        loss = loss + 10 * ((slopes.norm(dim=1) - 1) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        put_all(f"training.critic.{step}", real=real, fake=fake, part=part)
        put(f"training.critic.{step}", flat(linear(critic), lambda p: p))


def keyed(entity, purpose):
    """64 random bits by tick, slot and draw, as NoiseKey documents them, for seed 1."""
    key = noise_key(1, entity, purpose)

    def bits(tick, slot, draw):
        low, high, *_ = philox(key, [tick, 0, slot, draw])
        return high << 32 | low

    return bits


def normals(bits, tick, rows, draws):
    """Normal numbers by inversion: a row for each slot."""
    return torch.tensor([[NormalDist().inv_cdf(((bits(tick, row, draw) >> 12) + 0.5) * 2.0**-52)
                          for draw in draws] for row in range(rows)])


def soft_training():
    """Two critics, an actor and a temperature, with the steps and the noise that seed 1 draws."""
    kept, rows, width, actions = 9, 6, 3, 2
    actor = perceptron([width, 7, 6, 2 * actions], torch.nn.ReLU)
    critics = [perceptron([width + actions, 7, 6, 1], torch.nn.ReLU) for _ in range(2)]
    targets = [perceptron([width + actions, 7, 6, 1], torch.nn.ReLU) for _ in range(2)]
    for critic, target in zip(critics, targets):
        target.load_state_dict(critic.state_dict())
    log_temperature = torch.zeros(1, requires_grad=True)
    seen, later = torch.randn(kept, width), torch.randn(kept, width)
    done, rewards = torch.rand(kept, actions) * 2 - 1, torch.randn(kept)
    ends = (torch.rand(kept) < 0.3).double()
    put_all("training.soft", actor=flat(linear(actor), lambda p: p),
            first=flat(linear(critics[0]), lambda p: p), second=flat(linear(critics[1]), lambda p: p),
            input=seen, later=later, action=done, rewards=rewards, ends=ends)
    optimisers = [torch.optim.Adam(parameters, lr=0.01) for parameters in
                  (actor.parameters(), critics[0].parameters(), critics[1].parameters(),
                   [log_temperature])]
    memory, noise = keyed("memory", "draw"), keyed("update", "noise")

    def act(at, drawn):
        mean, log = actor(at).chunk(2, 1)
        log = log.clamp(-20, 2)
        argument = mean + log.exp() * drawn
        density = -drawn**2 / 2 - log - math.log(2 * math.pi) / 2
        bend = 2 * (math.log(2) - argument - torch.nn.functional.softplus(-2 * argument))
        return argument.tanh(), (density - bend).sum(1)

    def worth(networks, at, action):
        return [network(torch.cat([at, action], 1)).flatten() for network in networks]

    for step in range(5):
        places = [memory(step, row, 0) * kept >> 64 for row in range(rows)]
        now, next_ = seen[places], later[places]
        action, density = act(now, normals(noise, step, rows, range(actions)))
        temperature = log_temperature.exp().detach()
        loss = -(log_temperature * (density.detach() - actions)).mean()
        optimisers[3].zero_grad()
        loss.backward()
        optimisers[3].step()
        with torch.no_grad():
            following, following_density = act(
                next_, normals(noise, step, rows, range(actions, 2 * actions)))
            best = torch.minimum(*worth(targets, next_, following)) - temperature * following_density
            goal = rewards[places] + 0.99 * (1 - ends[places]) * best
        for critic, optimiser in zip(critics, optimisers[1:3]):
            optimiser.zero_grad()
            (0.5 * (worth([critic], now, done[places])[0] - goal) ** 2).mean().backward()
            optimiser.step()
        optimisers[0].zero_grad()
        (temperature * density - torch.minimum(*worth(critics, now, action))).mean().backward()
        optimisers[0].step()
        with torch.no_grad():
            for critic, target in zip(critics, targets):
                for one, other in zip(critic.parameters(), target.parameters()):
                    other.mul_(1 - 0.005).add_(0.005 * one)
        put_all(f"training.soft.{step + 1}", actor=flat(linear(actor), lambda p: p),
                first=flat(linear(critics[0]), lambda p: p),
                second=flat(linear(critics[1]), lambda p: p), temperature=log_temperature,
                target=flat(linear(targets[0]), lambda p: p))


def worth_scale():
    """Mean and deviation that follow what comes, and a last layer that says the same before and after."""
    part, layer, seen = 0.9, torch.nn.Linear(4, 1), torch.randn(5, 4)
    mean, square, debias = 0.0, 0.0, 0.0
    put_all("scale", input=seen, parameters=torch.cat([layer.weight[0], layer.bias]))
    for step in range(3):
        numbers = torch.randn(7) * 40 + 300 * step
        before = (mean / max(debias, 1e-5),
                  math.sqrt(max(square / max(debias, 1e-5) - (mean / max(debias, 1e-5)) ** 2, 1e-2)))
        mean = part * mean + (1 - part) * numbers.mean().item()
        square = part * square + (1 - part) * (numbers**2).mean().item()
        debias = part * debias + (1 - part)
        after = (mean / debias, math.sqrt(max(square / debias - (mean / debias) ** 2, 1e-2)))
        with torch.no_grad():
            layer.weight.mul_(before[1] / after[1])
            layer.bias.copy_((before[1] * layer.bias + before[0] - after[0]) / after[1])
        put_all(f"scale.{step}", numbers=numbers, moments=list(after),
                normal=(numbers - after[0]) / after[1],
                parameters=torch.cat([layer.weight[0], layer.bias]))


if __name__ == "__main__":
    for make in (layer_normalization, recurrence, convolution, spectral, penalty, rmsprop, regression,
                 categorical, gaussian, clipped, advantages, moments, trainings, soft_training,
                 worth_scale):
        make()
