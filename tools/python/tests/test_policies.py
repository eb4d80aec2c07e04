"""Policies made in Python: the bytes of FORMAT.md, and agents that act by them."""
import pathlib

import numpy
import pytest

import tapedeck

ROOT = pathlib.Path(__file__).resolve().parents[3]


def made(head="scores", seed=0, widths=(19, 8, 7), **rest):
    numbers = numpy.random.default_rng(seed)
    layers = [(numbers.normal(0, 0.3, shape), numbers.normal(0, 0.1, shape[1])) for shape in zip(widths, widths[1:])]
    return tapedeck.Policy(layers, head=head, **rest)


@pytest.mark.parametrize("name", ["trend", "quotes"])
def test_policy_files_come_back_byte_for_byte(name):
    path = ROOT / "fixtures/policies" / f"{name}.policy"
    policy = tapedeck.Policy.load(path)
    assert policy.data == path.read_bytes()
    assert policy.head == ("scores" if name == "trend" else "numbers")
    assert policy.trading["quantity"] == 2 and policy.trading["instrument"] == "STOCK" and not policy.speaks
    seen = numpy.zeros((3, 19), numpy.float32)
    assert policy(seen).shape == (3, 7 if name == "trend" else 10)


@pytest.mark.parametrize("head, outputs, speaking", [
    ("scores", 7, 21), ("worths", 7, 21), ("dueling_worths", 8, 22), ("numbers", 10, 12), ("plain_numbers", 10, 12)])
@pytest.mark.parametrize("speaks", [False, True])
def test_what_was_made_is_saved_and_read(tmp_path, head, outputs, speaking, speaks):
    policy = made(head, widths=(19, 5, 6, speaking if speaks else outputs), activation="relu",
                  exploration=0.25 if "worths" in head else 0.0, speaks=speaks)
    assert tapedeck.Policy.of(policy.data).speaks == speaks
    policy.trading = {"quantity": 7, "value": "fair", "greedy": True}
    assert tapedeck.Policy.of(policy.data).trading == policy.trading and policy._size == len(policy.data)
    policy.save(tmp_path / "a.policy")
    again = tapedeck.Policy.load(tmp_path / "a.policy")
    assert again.data == policy.data and again.hash == policy.hash and again.head == head
    with pytest.raises(FileExistsError):
        policy.save(tmp_path / "a.policy")


def test_a_policy_of_a_pair_is_saved_and_read():
    policy = made(widths=(24, 5, 7), trading={"instrument": "LEFT", "pair": "RIGHT", "pair_quantity": 3})
    again = tapedeck.Policy.of(policy.data)
    assert again.data == policy.data and again.trading["pair_quantity"] == 3
    assert len(tapedeck.FEATURES + tapedeck.PAIR_FEATURES) == 24 and len(again.shifts) == 24
    with pytest.raises(tapedeck.RefusedError, match="of a pair"):
        made(widths=(21, 7))


def remembering(seed=0, width=6, seen=19, **rest):
    numbers = numpy.random.default_rng(seed)
    shapes = ((seen, 3 * width), (width, 3 * width), (3 * width,), (3 * width,))
    return made(seed=seed, widths=(width, 7), memory=[numbers.normal(0, 0.3, shape) for shape in shapes], **rest)


