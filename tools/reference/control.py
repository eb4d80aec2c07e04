#!/usr/bin/env python3
"""Makes fixtures/networks/control.txt: single steps of Gymnasium's classic control tasks.

Usage: tools/reference/control.py > fixtures/networks/control.txt     (needs Gymnasium)
Each line: task, action (Pendulum: a part of the strongest torque), state before, state after, reward, 1 if it is over; in hexadecimal.
"""
import gymnasium
import numpy

TASKS = {"CartPole": "CartPole-v1", "MountainCar": "MountainCar-v0", "Acrobot": "Acrobot-v1"}
SPREAD = {"CartPole": [2.4, 3, 0.21, 3], "MountainCar": [0.9, 0.07], "Acrobot": [3.1, 3.1, 12, 28]}


def main():
    noise = numpy.random.default_rng(7)
    for name, full in TASKS.items():
        task = gymnasium.make(full).unwrapped
        for _ in range(60):
            task.reset(seed=1)
            before = noise.uniform(-1, 1, len(SPREAD[name])) * SPREAD[name]
            if name == "MountainCar":
                before[0] -= 0.3
            action = int(noise.integers(task.action_space.n))
            task.state = numpy.array(before) if name == "Acrobot" else tuple(before)
            _, reward, over, _, _ = task.step(action)
            numbers = [*before, *map(float, task.state), float(reward), float(over)]
            print(name, action, *(float(number).hex() for number in numbers))
    pendulum(noise)


def pendulum(noise):
    task = gymnasium.make("Pendulum-v1").unwrapped
    for _ in range(60):
        task.reset(seed=1)
        before = noise.uniform(-1, 1, 2) * [9, 8]
        action = noise.uniform(-1.2, 1.2)
        task.state = numpy.array(before)
        # The part of Gymnasium's step that is the same in 64 bits: it keeps actions in 32.
        _, reward, over, _, _ = task.step(numpy.array([2 * action]))
        numbers = [*before, *map(float, task.state), float(reward), float(over)]
        print("Pendulum", float(action).hex(), *(float(number).hex() for number in numbers))


main()
