"""Reads a tape, written from FORMAT.md alone.

    python3 read_tape.py TAPE             one JSON object per event
    python3 read_tape.py --verify TAPE    one line about the whole tape

Needs Python 3.9 and the package `lz4`.
"""

import argparse
import hashlib
import json
import os
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


def best_encoding(values):
    deltas = [signed(after - before) for before, after in zip(values, values[1:])]
    changes = [delta for delta in deltas if delta]
    if not changes:
        return 0
    head = zigzag_size(values[0])
    sizes = (
        blocks_size(values),
        head + blocks_size(deltas),
        head + (len(deltas) + 7) // 8 + blocks_size(changes),
    )
    return 1 + sizes.index(min(sizes))


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


def read_column(reader, count):
    if count == 0:
        return []
    encoding = reader.u8()
    if encoding == 0:
        values = [reader.zigzag()] * count
    elif encoding == 1:
        values = read_blocks(reader, count)
    elif encoding in (2, 3):
        first = reader.zigzag()
        if encoding == 2:
            deltas = read_blocks(reader, count - 1)
        else:
            bitmap = int.from_bytes(reader.raw((count + 6) // 8), "little")
            check(bitmap >> count - 1 == 0, "a bitmap whose last bits are not zero")
            changes = iter(read_blocks(reader, bin(bitmap).count("1")))
            deltas = [next(changes) if bitmap >> index & 1 else 0 for index in range(count - 1)]
            check(all((delta != 0) == (bitmap >> index & 1) for index, delta in enumerate(deltas)), "a change of zero")
        values = [first]
        for delta in deltas:
            values.append(signed(values[-1] + delta))
    else:
        raise TapeError(f"column encoding {encoding}")
    check(encoding == best_encoding(values), "a column that is not in its smallest encoding")
    return values


# Genesis (section 4)


class Genesis:
    def __init__(self, raw):
        reader = Reader(raw)
        self.revision = reader.u32()
        self.start = reader.i64()
        self.tick_length = reader.i64()
        check(0 <= self.start <= MAXIMUM_TIME, "a start beyond its limits")
        check(1 <= self.tick_length <= MAXIMUM_SPAN, "a tick length beyond its limits")
        self.digest_interval = reader.u32()
        self.schemas = {}
        for _ in range(reader.u8()):
            self.read_schema(reader)
        origin = reader.u8()
        check(origin <= 1, f"origin {origin}")
        self.is_fork = origin == 1
        self.shared = 0
        if self.is_fork:
            self.read_fork(reader)
        else:
            self.scenario = reader.sized(MAXIMUM_RAW)
        reader.end()

    def tick(self, time):
        return (time - self.start) // self.tick_length

    def read_schema(self, reader):
        kind, revision, flags = reader.u8(), reader.u8(), reader.u8()
        check(kind > max(self.schemas, default=0), "kinds that do not ascend")
        check(flags <= 3, "unknown flags of a kind")
        name, count, fields = reader.text(255), reader.u8(), []
        check(count <= 16, f"{count} fields")
        for position in range(count):
            field, shown, code, base = reader.text(255), reader.u8(), reader.u8(), reader.u8()
            check(shown <= 20 and code <= 5 and base < 16, "an unknown type or reference")
            check(code > 1 or base == 0, "a reference field where none is referred to")
            check(code != 2 or base < position, "a reference to a later field")
            fields.append((field, code, base))
        self.schemas[kind] = (name, revision, bool(flags & 2), fields)

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
            check(1 <= code <= 4, f"intervention {code}")
            self.interventions.append((code, reader.sized(MAXIMUM_RAW)))


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
    _, _, has_payload, fields = schema
    for _, reference, field in fields:
        for index, stored in zip(members, read_column(reader, len(members))):
            base = base_of(reference, field, events, index, genesis)
            word = signed(base - stored if reference == 1 else stored + base)
            events[index]["fields"].append(word)
    if not has_payload:
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


def read_events(raw, header, genesis, values):
    reader = Reader(raw)
    count, first = header["count"], header["sequence"]
    kinds = reader.raw(count)
    times = read_column(reader, count)
    distances = read_column(reader, count)
    events, groups, last = [], {}, 0
    for index in range(count):
        check(0 <= times[index] <= MAXIMUM_TIME, "a time beyond its limits")
        check(times[index] >= last, "a time that falls")
        last = times[index]
        check(0 <= distances[index] <= first + index, "a cause that does not precede its effect")
        events.append(
            {"kind": kinds[index], "time": times[index], "distance": distances[index], "fields": [], "payload": None}
        )
        groups.setdefault(kinds[index], []).append(index)
    check(genesis.tick(times[0]) == header["tick"], "a first tick that is not the header's")
    check(reader.u8() == len(groups), "the count of groups")
    for kind in sorted(groups):
        check(reader.u8() == kind and kind in genesis.schemas, f"the group of kind {kind}")
        schema = genesis.schemas[kind]
        check(reader.u8() == schema[1], f"the revision of {schema[0]}")
        end = reader.u32() + reader.offset
        read_group(reader, events, groups[kind], schema, genesis, values)
        check(reader.offset == end, f"the length of the group of {schema[0]}")
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
        self.genesis = Genesis(raw)
        check(header["sequence"] == self.genesis.shared, "the tape begins at another event")

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
