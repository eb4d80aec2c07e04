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


def test_an_iteration_of_rllib_trains_two_policies(scenario, tmp_path):
    pytest.importorskip("ray.rllib", reason="RLlib is not installed")
    import ray
    from ray.rllib.algorithms.ppo import PPOConfig
    from ray.rllib.core.rl_module.multi_rl_module import MultiRLModuleSpec
    from ray.rllib.core.rl_module.rl_module import RLModuleSpec
    from ray.rllib.env.wrappers.pettingzoo_env import ParallelPettingZooEnv
    from ray.tune.registry import register_env

    agents = ["MM_01", "Trend_01"]

    def market(settings):
        return ParallelPettingZooEnv(tapedeck.MarketParallelEnv(scenario, agents, seed=3))

    register_env("market", market)
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, configure_logging=False)
    try:
        config = (
            PPOConfig().environment("market").framework("torch")
            .env_runners(num_env_runners=0, rollout_fragment_length=256)
            .training(train_batch_size=512, minibatch_size=128, num_epochs=1)
            .multi_agent(policies=set(agents), policy_mapping_fn=lambda agent, *_, **__: agent)
            .rl_module(rl_module_spec=MultiRLModuleSpec(
                rl_module_specs={name: RLModuleSpec() for name in agents}))
            .debugging(seed=3))
        algorithm = config.build_algo()
        result = algorithm.train()
        learned = {name for name in result["learners"] if name in agents}
        assert learned == set(agents)
        env = tapedeck.MarketParallelEnv(scenario, agents, seed=4)
        seen, infos = env.reset(seed=4)
        modules = {name: algorithm.get_module(name) for name in agents}
        while env.agents:
            actions = {}
            for name in env.agents:
                given = {"obs": torch.from_numpy(seen[name]).unsqueeze(0)}
                logits = modules[name].forward_inference(given)["action_dist_inputs"]
                actions[name] = int(logits.argmax())
            seen, _, _, _, infos = env.step(actions)
        env.record(tmp_path / "two.tape")
        algorithm.stop()
    finally:
        ray.shutdown()
    tape = tapedeck.open(tmp_path / "two.tape")
    assert tape.verify("V5")["level"] == "V5"
    last = [info["digest"] for info in infos.values()]
    assert len(set(last)) == 1
