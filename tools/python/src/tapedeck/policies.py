"""Policies: networks that were trained anywhere, as files that agents of a tape act by.

FORMAT.md, section 4.5, has the bytes.
"""
import dataclasses
import hashlib
import math
import os
import struct

import numpy

from ._library import RefusedError
from .sessions import DISCRETE_ACTIONS

FEATURES = ("inventory", "own_bids", "own_asks", "gain", "spread", "imbalance", "depth", "micro_price",
            "last_trade", "flow_imbalance", "change1", "change2", "change4", "change8", "change16",
            "volatility", "trend", "signal", "known_value")
# What is seen after those by who trades a pair.
PAIR_FEATURES = ("pair_inventory", "pair_spread", "pair_imbalance", "gap_trend", "gap_volatility")
CONTINUOUS_ACTIONS = ("bid_distance", "ask_distance", "bid_size", "ask_size", "taking")
# What is said beside an action by who speaks: nothing, and then these.
SIGNALS = ("up", "down")
ACTIVATIONS = ("identity", "tanh", "relu", "leaky_relu", "silu")
HEADS = ("scores", "worths", "dueling_worths", "numbers", "plain_numbers")
# What is added to a head's number where a policy speaks.
SPEAKING = 8
# How an agent of the type `policy` trades, and what each parameter is.
TRADING = {"greedy": bool, "half_spread": int, "heed_signals": bool, "instrument": str, "maximum_inventory": int,
           "pair": str, "pair_quantity": int, "quantity": int, "signal_to": str, "value": str}
# Of a policy without parameters of how it trades, of one with them, and of one with a memory.
MAGIC, PLAIN_VERSION, TRADING_VERSION, MEMORY_VERSION, REACH = b"TDPOLICY", 3, 4, 5, 10.0
# What a scenario has room for.
MAXIMUM_SIZE = 3 << 19


def _crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _crc32c_table()


def _crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def outputs_of(head, speaks=False):
    """How many numbers come out of a policy's network."""
    actions = len(DISCRETE_ACTIONS) * (1 + (len(SIGNALS) if speaks else 0))
    if head.endswith("numbers"):
        return 2 * (len(CONTINUOUS_ACTIONS) + (1 if speaks else 0))
    return actions + (1 if head == "dueling_worths" else 0)


