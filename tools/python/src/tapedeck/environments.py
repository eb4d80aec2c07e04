"""Environments: one agent (Gymnasium), many at once (PettingZoo), many sessions (vectors).

All are the same sessions. Beyond what those interfaces ask for, each can be written out as a tape
(`record`), and those of one session put back to a moment (`snapshot`, `restore`) and forked (`fork`).
"""
import gymnasium
import numpy
from gymnasium.vector.utils import batch_space

from ._library import RefusedError
from .sessions import Driving, Sessions

__all__ = ["MarketEnv", "MarketParallelEnv", "MarketVectorEnv"]


def action_space(driving):
    """The actions of one agent."""
    if driving.actions == "discrete":
        return gymnasium.spaces.Discrete(driving.action_count)
    width = 6 if driving.signal_to else 4 if driving.observations == "fields" else 5
    return gymnasium.spaces.Box(-1.0, 1.0, (width,), numpy.float32)


def observation_space(width):
    """What one agent sees: OBSERVATIONS, then a number for each signal; or FEATURES."""
    return gymnasium.spaces.Box(-numpy.inf, numpy.inf, (width,), numpy.float32)


def digest_text(digest):
    """A digest as tapes show it: 16 hexadecimal digits."""
    return f"{int(digest):016x}"


NUMBERS = (int, numpy.int64)


def put(place, action, what="action"):
    """Writes an action into its place in the array that the library reads.

    A single number stands for an array of one.
    """
    if type(action) in NUMBERS and place.size == 1 or type(action) is numpy.ndarray and action.shape == place.shape:
        place[...] = action  # what comes nearly always, and costs a tenth of what follows
        return
    try:
        if numpy.shape(action) != place.shape and not (place.size == 1 and numpy.size(action) == 1):
            raise ValueError("shape")
        if isinstance(action, (str, bytes)):
            raise TypeError("text")
        with numpy.errstate(over="ignore"):
            place[...] = action
    except (ValueError, TypeError) as error:
        raise RefusedError(f"{what}: {numpy.shape(action)} does not fit {place.shape}: {action!r}") from error


class _Market:
    """What all environments share; `_sessions` is set by each."""

    metadata = {"name": "tapedeck_market_v0", "render_modes": []}
    render_mode = None

    def snapshot(self):
        """Keeps this moment; see `restore`."""
        return self._sessions.snapshot()

    def record(self, path, force=False):
        """Writes the episode so far as a tape: `tapedeck verify`, `diff`, `fork` ... read it."""
        self._sessions.record(path, force=force)

    def render(self):
        """Nothing is drawn here: `tapedeck report` draws a tape."""

    def close(self):
        """Lets the session go."""
        self._sessions.close()

    def _info(self):
        self._sessions.look()
        return {"tick": int(self._sessions.ticks[0]), "digest": digest_text(self._sessions.digests[0])}


class MarketEnv(_Market, gymnasium.Env):
    """One agent of a scenario; the others decide for themselves.

    An episode is the session of the scenario file; it is truncated at its end. A step is one turn of
    the agent. `info` has the tick and the digest of the whole state.
    """

    def __init__(self, scenario, agent, *, seed=0, render_mode=None, **driving):
        self._take(Sessions(scenario, Driving(agents=(agent,), **driving), seed=seed))

    def _take(self, sessions):
        self._sessions = sessions
        self.observation_space = observation_space(sessions.observations.shape[2])
        self.action_space = action_space(sessions.driving)
        self._place, self._seen = sessions.actions[0, 0], sessions.observations[0, 0]

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._sessions.reset(None if seed is None else [seed])
        return self._seen.copy(), self._info()

    def step(self, action):
        sessions = self._sessions
        put(self._place, action)
        sessions.step()
        return (self._seen.copy(), float(sessions.rewards[0, 0]), False, bool(sessions.finished[0]),
                self._info())

    def restore(self, snapshot):
        """Goes back to a moment of this environment or one like it; returns what `reset` does."""
        self._sessions.restore(snapshot)
        return self._seen.copy(), self._info()

    def fork(self, interventions=None):
        """Another environment that goes on from the beginning of this tick with differences.

        interventions: what a file for `tapedeck fork --interventions` says, or a path of one.
        """
        other = object.__new__(type(self))
        other._take(self._sessions.fork(interventions=interventions))
        return other


