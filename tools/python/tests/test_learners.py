"""Libraries that people train with: their agents' episodes are tapes, and the same seed is the same tape."""
import hashlib

import numpy
import pytest

import tapedeck

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
sb3 = pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")


def train(scenario, path):
    """Trains PPO for a while, plays an episode with what came of it, and records that."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    env = tapedeck.MarketEnv(scenario, "Trend_01", seed=3)
    model = sb3.PPO("MlpPolicy", env, n_steps=128, batch_size=64, seed=3, device="cpu")
    model.learn(512)
    seen, _ = env.reset(seed=100)
    ended = False
    while not ended:
        action, _ = model.predict(seen, deterministic=True)
        seen, _, _, ended, info = env.step(action)
    env.record(path)
    return info["digest"]


def test_ppo_of_stable_baselines_trains_and_gives_the_same_tape_twice(scenario, tmp_path):
    digests = [train(scenario, tmp_path / f"{index}.tape") for index in range(2)]
    assert digests[0] == digests[1]
    tapes = [hashlib.sha256((tmp_path / f"{index}.tape").read_bytes()).hexdigest() for index in range(2)]
    assert tapes[0] == tapes[1]
    tape = tapedeck.open(tmp_path / "0.tape")
    tape.verify("V4")
    state = tape.state_at(1000)
    assert state
    orders = tape.events("orderSubmitted")
    assert numpy.any(orders["agent"] == tape.agents.index("Trend_01")) or len(orders)
