"""Record, replay and fork simulated markets, bit for bit.

    tape = tapedeck.open("run.tape")            events as columns, state_at, diff, fork, compare
    tapedeck.Session("market.toml", {"Trend_01": decide}, seed=7).run()    a function as an agent
    env = tapedeck.MarketEnv("market.toml", "Trend_01")          a Gymnasium environment
    env = tapedeck.MarketParallelEnv("market.toml", ["MM_01", "Trend_01"])    PettingZoo
    envs = tapedeck.MarketVectorEnv("market.toml", "Trend_01", 64)            one call for all
    tapedeck.Policy(layers).save("mine.policy")    a network trained anywhere, as a file that agents act by

Same scenario, seed and actions: same bits, on every machine.
"""
from ._library import (BusyError, ClosedError, FinishedError, RefusedError, TapedeckError,
                       TroubleError)
from .conversations import Session
from .policies import CONTINUOUS_ACTIONS, FEATURES, PAIR_FEATURES, Policy
from .sessions import DISCRETE_ACTIONS, OBSERVATIONS, Driving, Sessions, Snapshot
from .tapes import CommandError, Tape

__version__ = "0.1.0"


# Not `open`, which would hide the language's own.
__all__ = ["BusyError", "CONTINUOUS_ACTIONS", "ClosedError", "CommandError", "DISCRETE_ACTIONS", "Driving",
           "FEATURES", "FinishedError", "MarketEnv", "MarketParallelEnv", "MarketVectorEnv", "OBSERVATIONS",
           "PAIR_FEATURES", "Policy",
           "RefusedError", "Session",
           "Sessions", "Snapshot", "Tape", "TapedeckError", "TroubleError"]


def open(path, damaged=False):
    """Opens a tape with its ancestors; one that is damaged only where that is allowed."""
    return Tape(path, damaged)


def __getattr__(name):
    # Gymnasium is needed for environments only.
    if name in ("MarketEnv", "MarketParallelEnv", "MarketVectorEnv"):
        from . import environments

        return getattr(environments, name)
    raise AttributeError(f"module 'tapedeck' has no attribute {name!r}")
