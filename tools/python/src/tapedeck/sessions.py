"""N sessions of one scenario, driven from outside: what all environments stand on."""
import ctypes
import dataclasses
import threading

import numpy

from ._library import (BusyError, ClosedError, Error, Owner, RefusedError, Settings, Shape, check,
                       interventions_of, library, path_of, scenario_of, seed_of, strings, text_of,
                       whole)

ACTIONS = ("discrete", "quotes")
SEEN = ("fields", "features")
OBSERVATIONS = ("time_left", "gain", "inventory", "middle", "change", "trend", "spread", "imbalance",
                "bid_size", "ask_size", "last_trade", "own_bids", "own_asks")
DISCRETE_ACTIONS = ("wait", "buy", "sell", "bid", "ask", "quote", "cancel")


@dataclasses.dataclass(frozen=True)
class Driving:
    """How agents of a scenario are driven.

    agents: their names; all others decide for themselves, as the scenario says.
    actions: "discrete" (one of DISCRETE_ACTIONS) or "quotes" (four numbers of -1 to 1: how far from
        the middle to bid and to ask, up to twice half_spread; how much, up to twice quantity; with
        features a fifth: what to take at any price).
    observations: "fields" (OBSERVATIONS, then signals) or "features" (FEATURES: what a policy file would see
        in the agent's place, which then acts as a policy does).
    signals: names of processes whose values they see.
    quantity: lots of an order. maximum_inventory: lots either way that they do not trade beyond.
    half_spread: usual distance of a quote from the middle, in price increments.
    inventory_penalty: taken off a step's reward for holding the maximum inventory; by the square.
    signal_to: agent, or "topic:NAME", that is told what they say; then they speak: a discrete action is
        one of DISCRETE_ACTIONS, 7 more to say "up" beside it, 14 more to say "down"; "quotes" have a fifth
        number, what to take, and a sixth, what to say (beyond a half, up or down).
    pair: with features, the instrument that they hold against `instrument`: after each action so much of it is
        traded that pair_quantity lots (0: as many) stand against `quantity`; they see PAIR_FEATURES too.
    heeds_signals: with features, whether signals that others send are seen (the feature "signal").
    """

    agents: tuple
    actions: str = "discrete"
    signals: tuple = ()
    instrument: str | None = None
    quantity: int = 5
    maximum_inventory: int = 100
    half_spread: int = 25
    inventory_penalty: float = 0.0
    observations: str = "fields"
    signal_to: str | None = None
    heeds_signals: bool = False
    pair: str | None = None
    pair_quantity: int = 0

    @property
    def action_count(self):
        """How many discrete actions there are."""
        return len(DISCRETE_ACTIONS) * (3 if self.signal_to else 1)


class Snapshot(Owner):
    """A moment of one session; sessions driven in the same way may go back to it."""

    def __init__(self):
        raise TypeError("snapshots are made by snapshot()")

    @classmethod
    def _of(cls, handle):
        snapshot = object.__new__(cls)
        snapshot._handle = handle
        return snapshot

    @property
    def nbytes(self):
        """The bytes of the state that it holds, written out canonically."""
        return library.td_snapshot_size(self._handle)

    def __del__(self):
        if hasattr(self, "_handle"):
            library.td_snapshot_free(self._handle)