@pytest.mark.parametrize("trading", [None, {"quantity": 7, "value": "fair"}])
def test_a_policy_with_a_memory_is_saved_and_read(trading):
    policy = remembering(trading=trading)
    again = tapedeck.Policy.of(policy.data)
    assert again.data == policy.data and again.trading == trading and len(policy.data) == policy._size
    assert all((one == other).all() for one, other in zip(again.memory, policy.memory, strict=True))
    rows = numpy.random.default_rng(1).normal(0, 1, (3, 19)).astype(numpy.float32)
    once = policy.remember(rows)
    twice = policy.remember(rows, once)
    assert once.shape == (3, 6) and policy(twice).shape == (3, 7) and numpy.abs(once - twice).min() > 0
    for memory, widths in ((policy.memory, (5, 7)), (policy.memory[:3], (6, 7)),
                           (remembering(seen=24).memory[:1] + policy.memory[1:], (6, 6, 7))):
        with pytest.raises(tapedeck.RefusedError):
            made(widths=widths, memory=memory, shifts=numpy.zeros(19))
    nothing = [numpy.zeros(shape) for shape in ((19, 0), (0, 0), (0,), (0,))]
    for memory in (nothing, 5, iter(()), [[[1], [2, 3]], 1, 2, 3]):
        with pytest.raises(tapedeck.RefusedError, match="memory"):
            tapedeck.Policy([(numpy.zeros((0, 7)), numpy.zeros(7))], memory=memory)
    for call in (lambda: policy(rows), lambda: policy.remember(rows[:, :7]), lambda: policy.remember(rows, rows)):
        with pytest.raises(tapedeck.RefusedError, match="in each row"):
            call()
    with pytest.raises(tapedeck.RefusedError, match="a scenario has room for"):
        tapedeck.Policy.of(bytes(2 << 20))
    with pytest.raises(tapedeck.RefusedError, match="no memory"):
        made().remember(rows)
    for end in range(len(policy.data)):
        with pytest.raises(tapedeck.RefusedError):
            tapedeck.Policy.of(policy.data[:end])


def test_a_memory_is_that_of_pytorch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(3)
    gru, head = torch.nn.GRU(19, 6), torch.nn.Linear(6, 7)
    policy = tapedeck.Policy(
        [(head.weight.detach().T, head.bias.detach())],
        memory=(gru.weight_ih_l0.detach().T, gru.weight_hh_l0.detach().T, gru.bias_ih_l0.detach(),
                gru.bias_hh_l0.detach()))
    rows = numpy.random.default_rng(1).normal(0, 1, (5, 19)).astype(numpy.float32)
    expected = head(gru(torch.tensor(rows)[:, None, :])[0][:, 0]).detach().numpy()
    remembered, said = None, []
    for row in rows:
        remembered = policy.remember(row, remembered)
        said.append(policy(remembered))
    assert numpy.abs(numpy.array(said) - expected).max() < 1e-5


def test_what_does_not_fit_is_refused():
    for change in ({"activation": "tahn"}, {"head": "score"}, {"exploration": 0.5}, {"shifts": numpy.zeros(3)},
                   {"widths": (19, 8, 6)}, {"widths": (18, 7)}, {"scales": numpy.full(19, numpy.nan)}):
        with pytest.raises(tapedeck.RefusedError):
            made(**change)
    with pytest.raises(tapedeck.RefusedError, match="inputs x outputs"):
        tapedeck.Policy([(numpy.zeros((19, 8)), numpy.zeros(9)), (numpy.zeros((8, 7)), numpy.zeros(7))])
    with pytest.raises(tapedeck.RefusedError, match="a scenario has room for"):
        made(widths=(19, 640, 640, 7))
    for trading in ({"quanity": 5}, {"quantity": 5.0}, {"quantity": 1 << 70}, {"value": 3}, {3: 4},
                    {"quantity": numpy.int32(3)}, {"greedy": 1}):
        with pytest.raises(tapedeck.RefusedError, match="trading"):
            made(trading=trading)
    assert made()._size == len(made().data)
    data = bytearray(made().data)
    for place in range(0, len(data), 7):
        altered = bytearray(data)
        altered[place] ^= 4
        with pytest.raises(tapedeck.RefusedError):
            tapedeck.Policy.of(altered)
    with pytest.raises(tapedeck.RefusedError):
        tapedeck.Policy.of(data[:-5])