class MarketVectorEnv(gymnasium.vector.VectorEnv):
    """Many sessions in one call, each with one agent, or with several that share a policy.

    With several agents, environment `s * len(agents) + a` is agent `a` of session `s`. A session
    that ended is reset by the next step (NEXT_STEP). Results do not depend on `threads`. With
    `digests` infos have tick and digest of each; without `copy` arrays are overwritten by each step.
    """

    metadata = {"name": "tapedeck_market_v0", "render_modes": [],
                "autoreset_mode": gymnasium.vector.AutoresetMode.NEXT_STEP}
    render_mode = None
    spec = None

    def __init__(self, scenario, agents, num_sessions, *, seed=0, threads=1, copy=True, digests=False,
                 **driving):
        agents = (agents,) if isinstance(agents, str) else tuple(agents)
        self._sessions = Sessions(scenario, Driving(agents=agents, **driving), seed=seed,
                                  sessions=num_sessions, threads=threads, resets=True)
        self._copy, self._has_digests, self._width = copy, digests, len(agents)
        self.num_envs = num_sessions * len(agents)
        self.single_observation_space = observation_space(self._sessions.observations.shape[2])
        self.single_action_space = action_space(self._sessions.driving)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        sessions = self._sessions
        self._observations = sessions.observations.reshape(self.num_envs, -1)
        self._actions = sessions.actions.reshape(self.num_envs, -1)
        if sessions.driving.actions == "discrete":
            self._actions = self._actions[:, 0]
        self._rewards = sessions.rewards.reshape(self.num_envs)
        self._all = numpy.ones(self.num_envs, bool)
        self._none = numpy.zeros(self.num_envs, bool)

    def _spread(self, values):
        return values.repeat(self._width) if self._width > 1 else values.copy()

    def _info(self):
        sessions = self._sessions
        if not self._has_digests:
            return {}
        sessions.look()
        digests = numpy.array([digest_text(digest) for digest in sessions.digests], object)
        return {"tick": self._spread(sessions.ticks), "_tick": self._all.copy(),
                "digest": self._spread(digests), "_digest": self._all.copy()}

    def reset(self, *, seed=None, options=None):
        """seed: one for all, from which session `s` takes seed + s, or one for each session."""
        seed = int(seed) if isinstance(seed, numpy.integer) else seed
        super().reset(seed=seed if isinstance(seed, int) else None)
        count = self._sessions.sessions
        if seed is not None:
            seeds = [seed + index for index in range(count)] if isinstance(seed, int) else list(seed)
            if None in seeds:
                raise RefusedError("seed: give all sessions one, or none")
            self._sessions.reset(seeds)
        else:
            self._sessions.reset()
        return self._observations.copy() if self._copy else self._observations, self._info()

    def step(self, actions):
        put(self._actions, actions, "actions")
        sessions = self._sessions
        sessions.step()
        truncated = self._spread(sessions.finished).view(bool)
        observations, rewards = self._observations, self._rewards
        if self._copy:
            observations, rewards = observations.copy(), rewards.copy()
        return observations, rewards, self._none.copy() if self._copy else self._none, truncated, self._info()

    def record(self, path, session=0, force=False):
        """Writes one session's episode so far as a tape."""
        self._sessions.record(path, session, force)

    def close_extras(self, **kwargs):
        self._sessions.close()


def _parallel_env():
    try:
        from pettingzoo import ParallelEnv
    except ImportError:  # Gymnasium alone is enough for the others
        return object
    return ParallelEnv


class MarketParallelEnv(_Market, _parallel_env()):
    """Several agents of a scenario at once, by name; the others decide for themselves.

    In a step each takes its action at its own next turn; the step ends where one of them would act
    a second time. All see the market as it is when the first of them wakes. An episode is truncated
    at the session's end, for all at once.
    """

    def __init__(self, scenario, agents, *, seed=0, render_mode=None, **driving):
        if _parallel_env() is object:
            raise ImportError("tapedeck: PettingZoo is not installed: pip install tapedeck[pettingzoo]")
        self._take(Sessions(scenario, Driving(agents=tuple(agents), **driving), seed=seed))

    def _take(self, sessions):
        self._sessions = sessions
        self.possible_agents = list(sessions.driving.agents)
        self.agents = []
        self.observation_spaces = {
            agent: observation_space(sessions.observations.shape[2]) for agent in self.possible_agents}
        self.action_spaces = {
            agent: action_space(sessions.driving) for agent in self.possible_agents}

    def observation_space(self, agent):
        return self.observation_spaces[agent]

    def action_space(self, agent):
        return self.action_spaces[agent]

    def _observations(self):
        seen = self._sessions.observations[0].copy()
        return dict(zip(self.possible_agents, seen))

    def _infos(self):
        info = self._info()
        return {agent: dict(info) for agent in self.possible_agents}

    def reset(self, seed=None, options=None):
        self._sessions.reset(None if seed is None else [seed])
        self.agents = list(self.possible_agents)
        return self._observations(), self._infos()

    def step(self, actions):
        sessions = self._sessions
        if not self.agents:
            # As PettingZoo's tests have it, a step after the end is no error.
            return {}, {}, {}, {}, {}
        unknown = set(actions) - set(self.agents)
        missing = [agent for agent in self.agents if agent not in actions]
        if unknown or missing:
            raise RefusedError(f"actions: missing for {missing}, given for unknown {sorted(unknown)}")
        for position, agent in enumerate(self.possible_agents):
            put(sessions.actions[0, position], actions[agent], f"action of {agent}")
        sessions.step()
        ended = bool(sessions.finished[0])
        agents = self.agents
        rewards = dict(zip(agents, sessions.rewards[0].tolist()))
        if ended:
            self.agents = []
        return (self._observations(), rewards, dict.fromkeys(agents, False),
                dict.fromkeys(agents, ended), self._infos())

    def state(self):
        """What all agents see, one after the other."""
        return self._sessions.observations[0].reshape(-1).copy()

    def restore(self, snapshot):
        """Goes back to a moment of this environment or one like it; returns what `reset` does."""
        self._sessions.restore(snapshot)
        self.agents = list(self.possible_agents)
        return self._observations(), self._infos()

    def fork(self, interventions=None):
        """Another environment that goes on from the beginning of this tick with differences.

        interventions: TOML text, or a path, as `tapedeck fork --interventions` takes it.
        """
        other = object.__new__(type(self))
        other._take(self._sessions.fork(interventions=interventions))
        other.agents = list(self.agents)
        return other
