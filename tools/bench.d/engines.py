"""Other engines and simulators on the common order flow, each by its own interface."""
import time

import numpy

import flow as common


def measured(did, against, messages, seconds, **more):
    """What one thing took, in processor time of this process."""
    return {"did": did, "against": against, "messages": messages, "seconds": seconds, **more}


def bourse(flow, folder):
    """Price-time priority needs a `set_time` before each message: the time orders the queue."""
    import bourse.core

    messages = list(zip((flow["type"] == common.CANCEL).tolist(), flow["id"].tolist(),
                        (flow["side"] == common.BUY).tolist(), flow["price"].tolist(),
                        flow["quantity"].tolist()))
    book = bourse.core.OrderBook(0, 1)
    set_time, cancel, place = book.set_time, book.cancel_order, book.place_order
    start = time.process_time()
    for index, (is_cancel, order, is_bid, price, quantity) in enumerate(messages):
        set_time(index)
        if is_cancel:
            cancel(order - 1)
        else:
            place(is_bid, quantity, 0, price=price)
    seconds = time.process_time() - start
    fills = common.FillHash()
    for _, _, price, quantity, _, passive in book.get_trades():
        fills.add(passive + 1, price, quantity)
    yield measured("OrderBook, a Python loop: matches", "exchange", len(flow), seconds,
                   fill_hash=str(fills))


def bourse_batches(flow, folder):
    """The messages of a batch come in random order, so that it trades otherwise."""
    import bourse.core

    is_cancel = flow["type"] == common.CANCEL
    columns = (numpy.where(is_cancel, 2, 1).astype(numpy.uint32), flow["side"] == common.BUY,
               flow["quantity"].astype(numpy.uint32), numpy.zeros(len(flow), numpy.uint32),
               flow["price"].astype(numpy.uint32),
               numpy.where(is_cancel, flow["id"] - 1, 0).astype(numpy.uint64))
    environment = bourse.core.StepEnvNumpy(1, 0, 1, 1_000_000)
    start = time.process_time()
    for first in range(0, len(flow), 1000):
        environment.submit_instructions(tuple(c[first:first + 1000] for c in columns))
        environment.step()
    yield measured("StepEnvNumpy, batches of 1,000: matches, shuffled", "exchange", len(flow),
                   time.process_time() - start)


def hft_events(shown, by_order):
    """A feed as hftbacktest wants it: levels, or single orders."""
    from hftbacktest import types

    trades = shown["kind"] >= common.FILLED_PARTLY
    if by_order:
        names = [types.ADD_ORDER_EVENT, types.CANCEL_ORDER_EVENT, types.MODIFY_ORDER_EVENT,
                 types.CANCEL_ORDER_EVENT]
        first, first_kind = shown[trades], types.FILL_EVENT
        kinds = numpy.array(names, numpy.uint64)[shown["kind"]]
    else:
        # Who takes is on the other side of who rests.
        first, first_kind = shown[trades].copy(), types.TRADE_EVENT
        first["side"] = 1 - first["side"]
        kinds = numpy.full(len(shown), types.DEPTH_EVENT, numpy.uint64)
    # A trade first, then what it leaves in the book.
    rows = numpy.concatenate([first, shown])
    kinds = numpy.concatenate([numpy.full(len(first), first_kind, numpy.uint64), kinds])
    places = numpy.concatenate([numpy.flatnonzero(trades) * 2, numpy.arange(len(shown)) * 2 + 1])
    order = numpy.argsort(places, kind="stable")
    rows, kinds = rows[order], kinds[order]
    is_trade = kinds == first_kind
    events = numpy.zeros(len(rows), types.event_dtype)
    sides = numpy.array([types.BUY_EVENT, types.SELL_EVENT], numpy.uint64)[rows["side"]]
    events["ev"] = kinds | sides | numpy.uint64(types.EXCH_EVENT | types.LOCAL_EVENT)
    times = 1_700_000_000_000_000_000 + rows["message"].astype(numpy.int64) * 1000
    events["exch_ts"], events["local_ts"] = times, times + 100
    events["px"] = rows["price"]
    if by_order:
        left = remaining(rows)
        partly = kinds == types.MODIFY_ORDER_EVENT
        events["qty"] = numpy.where(partly, left, rows["quantity"])
        events["order_id"] = rows["id"]
    else:
        events["qty"] = numpy.where(is_trade, rows["quantity"], rows["level"])
    return events


def remaining(rows):
    """What is left of each row's order after it, where it was filled partly."""
    left, result = {}, numpy.zeros(len(rows))
    for index, row in enumerate(rows[["kind", "id", "quantity"]].tolist()):
        kind, order, quantity = row
        if kind == common.ADDED:
            left[order] = quantity
        elif kind == common.FILLED_PARTLY:
            # Twice in `rows`: the trade itself, then what it leaves.
            if index and rows[index - 1]["id"] == order and rows[index - 1]["kind"] == kind:
                result[index] = left[order]
            else:
                left[order] -= quantity
    return result


def best_prices(shown):
    """The best prices at the end of a feed."""
    levels = {}
    for side, price, level in shown[["side", "price", "level"]].tolist():
        levels[side, price] = level
    return (max(price for (side, price), level in levels.items() if level and side == common.BUY),
            min(price for (side, price), level in levels.items() if level and side == common.SELL))


def hftbacktest(kind):
    """A backtest without a strategy: its depth follows the feed, in steps of 1,000 messages."""

    def run(flow, folder):
        import hftbacktest as hft
        from numba import njit

        @njit
        def advance(backtest):
            steps = 0
            while backtest.elapse(1_000_000) == 0:
                steps += 1
                backtest.clear_last_trades(0)
            return steps

        shown = numpy.load(folder / "shown.npy")
        # The array must outlive the backtest: hftbacktest keeps only its address.
        events = hft_events(shown, by_order=kind == "L3")

        def make(part):
            asset = (hft.BacktestAsset().data([part]).linear_asset(1.0)
                     .constant_order_latency(1000, 1000).no_partial_fill_exchange()
                     .tick_size(1.0).lot_size(1.0).last_trades_capacity(10_000))
            if kind == "L3":
                asset = asset.l3_fifo_queue_model()
            else:
                asset = asset.risk_adverse_queue_model()
            if kind == "L2 in a vector":
                asset = asset.roi_lb(9000.0).roi_ub(11000.0)
                return hft.ROIVectorMarketDepthBacktest([asset])
            return hft.HashMapMarketDepthBacktest([asset])

        few = events[:2000].copy()
        warm = make(few)
        advance(warm)
        warm.close()
        backtest = make(events)
        start = time.process_time()
        advance(backtest)
        seconds = time.process_time() - start
        depth = backtest.depth(0)
        if (depth.best_bid, depth.best_ask) != best_prices(shown):
            raise ValueError(f"hftbacktest, {kind}: another book than the flow's at the end")
        backtest.close()
        yield measured(f"backtest, {kind}: follows a feed, does not match", "replay", len(flow),
                       seconds)

    return run
