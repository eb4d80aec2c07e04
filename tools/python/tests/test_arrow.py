"""Arrow columns, read by whoever is installed."""
import gc

import numpy
import pytest
from conftest import ROOT

import tapedeck
import tapedeck.arrow


@pytest.fixture
def tape():
    return tapedeck.open(ROOT / "journals/three-agents.tape")


def test_pyarrow_reads_the_columns_and_lets_them_go(tape):
    pyarrow = pytest.importorskip("pyarrow")
    lent = len(tapedeck.arrow._lent)
    for _ in range(50):
        batch = pyarrow.record_batch(tape.arrow("orderFilled"))
        fills = tape.events("orderFilled")
        for name in fills.dtype.names:
            numpy.testing.assert_array_equal(batch.column(name).to_numpy(), fills[name])
    unused = tape.arrow("orderFilled").__arrow_c_array__()
    del batch, unused
    gc.collect()
    assert len(tapedeck.arrow._lent) == lent


def test_polars_and_pandas_read_them(tape):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(tape.arrow("orderSubmitted"))
    assert frame["quantity"].sum() == tape.events("orderSubmitted")["quantity"].sum()
    pandas = pytest.importorskip("pandas", minversion="3.0")
    assert len(pandas.DataFrame.from_arrow(tape.arrow("orderSubmitted"))) == len(frame)
