"""One session in which Python functions decide for agents, and others as the scenario says."""
import ctypes
import json
import operator
import threading

from ._library import (BusyError, ClosedError, Error, Owner, RefusedError, check, library, path_of,
                       scenario_of, seed_of, strings)

# Whole numbers of NumPy and others of their kind are as good as ours.
ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=operator.index)


class Session(Owner):
    """A session whose agents of some names are Python callables.

    agents: by name, what decides: called at each turn with a dictionary, it returns the commands,
        dictionaries too, or None. AGENTS.md lists the fields of both: they are those of a program,
        so that a strategy can move between the two without a change. One with a method `hello` is
        told first what there is.

    Who decides may raise, or return what is no command (RefusedError says what and where): the turn
    then waits, nothing happened, and `run` asks again. What it gave goes onto the tape as inputs.
    """

    def __init__(self, scenario, agents, *, seed):
        if not hasattr(agents, "items"):
            raise RefusedError(f"agents: {agents!r}; expected a dictionary of callables by name")
        names = list(agents)
        for name, decide in agents.items():
            if not callable(decide):
                raise RefusedError(f"agents: {name!r} is {type(decide).__name__}; expected a callable")
        path, text = scenario_of(scenario)
        handle, self._error = ctypes.c_void_p(), Error()
        self._e = ctypes.byref(self._error)
        # A signal handler may close what its own thread is just leaving.
        self._lock, self._running = threading.RLock(), threading.Lock()
        self._handle = None
        self._line, self._agent = ctypes.c_char_p(), ctypes.c_int32()
        listed = strings(names)
        check(library.td_conversation_open(path, text, seed_of(seed), listed, len(names),
                                           ctypes.byref(handle), self._e), self._error)
        self._handle = handle
        self.agents = dict(agents)
        self._names, self._deciders = names, list(agents.values())
        for position, decide in enumerate(self._deciders):
            if hasattr(decide, "hello"):
                decide.hello(json.loads(self._call(
                    library.td_conversation_hello, position, ctypes.byref(self._line))))

    def _call(self, function, *arguments):
        if not self._lock.acquire(blocking=False):
            raise BusyError("another thread is inside of this session")
        try:
            if self._handle is None:
                raise ClosedError("this session was closed")
            check(function(self._handle, *arguments, self._e), self._error)
            return self._line.value  # gone with the next call
        finally:
            self._lock.release()

    def run(self, until=None):
        """Runs to the end, or up to the first turn of one of the agents at a tick of `until` or later.

        Returns whether the session ended.
        """
        if not self._running.acquire(blocking=False):
            raise BusyError("run() is under way: it was called within an agent, or by another thread")
        try:
            return self._run(until)
        finally:
            self._running.release()

    def _run(self, until):
        while True:
            line = self._call(library.td_conversation_next, ctypes.byref(self._agent),
                              ctypes.byref(self._line))
            if self._agent.value == -2:  # a chance for signals
                continue
            if self._agent.value < 0:
                return True
            position, turn = self._agent.value, json.loads(line)
            if until is not None and turn["tick"] >= until:
                return False
            commands = self._deciders[position](turn)
            if commands is None:
                commands = ()
            elif not hasattr(commands, "__iter__"):
                raise RefusedError(f"{self._names[position]}, tick {turn['tick']}: {commands!r}; "
                                   "expected commands: a list of dictionaries")
            commands = list(commands)  # what a generator raises is its own
            try:
                line = ENCODER.encode(
                    {"type": "commands", "turn": turn["turn"], "commands": commands})
            except (TypeError, ValueError) as error:
                raise RefusedError(f"{self._names[position]}, tick {turn['tick']}: {error}") from error
            try:
                self._call(library.td_conversation_answer, line.encode())
            except RefusedError as error:
                raise RefusedError(f"{self._names[position]}, tick {turn['tick']}: {error}") from None

    def _state(self):
        tick, digest = ctypes.c_int64(), ctypes.c_uint64()
        self._call(library.td_conversation_state, ctypes.byref(tick), ctypes.byref(digest))
        return tick.value, digest.value

    @property
    def tick(self):
        """The tick of the latest event."""
        return self._state()[0]

    @property
    def digest(self):
        """The digest of the whole state, as 16 hexadecimal digits."""
        return f"{self._state()[1]:016x}"

    def record(self, path, force=False):
        """Writes the session so far as a tape."""
        self._call(library.td_conversation_record, path_of(path), int(force))

    def close(self):
        """Lets the session go; waits for a call that is under way."""
        with self._lock:
            if self._handle is not None:
                library.td_conversation_close(self._handle)
                self._handle = None

    def __del__(self):
        if getattr(self, "_handle", None) is not None:
            self.close()
