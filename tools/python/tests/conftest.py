import pathlib

import pytest

pytest_plugins = ["tapedeck.pytest_plugin"]
ROOT = pathlib.Path(__file__).resolve().parents[3]


@pytest.fixture
def scenario():
    """Three agents trade one stock for 1,000 ticks."""
    return str(ROOT / "fixtures/scenarios/three-agents.toml")


@pytest.fixture
def short(tmp_path):
    """The same for 40 ticks, with latencies."""
    text = (ROOT / "fixtures/scenarios/latency.toml").read_text()
    lines = ["ticks = 40" if line.startswith("ticks") else line for line in text.splitlines()]
    path = tmp_path / "short.toml"
    path.write_text("\n".join(lines))
    return str(path)
