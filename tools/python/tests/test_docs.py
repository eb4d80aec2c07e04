"""The blocks of PYTHON.md, run in order; `# ...` behind a print is what it prints."""
import io
import os
import re
from contextlib import redirect_stdout

import pytest
from conftest import ROOT

BLOCKS = re.findall(r"```python( learners)?\n(.*?)```", (ROOT / "PYTHON.md").read_text(), re.S)


def test_the_blocks_of_the_page_print_what_they_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink(ROOT / "fixtures", tmp_path / "fixtures")
    names = {}
    for learners, block in BLOCKS:
        if learners:
            try:
                import stable_baselines3  # noqa: F401
            except ImportError:
                continue
        out = io.StringIO()
        with redirect_stdout(out):
            exec(block, names)
        expected = re.findall(r"print\(.*\)\s+# (.*)$", block, re.M)
        printed = [line for line in out.getvalue().splitlines() if not line.startswith("effect")]
        assert printed == expected
        if learners:
            assert re.search(r"^effect -?\d+\.\d, 95 % interval", out.getvalue(), re.M)
