"""Measures one peer once, in a process of its own: peer.py NAME FLOW FOLDER prints JSON.

`prepare` is no peer: it says what a feed shows of the flow, for those who follow feeds.
"""
import importlib.metadata
import json
import pathlib
import sys

import numpy

import engines
import flow as common
import formats

PEERS = {
    "bourse": ("bourse", engines.bourse),
    "bourse-batches": ("bourse", engines.bourse_batches),
    "hftbacktest-L2": ("hftbacktest", engines.hftbacktest("L2 in a hash map")),
    "hftbacktest-L2-vector": ("hftbacktest", engines.hftbacktest("L2 in a vector")),
    "hftbacktest-L3": ("hftbacktest", engines.hftbacktest("L3")),
    "pyarrow": ("pyarrow", formats.parquet),
    "mcap": ("mcap", formats.mcap),
    "databento-dbn": ("databento-dbn", formats.dbn),
    "lrvx": ("lrvx", formats.lrvx),
}


def main():
    name, path, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    flow = common.load(path)
    if name == "prepare":
        shown, fills = common.market_data(flow)
        numpy.save(folder / "shown.npy", shown)
        print(json.dumps({"fill_hash": fills}))
        return
    package, run = PEERS[name]
    measures = list(run(flow, folder))
    print(json.dumps({"version": importlib.metadata.version(package), "measures": measures}))


if __name__ == "__main__":
    main()
