"""Tapes: events as NumPy columns, and what the command line says of them."""
import ctypes
import json
import os
import subprocess
import sys
import threading

import numpy

from . import arrow
from ._library import (FIELDS, ClosedError, Columns, Error, Owner, TapedeckError, check, library,
                       path_of)

EVENT = numpy.dtype([("sequence", "i8"), ("time", "i8"), ("tick", "i8"), ("cause", "i8"),
                     ("kind", "u1"), ("fields", "i8", (FIELDS,))])


class CommandError(TapedeckError):
    """A command ended with another status than 0."""

    def __init__(self, status, words):
        super().__init__(words)
        self.status = status

    def __reduce__(self):
        return CommandError, (self.status, str(self))


def run(*words, accept=(0,)):
    """Runs a `tapedeck` command in a process of its own; returns status and output."""
    done = subprocess.run([sys.executable, "-m", "tapedeck", *map(os.fspath, map(str, words))],
                          capture_output=True, text=True)
    if done.returncode not in accept:
        raise CommandError(done.returncode, done.stderr.strip() or done.stdout.strip())
    return done.returncode, done.stdout


class Tape(Owner):
    """A tape with its ancestors; `tapedeck.open` makes one.

    `names` has agents, instruments and processes by index; `kinds` what is known of each kind of
    event: its name and the names of its fields. `status` is "sealed", "open" (recorded up to here),
    or how it is damaged. One that is damaged or ends too early raises TroubleError unless `damaged`:
    then what is left of it is read.
    """

    def __init__(self, path, damaged=False):
        self._handle = None
        # A signal handler may close what its own thread is just leaving.
        self._lock = threading.RLock()
        self.path = os.path.abspath(os.fsdecode(path_of(path)))
        handle, error = ctypes.c_void_p(), Error()
        check(library.td_tape_open(
            path_of(path), int(damaged), ctypes.byref(handle), ctypes.byref(error)), error)
        self._handle = handle
        schema = json.loads(library.td_tape_schema(handle))
        self._count = library.td_tape_count(handle)
        self.kinds = {entry["kind"]: entry for entry in schema["kinds"]}
        self.agents, self.instruments = schema["agents"], schema["instruments"]
        self.processes, self.scenario = schema["processes"], schema["scenario"]
        self.seed, self.status = int(schema["seed"]), schema["status"]
        self._start, self._tick_length = schema["start"], schema["tick_length"]
        self._events = None

    def __len__(self):
        return self._count

    def __repr__(self):
        return f"<tapedeck.Tape {self.path!r}: {self._count} events>"

    def close(self):
        """Lets the file go; events that were read stay. Waits for a thread that reads them."""
        with self._lock:
            if self._handle is not None:
                library.td_tape_close(self._handle)
                self._handle = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_handle", None) is not None:
            self.close()

    # Events

    def events(self, kind=None):
        """Events as a structured array: sequence, time (ns), tick, cause (-1: none), kind, fields.

        With the name of a kind, only those, and each of its fields as a column by name; agents,
        instruments and processes are indices into the lists of names.
        """
        with self._lock:
            if self._events is None:
                self._events = self._read()
        if kind is None:
            return self._events
        entry = next((entry for entry in self.kinds.values() if entry["name"] == kind), None)
        if entry is None:
            names = ", ".join(entry["name"] for entry in self.kinds.values())
            raise ValueError(f"kind: {kind!r}; expected one of {names}")
        chosen = self._events[self._events["kind"] == entry["kind"]]
        names = [field["name"] for field in entry["fields"]]
        result = numpy.empty(len(chosen), [(name, "i8") for name in (
            "sequence", "time", "tick", "cause", *names)])
        for name in ("sequence", "time", "tick", "cause"):
            result[name] = chosen[name]
        for position, name in enumerate(names):
            result[name] = chosen["fields"][:, position]
        return result

    def arrow(self, kind):
        """The events of a kind as Arrow columns: pyarrow.record_batch(...), pandas.DataFrame.from_arrow,
        polars.DataFrame and DuckDB take them; no copy is made of the columns."""
        events = self.events(kind)
        return arrow.Columns({name: events[name] for name in events.dtype.names})

    def _read(self):
        if self._handle is None:
            raise ClosedError(f"{self.path}: was closed before its events were read")
        count = self._count
        columns = {"sequence": numpy.empty(count, "i8"), "time": numpy.empty(count, "i8"),
                   "cause": numpy.empty(count, "i8"), "kind": numpy.empty(count, "u1"),
                   "fields": numpy.empty((count, FIELDS), "i8")}
        read, error = ctypes.c_size_t(), Error()
        place = Columns(**{name: column.ctypes.data for name, column in columns.items()})
        check(library.td_tape_read(self._handle, place, count, ctypes.byref(read), ctypes.byref(error)),
              error)
        events = numpy.empty(read.value, EVENT)
        for name, column in columns.items():
            events[name] = column[:read.value]
        events["tick"] = (events["time"] - self._start) // self._tick_length
        return events

    # What the command line says

    def state_at(self, tick):
        """The state before the first event of a tick, as `tapedeck show` tells it."""
        return json.loads(run("show", self.path, f"@{tick}", "--json")[1])

    def info(self):
        """What the tape is, as `tapedeck info` tells it."""
        return json.loads(run("info", self.path, "--json")[1])

    def verify(self, level="V3"):
        """Checks the tape up to a level, V0 to V5; returns what was found, raises where it fails.

        The tape of an episode that did not end is open, and "verified" is false for that reason.
        """
        return json.loads(run("verify", self.path, "--level", level, "--json", accept=(0, 3))[1])

    def diff(self, other):
        """What differs from another tape, event for event, as `tapedeck diff` tells it."""
        path = other.path if isinstance(other, Tape) else other
        return json.loads(run("diff", self.path, path, "--json", accept=(0, 1))[1])

    def fork(self, at, output, *words, force=False):
        """Cuts a fork with the options of `tapedeck fork`, and opens it."""
        run("fork", self.path, "--at", at, *words, "-o", output, *(["--force"] if force else []),
            accept=(0, 1))
        return Tape(output)

    def compare(self, fork, *words):
        """What a fork caused, as `tapedeck compare` tells it: one draw, or with --replicates an
        effect with its interval."""
        path = fork.path if isinstance(fork, Tape) else fork
        return json.loads(run("compare", self.path, path, *words, "--json", accept=(0, 1))[1])
