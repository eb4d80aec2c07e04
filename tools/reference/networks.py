#!/usr/bin/env python3
"""Makes fixtures/networks/pytorch.txt: what PyTorch says of small networks, in 64 bits.

Usage: tools/reference/networks.py > fixtures/networks/pytorch.txt     (needs PyTorch)
Each line is a name and its numbers, in hexadecimal. Matrices have a row for each input of a layer.
"""
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)

WIDTHS, ROWS = [3, 5, 4, 2], 7
ACTIVATIONS = {
    "identity": torch.nn.Identity(), "tanh": torch.nn.Tanh(), "relu": torch.nn.ReLU(),
    "leakyRelu": torch.nn.LeakyReLU(0.01), "silu": torch.nn.SiLU(),
}


def put(name, values):
    values = values.detach().reshape(-1).tolist() if hasattr(values, "detach") else values
    print(name, *(float(value).hex() for value in values))


def flat(layers, pick):
    return torch.cat([torch.cat([pick(layer.weight).t().reshape(-1), pick(layer.bias)])
                      for layer in layers])


def perceptrons():
    for name, activation in ACTIVATIONS.items():
        layers = [torch.nn.Linear(one, two) for one, two in zip(WIDTHS, WIDTHS[1:])]
        seen = torch.randn(ROWS, WIDTHS[0])
        given = torch.randn(ROWS, WIDTHS[-1])
        value = seen
        for index, layer in enumerate(layers):
            value = layer(value)
            if index < len(layers) - 1:
                value = activation(value)
        (value * given).sum().backward()
        put(f"{name}.parameters", flat(layers, lambda tensor: tensor))
        put(f"{name}.input", seen)
        put(f"{name}.output", value)
        put(f"{name}.outputGradient", given)
        put(f"{name}.gradient", flat(layers, lambda tensor: tensor.grad))


def adam():
    start = torch.randn(6)
    slopes = torch.randn(6).abs() + 0.1
    put("adam.start", start)
    put("adam.slopes", slopes)
    for decay in (0.0, 0.01):
        for epsilon in (1e-5, 1e-8):
            parameters = start.clone().requires_grad_()
            maker = torch.optim.AdamW if decay else torch.optim.Adam
            optimiser = maker([parameters], lr=0.01, eps=epsilon, weight_decay=decay)
            for step in range(1, 1001):
                optimiser.zero_grad()
                (slopes * parameters**2).sum().backward()
                optimiser.step()
                if step in (1, 2, 10, 1000):
                    put(f"adam.{decay}.{epsilon}.{step}", parameters)


def clipping():
    for index, maximum in enumerate((0.5, 1e6)):
        parameter = torch.zeros(40, requires_grad=True)
        parameter.grad = torch.randn(40)
        put(f"clip.{index}.gradient", parameter.grad)
        norm = torch.nn.utils.clip_grad_norm_([parameter], maximum)
        put(f"clip.{index}.clipped", parameter.grad)
        put(f"clip.{index}.norm", [norm.item(), maximum])


def orthogonal():
    matrix = torch.randn(6, 4)
    q, r = torch.linalg.qr(matrix)
    put("orthogonal.matrix", matrix)
    put("orthogonal.basis", q * torch.sign(torch.diag(r)))


def squashed():
    mean, spread = torch.randn(9) * 3, torch.randn(9) * 0.7
    mean[0], mean[1] = 12, -9  # where 1 - tanh^2 is lost to rounding
    noise, weight, temperature = torch.randn(9), torch.randn(9), 0.3
    mean.requires_grad_()
    spread.requires_grad_()
    argument = mean + spread.exp() * noise
    action = argument.tanh()
    normal = torch.distributions.Normal(mean, spread.exp()).log_prob(argument)
    density = normal - torch.distributions.TanhTransform().log_abs_det_jacobian(argument, action)
    (temperature * density - weight * action).sum().backward()
    for name, values in {"mean": mean, "logDeviation": spread, "noise": noise, "weight": weight,
                         "density": density, "meanGradient": mean.grad,
                         "logDeviationGradient": spread.grad}.items():
        put(f"squashed.{name}", values)


if __name__ == "__main__":
    perceptrons()
    adam()
    clipping()
    orthogonal()
    squashed()
