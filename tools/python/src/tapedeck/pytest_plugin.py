"""A pytest fixture for goldens of one's own.

    def test_my_market(golden_journal):
        golden_journal("goldens/market.tape", "record", "market.toml", "--seed", "7")

The command is run again, and must make the same journal; `pytest --accept-journals` keeps what it
makes instead.
"""
import os
import pathlib
import shutil

import pytest


def pytest_addoption(parser):
    parser.addoption("--accept-journals", action="store_true",
                     help="keep golden journals as they are made now")


@pytest.fixture
def golden_journal(request, tmp_path):
    """Checks that a `tapedeck` command, without -o, makes the journal that is kept in a file."""
    from .tapes import CommandError, Tape, run

    accepts = request.config.getoption("--accept-journals")

    def check(path, *command):
        kept, made = pathlib.Path(path), tmp_path / pathlib.Path(path).name
        run(*command, "-o", made, "--force", accept=(0, 1, 3))
        if accepts or not kept.exists():
            if not accepts:
                pytest.fail(f"{kept}: is not there; keep it with: pytest --accept-journals")
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, kept)
            return
        try:
            difference = Tape(kept).diff(made)
        except CommandError as error:
            pytest.fail(f"{kept}: {error}")
        if Tape(kept).info()["identity"] != Tape(made).info()["identity"]:
            again = " ".join(map(os.fspath, map(str, command)))
            pytest.fail(f"{kept}: `tapedeck {again}` makes another journal: {difference}")

    return check
