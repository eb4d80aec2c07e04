"""The C interface (tapedeck.h), by ctypes."""
import ctypes
import operator
import os
import pathlib

VERSION = 5
FIELDS = 16

OK, REFUSED, TROUBLE, FINISHED, BUSY = range(5)


class TapedeckError(Exception):
    """What the library refused or could not do: what, where, why."""


class RefusedError(TapedeckError, ValueError):
    """An argument makes no sense; nothing happened."""


class TroubleError(TapedeckError, OSError):
    """A file cannot be read or written, or is damaged."""


class FinishedError(TapedeckError, RuntimeError):
    """The session ended: reset it first."""


class BusyError(TapedeckError, RuntimeError):
    """Another thread is inside of this object."""


class ClosedError(TapedeckError, RuntimeError):
    """The object was closed."""


ERRORS = {REFUSED: RefusedError, TROUBLE: TroubleError, FINISHED: FinishedError, BUSY: BusyError}


class Error(ctypes.Structure):
    _fields_ = [("message", ctypes.c_char * 1024)]


class Settings(ctypes.Structure):
    _fields_ = [
        ("scenario", ctypes.c_char_p), ("scenario_text", ctypes.c_char_p),
        ("agents", ctypes.POINTER(ctypes.c_char_p)), ("agent_count", ctypes.c_size_t),
        ("signals", ctypes.POINTER(ctypes.c_char_p)), ("signal_count", ctypes.c_size_t),
        ("instrument", ctypes.c_char_p),
        ("actions", ctypes.c_int32), ("resets", ctypes.c_int32),
        ("quantity", ctypes.c_int64), ("maximum_inventory", ctypes.c_int64),
        ("half_spread", ctypes.c_int64), ("inventory_penalty", ctypes.c_double),
        ("sessions", ctypes.c_size_t), ("threads", ctypes.c_size_t), ("seed", ctypes.c_uint64),
        ("observations", ctypes.c_int32), ("heeds_signals", ctypes.c_int32),
        ("signal_to", ctypes.c_char_p), ("pair", ctypes.c_char_p), ("pair_quantity", ctypes.c_int64),
    ]


class Shape(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "sessions", "agents", "observation_width", "action_width")] + [("horizon", ctypes.c_int64)]


class Columns(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in ("sequence", "time", "cause", "kind", "fields")]


def _load():
    given = os.environ.get("TAPEDECK_LIBRARY")
    path = pathlib.Path(given) if given else pathlib.Path(__file__).with_name("libTapedeckABI.so")
    if not path.exists():
        raise ImportError(f"tapedeck: {path} is missing; reinstall the package, or name a library "
                          "with TAPEDECK_LIBRARY")
    library = ctypes.CDLL(str(path))
    pointer, size, status = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    error = ctypes.POINTER(Error)
    for name, result, arguments in [
        ("version", ctypes.c_uint32, []),
        ("main", ctypes.c_int32, [ctypes.c_int32, ctypes.POINTER(ctypes.c_char_p)]),
        ("open", status, [ctypes.POINTER(Settings), ctypes.POINTER(pointer), error]),
        ("close", None, [pointer]),
        ("describe", status, [pointer, ctypes.POINTER(Shape)]),
        ("reset", status, [pointer, pointer, pointer, pointer, error]),
        ("step", status, [pointer, pointer, pointer, pointer, pointer, error]),
        ("state", status, [pointer, pointer, pointer, error]),
        ("snapshot_take", status, [pointer, size, ctypes.POINTER(pointer), error]),
        ("snapshot_restore", status, [pointer, size, pointer, pointer, error]),
        ("snapshot_size", size, [pointer]),
        ("snapshot_free", None, [pointer]),
        ("fork", status, [pointer, size, ctypes.c_char_p, ctypes.POINTER(pointer), error]),
        ("record", status, [pointer, size, ctypes.c_char_p, ctypes.c_int32, error]),
        ("conversation_open", status, [
            ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint64, ctypes.POINTER(ctypes.c_char_p), size,
            ctypes.POINTER(pointer), error]),
        ("conversation_close", None, [pointer]),
        ("conversation_hello", status, [pointer, size, ctypes.POINTER(ctypes.c_char_p), error]),
        ("conversation_next", status, [
            pointer, ctypes.POINTER(ctypes.c_int32), ctypes.POINTER(ctypes.c_char_p), error]),
        ("conversation_answer", status, [pointer, ctypes.c_char_p, error]),
        ("conversation_state", status, [
            pointer, ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_uint64), error]),
        ("conversation_record", status, [pointer, ctypes.c_char_p, ctypes.c_int32, error]),
        ("tape_open", status, [ctypes.c_char_p, ctypes.c_int32, ctypes.POINTER(pointer), error]),
        ("tape_close", None, [pointer]),
        ("tape_count", ctypes.c_int64, [pointer]),
        ("tape_schema", ctypes.c_char_p, [pointer]),
        ("tape_read", status, [pointer, Columns, size, ctypes.POINTER(size), error]),
    ]:
        function = getattr(library, f"td_{name}")
        function.restype, function.argtypes = result, arguments
    if library.td_version() != VERSION:
        raise ImportError(f"tapedeck: {path} speaks version {library.td_version()} of the C "
                          f"interface, this package {VERSION}")
    return library


