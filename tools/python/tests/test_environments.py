"""Moments, forks, tapes, and what is refused."""
import os
import random
import threading

import numpy
import pytest

import tapedeck
from tapedeck.tapes import run


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
                {"agent": name, "seed": -1}, {"agent": name, "quantity": 2**64 + 5}, {"agent": None},
                {"agent": name, "instrument": 5}, {"agent": name + "\0x"}, {"agent": name, "signals": (5,)}):
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


def test_a_fork_may_have_agents_that_the_episode_has_not(short):
    env = tapedeck.MarketEnv(short, first(short))
    env.reset(seed=1)
    env.step(1)
    for difference in ('[[agents]]\nname = "MM_02"\nlike = "MM_01"\n', '[[agents]]\nname = "Idle"\ntype = "idle"\n'):
        fork = env.fork(difference)
        for _ in range(5):
            fork.step(3)


def test_handles_are_not_shared_by_copies(short, tmp_path):
    import copy
    import pickle

    env = tapedeck.MarketEnv(short, first(short))
    env.reset(seed=1)
    env.record(tmp_path / "run.tape")
    session = tapedeck.Session(short, {}, seed=1)
    for owner in (env.snapshot(), env._sessions, session, tapedeck.open(tmp_path / "run.tape")):
        for way in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="cannot be copied or pickled"):
                way(owner)
    with pytest.raises(TypeError, match="cannot be copied"):
        copy.deepcopy(env)
    with pytest.raises(TypeError, match="made by snapshot"):
        tapedeck.Snapshot()
    failure = pickle.loads(pickle.dumps(tapedeck.CommandError(2, "words")))
    assert (failure.status, str(failure)) == (2, "words")


def test_a_damaged_tape_is_not_taken_for_a_whole_one(scenario, tmp_path):
    env = tapedeck.MarketEnv(scenario, "Trend_01")
    env.reset(seed=1)
    for _ in range(300):
        env.step(3)
    env.record(tmp_path / "run.tape")
    whole = tapedeck.open(tmp_path / "run.tape")
    assert whole.status == "open"
    data = (tmp_path / "run.tape").read_bytes()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 4
    for name, damaged in (("flip", bytes(flipped)), ("cut", data[:-20])):
        (tmp_path / f"{name}.tape").write_bytes(damaged)
        with pytest.raises(tapedeck.TroubleError, match="taken for the whole"):
            tapedeck.open(tmp_path / f"{name}.tape")
        rest = tapedeck.open(tmp_path / f"{name}.tape", damaged=True)
        assert rest.status in ("torn", "corrupt") and len(rest.events()) == len(rest) < len(whole)


def test_threads_share_a_tape(scenario, tmp_path):
    run("record", scenario, "--seed", 7, "-o", tmp_path / "run.tape")
    for _ in range(20):
        tape, seen = tapedeck.open(tmp_path / "run.tape"), []

        def read():
            try:
                seen.append(len(tape.events()))
            except tapedeck.ClosedError:
                seen.append(None)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        tape.close()
        for thread in threads:
            thread.join()
        assert set(seen) <= {15396, None}


def test_the_right_one_of_several_parents_of_a_seed_is_found(short, tmp_path):
    env = tapedeck.MarketEnv(short, first(short))
    for attempt in (0, 1):
        env.reset(seed=1)
        for _ in range(5):
            env.step(attempt)
        if attempt == 1:
            fork = env.fork('silence = ["Arb_01"]')
            fork.step(1)
        env.record(tmp_path / f"attempt-{attempt}.tape")
    fork.record(tmp_path / "what-if.tape")
    assert tapedeck.open(tmp_path / "what-if.tape").verify("V4")


def test_signals_are_heard_and_may_close(scenario):
    program = """
import os, signal, sys, threading, time, tapedeck
text = open(sys.argv[1]).read().replace("ticks = 1000", "ticks = 3000000")
def stop(*_):
    held.close()
    sys.exit(3)
signal.signal(signal.SIGTERM, stop)
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
if sys.argv[2] == "env":
    held = tapedeck.MarketEnv(text, "Trend_01")
    held.reset(seed=1)
    while True:
        held.step(1)
held = tapedeck.Session(text, {}, seed=1)
held.run()
"""
    import subprocess
    import sys

    for kind in ("env", "session"):
        done = subprocess.run([sys.executable, "-c", program, scenario, kind], timeout=20)
        assert done.returncode == 3, kind
