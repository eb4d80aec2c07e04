"""The fixture for goldens of one's own."""
import pytest
from conftest import ROOT


def test_a_golden_is_made_again_and_another_seed_is_told(golden_journal, scenario):
    golden = ROOT / "journals/three-agents.tape"
    golden_journal(golden, "record", scenario, "--seed", "7")
    with pytest.raises(pytest.fail.Exception, match="makes another journal"):
        golden_journal(golden, "record", scenario, "--seed", "8")
    with pytest.raises(pytest.fail.Exception, match="--accept-journals"):
        golden_journal(golden.with_name("none.tape"), "record", scenario, "--seed", "7")