@dataclasses.dataclass(eq=False)
class Policy:
    """A network that an agent of the type `policy` acts by.

    layers: (weights, biases) of each: y = x @ weights + biases. PyTorch's Linear keeps weights the
        other way round: pass (layer.weight.detach().T, layer.bias.detach()).
    activation: what every layer but the last does to its results, one of ACTIVATIONS.
    head: what comes out. "scores" (a logit for each of DISCRETE_ACTIONS), "worths" (its worth; the
        best is taken but for the part `exploration` of the times), "dueling_worths" (those, then one
        of what is seen), "numbers" (the mean of each of CONTINUOUS_ACTIONS before tanh, then the
        logarithm of each deviation) or "plain_numbers" (the same without tanh; beyond -1 and 1 they
        count as those).
    speaks: whether an agent with the parameter `signal_to` is told what to say too: after the scores or
        worths of actions come those of the same with "up" said beside, then with "down"; and numbers
        have one more, said where it is beyond a half.
    trading: how the agent trades that learned it, parameters of agents of the type `policy` ({"quantity": 5,
        "maximum_inventory": 100, ...}), which an agent that is given the policy has too unless it is
        told otherwise; None for a policy that does not say.
    memory: what remembers, a gated recurrent unit: (weights of what is seen, weights of what is remembered, biases of
        either), inputs x outputs, three outputs for each number that is remembered: PyTorch's GRU with all weights
        turned round, (gru.weight_ih_l0.detach().T, gru.weight_hh_l0.detach().T, gru.bias_ih_l0.detach(),
        gru.bias_hh_l0.detach()). The layers see what is remembered then, and only the memory what there is to
        see, at each wake-up. None for a policy without one.
    shifts, scales: what goes in is (feature - shift) * scale, kept within 10 either way. Features are
        FEATURES, as environments with observations="features" give them, and then PAIR_FEATURES where
        there are so many: of an agent that holds a second instrument, `pair`, against the first.
    """

    layers: list
    activation: str = "tanh"
    head: str = "scores"
    exploration: float = 0.0
    shifts: numpy.ndarray | None = None
    scales: numpy.ndarray | None = None
    speaks: bool = False
    trading: dict | None = None
    memory: tuple | None = None

    def __post_init__(self):
        for name, word, words in (("activation", self.activation, ACTIVATIONS), ("head", self.head, HEADS)):
            if word not in words:
                raise RefusedError(f"{name}: {word!r}; expected one of {', '.join(words)}")
        self.layers = [(self._numbers("weights", weights, 2), self._numbers("biases", biases, 1))
                       for weights, biases in self.layers]
        widths = [weights.shape for weights, _ in self.layers]
        if not 1 <= len(widths) <= 16:
            raise RefusedError(f"layers: {len(widths)}; expected 1 to 16")
        seen, results = self._inputs(widths[0][0]), outputs_of(self.head, self.speaks)
        if seen not in (len(FEATURES), len(FEATURES + PAIR_FEATURES)) or widths[-1][1] != results:
            raise RefusedError(f"layers: from {seen} numbers to {widths[-1][1]}; expected from "
                               f"{len(FEATURES)} features, or {len(FEATURES + PAIR_FEATURES)} of a pair, to "
                               f"{results} results of {self.head}")
        for place, (weights, biases) in enumerate(self.layers):
            if not 1 <= weights.shape[1] <= 16384:
                raise RefusedError(f"layer {place + 1}: {weights.shape[1]} results; expected 1 to 16384")
            if biases.shape != weights.shape[1:] or (place > 0 and widths[place - 1][1] != weights.shape[0]):
                raise RefusedError(f"layer {place + 1}: weights {weights.shape} and biases {biases.shape} "
                                   "do not fit: weights are inputs x outputs")
        if not 0 <= self.exploration <= 1 or (self.exploration and "worths" not in self.head):
            raise RefusedError(f"exploration: {self.exploration}; 0 to 1, and 0 where worths are not said")
        self.exploration = abs(float(numpy.float32(self.exploration)))
        self.shifts = self._numbers("shifts", numpy.zeros(seen) if self.shifts is None else self.shifts, 1)
        self.scales = self._numbers("scales", numpy.ones(seen) if self.scales is None else self.scales, 1)
        if self.shifts.shape != (seen,) or self.scales.shape != (seen,):
            raise RefusedError(f"shifts and scales: expected {seen} numbers each")
        for name, value in (self.trading or {}).items():
            if TRADING.get(name) is not type(value) or type(value) is int and not -1 << 63 <= value < 1 << 63:
                raise RefusedError(f"trading: {name}={value!r}; expected parameters among "
                                   + ", ".join(f"{key} ({kind.__name__})" for key, kind in TRADING.items()))
        if self._size > MAXIMUM_SIZE:
            raise RefusedError(f"layers: a policy of {self._size} bytes; a scenario has room for {MAXIMUM_SIZE}")

    def _inputs(self, width):
        """How many numbers are seen where so many go into the first layer."""
        if self.memory is None:
            return width
        names = ("weights of what is seen", "weights of what is remembered", "biases of what is seen",
                 "biases of what is remembered")
        if not isinstance(self.memory, (tuple, list)) or len(self.memory) != 4:
            raise RefusedError(f"memory: expected {', '.join(names)}, and no more")
        if not 1 <= width <= 16384:
            raise RefusedError(f"memory: {width} numbers are remembered; expected 1 to 16384")
        self.memory = tuple(self._numbers(f"memory: {name}", values, 1 + (place < 2))
                            for place, (name, values) in enumerate(zip(names, self.memory)))
        seen, remembered, *biases = self.memory
        if seen.shape[1:] != (3 * width,) or remembered.shape != (width, 3 * width) or any(
                numbers.shape != (3 * width,) for numbers in biases):
            raise RefusedError(f"memory: expected weights from features to 3 x {width} numbers, from {width} to 3 x "
                               f"{width}, and 3 x {width} biases of each, since {width} go into the first layer")
        return seen.shape[0]

    @staticmethod
    def _numbers(name, values, dimensions):
        try:
            numbers = numpy.array(values, numpy.float32)
        except (TypeError, ValueError) as error:
            raise RefusedError(f"{name}: expected numbers in {dimensions} dimensions: {error}") from error
        if numbers.ndim != dimensions or not numpy.all(numpy.isfinite(numbers)):
            raise RefusedError(f"{name}: expected finite numbers in {dimensions} dimensions")
        return numbers

    # Bytes

    @property
    def _size(self):
        # 8 bytes of magic; version, layers, inputs, exploration and checksum; activation and head.
        numbers = 2 * len(self.shifts) + sum(part.size for part in self._parts)
        return 8 + 4 * (5 + len(self.layers)) + 2 + (5 if self.memory else 0) + len(self._trading) + 4 * numbers

    @property
    def _parts(self):
        return [*(self.memory or ()), *(part for layer in self.layers for part in layer)]

    @property
    def _trading(self):
        """The bytes of how it trades, names ascending."""
        if self.trading is None:
            return b""
        parts = [struct.pack("<I", len(self.trading))]
        for name, value in sorted((name.encode(), value) for name, value in self.trading.items()):
            parts.append(struct.pack("<I", len(name)) + name)
            if isinstance(value, bool):
                parts.append(struct.pack("<B?", 3, value))
            elif isinstance(value, str):
                text = value.encode()
                parts.append(struct.pack("<BI", 2, len(text)) + text)
            else:
                parts.append(struct.pack("<Bq", 0, value))
        return b"".join(parts)

    @staticmethod
    def _read_trading(data, place):
        """How it trades, and where that ends."""
        count, = struct.unpack_from("<I", data, place)
        place += 4
        trading = {}
        for _ in range(count):
            size, = struct.unpack_from("<I", data, place)
            name, place = data[place + 4:place + 4 + size].decode(), place + 4 + size
            kind, place = data[place], place + 1
            if kind == 2:
                size, = struct.unpack_from("<I", data, place)
                trading[name], place = data[place + 4:place + 4 + size].decode(), place + 4 + size
            else:
                form = {0: "<q", 3: "<?"}[kind]
                trading[name], = struct.unpack_from(form, data, place)
                place += struct.calcsize(form)
        return trading, place

    @property
    def data(self):
        """The bytes of its file."""
        version = MEMORY_VERSION if self.memory else PLAIN_VERSION if self.trading is None else TRADING_VERSION
        parts = [MAGIC, struct.pack("<I", version)]
        if self.memory:
            parts.append(struct.pack("<I", len(self.shifts)))
        parts.append(struct.pack("<II", len(self.layers), len(self.layers[0][0])))
        parts += [struct.pack("<I", weights.shape[1]) for weights, _ in self.layers]
        # Of one layer nobody asks what the others do.
        code = 0 if len(self.layers) == 1 else ACTIVATIONS.index(self.activation)
        head = HEADS.index(self.head) + (SPEAKING if self.speaks else 0)
        parts.append(struct.pack("<BBf", code, head, self.exploration))
        if self.memory:
            parts.append(struct.pack("<?", self.trading is not None))
        parts.append(self._trading)
        parts += [numbers.astype("<f4").tobytes() for numbers in (self.shifts, self.scales, *self._parts)]
        body = b"".join(parts)
        return body + struct.pack("<I", _crc32c(body))

    @property
    def hash(self):
        """Its name: the SHA-256 of its bytes."""
        return hashlib.sha256(self.data).hexdigest()

    def save(self, path, force=False):
        """Writes its file: `tapedeck fork --policy NAME=FILE`, `evaluate`, or `policy = ` of a scenario."""
        with open(os.fspath(path), "wb" if force else "xb") as file:
            file.write(self.data)

    @classmethod
    def load(cls, path):
        """Reads a policy file."""
        with open(os.fspath(path), "rb") as file:
            return cls.of(file.read())

    @classmethod
    def of(cls, data):
        """Reads the bytes of a policy file."""
        if len(data) > MAXIMUM_SIZE:
            raise RefusedError(f"a policy of {len(data)} bytes; a scenario has room for {MAXIMUM_SIZE}")
        data = bytes(data)
        version = struct.unpack_from("<I", data, 8)[0] if len(data) >= 24 and data.startswith(MAGIC) else 0
        if not PLAIN_VERSION <= version <= MEMORY_VERSION:
            raise RefusedError(f"expected a policy of version {PLAIN_VERSION} to {MEMORY_VERSION}, which begins with "
                               f"{MAGIC.decode()}")
        if struct.unpack("<I", data[-4:])[0] != _crc32c(data[:-4]):
            raise RefusedError("the checksum of this policy is wrong: it was cut or altered")
        place = 16 if version == MEMORY_VERSION else 12
        count, = struct.unpack_from("<I", data, place)
        if not 1 <= count <= 16 or len(data) < place + 4 * count + 18:
            raise RefusedError(f"layers: {count}; expected 1 to 16")
        widths = struct.unpack_from(f"<{count + 1}I", data, place + 4)
        place += 8 + 4 * count
        activation, head, exploration = struct.unpack_from("<BBf", data, place)
        place, trading, seen, shapes = place + 6, None, widths[0], []
        if version == MEMORY_VERSION:
            seen, = struct.unpack_from("<I", data, 12)
            shapes = [(seen, 3 * widths[0]), (widths[0], 3 * widths[0]), (3 * widths[0],), (3 * widths[0],)]
            place += 1
        if version == TRADING_VERSION or shapes and data[place - 1]:
            try:
                trading, place = cls._read_trading(data, place)
            except (struct.error, KeyError, IndexError, UnicodeDecodeError) as error:
                raise RefusedError("trading: expected parameters as FORMAT.md, section 4.2, lists them") from error
        for layer in zip(widths, widths[1:]):
            shapes += [layer, layer[1:]]
        size = 2 * seen + sum(math.prod(shape) for shape in shapes)
        speaks, head = divmod(head, SPEAKING)
        if activation >= len(ACTIVATIONS) or speaks > 1 or head >= len(HEADS) or len(data) != place + 4 + 4 * size:
            raise RefusedError(f"expected {place + 4 + 4 * size} bytes, an activation and a head that there are")
        numbers = numpy.frombuffer(data[place:-4], "<f4")
        shifts, scales, rest = numpy.split(numbers, [seen, 2 * seen])
        parts = []
        for shape in shapes:
            part, rest = numpy.split(rest, [math.prod(shape)])
            parts.append(part.reshape(shape))
        memory, parts = (tuple(parts[:4]), parts[4:]) if version == MEMORY_VERSION else (None, parts)
        policy = cls(list(zip(parts[::2], parts[1::2])), ACTIVATIONS[activation], HEADS[head], exploration, shifts,
                     scales, bool(speaks), trading, memory)
        if policy.data != data:
            raise RefusedError("expected a policy in its one form: names of parameters ascend, flags are 0 or 1")
        return policy

    # Acting

    @staticmethod
    def _rows(what, values, width):
        rows = numpy.asarray(values, numpy.float32)
        if rows.shape[-1:] != (width,):
            raise RefusedError(f"{what}: {rows.shape} numbers; expected {width} in each row")
        return rows

    def _seen(self, features):
        features = self._rows("features", features, len(self.shifts))
        return numpy.clip((features - self.shifts) * self.scales, -REACH, REACH)

    def remember(self, features, before=None):
        """What is remembered after one more row of features, or one of each of many; `before` is what was, None where
        an episode begins. Of a policy with a memory: `policy(remembered)` says what comes out of it.
        """
        if self.memory is None:
            raise RefusedError("this policy has no memory: call it with features")
        weights, recall, biases, recall_biases = self.memory
        seen = self._seen(features)
        if before is None:
            before = numpy.zeros(seen.shape[:-1] + recall.shape[:1], numpy.float32)
        before = self._rows("before", before, len(recall))
        given = numpy.split(seen @ weights + biases, 3, axis=-1)
        kept = numpy.split(before @ recall + recall_biases, 3, axis=-1)
        reset, update = (1 / (1 + numpy.exp(-(given[place] + kept[place]))) for place in (0, 1))
        return (1 - update) * numpy.tanh(given[2] + reset * kept[2]) + update * before

    def __call__(self, seen):
        """What comes out of the network for rows of features, or of what is remembered where it has a memory, as
        NumPy computes it.

        Close to what an agent computes, not bit for bit: NumPy's sums depend on the machine.
        """
        rows = (self._seen(seen) if self.memory is None else
                self._rows("what is remembered (see `remember`)", seen, len(self.layers[0][0])))
        act = {"identity": lambda x: x, "tanh": numpy.tanh, "relu": lambda x: numpy.maximum(x, 0),
               "leaky_relu": lambda x: numpy.where(x > 0, x, x / 100),
               "silu": lambda x: x / (1 + numpy.exp(-x))}[self.activation]
        for place, (weights, biases) in enumerate(self.layers):
            rows = rows @ weights + biases
            if place < len(self.layers) - 1:
                rows = act(rows)
        return rows