@pytest.mark.parametrize("actions, words", [("discrete", (0, 7, 14)), ("quotes", (0.5, 0.75, -1.0))])
def test_who_speaks_is_heard(scenario, tmp_path, actions, words):
    """One agent says something, the other sees it, and the tape has what was said."""
    env = tapedeck.MarketParallelEnv(
        scenario, ["MM_01", "Trend_01"], actions=actions, observations="features", signal_to="Trend_01",
        heeds_signals=True)
    width = {"discrete": (), "quotes": (6,)}[actions]
    assert env.action_space("MM_01").shape == width
    signal = tapedeck.FEATURES.index("signal")
    env.reset(seed=3)
    heard = []
    for word in [words[index % 3] for index in range(30)]:
        said = word if actions == "discrete" else numpy.array([0, 0, -1, -1, 0, word], numpy.float32)
        silent = 0 if actions == "discrete" else numpy.array([0, 0, -1, -1, 0, 0], numpy.float32)
        seen, *_ = env.step({"MM_01": said, "Trend_01": silent})
        heard.append(seen["Trend_01"][signal])
    assert {-1.0, 1.0} <= set(heard)
    env.record(tmp_path / "said.tape")
    assert len(tapedeck.open(tmp_path / "said.tape").events("messageSent")["time"]) == 20
    with pytest.raises(tapedeck.RefusedError, match="signal_to"):
        tapedeck.MarketEnv(scenario, "Trend_01", signal_to="nobody")


@pytest.mark.parametrize("remembers", [False, True])
def test_an_agent_of_a_tape_does_what_the_policy_did_here(scenario, tmp_path, remembers):
    """Driven step by step from Python, and as an agent of a scenario: the same trades."""
    policy = (remembering if remembers else made)(seed=3, scales=numpy.full(19, 0.1))
    policy.save(tmp_path / "mine.policy")
    env = tapedeck.MarketEnv(scenario, "Trend_01", seed=5, observations="features")
    assert env.observation_space.shape == (len(tapedeck.FEATURES),)
    seen, _ = env.reset(seed=5)
    ended, remembered = False, None
    while not ended:
        if remembers:
            seen = remembered = policy.remember(seen, remembered)
        seen, _, _, ended, _ = env.step(int(numpy.argmax(policy(seen[None])[0])))
    env.record(tmp_path / "driven.tape")
    text = pathlib.Path(scenario).read_text()
    first, last = (text.index(f'[[agents]]\nname = "{name}"') for name in ("Trend_01", "Arb_01"))
    agent = f"""[[agents]]
name = "Trend_01"
type = "policy"
policy = "{tmp_path / 'mine.policy'}"
cash = "0.00"
wake_every = "1s"
parameters = {{ greedy = true, quantity = 5, maximum_inventory = 100, half_spread = 25 }}

"""
    (tmp_path / "own.toml").write_text(text[:first] + agent + text[last:])
    own = tapedeck.Session(tmp_path / "own.toml", {}, seed=5)
    own.run()
    own.record(tmp_path / "own.tape")
    trades = [tapedeck.open(tmp_path / f"{name}.tape").events("orderFilled") for name in ("driven", "own")]
    assert len(trades[0]["time"]) > 50
    for column in ("time", "price", "quantity"):
        assert list(trades[0][column]) == list(trades[1][column])


def test_a_pair_is_driven_and_forked(tmp_path):
    """Whatever is done in the first, the second follows; a fork knows what was seen before it."""
    pairs = ROOT / "fixtures/scenarios/pairs.toml"
    driving = {"observations": "features", "instrument": "LEFT", "pair": "RIGHT", "pair_quantity": 10}
    env = tapedeck.MarketEnv(pairs, "Pair_01", seed=3, **driving)
    assert env.observation_space.shape == (len(tapedeck.FEATURES + tapedeck.PAIR_FEATURES),)
    env.reset(seed=3)
    numbers = numpy.random.default_rng(3)
    for _ in range(40):
        seen, *_ = env.step(int(numbers.integers(7)))
    fork = env.fork("silence = []")
    for _ in range(20):
        action = int(numbers.integers(7))
        seen, reward, *_ = env.step(action)
        again, other, *_ = fork.step(action)
        assert (seen == again).all() and reward == other
    held = dict(zip(tapedeck.FEATURES + tapedeck.PAIR_FEATURES, seen))
    assert held["inventory"] != 0 and held["pair_inventory"] != 0
    assert held["inventory"] * held["pair_inventory"] < 0
    env.record(tmp_path / "pair.tape")
    assert tapedeck.open(tmp_path / "pair.tape").verify("V5")
    for change in ({"pair": "LEFT"}, {"pair": "MIDDLE"}, {"observations": "fields"}, {"pair": None}):
        with pytest.raises(tapedeck.RefusedError, match="pair"):
            tapedeck.MarketEnv(pairs, "Pair_01", **{**driving, **change})
