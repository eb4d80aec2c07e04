"""The common order flow as `tapedeck bench --write-flow` writes it, and what it comes to.

`market_data` is a matching engine without any hurry: it says what a feed would have shown of the
flow, and its trades' hash, which must be that of every engine measured on this flow.
"""
import collections

import numpy

RECORD = numpy.dtype([("id", "<u8"), ("price", "<u4"), ("quantity", "<u4"), ("type", "u1"),
                      ("side", "u1"), ("zeros", "u1", (6,))])
LIMIT, CANCEL, MARKETABLE = 0, 1, 2
BUY, SELL = 0, 1
# One row for each thing that a feed shows: which message it is of, what, of which order.
SHOWN = numpy.dtype([("message", "<u4"), ("kind", "u1"), ("side", "u1"), ("price", "<u4"),
                     ("quantity", "<u4"), ("level", "<u4"), ("id", "<u8")])
ADDED, CANCELLED, FILLED_PARTLY, FILLED_WHOLLY = 0, 1, 2, 3


def load(path):
    """The messages of a flow."""
    return numpy.fromfile(path, RECORD)


def instants(count):
    """When each message comes, in nanoseconds: 1 + exponential ones, 20,000 on average."""
    with numpy.errstate(over="ignore"):
        state = numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        state += numpy.uint64(1)
        state = (state ^ state >> numpy.uint64(30)) * numpy.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ state >> numpy.uint64(27)) * numpy.uint64(0x94D049BB133111EB)
        state ^= state >> numpy.uint64(31)
    uniform = ((state >> numpy.uint64(11)).astype(float) + 0.5) * 2.0**-53
    return numpy.cumsum(1 + (-20_000 * numpy.log(uniform)).astype(numpy.int64))


class FillHash:
    """FNV-1a over the resting order's number and price x 1,000,003 + quantity of each trade."""

    def __init__(self):
        self.value = 1_469_598_103_934_665_603

    def add(self, order, price, quantity):
        for word in (order, price * 1_000_003 + quantity):
            self.value = (self.value ^ word) * 1_099_511_628_211 & 0xFFFF_FFFF_FFFF_FFFF

    def __str__(self):
        return f"{self.value:016x}"


def market_data(flow):
    """What a feed shows of a flow, in order, and the hash of its trades."""
    rows, fills = [], FillHash()
    left, levels = {}, collections.Counter()
    queues = ({}, {})
    for message, (order, price, quantity, kind, side, _) in enumerate(flow.tolist()):
        if kind == MARKETABLE:
            take(message, price, quantity, side, queues, left, levels, rows, fills)
        elif kind == LIMIT:
            left[order] = quantity
            levels[side, price] += quantity
            queues[side].setdefault(price, collections.deque()).append(order)
            rows.append((message, ADDED, side, price, quantity, levels[side, price], order))
        else:
            # The queue keeps the number; whoever is not in `left` is passed over.
            gone = left.pop(order)
            levels[side, price] -= gone
            rows.append((message, CANCELLED, side, price, gone, levels[side, price], order))
    return numpy.array(rows, SHOWN), str(fills)


def take(message, limit, quantity, side, queues, left, levels, rows, fills):
    """Trades a marketable order against the other side, best price first."""
    other = 1 - side
    while quantity > 0:
        best = (min if other == SELL else max)(queues[other])
        queue = queues[other][best]
        while queue and queue[0] not in left:
            queue.popleft()
        if not queue:
            del queues[other][best]
            continue
        order = queue[0]
        traded = min(quantity, left[order])
        quantity -= traded
        left[order] -= traded
        levels[other, best] -= traded
        fills.add(order, best, traded)
        kind = FILLED_PARTLY if left[order] else FILLED_WHOLLY
        if kind == FILLED_WHOLLY:
            del left[order]
            queue.popleft()
        rows.append((message, kind, other, best, traded, levels[other, best], order))
