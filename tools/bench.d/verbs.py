"""What verbs take on the tape of a flow: a deep book, many short-lived orders, 128 agents."""
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

# The verb's name in the table, its words, and the file or folder it writes, if it writes one.
VERBS = [
    ("verify V1", ["verify", "flow.tape", "--level", "V1"], None),
    ("verify V3", ["verify", "flow.tape", "--level", "V3"], None),
    ("verify V4", ["verify", "flow.tape", "--level", "V4"], None),
    ("verify V5", ["verify", "flow.tape", "--level", "V5"], None),
    ("cat", ["cat", "flow.tape"], None),
    ("cat --json", ["cat", "flow.tape", "--json"], None),
    ("find where", ["find", "flow.tape", "--where", "kind == order and quantity > 50"], None),
    ("export csv", ["export", "flow.tape", "--format", "csv", "-o", "tables"], "tables"),
    ("export events", ["export", "flow.tape", "--format", "events", "-o", "csv"], "csv"),
    ("export jsonl", ["export", "flow.tape", "--format", "jsonl", "-o", "jsonl"], "jsonl"),
    ("export raw", ["export", "flow.tape", "--format", "raw", "-o", "raw"], "raw"),
    ("import csv",
     ["import", "events", "csv/events.csv", "--scenario", "flow.tape", "-o", "csv.tape"],
     "csv.tape"),
    ("import jsonl",
     ["import", "events", "jsonl/events.jsonl", "--scenario", "flow.tape", "-o", "jsonl.tape"],
     "jsonl.tape"),
]


def measure(tapedeck, folder, runs, events):
    """Medians of processor time, the most memory and a digest of the output, verb by verb.

    The folder has `flow.tape`; verbs that read what others wrote stand behind them.
    """
    return [{"name": name, **row(tapedeck, folder, runs, words, output),
             "events": events} for name, words, output in VERBS]


def row(tapedeck, folder, runs, words, output):
    seconds, peaks, digests = [], [], set()
    for _ in range(runs):
        remove(folder, output)
        taken, peak, digest = once(tapedeck, folder, words)
        for path in written(folder, output):
            with path.open("rb") as file:
                add(file, digest)
        seconds.append(taken)
        peaks.append(peak)
        digests.add(digest.hexdigest()[:16])
    if len(digests) > 1:
        sys.exit(f"bench: {' '.join(words)}: another output each time")
    return {"seconds": statistics.median(seconds), "peak_mib": max(peaks),
            "digest": digests.pop()}


def once(tapedeck, folder, words):
    """Runs a verb; its processor seconds, peak memory in MiB, and the digest of what it printed."""
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen([str(tapedeck), *words], cwd=folder, stdout=subprocess.PIPE,
                                 stderr=said)
        add(child.stdout, digest)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            said.seek(0)
            sys.exit(f"bench: {' '.join(words)}:\n{said.read().decode()}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, digest


def add(file, digest):
    """Reads a file in pieces: a process's peak memory counts that of who began it."""
    while piece := file.read(1 << 20):
        digest.update(piece)


def written(folder, output):
    """The files that a verb wrote, in order."""
    if output is None:
        return []
    path = folder / output
    return sorted(path.iterdir()) if path.is_dir() else [path]


def remove(folder, output):
    for path in written(folder, output) if output and (folder / output).exists() else []:
        path.unlink()
    if output and (folder / output).is_dir():
        shutil.rmtree(folder / output)


def show(verbs):
    """Prints a line for each verb."""
    print(f"{'verb':13}  {'seconds':>7}  {'ns an event':>11}  {'MiB':>5}  digest of the output")
    for verb in verbs:
        print(f"{verb['name']:13}  {verb['seconds']:7.2f}  "
              f"{1e9 * verb['seconds'] / verb['events']:11.0f}  {verb['peak_mib']:5.0f}  "
              f"{verb['digest']}")
