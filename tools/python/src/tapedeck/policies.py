"""Policies: networks that were trained anywhere, as files that agents of a tape act by.

FORMAT.md, section 4.5, has the bytes.
"""
import dataclasses
import hashlib
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
# Of a policy with parameters of how it trades, and of one without.
MAGIC, VERSION, PLAIN_VERSION, REACH = b"TDPOLICY", 4, 3, 10.0
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

    def __post_init__(self):
        for name, word, words in (("activation", self.activation, ACTIVATIONS), ("head", self.head, HEADS)):
            if word not in words:
                raise RefusedError(f"{name}: {word!r}; expected one of {', '.join(words)}")
        self.layers = [(self._numbers("weights", weights, 2), self._numbers("biases", biases, 1))
                       for weights, biases in self.layers]
        widths = [weights.shape for weights, _ in self.layers]
        if not 1 <= len(widths) <= 16:
            raise RefusedError(f"layers: {len(widths)}; expected 1 to 16")
        seen, results = widths[0][0], outputs_of(self.head, self.speaks)
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

    @staticmethod
    def _numbers(name, values, dimensions):
        numbers = numpy.array(values, numpy.float32)
        if numbers.ndim != dimensions or not numpy.all(numpy.isfinite(numbers)):
            raise RefusedError(f"{name}: expected finite numbers in {dimensions} dimensions")
        return numbers

    # Bytes

    @property
    def _size(self):
        # 8 bytes of magic; version, layers, inputs, exploration and checksum; activation and head.
        numbers = 2 * len(self.shifts) + sum(weights.size + biases.size for weights, biases in self.layers)
        return 8 + 4 * (5 + len(self.layers)) + 2 + len(self._trading) + 4 * numbers

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
        version = PLAIN_VERSION if self.trading is None else VERSION
        parts = [MAGIC, struct.pack("<II", version, len(self.layers)),
                 struct.pack("<I", len(self.shifts))]
        parts += [struct.pack("<I", weights.shape[1]) for weights, _ in self.layers]
        # Of one layer nobody asks what the others do.
        code = 0 if len(self.layers) == 1 else ACTIVATIONS.index(self.activation)
        head = HEADS.index(self.head) + (SPEAKING if self.speaks else 0)
        parts.append(struct.pack("<BBf", code, head, self.exploration))
        parts.append(self._trading)
        parts += [numbers.astype("<f4").tobytes() for numbers in (self.shifts, self.scales)]
        for weights, biases in self.layers:
            parts += [weights.astype("<f4").tobytes(), biases.astype("<f4").tobytes()]
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
        data = bytes(data)
        versions = (PLAIN_VERSION, VERSION)
        if len(data) < 24 or not data.startswith(MAGIC) or struct.unpack_from("<I", data, 8)[0] not in versions:
            raise RefusedError(f"expected a policy of version {PLAIN_VERSION} or {VERSION}, which begins with "
                               f"{MAGIC.decode()}")
        if struct.unpack("<I", data[-4:])[0] != _crc32c(data[:-4]):
            raise RefusedError("the checksum of this policy is wrong: it was cut or altered")
        count, = struct.unpack_from("<I", data, 12)
        place = 20 + 4 * count
        if not 1 <= count <= 16 or len(data) < place + 10:
            raise RefusedError(f"layers: {count}; expected 1 to 16")
        widths = struct.unpack_from(f"<{count + 1}I", data, 16)
        activation, head, exploration = struct.unpack_from("<BBf", data, place)
        place, trading = place + 6, None
        if struct.unpack_from("<I", data, 8)[0] == VERSION:
            try:
                trading, place = cls._read_trading(data, place)
            except (struct.error, KeyError, IndexError, UnicodeDecodeError) as error:
                raise RefusedError("trading: expected parameters as FORMAT.md, section 4.2, lists them") from error
        size = 2 * widths[0] + sum((inputs + 1) * outputs for inputs, outputs in zip(widths, widths[1:]))
        speaks, head = divmod(head, SPEAKING)
        if activation >= len(ACTIVATIONS) or speaks > 1 or head >= len(HEADS) or len(data) != place + 4 + 4 * size:
            raise RefusedError(f"expected {place + 4 + 4 * size} bytes, an activation and a head that there are")
        numbers = numpy.frombuffer(data[place:-4], "<f4")
        shifts, scales, rest = numpy.split(numbers, [widths[0], 2 * widths[0]])
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            weights, biases, rest = numpy.split(rest, [inputs * outputs, (inputs + 1) * outputs])
            layers.append((weights.reshape(inputs, outputs), biases))
        policy = cls(layers, ACTIVATIONS[activation], HEADS[head], exploration, shifts, scales, bool(speaks), trading)
        if policy.data != data:
            raise RefusedError("expected a policy in its one form: names of parameters ascend, flags are 0 or 1")
        return policy

    # Acting

    def __call__(self, features):
        """What comes out of the network for rows of features, as NumPy computes it.

        Close to what an agent computes, not bit for bit: NumPy's sums depend on the machine.
        """
        rows = numpy.clip((numpy.asarray(features, numpy.float32) - self.shifts) * self.scales, -REACH, REACH)
        act = {"identity": lambda x: x, "tanh": numpy.tanh, "relu": lambda x: numpy.maximum(x, 0),
               "leaky_relu": lambda x: numpy.where(x > 0, x, x / 100),
               "silu": lambda x: x / (1 + numpy.exp(-x))}[self.activation]
        for place, (weights, biases) in enumerate(self.layers):
            rows = rows @ weights + biases
            if place < len(self.layers) - 1:
                rows = act(rows)
        return rows
