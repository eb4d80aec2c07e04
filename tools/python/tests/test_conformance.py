"""The tests that Gymnasium and PettingZoo ship, and vectors against single environments."""
import functools
import warnings

import gymnasium
import numpy
import pytest
from gymnasium.utils.env_checker import check_env
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, seed_test
from pettingzoo.utils.conversions import parallel_to_aec

import tapedeck

AGENTS = ["MM_01", "Trend_01", "Arb_01"]
ACTIONS = ["discrete", "quotes"]


@pytest.mark.parametrize("actions", ACTIONS)
def test_gymnasium_accepts_it_without_a_warning(scenario, actions):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Nothing here can be rendered, and an infinite box is what an observation is.
        warnings.filterwarnings("ignore", message=".*Box observation space.*")
        warnings.filterwarnings("ignore", message=".*not having a spec.*|.*has no spec.*|.*spec.*")
        check_env(tapedeck.MarketEnv(scenario, "Trend_01", actions=actions), skip_render_check=True)


@pytest.mark.parametrize("actions", ACTIONS)
def test_pettingzoo_accepts_it(short, actions):
    make = functools.partial(tapedeck.MarketParallelEnv, short, agents(short), actions=actions)
    parallel_api_test(make(), num_cycles=200)
    parallel_seed_test(make, num_cycles=60)
    api_test(parallel_to_aec(make()), num_cycles=200)
    seed_test(lambda: parallel_to_aec(make()), num_cycles=60)


def agents(scenario):
    import tomllib

    with open(scenario, "rb") as file:
        return [agent["name"] for agent in tomllib.load(file)["agents"]][:3]


@pytest.mark.parametrize("actions", ACTIONS)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_vector_is_its_single_environments(short, actions, threads):
    name = agents(short)[0]
    single = gymnasium.vector.SyncVectorEnv(
        [functools.partial(tapedeck.MarketEnv, short, name, actions=actions)] * 5,
        autoreset_mode=gymnasium.vector.AutoresetMode.NEXT_STEP)
    vector = tapedeck.MarketVectorEnv(
        short, name, 5, actions=actions, threads=threads, digests=True)
    vector.action_space.seed(1)
    equal(single.reset(seed=11), vector.reset(seed=11))
    ends = 0
    for _ in range(150):
        action = vector.action_space.sample()
        first, second = single.step(action), vector.step(action)
        equal(first, second)
        ends += int(second[3].sum())
    assert ends >= 10


def equal(first, second):
    for one, other in zip(first, second, strict=True):
        if isinstance(one, dict):
            assert one.keys() == other.keys()
            for key in one:
                numpy.testing.assert_array_equal(one[key], other[key])
        else:
            numpy.testing.assert_array_equal(one, other)


def test_agents_that_share_a_policy_stand_side_by_side(short):
    names = agents(short)
    vector = tapedeck.MarketVectorEnv(short, names, 4, digests=True)
    parallel = tapedeck.MarketParallelEnv(short, names)
    seen, _ = vector.reset(seed=3)
    alone, _ = parallel.reset(seed=3)
    vector.action_space.seed(2)
    for _ in range(20):
        numpy.testing.assert_array_equal(seen[:len(names)], numpy.stack(list(alone.values())))
        action = vector.action_space.sample()
        seen, rewards, _, _, infos = vector.step(action)
        alone, earned, _, _, told = parallel.step(dict(zip(names, action[:len(names)])))
        assert rewards[:len(names)].tolist() == list(earned.values())
        assert infos["digest"][0] == told[names[0]]["digest"]
