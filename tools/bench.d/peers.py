"""`tools/bench --peers`: other packages on the same flow, in turns with ours, on one core.

Every peer is run in a process of its own, each time right after the row of `tapedeck bench` that
it is compared with. A ratio is one of medians from this run; an absolute time says little.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = HERE.parents[1] / ".build-python-peers"
PYTHON = ENVIRONMENT / "bin/python"
# Each package, and the names under which peer.py measures it.
PACKAGES = {
    "bourse": ["bourse", "bourse-batches"],
    "hftbacktest": ["hftbacktest-L2", "hftbacktest-L2-vector", "hftbacktest-L3"],
    "pyarrow": ["pyarrow"],
    "mcap": ["mcap"],
    "databento-dbn": ["databento-dbn"],
    "lrvx": ["lrvx"],
}
ROWS = ["exchange", "session", "tape", "replay"]


def last_line(text):
    """The last line of what a program said; pip says its reason in the last ERROR line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["no reason given"])[-1]


def installed():
    """Installs every peer by itself; returns the names to measure, and why others are missing."""
    missing = {}
    if not PYTHON.exists():
        done = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            reason = "no virtual environment: " + last_line(done.stderr + done.stdout)
            return [], {package: reason for package in PACKAGES}
    names = []
    for package in ["numpy", "zstandard", *PACKAGES]:
        print(f"bench: installing {package}", file=sys.stderr)
        done = subprocess.run(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--retries", "1", package], capture_output=True, text=True)
        if done.returncode == 0:
            names += PACKAGES.get(package, [])
        elif package == "numpy":
            # Every measure needs it.
            return [], {name: f"no numpy: {last_line(done.stderr)}" for name in PACKAGES}
        else:
            missing[package] = last_line(done.stderr)
    return names, missing


class Comparison:
    """Times of ours and of the peers, as they come in."""

    def __init__(self, bench, messages, folder):
        self.bench, self.messages, self.folder = bench, messages, folder
        self.flow = folder / "flow.bin"
        self.ours = {row: [] for row in ROWS}
        self.tape_bytes = None
        self.measures, self.versions, self.failed = {}, {}, {}
        document = bench("--only", "exchange", "--write-flow", str(self.flow))
        self.fill_hash = document["fill_hash"]

    def run_ours(self, row):
        document = self.bench("--only", row)
        self.ours[row].append(document["rows"][0]["cpu_seconds"])
        self.tape_bytes = document.get("tape_bytes", self.tape_bytes)

    def peer(self, name):
        """Runs a peer once; returns what it printed, or None where it failed."""
        done = subprocess.run([str(PYTHON), str(HERE / "peer.py"), name, str(self.flow),
                               str(self.folder)], capture_output=True, text=True)
        if done.returncode != 0:
            self.failed[name] = last_line(done.stderr)
            return None
        return json.loads(done.stdout.splitlines()[-1])

    def prepare(self):
        """Matches the flow once without any hurry, and holds its trades against ours."""
        found = self.peer("prepare")
        if found is None:
            raise SystemExit(f"bench: the flow cannot be matched: {self.failed['prepare']}")
        if found["fill_hash"] != self.fill_hash:
            raise SystemExit(f"bench: the flow's fills are {self.fill_hash} by tapedeck, "
                             f"{found['fill_hash']} by the matcher in flow.py")

    def round(self, names):
        """Ours and each peer once, in turns."""
        for name in names:
            if name in self.failed:
                continue
            against = {measure["against"] for measure in self.measures.get(name, [])}
            for row in sorted(against) or ROWS:
                self.run_ours(row)
            found = self.peer(name)
            if found is None:
                self.measures.pop(name, None)
                continue
            self.versions[name] = found["version"]
            self.add(name, found["measures"])

    def add(self, name, measures):
        """Adds a peer's times; one that claims to match must trade what the flow trades."""
        if name not in self.measures:
            self.measures[name] = [{**measure, "seconds": []} for measure in measures]
        for known, measure in zip(self.measures[name], measures):
            known["seconds"].append(measure["seconds"])
            if measure.get("fill_hash", self.fill_hash) != self.fill_hash:
                known["did"] += ", OTHER TRADES"

    # Showing

    def our_rate(self, row):
        return self.messages / statistics.median(self.ours[row])

    def document(self):
        """Everything, for --json."""
        ours = [{"row": row, "messages_per_second": self.our_rate(row)}
                for row in ROWS if self.ours[row]]
        if self.tape_bytes:
            for row in ours:
                if row["row"] == "tape":
                    row["bytes_per_message"] = self.tape_bytes / self.messages
        peers = []
        for name, measures in self.measures.items():
            for measure in measures:
                rate = measure["messages"] / statistics.median(measure["seconds"])
                entry = {"name": name, "version": self.versions[name], "did": measure["did"],
                         "messages_per_second": rate, "against": measure["against"],
                         "ours_over_theirs": self.our_rate(measure["against"]) / rate}
                if "bytes_per_message" in measure:
                    entry["bytes_per_message"] = measure["bytes_per_message"]
                peers.append(entry)
        return {"messages": self.messages, "fill_hash": self.fill_hash, "ours": ours,
                "peers": peers}


DID = {
    "exchange": "matches, with accounts, fees, limits, digests",
    "session": "the same in the order of the one loop, with causes",
    "tape": "session and tape in memory: decides and writes",
    "replay": "reads a tape, follows it, compares its digests",
}


def table(document):
    """The lines of the table."""
    lines = [("who", "M messages/s", "ours / theirs", "bytes", "what it did")]
    million = 1e6
    for row in document["ours"]:
        size = row.get("bytes_per_message")
        lines.append((f"tapedeck {row['row']}", f"{row['messages_per_second'] / million:.2f}", "",
                      f"{size:.2f}" if size else "", DID[row["row"]]))
    for peer in document["peers"]:
        size = peer.get("bytes_per_message")
        lines.append((f"{peer['name']} {peer['version']}",
                      f"{peer['messages_per_second'] / million:.2f}",
                      f"{peer['ours_over_theirs']:.2f} {peer['against']:8}",
                      f"{size:.2f}" if size else "", peer["did"]))
    return "\n".join(f"{who:28}  {rate:>12}  {ratio:>14}  {size:>6}  {did}".rstrip()
                     for who, rate, ratio, size, did in lines)


def compare(bench, messages, runs, folder):
    """Installs, measures and prints; returns the document."""
    names, missing = installed()
    # Children inherit it: everything runs on one core.
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    comparison = Comparison(bench, messages, folder)
    if names:
        comparison.prepare()
    for number in range(runs):
        print(f"bench: round {number + 1} of {runs}", file=sys.stderr)
        comparison.round(names)
        if not names:
            for row in ROWS:
                comparison.run_ours(row)
    missing.update(comparison.failed)
    document = {**comparison.document(), "missing": missing}
    print(f"flow: {messages} messages, fills {document['fill_hash']}; one core, processor time, "
          f"medians of {runs}; bytes are those of a message")
    print()
    print(table(document))
    for name, reason in missing.items():
        print(f"not measured: {name}: {reason}")
    return document