class Sessions(Owner):
    """N sessions in one handle; every call works on all of them.

    Arrays have a place for each session and agent, and are overwritten by the next call: copy what
    is to last. One thread at a time; a second one gets BusyError.
    """

    def __init__(self, scenario, driving, seed=0, sessions=1, threads=1, resets=False):
        if driving.actions not in ACTIONS:
            raise RefusedError(f"actions: {driving.actions!r}; expected one of {', '.join(ACTIONS)}")
        if driving.observations not in SEEN:
            raise RefusedError(f"observations: {driving.observations!r}; expected one of {', '.join(SEEN)}")
        agents, signals = strings(driving.agents), strings(driving.signals, "signals")
        path, text = scenario_of(scenario)
        settings = Settings(
            scenario=path, scenario_text=text, agents=agents, agent_count=len(driving.agents),
            signals=signals, signal_count=len(driving.signals),
            instrument=None if driving.instrument is None else text_of(driving.instrument, "instrument"),
            actions=ACTIONS.index(driving.actions), resets=int(resets), quantity=whole(driving.quantity, "quantity"),
            maximum_inventory=whole(driving.maximum_inventory, "maximum_inventory"),
            half_spread=whole(driving.half_spread, "half_spread"),
            inventory_penalty=driving.inventory_penalty,
            sessions=whole(sessions, "sessions"), threads=whole(threads, "threads"),
            seed=seed_of(seed), observations=SEEN.index(driving.observations),
            heeds_signals=int(bool(driving.heeds_signals)),
            signal_to=None if driving.signal_to is None else text_of(driving.signal_to, "signal_to"),
            pair=None if driving.pair is None else text_of(driving.pair, "pair"),
            pair_quantity=whole(driving.pair_quantity, "pair_quantity"))
        handle, error = ctypes.c_void_p(), Error()
        check(library.td_open(ctypes.byref(settings), ctypes.byref(handle), ctypes.byref(error)),
              error)
        self.driving, self.scenario = driving, scenario
        self._adopt(handle)

    def _adopt(self, handle):
        # A signal handler may close what its own thread is just leaving.
        self._handle, self._lock = handle, threading.RLock()
        shape = Shape()
        check(library.td_describe(handle, ctypes.byref(shape)), Error())
        self.sessions, self.agents, self.horizon = shape.sessions, shape.agents, shape.horizon
        count = (shape.sessions, shape.agents)
        self.actions = numpy.zeros((*count, shape.action_width), numpy.float32)
        self.observations = numpy.zeros((*count, shape.observation_width), numpy.float32)
        self.rewards = numpy.zeros(count, numpy.float64)
        self.finished = numpy.zeros(shape.sessions, numpy.uint8)
        self.ticks = numpy.zeros(shape.sessions, numpy.int64)
        self.digests = numpy.zeros(shape.sessions, numpy.uint64)
        self._error = Error()
        # Pointers are looked up once: each `array.ctypes.data` costs as much as a whole step.
        self._p = {name: ctypes.c_void_p(getattr(self, name).ctypes.data) for name in (
            "actions", "observations", "rewards", "finished", "ticks", "digests")}
        self._e = ctypes.byref(self._error)
        self._step_arguments = (handle, self._p["actions"], self._p["observations"],
                                self._p["rewards"], self._p["finished"], self._e)
        self._state_arguments = (handle, self._p["ticks"], self._p["digests"], self._e)
        self._step, self._state = library.td_step, library.td_state

    # Calls

    def _enter(self):
        if not self._lock.acquire(blocking=False):
            raise BusyError("another thread is inside of these sessions")
        if self._handle is None:
            self._lock.release()
            raise ClosedError("these sessions were closed")

    def reset(self, seeds=None, mask=None):
        """Begins an episode in every session, or in those of a mask.

        seeds: one for each session; without, the noise follows from the seeds given last.
        """
        chosen = given = None
        if seeds is not None:
            given = numpy.array([seed_of(seed) for seed in seeds], numpy.uint64)
            if given.shape != (self.sessions,):
                raise RefusedError(f"seeds: {given.size} for {self.sessions} sessions")
        if mask is not None:
            chosen = numpy.ascontiguousarray(mask, numpy.uint8)
            if chosen.shape != (self.sessions,):
                raise RefusedError(f"mask: {chosen.size} for {self.sessions} sessions")
        self._enter()
        try:
            check(library.td_reset(
                self._handle, given.ctypes.data if given is not None else None,
                chosen.ctypes.data if chosen is not None else None, self._p["observations"],
                self._e), self._error)
        finally:
            self._lock.release()

    def step(self):
        """Steps all sessions with what stands in `actions`."""
        self._enter()
        try:
            status = self._step(*self._step_arguments)
        finally:
            self._lock.release()
        if status:
            check(status, self._error)

    def look(self):
        """Fills `ticks` and `digests`."""
        self._enter()
        try:
            check(self._state(*self._state_arguments), self._error)
        finally:
            self._lock.release()

    def snapshot(self, session=0):
        """Keeps a moment of a session."""
        session = whole(session, "session", 0, self.sessions - 1)
        handle = ctypes.c_void_p()
        self._enter()
        try:
            check(library.td_snapshot_take(
                self._handle, session, ctypes.byref(handle), self._e), self._error)
        finally:
            self._lock.release()
        return Snapshot._of(handle)

    def restore(self, snapshot, session=0):
        """Goes back to a moment."""
        if not isinstance(snapshot, Snapshot):
            raise RefusedError(f"snapshot: {type(snapshot).__name__}; expected a Snapshot")
        session = whole(session, "session", 0, self.sessions - 1)
        place = self.observations[session].ctypes.data
        self._enter()
        try:
            check(library.td_snapshot_restore(
                self._handle, session, snapshot._handle, place, self._e), self._error)
        finally:
            self._lock.release()

    def fork(self, session=0, interventions=None):
        """Sessions of its own, one, that goes on from here.

        interventions: what an interventions file says, or a path of one: then it is a fork from the
        beginning of the current tick on, and so is its tape. A string with an equals sign is the
        text, any other one a path. Without, the same once more.
        """
        text = interventions_of(interventions)
        session = whole(session, "session", 0, self.sessions - 1)
        handle = ctypes.c_void_p()
        self._enter()
        try:
            check(library.td_fork(
                self._handle, session, text, ctypes.byref(handle), self._e), self._error)
        finally:
            self._lock.release()
        fork = object.__new__(Sessions)
        fork.driving, fork.scenario = self.driving, self.scenario
        fork._adopt(handle)
        return fork

    def record(self, path, session=0, force=False):
        """Writes a session's episode so far as a tape."""
        path, session = path_of(path), whole(session, "session", 0, self.sessions - 1)
        self._enter()
        try:
            check(library.td_record(
                self._handle, session, path, int(force), self._e), self._error)
        finally:
            self._lock.release()

    def close(self):
        """Lets the sessions go; waits for a call that is under way."""
        if getattr(self, "_lock", None) is None:
            return
        with self._lock:
            if self._handle is not None:
                library.td_close(self._handle)
                self._handle = None

    def __del__(self):
        self.close()
