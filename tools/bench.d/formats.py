"""Other formats with the messages of the common order flow: written, then read again.

They hold the messages alone (instant, id, price, quantity, type, side). A tape holds the messages
and everything that the exchange answered; writing it includes deciding that, reading it includes
following it and comparing digests.
"""
import shutil
import time

import numpy

import flow as common
from engines import measured


def size(path):
    """The bytes of a file, or of all files of a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size


def timed(body):
    """What it took the second time, in processor time, and what it gave."""
    body()
    start = time.process_time()
    result = body()
    return time.process_time() - start, result


def both(name, flow_count, written, read, path):
    """The two measures of one format; `written` and `read` are (what, messages, body)."""
    what, count, body = written
    seconds, _ = timed(body)
    yield measured(f"{name}: writes {what}", "tape", count, seconds,
                   bytes_per_message=size(path) / count)
    what, count, body = read
    seconds, found = timed(body)
    if found != count:
        raise ValueError(f"{name}: {found} of {count} messages came back")
    yield measured(f"{name}: reads {what}", "replay", count, seconds)


def parquet(flow, folder):
    import pyarrow
    import pyarrow.parquet

    pyarrow.set_cpu_count(1)
    table = pyarrow.table({"time": common.instants(len(flow)), **{
        key: numpy.ascontiguousarray(flow[key])
        for key in ("id", "price", "quantity", "type", "side")}})
    deltas = {key: "DELTA_BINARY_PACKED" for key in ("time", "id", "price", "quantity")}
    path = folder / "flow.parquet"
    yield from both(
        "Parquet, zstd, differences", len(flow),
        ("columns", len(flow), lambda: pyarrow.parquet.write_table(
            table, path, compression="zstd", use_dictionary=False, column_encoding=deltas)),
        ("columns", len(flow), lambda: pyarrow.parquet.read_table(
            path, use_threads=False).num_rows), path)


def mcap(flow, folder):
    from mcap.reader import NonSeekingReader
    from mcap.writer import CompressionType, Writer

    count = min(len(flow), 200_000)
    path = folder / "flow.mcap"
    packed = numpy.zeros(count, [("time", "<u8"), ("record", common.RECORD)])
    packed["time"], packed["record"] = common.instants(count), flow[:count]
    messages = [(int(row["time"]), row.tobytes()) for row in packed]

    def write():
        with open(path, "wb") as file:
            writer = Writer(file, compression=CompressionType.LZ4)
            writer.start()
            schema = writer.register_schema("message", "raw", b"")
            channel = writer.register_channel("/flow", "raw", schema)
            for instant, record in messages:
                writer.add_message(channel, instant, record, instant)
            writer.finish()

    def read():
        with open(path, "rb") as file:
            return sum(1 for _ in NonSeekingReader(file).iter_messages(log_time_order=False))

    yield from both("MCAP in Python, lz4", count, ("messages", count, write),
                    ("messages", count, read), path)


MBO = numpy.dtype([
    ("length", "u1"), ("rtype", "u1"), ("publisher", "<u2"), ("instrument", "<u4"),
    ("time", "<u8"), ("id", "<u8"), ("price", "<i8"), ("size", "<u4"), ("flags", "u1"),
    ("channel", "u1"), ("action", "u1"), ("side", "u1"), ("received", "<u8"), ("delta", "<i4"),
    ("sequence", "<u4")])


def dbn(flow, folder):
    """pip's package decodes only, so that the records are laid out here, and not in the time."""
    import databento_dbn
    import zstandard

    rows = numpy.zeros(len(flow), MBO)
    times = 1_700_000_000_000_000_000 + common.instants(len(flow))
    rows["length"], rows["rtype"] = MBO.itemsize // 4, 0xA0
    rows["publisher"], rows["instrument"], rows["flags"] = 1, 1, 128
    rows["time"], rows["received"], rows["delta"] = times, times + 1000, 500
    rows["id"], rows["size"] = flow["id"], flow["quantity"]
    rows["price"] = flow["price"].astype(numpy.int64) * 10_000_000
    rows["action"] = numpy.frombuffer(b"ACA", numpy.uint8)[flow["type"]]
    rows["side"] = numpy.frombuffer(b"BA", numpy.uint8)[flow["side"]]
    rows["sequence"] = numpy.arange(len(flow))
    metadata = databento_dbn.Metadata(
        dataset="XNAS.ITCH", start=int(times[0]), end=int(times[-1]) + 1,
        stype_in=databento_dbn.SType.RAW_SYMBOL, stype_out=databento_dbn.SType.INSTRUMENT_ID,
        schema=databento_dbn.Schema.MBO, symbols=["FLOW"], partial=[], not_found=[], mappings=[])
    head = bytes(metadata.encode())
    path = folder / "flow.dbn.zst"

    def compressed(count):
        return zstandard.ZstdCompressor(level=3).compress(head + rows[:count].tobytes())

    def unpacked():
        return zstandard.ZstdDecompressor().decompress(path.read_bytes())

    def decode():
        decoder = databento_dbn.DBNDecoder()
        decoder.write(unpacked())
        return sum(isinstance(each, databento_dbn.MBOMsg) for each in decoder.decode())

    yield from both(
        "DBN, zstd", len(flow),
        ("prepared records", len(flow), lambda: path.write_bytes(compressed(len(flow)))),
        ("into an array", len(flow),
         lambda: (len(unpacked()) - len(head)) // MBO.itemsize), path)
    # Objects are many times larger than records.
    few = min(len(flow), 200_000)
    path.write_bytes(compressed(few))
    seconds, found = timed(decode)
    if found != few:
        raise ValueError(f"DBN: {found} of {few} messages came back")
    yield measured("DBN, zstd: reads into objects", "replay", few, seconds)


def lrvx(flow, folder):
    """Its tape holds trades and levels, not orders: each message goes in as a trade."""
    import lrvx as package

    path = folder / "flow.lrvx"
    times = common.instants(len(flow))
    columns = (times, times, flow["price"].astype(float), flow["quantity"].astype(float),
               flow["id"].astype(numpy.uint64), numpy.ones(len(flow), numpy.uint32),
               flow["side"].astype(numpy.uint8))

    def write():
        # A writer adds to what is there.
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        writer = package.DataWriter(str(path), compression="lz4")
        count = writer.write_trades(*columns)
        writer.close()
        if count != len(flow):
            raise ValueError(f"lrvx: {count} of {len(flow)} messages were written")

    yield from both("lrvx tape, lz4", len(flow), ("trades", len(flow), write),
                    ("trades", len(flow),
                     lambda: len(package.DataReader(str(path)).read_trades())), path)
