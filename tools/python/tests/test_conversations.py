"""Functions as agents: the same as programs, refused where wrong, on a tape like any other."""
import json
import pathlib
import subprocess
import sys

import numpy
import pytest

import tapedeck
from tapedeck.tapes import run

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "fixtures/agents"


class Program:
    """A program of AGENTS.md, spoken to by a function."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, cwd=FOLDER, text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _tell(self, line):
        self.process.stdin.write(json.dumps(line, separators=(",", ":")) + "\n")
        return json.loads(self.process.stdout.readline())

    def hello(self, line):
        assert self._tell(line)["type"] == "ready"

    def __call__(self, turn):
        return self._tell(turn)["commands"]

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def test_a_function_decides_as_the_same_program_does(tmp_path):
    run("record", FOLDER / "session.toml", "-o", tmp_path / "programs.tape")
    agents = {"Python": Program(sys.executable, "maker.py"), "Shell": Program("./every-tenth.sh")}
    session = tapedeck.Session(FOLDER / "session.toml", agents, seed=7)
    assert session.run() and session.run()
    session.record(tmp_path / "functions.tape")
    for program in agents.values():
        program.end()
    ours, theirs = tapedeck.open(tmp_path / "functions.tape"), tapedeck.open(tmp_path / "programs.tape")
    assert len(ours) == len(theirs) and (ours.events() == theirs.events()).all()
    assert ours.verify("V5")["level"] == "V5"


def crosses(turn):
    """Buys at any price, every third turn."""
    if turn["turn"] % 3 == 0:
        yield {"kind": "placeOrder", "side": "buy", "type": "market", "quantity": 2}


def test_the_same_functions_give_the_same_tape_and_any_tick_is_a_place_to_stop(short, tmp_path):
    tapes = []
    for stops in ((), (3, 3, 11, 25)):
        session = tapedeck.Session(short, {"Trend_01": crosses}, seed=5)
        for tick in stops:
            assert not session.run(until=tick) and session.tick >= tick
        assert session.run()
        path = tmp_path / f"{len(tapes)}.tape"
        session.record(path)
        tapes.append(path.read_bytes())
        assert tapedeck.open(path).verify("V5")
    assert tapes[0] == tapes[1]
    with pytest.raises(tapedeck.TroubleError, match="exists"):
        session.record(path)
    orders = tapedeck.open(path).events("orderSubmitted")
    mine = orders[orders["agent"] == tapedeck.open(path).agents.index("Trend_01")]
    assert len(mine) > 5 and numpy.all(mine["quantity"] == 2)


def test_a_scenario_may_be_text(short):
    text = pathlib.Path(short).read_text()
    sessions = [tapedeck.Session(given, {"Trend_01": crosses}, seed=5) for given in (short, text)]
    assert [session.run() for session in sessions] == [True, True]
    assert sessions[0].digest == sessions[1].digest
    env, same = (tapedeck.MarketEnv(given, "Trend_01", seed=5) for given in (short, text))
    assert env.reset(seed=5)[1] == same.reset(seed=5)[1]
    with pytest.raises(tapedeck.RefusedError, match="scenario:3"):
        tapedeck.Session(text.replace("\n", "\nticks = = 3\n", 1).replace("\n", "\n\n", 1), {}, seed=1)


def test_what_is_wrong_is_refused_and_the_turn_waits(short):
    answers = [None]
    session = tapedeck.Session(short, {"Trend_01": lambda turn: answers[-1]}, seed=5)
    session.run(until=4)
    before = session.digest
    order = {"kind": "placeOrder", "side": "buy", "price": 10_000, "quantity": 1}
    for wrong, words in (
        ([{"kind": "placeOrdr"}], "command 1: kind"),
        ([order, order | {"quantity": 1.5}], "command 2: quantity"),
        ([order | {"price": float("nan")}], "Out of range|not JSON compliant"),
        ([order | {"price": 1 << 80}], "price"),
        (7, "a list of dictionaries"),
        ([order] * 5000, "at most 4096"),
        ([object()], "interpreted as an integer"),
    ):
        answers.append(wrong)
        with pytest.raises(tapedeck.RefusedError, match=words) as refused:
            session.run()
        assert f"Trend_01, tick {session.tick}: " in str(refused.value)
        assert session.digest == before

    def fails(turn):
        raise ZeroDivisionError

    other = tapedeck.Session(short, {"Trend_01": fails}, seed=5)
    with pytest.raises(ZeroDivisionError):
        other.run()
    answers.append([order])
    assert session.run()
    for agents, words in (({"Nobody": crosses}, "Nobody"), ({"Trend_01": 3}, "callable")):
        with pytest.raises(tapedeck.RefusedError, match=words):
            tapedeck.Session(short, agents, seed=1)
    with pytest.raises(tapedeck.RefusedError, match="a program decides for Shell"):
        tapedeck.Session(FOLDER / "session.toml", {"Python": crosses}, seed=1)
    with pytest.raises(tapedeck.RefusedError, match="a program decides for Python"):
        tapedeck.MarketEnv(FOLDER / "session.toml", "Shell")
    session.close()
    session.close()
    with pytest.raises(tapedeck.ClosedError):
        session.run()


def test_who_asks_within_its_turn_is_turned_away_from_another_thread(short):
    seen = []

    def asks(turn):
        seen.append(session.tick)  # between two calls of the library: nothing is held

    session = tapedeck.Session(short, {"Trend_01": asks}, seed=5)
    assert session.run() and len(seen) > 5


def test_run_within_run_is_refused_and_what_agents_raise_is_theirs(short):
    def again(turn):
        session.run()

    session = tapedeck.Session(short, {"Trend_01": again}, seed=5)
    with pytest.raises(tapedeck.BusyError, match="within an agent"):
        session.run()

    def fails(turn):
        yield {}
        raise TypeError("of its own")

    other = tapedeck.Session(short, {"Trend_01": fails}, seed=5)
    with pytest.raises(TypeError, match="of its own"):
        other.run()

    def closes(turn):
        third.close()

    third = tapedeck.Session(short, {"Trend_01": closes}, seed=5)
    with pytest.raises(tapedeck.ClosedError):
        third.run()
    whole = tapedeck.Session(short, {"Trend_01": lambda turn: [
        {"kind": "placeOrder", "side": "buy", "type": "market", "quantity": numpy.int64(1)}]}, seed=5)
    assert whole.run()
