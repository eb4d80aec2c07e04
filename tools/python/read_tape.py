"""Reads a tape, written from FORMAT.md alone.

    python3 read_tape.py TAPE             one JSON object per event
    python3 read_tape.py --verify TAPE    one line about the whole tape

Needs Python 3.9 and the package `lz4`.
"""

import argparse
import hashlib
import json
import os
import pathlib
import struct
import sys

MAXIMUM_RAW = 4 << 20
MAXIMUM_EVENTS = 16_384
MAXIMUM_SEQUENCE = 1 << 62
MAXIMUM_TIME = 1 << 62
MAXIMUM_SPAN = 1 << 50
MAXIMUM_INLINE = 32 << 10
MAXIMUM_VALUE = 256 << 20
CHUNK_PART = 1 << 20
GENESIS, CHUNK, EVENTS, SEAL = 1, 2, 3, 4
ORDER_SUBMITTED, TARGETING, COMMANDS = 2, (3, 4), range(2, 7)


class TapeError(Exception):
    """Bytes that are no tape, or a damaged one."""


def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC_TABLE = crc_table()


def crc32c(data):
    table, crc = CRC_TABLE, 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def signed(value):
    """The two's complement value of the lowest 64 bits."""
    value &= 0xFFFFFFFFFFFFFFFF
    return value - (1 << 64) if value >> 63 else value


def check(condition, message):
    if not condition:
        raise TapeError(message)