library = _load()


def check(status, error):
    """Raises what a status says."""
    if status != OK:
        words = error.message.decode("utf-8", "replace").replace("--force", "force=True")
        raise ERRORS[status](words)


class Owner:
    """What holds a handle of the library: one object owns it, and no copy of it."""

    def __reduce_ex__(self, protocol):
        raise TypeError(f"a {type(self).__name__} cannot be copied or pickled: use snapshot() or "
                        "fork() to go on twice, record() to keep it")


def text_of(value, what):
    """A text as the library takes it."""
    if not isinstance(value, str):
        raise RefusedError(f"{what}: {value!r}; expected a text")
    if "\0" in value:
        raise RefusedError(f"{what}: {value!r}; expected a text without zero bytes")
    return value.encode()


def path_of(value, what="path"):
    """A path as the library takes it."""
    try:
        path = os.fsencode(value)
    except TypeError:
        raise RefusedError(f"{what}: {value!r}; expected a path") from None
    if b"\0" in path:
        raise RefusedError(f"{what}: {value!r}; expected a path without zero bytes")
    return path


def whole(value, what, low=0, high=(1 << 62) - 1):
    """A whole number within bounds."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or not low <= number <= high:
        raise RefusedError(f"{what}: {value!r}; expected a whole number of {low} to {high}")
    return number


def strings(names, what="agents"):
    """An array of C strings; the caller keeps it alive."""
    if isinstance(names, str):
        raise RefusedError(f"{what}: {names!r}; expected a list of texts")
    return (ctypes.c_char_p * max(1, len(names)))(*[text_of(name, what) for name in names])


def scenario_of(scenario):
    """A scenario as the library takes it: its path, and its text where it is given as one.

    A string with a line break is the text of a scenario; anything else is a path.
    """
    if isinstance(scenario, str) and "\n" in scenario:
        return b"scenario", text_of(scenario, "scenario")
    return path_of(scenario, "scenario"), None


def interventions_of(interventions):
    """The text of interventions: a string with an equals sign is the text, anything else a path."""
    if interventions is None:
        return None
    if not isinstance(interventions, str) or "=" not in interventions and interventions:
        with open(path_of(interventions, "interventions"), encoding="utf-8") as file:
            interventions = file.read()
    return text_of(interventions, "interventions")


def seed_of(seed):
    """A seed within 0 to 2**64 - 1."""
    return whole(seed, "seed", 0, (1 << 64) - 1)
