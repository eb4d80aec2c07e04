"""Moments, forks, tapes, and what is refused."""
import os
import random
import threading

import numpy
import pytest

import tapedeck


def play(env, steps, seed):
    """Random steps; returns all digests."""
    numbers, digests = random.Random(seed), []
    for _ in range(steps):
        _, _, _, ended, info = env.step(numbers.randrange(7))
        digests.append(info["digest"])
        if ended:
            break
    return digests


def test_moments_and_forks_anywhere_go_on_as_the_episode_did(short):
    env = tapedeck.MarketEnv(short, first(short))
    numbers = random.Random(5)
    operations = int(os.environ.get("TAPEDECK_OPERATIONS", "600"))
    for episode in range(operations // 60):
        _, info = env.reset(seed=episode)
        moments = [(env.snapshot(), info["digest"], 0)]
        steps = 0
        for _ in range(60):
            choice = numbers.randrange(4)
            if choice == 0:
                moments.append((env.snapshot(), info["digest"], steps))
            elif choice == 1:
                snapshot, digest, steps = numbers.choice(moments)
                _, info = env.restore(snapshot)
                assert info["digest"] == digest
            elif choice == 2 and steps < 30:
                # An empty list of agents makes it a fork, and changes nothing.
                fork = env.fork(numbers.choice([None, "silence = []"]))
                kept = env.snapshot()
                seed = numbers.random()
                assert play(fork, 3, seed) == play(env, 3, seed)
                _, info = env.restore(kept)
            elif steps < 30:
                *_, info = env.step(numbers.randrange(7))
                steps += 1


def first(scenario):
    import tomllib

    with open(scenario, "rb") as file:
        return tomllib.load(file)["agents"][0]["name"]


def test_an_episode_is_a_tape_and_a_fork_is_its_fork(short, tmp_path):
    env = tapedeck.MarketEnv(short, first(short), actions="quotes")
    env.reset(seed=9)
    numbers = random.Random(1)
    act = lambda: [numbers.uniform(-1, 1) for _ in range(4)]
    for _ in range(10):
        env.step(act())
    fork = env.fork('reseed = 5')
    for other in (env, fork):
        ended = False
        while not ended:
            _, _, _, ended, info = other.step(act())
    env.record(tmp_path / "run.tape")
    fork.record(tmp_path / "fork.tape")
    with pytest.raises(tapedeck.TroubleError, match="exists"):
        env.record(tmp_path / "run.tape")
    env.record(tmp_path / "run.tape", force=True)
    run, what_if = tapedeck.open(tmp_path / "run.tape"), tapedeck.open(tmp_path / "fork.tape")
    assert run.verify("V5")["status"] and what_if.verify("V5")
    events = run.events()
    assert len(events) == len(run) == events["sequence"][-1] + 1
    orders = run.events("orderSubmitted")
    assert len(orders) and set(orders["tick"]) <= set(events["tick"])
    with pytest.raises(ValueError, match="orderSubmitted"):
        run.events("orderSubmited")
    assert run.diff(what_if)["schema_version"]
    assert run.state_at(5)


def test_what_is_wrong_is_refused_and_nothing_is_lost(short, scenario):
    name = first(short)
    for bad in ({"agent": "Nobody"}, {"agent": name, "actions": "other"}, {"agent": name, "quantity": 0},
                {"agent": name, "signals": ("nothing",)}, {"agent": name, "instrument": "GOLD"},
                {"agent": name, "seed": -1}):
        with pytest.raises(tapedeck.RefusedError):
            tapedeck.MarketEnv(short, **bad)
    with pytest.raises(tapedeck.TroubleError):
        tapedeck.MarketEnv("/nowhere.toml", name)
    with pytest.raises(tapedeck.TroubleError):
        tapedeck.open("/nowhere.tape")
    env = tapedeck.MarketEnv(short, name, actions="quotes")
    _, info = env.reset(seed=1)
    for action in ([0, 0, 0], [0, 0, 0, float("nan")], [0, 0, 0, 2], "abcd", None, [[0] * 4] * 2):
        with pytest.raises(ValueError):
            env.step(action)
    assert env._info() == info
    with pytest.raises(ValueError):
        env.restore(b"nothing")
    with pytest.raises(ValueError, match="other settings"):
        env.restore(tapedeck.MarketEnv(short, name).snapshot())
    with pytest.raises(ValueError, match="Nobody"):
        env.fork('silence = ["Nobody"]')
    with pytest.raises(ValueError, match="interventions:1"):
        env.fork("what = = 3")
    ended = False
    while not ended:
        _, _, _, ended, _ = env.step([0, 0, 0, 0])
    with pytest.raises(tapedeck.FinishedError):
        env.step([0, 0, 0, 0])
    with pytest.raises(tapedeck.FinishedError):
        env.fork()
    env.close()
    env.close()
    with pytest.raises(tapedeck.ClosedError):
        env.reset()
    with pytest.raises(tapedeck.ClosedError):
        env.snapshot()


def test_a_second_thread_is_turned_away_or_waits_its_turn(scenario):
    env = tapedeck.MarketVectorEnv(scenario, "Trend_01", 200)
    env.reset(seed=1)
    seen = []

    def work():
        for _ in range(200):
            try:
                env.step(numpy.zeros(200, int))
            except tapedeck.TapedeckError as error:
                seen.append(type(error))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    env.close()
    for thread in threads:
        thread.join()
    assert set(seen) <= {tapedeck.BusyError, tapedeck.ClosedError} and seen