class Reader:
    """Reads values one after the other; never beyond the end."""

    def __init__(self, data):
        self.data = data
        self.offset = 0

    def raw(self, count):
        check(count <= len(self.data) - self.offset, f"{count} bytes expected at byte {self.offset} of the payload")
        start = self.offset
        self.offset += count
        return self.data[start : self.offset]

    def number(self, layout):
        return struct.unpack("<" + layout, self.raw(struct.calcsize("<" + layout)))[0]

    def u8(self):
        return self.number("B")

    def u32(self):
        return self.number("I")

    def u64(self):
        return self.number("Q")

    def i64(self):
        return self.number("q")

    def boolean(self):
        value = self.u8()
        check(value <= 1, "a flag that is neither 0 nor 1")
        return value == 1

    def sized(self, limit):
        count = self.u32()
        check(count <= limit, f"a length of {count}, more than {limit}")
        return self.raw(count)

    def text(self, limit=1 << 16):
        try:
            return self.sized(limit).decode("utf-8")
        except UnicodeDecodeError:
            raise TapeError("a text that is no UTF-8")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            check(shift < 63 or byte <= 1, "a varint of more than 64 bits")
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                check(byte or not shift, "a varint that is longer than needed")
                return value
            shift += 7

    def zigzag(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def end(self):
        check(self.offset == len(self.data), f"{len(self.data) - self.offset} bytes too many")


# Columns (section 7)


def zigzag_size(value):
    return max(1, ((value << 1 ^ value >> 63).bit_length() + 6) // 7)


def blocks_size(values):
    size = 0
    for start in range(0, len(values), 128):
        block = values[start : start + 128]
        width = (max(block) - min(block)).bit_length()
        size += zigzag_size(min(block)) + 1 + (len(block) * width + 7) // 8
    return size


def varint_size(value):
    return max(1, (value.bit_length() + 6) // 7)


def common_of(values):
    """The value that more than half have, where the others stand, and the bytes that takes; or None (7.2)."""
    value = max(set(values), key=values.count)
    others = [index for index, other in enumerate(values) if other != value]
    if 2 * len(others) >= len(values):
        return None
    gaps = [place - before - 1 for before, place in zip([-1] + others, others)]
    size = zigzag_size(value) + varint_size(len(others)) + blocks_size(gaps)
    return size + blocks_size([values[place] for place in others])


LOGARITHMS = [0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 13, 14, 14, 15, 15, 15, 16]


def logarithm(value):
    exponent = value.bit_length() - 1
    return 16 * exponent + LOGARITHMS[value << 5 >> exponent & 31]


def bucket(offset):
    if offset < 16:
        return offset
    exponent = offset.bit_length() - 1
    return 16 * (exponent - 3) + (offset >> exponent - 4 & 15)


def choose_bins(values):
    """The bins of some values as (low, high, count), by the rule of 7.3."""
    smallest, total = min(values), logarithm(len(values))

    def cost(low, high, count):
        return count * (16 * (high - low).bit_length() + total - logarithm(count)) + 416

    leaves = {}
    for offset in sorted(value - smallest for value in values):
        low, _, count = leaves.get(bucket(offset), (offset, offset, 0))
        leaves[bucket(offset)] = (low, offset, count + 1)
    nodes = {place: (cost(*leaf), leaf, [leaf]) for place, leaf in leaves.items()}
    for _ in range(10):
        parents = {}
        for place, node in sorted(nodes.items()):
            if place >> 1 not in parents:
                parents[place >> 1] = node
                continue
            sum_of_both, left, bins = parents[place >> 1]
            sum_of_both, bins = sum_of_both + node[0], bins + node[2]
            joined = (left[0], node[1][1], left[2] + node[1][2])
            if cost(*joined) <= sum_of_both:
                sum_of_both, bins = cost(*joined), [joined]
            parents[place >> 1] = (sum_of_both, joined, bins)
        nodes = parents
    return nodes[0][2]


def code_lengths(counts, total):
    """The length of each bin's code (7.3)."""
    queue = [(max(count, total // 1024), number) for number, count in enumerate(counts)]
    parents = {}
    while len(queue) > 1:
        queue.sort()
        (first, left), (second, right) = queue[:2]
        node = len(counts) + len(parents) // 2
        parents[left] = parents[right] = node
        queue = queue[2:] + [(first + second, node)]
    lengths = []
    for number in range(len(counts)):
        length = 0
        while number in parents:
            number, length = parents[number], length + 1
        lengths.append(length)
    return lengths


def bins_size(values, weigh):
    """The bytes that bins of a sample count for, or None where there are too many."""
    bins = choose_bins(values)
    if len(bins) > 256:
        return None
    size = zigzag_size(min(values)) + 1 + len(bins)
    size += sum(varint_size(after[0] - before[0] - 1) for before, after in zip(bins, bins[1:]))
    if len(bins) > 1:
        lengths = code_lengths([count for _, _, count in bins], len(values))
        size += (len(bins) + 1) // 2
    size = weigh(size)
    if len(bins) > 1:
        size += (sum(length * count for length, (_, _, count) in zip(lengths, bins)) + 7) // 8
    return size + (sum((high - low).bit_length() * count for low, high, count in bins) + 7) // 8


def rice_width(values):
    """How many of the lowest bits follow the zeros and the one (7.4)."""
    smallest = min(values)
    mean = sum(min(value - smallest, 1 << 48) for value in values) // len(values)
    return min(max(mean.bit_length() - 1, 0), 38)


def rice_size(values, weigh):
    """The bytes that Rice codes of a sample count for."""
    smallest, width = min(values), rice_width(values)
    units = [value - smallest >> width for value in values]
    bits = sum(unit + 1 + width if unit < 24 else 88 for unit in units)
    return weigh(zigzag_size(smallest) + 1) + (bits + 7) // 8


def sample_of(values):
    """All of up to 256 values; else four runs of 64, evenly spread."""
    if len(values) <= 256:
        return values
    return [value for run in range(4) for value in values[run * len(values) // 4 :][:64]]


def best_encoding(values, may_bin):
    """The encoding that a writer takes (7, the choice)."""
    deltas = [signed(after - before) for before, after in zip(values, values[1:])]
    if not any(deltas):
        return 0
    sample, delta_sample = sample_of(values), sample_of(deltas)

    def weigh(size):
        return size * len(sample) // len(values)

    head, packed, delta = weigh(zigzag_size(values[0])), blocks_size(sample), blocks_size(delta_sample)
    sizes = [(packed, 1), (head + delta, 2)]
    for size, encoding in ((common_of(sample), 3), (common_of(delta_sample), 4)):
        if size is not None:
            sizes.append((size + (head if encoding == 4 else 0), encoding))
    if packed <= 2 * delta:
        sizes.append((rice_size(sample, weigh), 7))
    if delta <= 2 * packed:
        sizes.append((head + rice_size(delta_sample, weigh), 8))
    fewest = min(sizes)[0]
    if may_bin and 8 * min(packed, delta) >= len(sample):
        if packed <= 2 * delta and (size := bins_size(sample, weigh)) is not None:
            sizes.append((size, 5))
        if delta <= 2 * packed and (size := bins_size(delta_sample, weigh)) is not None:
            sizes.append((head + size, 6))
    return min((size, encoding) for size, encoding in sizes if encoding not in (5, 6) or 8 * size <= 7 * fewest)[1]


def read_blocks(reader, count):
    values = []
    while len(values) < count:
        size = min(128, count - len(values))
        smallest = reader.zigzag()
        width = reader.u8()
        check(width <= 64, f"a width of {width}")
        bits = int.from_bytes(reader.raw((size * width + 7) // 8), "little")
        check(bits >> size * width == 0, "a block whose last bits are not zero")
        mask = (1 << width) - 1
        offsets = [bits >> index * width & mask for index in range(size)]
        check(min(offsets) == 0 and max(offsets).bit_length() == width, "a block that is not in its shortest form")
        check(smallest + max(offsets) < 1 << 63, "a block beyond 64 bits")
        values += [smallest + offset for offset in offsets]
    return values


def read_common(reader, count):
    value, other_count = reader.zigzag(), reader.varint()
    check(other_count < count, f"{other_count} others of {count}")
    gaps, others = read_blocks(reader, other_count), read_blocks(reader, other_count)
    values, place = [value] * count, -1
    for gap, other in zip(gaps, others):
        place += gap + 1
        check(gap >= 0 and place < count and other != value, "an other that is out of place")
        values[place] = other
    return values


class Bits:
    """Bits, lowest first, of bytes that are taken once it is known how many there are."""

    def __init__(self, reader):
        self.reader = reader
        self.used = 0

    def take(self, width):
        """The number in the next bits, up to 64; zeros are behind the last byte."""
        start = self.reader.offset + self.used // 8
        window = int.from_bytes(self.reader.data[start : start + 9], "little")
        value = window >> self.used % 8 & (1 << width) - 1
        self.used += width
        return value

    def end(self):
        taken = int.from_bytes(self.reader.raw((self.used + 7) // 8), "little")
        check(taken >> self.used == 0, "last bits that are not zero")


def read_members(reader, count, bins):
    """The bin of each value."""
    if bins == 1:
        return [0] * count, []
    nibbles = reader.raw((bins + 1) // 2)
    lengths = [nibbles[index // 2] >> 4 * (index % 2) & 15 for index in range(bins)]
    check(bins % 2 == 0 or nibbles[-1] >> 4 == 0, "a nibble too many")
    check(all(1 <= length <= 14 for length in lengths), "a code's length")
    check(sum(1 << 14 - length for length in lengths) == 1 << 14, "codes that are not complete")
    codes, code, before = {}, 0, 0
    for length, number in sorted((length, number) for number, length in enumerate(lengths)):
        code <<= length - before
        codes[length, code] = number
        code, before = code + 1, length
    members, bits = [], Bits(reader)
    for _ in range(count):
        code = length = 0
        while (length, code) not in codes:
            check(length < 14, "a code of more than 14 bits")
            code, length = code << 1 | bits.take(1), length + 1
        members.append(codes[length, code])
    bits.end()
    return members, lengths


def read_bins(reader, count):
    check(count > 0, "bins of no values")
    smallest, bins = reader.zigzag(), reader.u8() + 1
    lows = [0]
    for _ in range(bins - 1):
        lows.append(lows[-1] + 1 + reader.varint())
    check(lows[-1] < 1 << 64, "a low beyond 64 bits")
    widths = list(reader.raw(bins))
    check(max(widths) <= 64, "a width above 64")
    members, lengths = read_members(reader, count, bins)
    bits = Bits(reader)
    values = [signed(smallest + lows[member] + bits.take(widths[member])) for member in members]
    bits.end()
    chosen = choose_bins(values)
    if len(chosen) > 256:
        chosen = [(chosen[0][0], chosen[-1][1], count)]
    check([low for low, _, _ in chosen] == lows, "bins that are not those of the rule")
    check([(high - low).bit_length() for low, high, _ in chosen] == widths, "widths of bins")
    check(bins == 1 or code_lengths([c for _, _, c in chosen], count) == lengths, "lengths of codes")
    return values


def read_rice(reader, count):
    check(count > 0, "Rice codes of no values")
    smallest, width = reader.zigzag(), reader.u8()
    check(width <= 38, f"a width of {width}")
    values, bits = [], Bits(reader)
    for _ in range(count):
        zeros = 0
        while zeros < 24 and not bits.take(1):
            zeros += 1
        offset = bits.take(64) if zeros == 24 else zeros << width | bits.take(width)
        check(zeros < 24 or offset >> width >= 24, "a value that is not in its shortest form")
        values.append(smallest + offset)
    bits.end()
    check(min(values) == smallest and max(values) < 1 << 63, "a smallest value that does not occur")
    check(width == rice_width(values), "a width that is not that of the rule")
    return values


READERS = {1: read_blocks, 2: read_blocks, 3: read_common, 4: read_common, 5: read_bins, 6: read_bins, 7: read_rice, 8: read_rice}


def read_column(reader, count, may_bin=False):
    if count == 0:
        return []
    encoding = reader.u8()
    check(encoding <= 8 and (may_bin or encoding not in (5, 6)), f"column encoding {encoding}")
    if encoding == 0:
        values = [reader.zigzag()] * count
    elif encoding % 2 == 1:
        values = READERS[encoding](reader, count)
    else:
        values = [reader.zigzag()]
        for delta in READERS[encoding](reader, count - 1):
            values.append(signed(values[-1] + delta))
    check(encoding == best_encoding(values, may_bin), "a column that is not in its smallest encoding")
    return values


# Genesis (section 4)


class Genesis:
    def __init__(self, raw, find_table=None):
        reader = Reader(raw)
        self.revision = reader.u32()
        self.start = reader.i64()
        self.tick_length = reader.i64()
        check(0 <= self.start <= MAXIMUM_TIME, "a start beyond its limits")
        check(1 <= self.tick_length <= MAXIMUM_SPAN, "a tick length beyond its limits")
        self.digest_interval = reader.u32()
        origin = reader.u8()
        check(origin <= 2, f"origin {origin}")
        self.is_fork = origin == 1
        self.schemas = {}
        start = reader.offset
        count = reader.u8()
        if self.is_fork and count == 0:
            self.schemas = find_table and find_table(reader.raw(8))
            check(self.schemas, "the parent, which lists the kinds, is not beside the fork")
        for _ in range(count):
            self.read_schema(reader)
        self.table_name = hashlib.sha256(raw[start:reader.offset]).digest()[:8]
        self.shared = 0
        if self.is_fork:
            self.read_fork(reader)
        else:
            self.scenario = reader.sized(MAXIMUM_RAW)
            if origin == 2:
                self.read_flattened(reader)
        reader.end()

    def tick(self, time):
        return (time - self.start) // self.tick_length

    def read_schema(self, reader):
        kind, revision, flags = reader.u8(), reader.u8(), reader.u8()
        check(kind > max(self.schemas, default=0), "kinds that do not ascend")
        check(flags <= 7, "unknown flags of a kind")
        name, count, fields = reader.text(255), reader.u8(), []
        check(count <= 16, f"{count} fields")
        for position in range(count):
            field, shown, code, base = reader.text(255), reader.u8(), reader.u8(), reader.u8()
            check(shown <= 21 and code <= 6 and base < 16, "an unknown type or reference")
            check(2 <= code <= 5 or base == 0, "a reference field where none is referred to")
            check(code != 2 or base < position, "a reference to a later field")
            fields.append((field, code, base))
        codes = [code for _, code, _ in fields]
        check(kind > 6 or not {3, 4, 5} & set(codes), "a command that refers to its cause")
        check(codes.count(6) <= 1, "two running fields of a kind")
        self.schemas[kind] = (name, revision, flags, fields)

    def read_flattened(self, reader):
        depth, tick, shared = reader.u32(), None, 0
        check(1 <= depth <= 64, f"{depth} flattened forks")
        for number in range(1, depth + 1):
            before = (tick, shared)
            self.read_fork(reader)
            tick, shared = self.fork_tick, self.shared
            check(self.depth == number, "flattened forks out of order")
            check(number == 1 or (tick >= before[0] and shared >= before[1]),
                  "flattened forks out of order")
        self.shared = 0  # all events are on this tape

    def read_fork(self, reader):
        self.parent = reader.raw(32)
        has_identity, identity = reader.boolean(), reader.raw(16)
        check(has_identity or not any(identity), "an identity that does not count")
        self.fork_tick = reader.i64()
        self.shared = reader.i64()
        check(0 <= self.shared <= MAXIMUM_SEQUENCE, "a shared count beyond its limits")
        self.parent_chain = reader.raw(16)
        self.remainder = reader.raw(32)
        self.depth = reader.u8()
        check(1 <= self.depth <= 64, f"a depth of {self.depth}")
        held = reader.u32()
        check(held <= 1 << 20, f"{held} held agents")
        self.held = [reader.text() for _ in range(held)]
        count = reader.u32()
        check(count <= 1 << 16, f"{count} interventions")
        self.interventions = []
        for _ in range(count):
            code = reader.u8()
            check(1 <= code <= 11, f"intervention {code}")
            self.interventions.append((code, reader.sized(MAXIMUM_RAW)))
        self.training = reader.sized(MAXIMUM_RAW)


# Events frames (section 6)


def base_of(reference, field, events, index, genesis):
    """What the stored field of an event is a difference from."""
    event = events[index]
    if reference == 0:
        return 0
    if reference == 1:
        return genesis.tick(event["time"])
    if reference == 2:
        return event["fields"][field]
    if not 0 < event["distance"] <= index:
        return 0
    cause = events[index - event["distance"]]
    kinds = {3: COMMANDS, 4: (ORDER_SUBMITTED,), 5: TARGETING}[reference]
    if cause["kind"] not in kinds or field >= len(cause["fields"]):
        return 0
    return cause["fields"][field]


def read_group(reader, events, members, schema, genesis, values):
    _, _, flags, fields = schema
    for _, reference, field in fields:
        for index, stored in zip(members, read_column(reader, len(members), bool(flags & 4))):
            base = 0 if reference == 6 else base_of(reference, field, events, index, genesis)
            word = signed(base - stored if reference == 1 else stored + base)
            events[index]["fields"].append(word)
    if not flags & 2:
        return
    for index, size in zip(members, read_column(reader, len(members))):
        check(0 <= size >> 1 <= MAXIMUM_INLINE, "the size of a payload")
        payload = reader.raw(size >> 1)
        if size & 1:
            check(len(payload) == 32, "the size of a hash")
            # A chunk that a fork's ancestor has is not here.
            check(genesis.is_fork or payload in values, f"the chunk {payload.hex()} is missing")
            payload = values.get(payload)
        events[index]["payload"] = payload


def read_digest_record(reader):
    reader.u64()
    check(reader.boolean() | (reader.u64() == 0), "a memory root that does not count")


def read_frame_digests(reader):
    read_digest_record(reader)
    reader.raw(8 * reader.u8())
    count, last = reader.u32(), -1
    check(count <= 1 << 20, f"{count} memories")
    for _ in range(count):
        agent = reader.number("i")
        check(agent > last, "agents that do not ascend")
        last = agent
        reader.u64()


def read_order(reader, header, genesis):
    """The kind of each event, and how many events back its cause is (6, 6.1)."""
    count, group_count, first = header["count"], reader.u8(), reader.u8()
    rows = {}
    for _ in range(group_count):
        kind, revision = reader.u8(), reader.u8()
        check(kind in genesis.schemas and kind > max(rows, default=0), f"the group of kind {kind}")
        check(revision == genesis.schemas[kind][1], f"the revision of kind {kind}")
        rows[kind] = reader.varint()
        check(0 < rows[kind] <= count, f"{rows[kind]} rows")
    check(sum(rows.values()) == count, "rows that do not add up")
    last, following, stored = reader.u8(), {}, {}
    for kind in rows:
        may_bin = bool(genesis.schemas[kind][2] & 4)
        following[kind] = iter(read_column(reader, rows[kind] - (kind == last), may_bin))
        stored[kind] = iter(read_column(reader, rows[kind], may_bin))
    kinds, distances, kind = [], [], first
    for index in range(count):
        code = next(stored.get(kind, iter(())), None)
        check(code is not None and code >= 0, f"event {index} is of kind {kind}")
        guess = (distances[-1] if distances else 0) + 1
        distance = 0 if code == 0 else guess if code == 1 else code - 1 if code <= guess else code
        check(distance <= header["sequence"] + index, "a cause that does not precede its effect")
        kinds.append(kind)
        distances.append(distance)
        if index + 1 < count:
            kind = next(following[kind], None)
            check(kind in rows, f"what follows on event {index}")
    check(kinds[-1] == last, "the kind of the last event")
    return rows, kinds, distances


def read_events(raw, header, genesis, values):
    reader = Reader(raw)
    count = header["count"]
    rows, kinds, distances = read_order(reader, header, genesis)
    stored = {kind: iter(read_column(reader, rows[kind], bool(genesis.schemas[kind][2] & 4))) for kind in rows}
    events, groups = [], {kind: [] for kind in rows}
    before = genesis.start + header["tick"] * genesis.tick_length
    for index, (kind, distance) in enumerate(zip(kinds, distances)):
        base = events[index - distance]["time"] if 0 < distance <= index else before
        time = signed(base + next(stored[kind]))
        check(0 <= time <= MAXIMUM_TIME, "a time beyond its limits")
        check(index == 0 or time >= before, "a time that falls")
        before = time
        events.append({"kind": kind, "time": time, "distance": distance, "fields": [], "payload": None})
        groups[kind].append(index)
    check(genesis.tick(events[0]["time"]) == header["tick"], "a first tick that is not the header's")
    for kind in groups:
        end = reader.u32() + reader.offset
        read_group(reader, events, groups[kind], genesis.schemas[kind], genesis, values)
        check(reader.offset == end, f"the length of the group of kind {kind}")
    latest = 0
    for event in events:
        for position, (_, reference, _) in enumerate(genesis.schemas[event["kind"]][3]):
            if reference == 6:
                latest = event["fields"][position] = signed(latest + event["fields"][position])
    checkpoints, last = reader.u32(), -1
    check(checkpoints <= count + 1, f"{checkpoints} checkpoints")
    for _ in range(checkpoints):
        position = reader.u32()
        check(last < position <= count, "checkpoints that do not ascend")
        last = position
        read_digest_record(reader)
    read_frame_digests(reader)
    reader.end()
    return events


# The tape (sections 2, 3, 5, 10)


class Tape:
    """Walks through a tape; `status` is known once `events` has come to its end."""

    def __init__(self, file):
        self.file = file
        self.size = os.fstat(file.fileno()).st_size
        self.index = 0
        self.offset = 64
        self.status = "open"
        self.chain = bytes(16)
        self.sequence = 0
        self.tick = None
        self.values = {}
        self.pending = None
        header = file.read(64)
        check(len(header) == 64 and header[:8] == b"\x89TAPE\r\n\x1a", "this is no tape")
        major, minor, features = struct.unpack_from("<HHI", header, 8)
        check(crc32c(header[:60]) == struct.unpack_from("<I", header, 60)[0], "the file header is damaged")
        check(not any(header[52:60]), "reserved bytes of the file header are not zero")
        check(major == 1 and features == 0, f"version {major}.{minor} with features {features} cannot be read")
        self.session = header[20:52]

    def read_header(self):
        data = self.file.read(64)
        check(len(data) == 64, "the file ends within a frame header")
        check(data[:4] == b"TFRM", "no frame begins here")
        check(crc32c(data[:60]) == struct.unpack_from("<I", data, 60)[0], "the header checksum does not match")
        names = ("kind", "codec", "zero", "stored", "raw", "sequence", "tick", "count", "checksum", "chain", "index")
        header = dict(zip(names, struct.unpack_from("<BBHIIqqII16sI", data, 4)))
        stored, raw = header["stored"], header["raw"]
        check(header["kind"] in (GENESIS, CHUNK, EVENTS, SEAL), f"frame kind {header['kind']}")
        check(header["codec"] <= 1, f"codec {header['codec']}")
        check(header["zero"] == 0, "reserved bytes are not zero")
        check(raw <= MAXIMUM_RAW, f"a raw length of {raw}")
        check(stored <= raw + raw // 255 + 16 and raw <= 255 * stored + 64, f"{raw} bytes from {stored}")
        check(header["codec"] == 1 or raw == stored, f"{raw} bytes stored as {stored}")
        check(header["count"] <= MAXIMUM_EVENTS, f"{header['count']} events")
        check((header["kind"] == EVENTS) == (header["count"] > 0), "events where none may be, or none")
        check(0 <= header["sequence"] <= MAXIMUM_SEQUENCE, f"sequence {header['sequence']}")
        return header

    def read_payload(self, header):
        stored = self.file.read(header["stored"])
        padding = self.file.read(-header["stored"] % 8)
        check(len(stored) + len(padding) == header["stored"] + -header["stored"] % 8, "the file ends within a frame")
        check(crc32c(stored) == header["checksum"], "the payload checksum does not match")
        check(not any(padding), "the padding is not zero")
        if header["codec"] == 0:
            return stored
        import lz4.block

        try:
            raw = lz4.block.decompress(stored, uncompressed_size=header["raw"])
        except lz4.block.LZ4BlockError:
            raise TapeError("the payload does not decompress")
        check(len(raw) == header["raw"], "the payload has another length")
        return raw

    def check_place(self, header, raw):
        check(header["index"] == self.index, f"frame {header['index']} where {self.index} was expected")
        check((header["kind"] == GENESIS) == (self.index == 0), "the genesis is the first frame, and only that")
        check(self.index == 0 or header["sequence"] == self.sequence, f"event {header['sequence']} does not follow")
        check(self.tick is None or header["tick"] >= self.tick, f"tick {header['tick']} after {self.tick}")
        text = struct.pack("<BqqI", header["kind"], header["sequence"], header["tick"], header["count"])
        self.chain = hashlib.sha256(self.chain + text + raw).digest()[:16]
        check(self.chain == header["chain"], "the chain is broken")

    def take_genesis(self, raw, header):
        check(hashlib.sha256(raw).digest() == self.session, "the session id is not that of the genesis")
        self.genesis = Genesis(raw, self.find_table)
        check(header["sequence"] == self.genesis.shared, "the tape begins at another event")

    def find_table(self, name):
        """The kinds that a tape beside this one lists under that name."""
        for path in sorted(pathlib.Path(self.file.name).parent.glob("*.tape")):
            with open(path, "rb") as file:
                try:
                    other = Tape(file)
                    genesis = Genesis(other.read_payload(other.read_header()))
                except TapeError:
                    continue
                if genesis.table_name == name:
                    return genesis.schemas
        return None

    def take_chunk(self, raw):
        reader = Reader(raw)
        digest, size, start = reader.raw(32), reader.u64(), reader.u64()
        part = raw[48:]
        check(MAXIMUM_INLINE < size <= MAXIMUM_VALUE, f"a value of {size} bytes")
        if self.pending is None:
            self.pending = (digest, size, bytearray())
        check(self.pending[:2] == (digest, size) and start == len(self.pending[2]), "parts that are not in order")
        check(len(part) == min(CHUNK_PART, size - start), f"a part of {len(part)} bytes")
        self.pending[2].extend(part)
        if len(self.pending[2]) == size:
            value = bytes(self.pending[2])
            check(hashlib.sha256(value).digest() == digest, "a value with another hash")
            self.values[digest] = value
            self.pending = None

    def take_seal(self, raw, header):
        reader = Reader(raw)
        check(reader.i64() == header["sequence"], "the seal counts other events")
        check(reader.u32() == header["index"], "the seal counts other frames")
        reader.i64()
        self.status = "salvaged" if reader.boolean() else "sealed"
        if reader.boolean():
            read_frame_digests(reader)
        reader.end()

    def events(self):
        """All events, in order; raises `TapeError` at the first damage."""
        while self.offset < self.size:
            try:
                check(self.status == "open", "bytes after the seal")
                header = self.read_header()
                raw = self.read_payload(header)
                self.check_place(header, raw)
                found = []
                if header["kind"] == GENESIS:
                    self.take_genesis(raw, header)
                elif header["kind"] == CHUNK:
                    self.take_chunk(raw)
                elif header["kind"] == EVENTS:
                    found = read_events(raw, header, self.genesis, self.values)
                else:
                    self.take_seal(raw, header)
            except TapeError as error:
                raise TapeError(f"frame {self.index} at byte {self.offset}: {error}")
            for position, event in enumerate(found):
                yield header["sequence"] + position, event
            self.sequence = header["sequence"] + header["count"]
            self.tick = header["tick"]
            self.index += 1
            self.offset = self.file.tell()
        check(self.index > 0, f"frame 0 at byte {self.offset}: the file ends before the genesis")


def line_of(sequence, event, genesis):
    name, _, has_payload, fields = genesis.schemas[event["kind"]]
    distance = event["distance"]
    line = {"sequence": sequence, "tick": genesis.tick(event["time"]), "time": event["time"], "kind": name}
    line["cause"] = sequence - distance if distance else None
    for (field, _, _), value in zip(fields, event["fields"]):
        line[field] = value
    if has_payload:
        line["payload"] = None if event["payload"] is None else event["payload"].hex()
    return line


def main(arguments):
    parser = argparse.ArgumentParser(description="Prints the events of a tape, one JSON object a line.")
    parser.add_argument("tape")
    parser.add_argument("--verify", action="store_true", help="check everything, print one line")
    options = parser.parse_args(arguments)
    try:
        with open(options.tape, "rb") as file:
            tape = Tape(file)
            count = 0
            for sequence, event in tape.events():
                count += 1
                if not options.verify:
                    print(json.dumps(line_of(sequence, event, tape.genesis), separators=(",", ":")))
            if options.verify:
                print(f"{tape.status}: {tape.index} frames, {count} events, chain {tape.chain.hex()}")
    except (TapeError, OSError) as error:
        print(f"{options.tape}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
